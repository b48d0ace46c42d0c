"""The XML of Word and PowerPoint documents: the elements that are read, and how untrusted parts are parsed."""

import re
from typing import Any

from docsight.documents.formats.office.symbol_fonts import is_symbol_font, symbol

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_VML = "{urn:schemas-microsoft-com:vml}"

_PRIVATE_SIGNS = re.compile("[\uf000-\uf0ff]")
# A name without a path has no blanks: "How to export the file as report.svg" is a sentence.
_NAME_OF_IMAGE = re.compile(
    r"(?:(?:[a-z]:|~)?[/\\][^\n]+|(?:\S*[/\\])?[^/\\\s]+)\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?|ico|emf|wmf)|https?://\S+",
    re.I,
)
_GENERATED_REMARK = re.compile(
    r"(?:description automatically generated(?: with [\w ]+ confidence)?|AI-generated content may be incorrect)\.?",
    re.I,
)

PARAGRAPH_TAGS = {f"{W}p", f"{A}p"}
TEXT_TAGS = {f"{W}t", f"{A}t", f"{_MATH}t"}
TABLE_TAGS = {f"{W}tbl", f"{A}tbl"}
ROW_TAGS = {f"{W}tr", f"{A}tr"}
CELL_TAGS = {f"{W}tc", f"{A}tc"}
TEXT_BOX = f"{W}txbxContent"
IMPORTED_TEXT = f"{W}altChunk"
FIELD_MARK = f"{W}fldChar"
# Images, charts and diagrams are separate parts; the attribute has their relationship.
IMAGE_ATTRIBUTES = {f"{A}blip": f"{R}embed", f"{_VML}imagedata": f"{R}id"}
# The properties of pictures and other drawings, with their alternative texts.
_WORD_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
ALTERNATIVE_TEXT_TAGS = {f"{_WORD_DRAWING}docPr", f"{P}cNvPr"}
CHART_SPACE = f"{C}chartSpace"  # the root of a part with a chart
DRAWING_ATTRIBUTES = {f"{C}chart": f"{R}id", f"{_DIAGRAM}relIds": f"{R}dm"}
SYMBOLS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{A}br": "\n",
    f"{W}noBreakHyphen": "-",
}
SYMBOL_TAG = f"{W}sym"
# Properties, deleted text, field codes, and phonetic guides (ruby text).
SKIPPED_TAGS = {f"{W}{name}" for name in ("pPr", "rPr", "tblPr", "trPr", "tcPr", "sectPr", "sdtPr")}
SKIPPED_TAGS |= {f"{W}{name}" for name in ("del", "moveFrom", "rt", "delText", "instrText", "delInstrText")}
SKIPPED_TAGS |= {f"{A}{name}" for name in ("pPr", "rPr", "endParaRPr", "bodyPr", "lstStyle")}
_RUN, _VANISH = f"{W}r", f"{W}rPr/{W}vanish"
_ROW, _ROW_DELETION = f"{W}tr", f"{W}trPr/{W}del"
_CELL, _CELL_DELETION = f"{W}tc", f"{W}tcPr/{W}cellDel"
_END_MARK, _END_VANISH = f"{W}pPr/{W}rPr", f"{W}vanish"
_END_DELETIONS = (f"{W}del", f"{W}moveFrom")
_ALTERNATIVES = f"{MC}AlternateContent"
_PROPERTY_VALUE = f"{W}val"


def alternative_text(element: Any) -> str:
    """Return the alternative text of a picture in Word or PowerPoint; empty if it has no meaning for a reader."""
    if element.tag == f"{P}cNvPr" and element.getparent().tag != f"{P}nvPicPr":
        return ""
    return meaningful_text(element.get("descr") or "")


def meaningful_text(description: str) -> str:
    """Return an alternative text; empty if it is a file name, or only says that a program wrote it."""
    text = _GENERATED_REMARK.sub("", description).strip()
    return "" if _NAME_OF_IMAGE.fullmatch(text) else text


def symbol_of(element: Any) -> str:
    """Return the sign of a symbol by its font and code; empty if it is unknown."""
    try:
        code = int(element.get(f"{W}char") or "", 16)
    except ValueError:
        return ""
    return symbol(element.get(f"{W}font") or "", code)


def text_of(element: Any) -> str:
    """Return the text of an element; characters with private codes are the signs of the font of their run."""
    text = element.text or ""
    if not _PRIVATE_SIGNS.search(text):
        return text
    run = element.getparent()
    fonts = (run.find(path) for path in (f"{A}rPr/{A}sym", f"{W}rPr/{W}rFonts")) if run is not None else ()
    names = [font.get("typeface") or font.get(f"{W}ascii") or "" for font in fonts if font is not None]
    font = next(filter(is_symbol_font, names), None)
    return text if font is None else _PRIVATE_SIGNS.sub(lambda match: symbol(font, ord(match[0])), text)


def drawing_text(paragraph: Any) -> str:
    """Return the text of a paragraph of a chart or a diagram, with a space for each line break."""
    return "".join(one.text or "" if one.tag == f"{A}t" else " " for one in paragraph.iter(f"{A}t", f"{A}br"))


