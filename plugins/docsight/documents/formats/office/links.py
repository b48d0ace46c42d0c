"""The links in Word and PowerPoint documents: elements around their text, and Word's fields."""

import re
from collections.abc import Iterator
from typing import Any

from docsight.documents.formats.office.markup import FIELD_MARK, A, R, W

_ELEMENTS = {f"{W}hyperlink", f"{W}fldSimple", f"{A}r"}
LINK_TAGS = frozenset((*_ELEMENTS, FIELD_MARK))
_FIELD_RUNS = 50  # in which the code of a field is looked for
_HYPERLINK = re.compile(r'\s*HYPERLINK\b((?:\s+(?:\\\w|"[^"]*"|[^\s"\\]\S*))*)')
_ARGUMENT = re.compile(r'(\\\w)?\s*(?:"([^"]*)"|([^\s"\\]\S*))')


def begins_link(element: Any) -> bool:
    """Return whether an element begins a link, or could begin one."""
    return element.tag in _ELEMENTS or _is_field_mark(element, "begin")


def ends_link(element: Any) -> bool:
    """Return whether the end of an element ends what `begins_link` found."""
    return element.tag in _ELEMENTS or _is_field_mark(element, "end")


def link_target(element: Any, part: Any) -> str:
    """Return the target of a link that begins; empty if it is none, or leads to another slide."""
    if element.tag == f"{W}hyperlink":
        anchor = element.get(f"{W}anchor")
        return _address(part, element.get(f"{R}id")) + (f"#{anchor}" if anchor else "")
    if element.tag == f"{A}r":
        click = element.find(f"{A}rPr/{A}hlinkClick")
        return "" if click is None else _address(part, click.get(f"{R}id"))
    code = element.get(f"{W}instr") if element.tag == f"{W}fldSimple" else _field_code(element)
    return _target_of_code(code or "")


def _is_field_mark(element: Any, kind: str) -> bool:
    return bool(element.tag == FIELD_MARK and element.get(f"{W}fldCharType") == kind)


def _address(part: Any, relationship_id: str | None) -> str:
    relationship = part.rels.get(relationship_id) if relationship_id else None
    return relationship.target_ref if relationship is not None and relationship.is_external else ""


def _field_code(mark: Any) -> str:
    """Return the code of a field that begins: the instructions up to its next mark."""
    code = ""
    for _, run in zip(range(_FIELD_RUNS), _following_runs(mark), strict=False):
        for element in run:
            if element.tag == FIELD_MARK and element is not mark:
                return code
            if element.tag == f"{W}instrText":
                code += element.text or ""
    return code


def _following_runs(mark: Any) -> Iterator[Any]:
    run = mark.getparent()
    yield run
    yield from run.itersiblings(f"{W}r")


def _target_of_code(code: str) -> str:
    if (match := _HYPERLINK.match(code)) is None:
        return ""
    address = anchor = ""
    for argument in _ARGUMENT.finditer(match[1]):
        value = argument[2] or argument[3] or ""
        if argument[1] == "\\l":
            anchor = f"#{value}"
        elif argument[1] is None and not address:
            address = value
    return address + anchor
