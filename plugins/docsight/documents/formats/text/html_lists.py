"""Lists of a page: the numbers of their items, as a browser shows them."""

import re
from collections.abc import Callable
from typing import Any

from docsight.documents.formats.text.css import Declarations

_NUMBER_TYPES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_NUMERALS = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_MAX_ROMAN = 3999
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


def _roman(number: int) -> str:
    if not 1 <= number <= _MAX_ROMAN:
        return str(number)
    text = ""
    for value, numeral in _NUMERALS:
        count, number = divmod(number, value)
        text += numeral * count
    return text


def _integer(value: str | None, default: int) -> int:
    """Return the number in an attribute, which other characters may follow."""
    match = _INTEGER.match(value or "")
    return int(match[0]) if match is not None else default


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimal-leading-zero": "{:02}".format,
    "lower-alpha": _letters,
    "lower-latin": _letters,
    "lower-roman": _roman,
    "upper-alpha": lambda number: _letters(number).upper(),
    "upper-latin": lambda number: _letters(number).upper(),
    "upper-roman": lambda number: _roman(number).upper(),
}
