"""Lists of a page: the numbers of their items, as a browser shows them."""

import re
from collections.abc import Callable
from typing import Any

from docsight.documents.formats.text.css import Declarations
from docsight.documents.formats.text.numerals import format_roman

_NUMBER_TYPES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_INTEGER = re.compile(r"\s*[+-]?\d{1,9}", re.A)


class ListNumbers:
    """The numbers of the items of one list.

    Args:
        node: The list, in the parser's tree.
        attributes: Those of the list.
        style: The declarations that apply to the list.
    """

    def __init__(self, node: Any, attributes: dict[str, str | None], style: Declarations) -> None:
        self._is_ordered = node.tag == "ol"
        self._style = _list_style(attributes, style) or ("decimal" if self._is_ordered else "")
        self._step = 1
        start = 1
        if self._is_ordered and "reversed" in attributes:
            self._step = -1
            start = sum(child.tag == "li" for child in node.iter())
        self._next = _integer(attributes.get("start"), start) if self._is_ordered else start

    def marker(self, attributes: dict[str, str | None], style: Declarations) -> str:
        """Return the number of the next item with a full stop and a space; empty if it has none."""
        number = _integer(attributes.get("value"), self._next) if self._is_ordered else self._next
        self._next = number + self._step
        text = _format(number, _list_style(attributes, style) or self._style)
        return f"{text}. " if text else ""


def _list_style(attributes: dict[str, str | None], style: Declarations) -> str:
    return style.get("list-style") or _NUMBER_TYPES.get(attributes.get("type") or "", "")


def _format(number: int, style: str) -> str:
    """Write a number in a list style of CSS; bullets and unknown styles give no text."""
    return next((_FORMATS[word](number) for word in style.split() if word in _FORMATS), "")


def _letters(number: int) -> str:
    if number < 1:
        return str(number)
    letters = ""
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("a") + digit) + letters
    return letters


def _integer(value: str | None, default: int) -> int:
    """Return the number in an attribute, which other characters may follow."""
    match = _INTEGER.match(value or "")
    return int(match[0]) if match is not None else default


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimal-leading-zero": "{:02}".format,
    "lower-alpha": _letters,
    "lower-latin": _letters,
    "lower-roman": format_roman,
    "upper-alpha": lambda number: _letters(number).upper(),
    "upper-latin": lambda number: _letters(number).upper(),
    "upper-roman": lambda number: format_roman(number).upper(),
}
