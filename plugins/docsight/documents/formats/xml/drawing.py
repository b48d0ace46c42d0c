"""SVG drawings: their title, their description and the texts in them, a line each."""

from collections.abc import Iterator
from typing import Any

from docsight.documents.formats.text.builder import LINE, TextBuilder
from docsight.documents.formats.xml.elements import entity_text, local_name

_TEXTS = frozenset(("text", "title", "desc", "flowPara", "flowRoot"))
# What is not drawn where it stands; a `symbol` or a pattern may be drawn elsewhere, and its text would repeat.
_NOT_DRAWN = frozenset(("style", "script", "metadata", "pattern", "marker", "clipPath", "mask", "font"))
_XHTML = "{http://www.w3.org/1999/xhtml}"
_LINE_POSITIONS = ("y", "dy")  # attributes that begin a new line


def write_drawing(root: Any, builder: TextBuilder) -> None:
    """Write the texts of a drawing."""
    for element in _drawn(root):
        name = local_name(element)
        if name in _TEXTS or (name == "foreignObject" or element.tag == f"{_XHTML}body"):
            builder.interrupt(LINE)
            _write_text(element, builder)
            builder.interrupt(LINE)


def _drawn(element: Any) -> Iterator[Any]:
    """Yield the outermost elements with text below an element, in document order."""
    name = local_name(element)
    if not name or name in _NOT_DRAWN or element.get("display") == "none" or element.get("visibility") == "hidden":
        return
    if name in _TEXTS or name == "foreignObject":
        yield element
        return
    # Of the alternatives in a `switch`, a program draws the first that it supports.
    for child in list(element.iterchildren("{*}*"))[:1] if name == "switch" else element:
        yield from _drawn(child)


def _write_text(element: Any, builder: TextBuilder) -> None:
    """Write the text in an element; a part with a vertical position of its own, or a block of HTML, begins a line."""
    name = local_name(element)
    begins_line = any(element.get(attribute) not in (None, "0") for attribute in _LINE_POSITIONS)
    is_block = element.tag in (f"{_XHTML}{tag}" for tag in ("p", "div", "li", "br", "tr"))
    if begins_line or is_block:
        builder.interrupt(LINE)
    builder.write_collapsed(element.text or "" if name else entity_text(element))
    for child in element:
        if local_name(child):
            _write_text(child, builder)
        builder.write_collapsed(f"{entity_text(child)}{child.tail or ''}")
    if is_block:
        builder.interrupt(LINE)
