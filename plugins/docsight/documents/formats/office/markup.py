"""The XML of Word and PowerPoint documents: the elements that are read, and how untrusted parts are parsed."""

from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_VML = "{urn:schemas-microsoft-com:vml}"

PARAGRAPH_TAGS = {f"{W}p", f"{A}p"}
TEXT_TAGS = {f"{W}t", f"{A}t", f"{_MATH}t"}
TABLE_TAGS = {f"{W}tbl", f"{A}tbl"}
ROW_TAGS = {f"{W}tr", f"{A}tr"}
CELL_TAGS = {f"{W}tc", f"{A}tc"}
TEXT_BOX = f"{W}txbxContent"
IMPORTED_TEXT = f"{W}altChunk"
# Images, charts and diagrams are separate parts; the attribute has their relationship.
IMAGE_ATTRIBUTES = {f"{A}blip": f"{R}embed", f"{_VML}imagedata": f"{R}id"}
DRAWING_ATTRIBUTES = {f"{C}chart": f"{R}id", f"{_DIAGRAM}relIds": f"{R}dm"}
SYMBOLS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{A}br": "\n",
    f"{W}noBreakHyphen": "-",
}
# Properties, deleted text, field codes, and phonetic guides (ruby text).
SKIPPED_TAGS = {f"{W}{name}" for name in ("pPr", "tblPr", "trPr", "tcPr", "sectPr", "sdtPr", "del", "moveFrom", "rt")}
SKIPPED_TAGS |= {f"{W}{name}" for name in ("delText", "instrText", "delInstrText")}
SKIPPED_TAGS |= {f"{A}{name}" for name in ("pPr", "rPr", "endParaRPr", "bodyPr", "lstStyle")}


def children(element: Any) -> Iterator[Any]:
    """Yield the children of an element; of alternative forms of the same content, only the first."""
    if element.tag != f"{MC}AlternateContent":
        yield from element
    elif (choice := next((child for child in element if child.tag == f"{MC}Choice"), None)) is not None:
        yield from choice
    else:
        yield from (inner for child in element if child.tag == f"{MC}Fallback" for inner in child)


def is_single_spaced(paragraph: Any) -> bool:
    """Return whether a paragraph is a Word list item or from PowerPoint: these are written line by line."""
    return paragraph.tag == f"{A}p" or paragraph.find(f"{W}pPr/{W}numPr") is not None


def is_hidden(element: Any) -> bool:
    """Return whether an element is a run of hidden text."""
    if element.tag != f"{W}r" or (vanish := element.find(f"{W}rPr/{W}vanish")) is None:
        return False
    return vanish.get(f"{W}val") not in ("0", "false", "off")


def parse_xml(data: bytes) -> Any:
    """Parse untrusted XML: entities are not expanded, and no other file or address is opened.

    Raises:
        XMLSyntaxError: It is damaged, or nested too deeply.
    """
    from lxml import etree  # type: ignore[import-untyped]

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(data, parser)


def root_of(part: Any) -> Any:
    """Return the root element of a part; the library has parsed some parts, but not all."""
    element = getattr(part, "element", None)
    return parse_xml(part.blob) if element is None else element


def related_part(part: Any, relationship_id: str | None) -> Any:
    """Return the part of the package that a relationship refers to; None if there is none."""
    relationship = part.rels.get(relationship_id) if relationship_id else None
    return relationship.target_part if relationship is not None and not relationship.is_external else None
