"""Functions of pdfium that are called many times per page, without the slow conversions of pypdfium2's types."""

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any


@cache
def fast_call(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """Return a function of pdfium that takes pointers as numbers.

    Args:
        name: Its name.
        result: The type of its result; None to ignore it.
        arguments: The types of its arguments; `ctypes.c_void_p` for each pointer.
    """
    import pypdfium2.raw as c

    # These functions are too short to release the interpreter's lock.
    return ctypes.PYFUNCTYPE(result, *arguments)(address_of(getattr(c, name)))


def address_of(pointer: Any) -> int:
    """Return the address of a function, or of an object of pdfium."""
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0
