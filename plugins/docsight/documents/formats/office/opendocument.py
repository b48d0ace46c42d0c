"""OpenDocument text, spreadsheets and presentations (.odt, .ods, .odp): content in order, with notes and comments."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from docsight.documents.formats.archives.safe_zip import read_members
from docsight.documents.formats.content import DocumentImage, Kind, ParsedDocument
from docsight.documents.formats.image_collector import ImageCollector
from docsight.documents.formats.ocr_text import append_image_text, recognizer_for
from docsight.documents.formats.office.markup import parse_xml
from docsight.documents.formats.office.properties import read_properties
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.builder import LINE, PARAGRAPH, Block, TextBuilder
from docsight.errors import DataError, MissingExtraError

_ODF_KIND = "file of OpenDocument"
_PARTS = re.compile(
    r"^(?:(?:content|meta|styles)\.xml|META-INF/manifest\.xml|Pictures/.*\.(?:png|jpe?g|gif|tiff?|bmp|webp))$"
)
_PICTURE = re.compile(r"Pictures/")
_MAX_REPEATED = 1024  # copies of a cell
_MAX_REPEATED_CELLS = 1_000_000  # of a file
_LEVELS = tuple("123456789")

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_ODF_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ODF_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_HREF = "{http://www.w3.org/1999/xlink}href"

_SKIPPED_TAGS = {f"{_ODF_TEXT}{name}" for name in ("tracked-changes", "note-citation", "sequence-decls", "ruby-text")}
_SKIPPED_TAGS |= {f"{_OFFICE}{name}" for name in ("forms", "event-listeners", "scripts")}
_SKIPPED_TAGS |= {f"{_PRESENTATION}settings"}
_SKIPPED_TAGS |= {"{http://purl.org/dc/elements/1.1/}date", "{http://purl.org/dc/elements/1.1/}creator"}
_SYMBOLS = {f"{_ODF_TEXT}tab": "\t", f"{_ODF_TEXT}line-break": "\n"}
_NOTES: dict[str, Kind] = {f"{_ODF_TEXT}note": "footnote", f"{_OFFICE}annotation": "comment"}
_PARAGRAPHS = {f"{_ODF_TEXT}p", f"{_ODF_TEXT}h"}
_CONTAINERS = {f"{_ODF_TEXT}{name}" for name in ("list", "list-item", "section", "note", "note-body", "index-body")}
_CELLS = {f"{_ODF_TABLE}table-cell", f"{_ODF_TABLE}covered-table-cell"}


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text and images of a file as one document; slides are pages.

    Raises:
        DataError: It cannot be read as an OpenDocument file.
        MissingExtraError: lxml is not installed.
    """
    try:
        from lxml import etree  # type: ignore[import-untyped]
    except ImportError as err:
        raise MissingExtraError("Reading OpenDocument files", "documents") from err
    recognize = recognizer_for(source.options)
    parts = read_members(source, _PARTS, kind=_ODF_KIND, max_bytes=source.options.max_bytes)
    if "content.xml" not in parts:
        raise DataError(f"cannot be read as a {_ODF_KIND}: it has no part content.xml")
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise DataError(f"is encrypted; expected a {_ODF_KIND} without a password")
    try:
        body = parse_xml(parts["content.xml"]).find(f"{_OFFICE}body")
    except etree.XMLSyntaxError as err:
        raise DataError(f"cannot be read as a {_ODF_KIND}: {err}") from err
    walker = _Walker(parts)
    margins = _margins(parts, walker)
    walker.write_margins(margins, "header")
    if body is not None:
        walker.walk(body)
    walker.write_notes()
    walker.write_margins(margins, "footer")
    title, metadata = read_properties(parts.get("meta.xml"))
    document = replace(walker.document(title=title), metadata=metadata)
    if source.options.ocr == "always" and recognize is not None:
        document = append_image_text(document, document.images, recognize)
    yield document


def _margins(parts: dict[str, bytes], walker: "_Walker") -> dict[str, list[Any]]:
    """Return the headers and footers of all page styles."""
    margins: dict[str, list[Any]] = {"header": [], "footer": []}
    try:
        styles = parse_xml(parts["styles.xml"])
    except KeyError:
        return margins
    except SyntaxError:
        walker.notes.append("its headers and footers are damaged")
        return margins
    for kind, elements in margins.items():
        texts: set[str] = set()
        for element in styles.iter("{urn:oasis:names:tc:opendocument:xmlns:style:1.0}" + kind):
            text = "".join(element.itertext()).strip()
            if text and text not in texts:
                texts.add(text)
                elements.append(element)
    return margins


