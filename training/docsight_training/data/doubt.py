"""A place in a data set that may be a mistake."""

from typing import NamedTuple


class Doubt(NamedTuple):
    """Something that may be a mistake.

    Args:
        place: Where it is.
        detail: What it is.
    """

    place: str
    detail: str
