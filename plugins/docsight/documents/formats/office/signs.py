"""What Word and PowerPoint draw without having it as text: signs of formulas, and the values of form fields."""

from itertools import islice
from typing import Any

from docsight.documents.formats.office.markup import FIELD_MARK, W, integer

_FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DENOMINATOR, _RADICAL, _OPERATOR = f"{_FORMULA}den", f"{_FORMULA}rad", f"{_FORMULA}nary"
_BRACKETS, _BRACKETS_CONTENT = f"{_FORMULA}d", f"{_FORMULA}e"
SIGN_TAGS = frozenset((_DENOMINATOR, _RADICAL, _OPERATOR, _BRACKETS, _BRACKETS_CONTENT, FIELD_MARK))
_UNCHECKED, _CHECKED = "\u2610", "\u2612"
_OFF = ("0", "false", "off")
_MAX_PROPERTIES = 16  # of a formula; the schema has at most six


def sign_before(element: Any) -> str:
    """Return the sign that is drawn before the content of an element; empty if there is none."""
    tag = element.tag
    if tag == _DENOMINATOR:
        return "/"
    if tag == _RADICAL:
        return "\u221a"
    if tag == _OPERATOR:
        return _property(element, "chr", "\u222b")
    if tag == _BRACKETS:
        return _property(element, "begChr", "(")
    if tag == _BRACKETS_CONTENT and element.getparent().tag == _BRACKETS:
        is_first = next(element.itersiblings(_BRACKETS_CONTENT, preceding=True), None) is None
        return "" if is_first else _property(element.getparent(), "sepChr", "|")
    return _form_value(element) if tag == FIELD_MARK else ""


def sign_after(element: Any) -> str:
    """Return the sign that is drawn after the content of an element; empty if there is none."""
    return _property(element, "endChr", ")") if element.tag == _BRACKETS else ""


def _property(element: Any, name: str, default: str) -> str:
    """Return a sign in the properties of a formula; one that is stated without a value is not drawn.

    Properties are the first child. The others are not searched: a formula may have thousands of them, and each asks.
    """
    properties = next(element.iterchildren(), None)
    if properties is None or properties.tag != f"{element.tag}Pr":
        return default
    for each in islice(properties.iterchildren(), _MAX_PROPERTIES):
        if each.tag == f"{_FORMULA}{name}":
            return str(each.get(f"{_FORMULA}val") or "")
    return default


def _form_value(begin: Any) -> str:
    """Return a check box, or the chosen entry of a list, given the element that begins its field."""
    box = begin.find(f"{W}ffData/{W}checkBox")
    if box is not None:
        state = box.find(f"{W}checked")
        state = box.find(f"{W}default") if state is None else state
        return _CHECKED if state is not None and state.get(f"{W}val") not in _OFF else _UNCHECKED
    choice = begin.find(f"{W}ffData/{W}ddList")
    if choice is None:
        return ""
    entries = [entry.get(f"{W}val") or "" for entry in choice.iter(f"{W}listEntry")]
    chosen = choice.find(f"{W}result")
    chosen = choice.find(f"{W}default") if chosen is None else chosen
    number = 0 if chosen is None else integer(chosen.get(f"{W}val"), 0)
    return entries[number] if 0 <= number < len(entries) else ""