class _Walker:
    """Writes the elements of a document one after another."""

    def __init__(self, parts: dict[str, bytes]) -> None:
        self.notes: list[str] = []
        self._parts = parts
        self._builder = TextBuilder()
        self._images = ImageCollector()
        self._apart: list[tuple[Any, Block]] = []  # footnotes and comments, which follow the body
        self._page: int | None = None
        self._lists = 0  # that are open
        self._cells_left = _MAX_REPEATED_CELLS
        self._base: Block | None = None  # of all text of a margin or a note

    def write_margins(self, margins: dict[str, list[Any]], kind: Kind) -> None:
        for element in margins[kind]:
            self._write_apart(element, Block(kind=kind))

    def write_notes(self) -> None:
        for element, block in self._apart:
            self._write_apart(element, block)

    def document(self, *, title: str) -> ParsedDocument:
        return ParsedDocument(
            text=self._builder.text(),
            title=title,
            images=tuple(self._images.images),
            passages=tuple(self._builder.passages()),
            notes=(*self.notes, *self._images.notes),
        )

    def walk(self, root: Any) -> None:
        """Write an element and its descendants; notes and comments are kept for later."""
        from lxml import etree

        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if not isinstance(element.tag, str):  # an entity, which stays as it is written
                if event == "end":
                    self._write(f"{element.text}{element.tail or ''}", element.getparent())
            elif event == "start":
                if element is not root and element.tag in _NOTES:
                    self._apart.append((element, Block(kind=_NOTES[element.tag], page=self._page)))
                    walk.skip_subtree()
                elif element.tag in _SKIPPED_TAGS:
                    walk.skip_subtree()
                else:
                    self._begin(element)
                    self._write(element.text, element)
            else:
                if element.tag not in _SKIPPED_TAGS and (element is root or element.tag not in _NOTES):
                    self._end(element)
                if element is not root:
                    self._write(element.tail, element.getparent())

    def _write_apart(self, element: Any, block: Block) -> None:
        self._builder.interrupt(PARAGRAPH)
        self._base = block
        self.walk(element)
        self._base = None
        self._builder.interrupt(PARAGRAPH)

    def _write(self, text: str | None, element: Any) -> None:
        """Write the text directly in an element; only text within paragraphs is content."""
        if (
            text
            and (element.tag in _PARAGRAPHS or element.tag.startswith(_ODF_TEXT))
            and element.tag not in _CONTAINERS
        ):
            self._builder.write_collapsed(text)

    def _begin(self, element: Any) -> None:
        tag = element.tag
        if tag in _PARAGRAPHS:
            self._builder.interrupt(LINE if self._lists or self._page is not None else PARAGRAPH)
            self._builder.block = self._base or self._block(element)
        elif tag == f"{_ODF_TEXT}list":
            self._lists += 1
        elif tag == f"{_DRAW}page":
            self._page = (self._page or 0) + 1
            self._builder.interrupt(PARAGRAPH)
        elif tag == f"{_ODF_TABLE}table":
            self._begin_table(element)
        elif tag in _CELLS:
            self._builder.begin_cell()
        elif tag in _SYMBOLS:
            self._builder.write(_SYMBOLS[tag])
        elif tag == f"{_ODF_TEXT}s":
            self._builder.write(" ")
        elif tag == f"{_DRAW}image":
            self._add_image(element.get(_HREF) or "")

    def _begin_table(self, element: Any) -> None:
        if element.getparent().tag == f"{_OFFICE}spreadsheet":
            self._builder.interrupt(PARAGRAPH)
            self._builder.block = Block(kind="heading", level=1)
            self._builder.write_collapsed(element.get(f"{_ODF_TABLE}name") or "")
        self._builder.begin_table(self._base or Block(kind="table", page=self._page))

    def _end(self, element: Any) -> None:
        tag = element.tag
        if tag in _PARAGRAPHS:
            self._builder.interrupt(LINE if self._lists or self._page is not None else PARAGRAPH)
        elif tag == f"{_ODF_TEXT}list":
            self._lists -= 1
            self._builder.interrupt(LINE if self._lists else PARAGRAPH)
        elif tag == f"{_ODF_TABLE}table":
            self._builder.end_table()
        elif tag == f"{_ODF_TABLE}table-row":
            self._builder.end_row()
        elif tag in _CELLS:
            self._builder.end_cell()
            self._repeat_cell(element)

    def _repeat_cell(self, element: Any) -> None:
        """Write the copies of a cell, within a limit; an empty one at the end only fills the row."""
        repeated = element.get(f"{_ODF_TABLE}number-columns-repeated") or "1"
        number = int(repeated) if repeated.isascii() and repeated.isdigit() and len(repeated) < 6 else 1
        text = " ".join("".join(element.itertext()).split())
        if not text and element.getnext() is None:
            return
        for _ in range(min(number - 1, _MAX_REPEATED, self._cells_left)):
            self._cells_left -= 1
            self._builder.begin_cell()
            self._builder.write(text)
            self._builder.end_cell()

    def _block(self, element: Any) -> Block:
        if element.tag == f"{_ODF_TEXT}h":
            level = element.get(f"{_ODF_TEXT}outline-level") or "1"
            return Block(kind="heading", level=int(level) if level in _LEVELS else 1, page=self._page)
        if self._lists:
            return Block(kind="list_item", level=self._lists, page=self._page)
        if any(parent.tag == f"{_PRESENTATION}notes" for parent in element.iterancestors()):
            return Block(kind="speaker_note", page=self._page)
        return Block(page=self._page)

    def _add_image(self, name: str) -> None:
        data = self._parts.get(name.removeprefix("./"))
        if data is not None and _PICTURE.search(name) and self._images.is_new(data):
            self._images.add(DocumentImage(data=data, page=self._page, start=len(self._builder)))
