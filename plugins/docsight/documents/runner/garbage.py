"""Keep Python's garbage collector from looking at the models again and again.

A pipeline has some 400,000 objects that stay until the end. A full collection visits them all, which takes a quarter
of a second, and a run has one for every few hundred documents.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def freeze_objects() -> None:
    """Leave the objects that this process has now out of all later collections."""
    gc.collect()
    gc.freeze()


@contextmanager
def frozen_objects() -> Iterator[None]:
    """Leave the objects that this process has now out of collections until the end of the context.

    Nothing changes if there are frozen objects already: whoever froze them decides.
    """
    if gc.get_freeze_count():
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