def children(element: Any) -> list[Any]:
    """Return the children of an element; of alternative forms of the same content, only the first."""
    if element.tag != _ALTERNATIVES:
        return list(element)
    if (choice := next((child for child in element if child.tag == f"{MC}Choice"), None)) is not None:
        return list(choice)
    return [inner for child in element if child.tag == f"{MC}Fallback" for inner in child]


def is_hidden(element: Any) -> bool:
    """Return whether an element is a run of hidden text."""
    return element.tag == _RUN and _is_on(element.find(_VANISH))


def is_deleted_row(element: Any) -> bool:
    """Return whether an element is a row or a cell of a table whose deletion was tracked."""
    tag = element.tag
    return (tag == _ROW and element.find(_ROW_DELETION) is not None) or (
        tag == _CELL and element.find(_CELL_DELETION) is not None
    )


def next_part(paragraph: Any) -> Any:
    """Return the paragraph that continues this one, because its end was deleted or is hidden; None if none does."""
    mark = paragraph.find(_END_MARK)
    if mark is None or not (_is_deleted(mark) or _is_vanished(mark)):
        return None
    following = next(paragraph.itersiblings(f"{W}p", f"{W}tbl", f"{W}sdt"), None)
    return following if following is not None and following.tag == f"{W}p" else None


def owner_of_properties(paragraph: Any) -> Any:
    """Return the paragraph whose properties a paragraph has; None if it was deleted as a whole.

    Where the end of a paragraph was deleted, those of the next one apply. A hidden end keeps the properties, unless
    the whole paragraph is hidden.
    """
    while paragraph is not None:
        mark = paragraph.find(_END_MARK)
        if mark is None:
            return paragraph
        is_hidden_whole = _is_vanished(mark) and not _has_visible_text(paragraph)
        if not (_is_deleted(mark) or is_hidden_whole):
            return paragraph
        paragraph = next_part(paragraph)
    return None


def _is_deleted(mark: Any) -> bool:
    """Return whether the end of a paragraph, given its properties, was deleted or moved away."""
    return any(mark.find(deletion) is not None for deletion in _END_DELETIONS)


def _is_vanished(mark: Any) -> bool:
    """Return whether the end of a paragraph, given its properties, is hidden."""
    return _is_on(mark.find(_END_VANISH))


def _has_visible_text(paragraph: Any) -> bool:
    """Return whether any text of a paragraph is neither deleted nor hidden."""
    return any(
        text.text and not any(outer.tag in SKIPPED_TAGS or is_hidden(outer) for outer in text.iterancestors())
        for text in paragraph.iter(*TEXT_TAGS)
    )


def continues_merged_cell(cell: Any) -> bool:
    """Return whether a cell is a part of a merged cell, but not its first: what it contains is not shown."""
    if cell.tag == f"{A}tc":
        return "1" in (cell.get("hMerge"), cell.get("vMerge")) or "true" in (cell.get("hMerge"), cell.get("vMerge"))
    merges = (cell.find(f"{W}tcPr/{W}{name}") for name in ("vMerge", "hMerge"))
    return any(merge is not None and merge.get(f"{W}val", "continue") == "continue" for merge in merges)


def spanned_columns(cell: Any) -> int:
    """Return over how many more columns a cell of a Word table extends; PowerPoint's tables have cells there."""
    span = cell.find(f"{W}tcPr/{W}gridSpan")
    return 0 if span is None else max(0, integer(span.get(f"{W}val"), 1) - 1)


def columns_before(row: Any) -> int:
    """Return how many columns of the table are empty before the first cell of a row."""
    before = row.find(f"{W}trPr/{W}gridBefore")
    return 0 if before is None else max(0, integer(before.get(f"{W}val"), 0))


def value_of(parent: Any, name: str) -> str:
    """Return the value of a Word property below its parent; empty if there is none."""
    element = parent.find(f"{W}{name}")
    return "" if element is None else element.get(_PROPERTY_VALUE) or ""


def integer(value: str | None, default: int) -> int:
    """Return an integer attribute; the default if it is missing, malformed, or longer than twelve digits."""
    return int(value) if value is not None and re.fullmatch(r"-?[0-9]{1,12}", value) else default


def _is_on(flag: Any) -> bool:
    return flag is not None and flag.get(_PROPERTY_VALUE) not in ("0", "false", "off")


def parse_xml(data: bytes, *, recover: bool = False) -> Any:
    """Parse untrusted XML: entities are not expanded, and no other file or address is opened.

    With `recover`, libxml2 goes on after errors; the result may lack text, or be None.

    Raises:
        XMLSyntaxError: It is damaged, or nested too deeply.
    """
    from lxml import etree  # type: ignore[import-untyped]

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover)
    return etree.fromstring(data, parser)


def root_of(part: Any) -> Any:
    """Return the root element of a part; the library has parsed some parts, but not all."""
    element = getattr(part, "element", None)
    return parse_xml(part.blob) if element is None else element


def related_part(part: Any, relationship_id: str | None) -> Any:
    """Return the part of the package that a relationship refers to; None if there is none."""
    relationship = part.rels.get(relationship_id) if relationship_id else None
    return relationship.target_part if relationship is not None and not relationship.is_external else None


def related_root(part: Any, relationship_type: str) -> Any:
    """Return the root of the first part with a type of relationship, given as the end of its name; None if none."""
    for relationship in part.rels.values():
        if relationship.reltype.endswith(relationship_type) and not relationship.is_external:
            return root_of(relationship.target_part)
    return None
