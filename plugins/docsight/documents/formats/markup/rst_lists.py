"""Lists of reStructuredText: their numbers."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from docsight.documents.formats.markup.markup_writer import indent_of

NUMBER = re.compile(r"(?:\((#|\d{1,4}|[A-Za-z]|[ivxlc]{1,7})\)|(#|\d{1,4}|[A-Za-z]|[ivxlc]{1,7})([.)]))(?: +|$)")


class LastItem(NamedTuple):
    """The last item of a list, to number the next one."""

    marker: str
    number: int


def next_item(marker: str, last: LastItem) -> LastItem:
    """Return the marker that a document shows before an item, and its number."""
    if not marker.strip("()").startswith("#"):
        number = marker.strip("().")
        return LastItem("" if not number[0].isalnum() else f"{marker} ", int(number) if number.isdecimal() else 0)
    number_text = str(last.number + 1)
    return LastItem(f"{marker.replace('#', number_text)} ", last.number + 1)


def is_numbered(lines: Sequence[str], at: int) -> bool:
    """Return whether a line begins a numbered item, and is not a sentence such as *A. Smith and*."""
    if (marker := NUMBER.match(lines[at])) is None:
        return False
    following = lines[at + 1] if at + 1 < len(lines) else ""
    return not following or indent_of(following) >= min(3, marker.end()) or NUMBER.match(following) is not None
