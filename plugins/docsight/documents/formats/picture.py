"""Pictures: a document without text that has one picture; decoding it is the components' job."""

import os
from collections.abc import Iterator
from pathlib import Path

from docsight.documents.formats.content import Content, Picture


def read(path: Path) -> Iterator[Content]:
    """Yield the picture, by its path."""
    with path.open("rb"):
        pass  # a file that may not be read is told here and not by every component
    name = os.fspath(path)
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        # A Doc with such a path cannot be written by `to_bytes`, and so reaches no other process.
        yield Content(text="", images=(Picture(data=path.read_bytes()),))
    else:
        yield Content(text="", images=(Picture(path=name),))
