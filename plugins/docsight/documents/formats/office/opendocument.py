"""OpenDocument text, spreadsheets and presentations (.odt, .ods, .odp): content in order, with notes and comments."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from docsight.documents.formats.archives.safe_zip import read_members
from docsight.documents.formats.content import DocumentImage, Kind, ParsedDocument
from docsight.documents.formats.image_collector import ImageCollector
from docsight.documents.formats.ocr_text import append_image_text, recognizer_for
from docsight.documents.formats.office.markup import meaningful_text, parse_xml
from docsight.documents.formats.office.mathml import formula_text, is_formula
from docsight.documents.formats.office.opendocument_margins import find_margins, read_styles
from docsight.documents.formats.office.opendocument_objects import chart_parts, object_root
from docsight.documents.formats.office.opendocument_styles import (
    ODF_TEXT,
    PRESENTATION,
    OpenDocumentNumbers,
    OpenDocumentStyles,
)
from docsight.documents.formats.office.properties import read_properties
from docsight.documents.formats.office.slide_roles import hidden_slides_note
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.builder import LINE, PARAGRAPH, Block, TextBuilder
from docsight.documents.formats.text.prose import with_prose_as_paragraphs
from docsight.errors import DataError, MissingExtraError

_ODF_KIND = "file of OpenDocument"
_PARTS = re.compile(
    r"^(?:(?:content|meta|styles)\.xml|[^/]+/content\.xml|META-INF/manifest\.xml|"
    r"Pictures/.*\.(?:png|jpe?g|gif|tiff?|bmp|webp))$"
)
_PICTURE = re.compile(r"Pictures/")
_MAX_REPEATED = 1024  # copies of a cell
_MAX_REPEATED_CELLS = 1_000_000  # of a file
_LEVELS = tuple("123456789")

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_ODF_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_LIBREOFFICE = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"  # text in content controls
_ODF_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_DESCRIPTION, _TITLE = f"{_ODF_SVG}desc", f"{_ODF_SVG}title"  # of a picture; the title counts if it is alone
_HREF = "{http://www.w3.org/1999/xlink}href"

_SKIPPED_TAGS = {f"{ODF_TEXT}{name}" for name in ("tracked-changes", "note-citation", "sequence-decls", "ruby-text")}
_SKIPPED_TAGS |= {f"{_OFFICE}{name}" for name in ("forms", "event-listeners", "scripts")}
_SKIPPED_TAGS |= {f"{PRESENTATION}settings"}
_INDEXES = ("table-of-content", "illustration-index", "table-index", "object-index", "user-index", "alphabetical-index")
_SKIPPED_TAGS |= {f"{ODF_TEXT}{name}-source" for name in (*_INDEXES, "bibliography")}  # how they are made
_SKIPPED_TAGS |= {"{http://purl.org/dc/elements/1.1/}date", "{http://purl.org/dc/elements/1.1/}creator"}
_SYMBOLS = {f"{ODF_TEXT}tab": "\t", f"{ODF_TEXT}line-break": "\n"}
_NOTES: dict[str, Kind] = {f"{ODF_TEXT}note": "footnote", f"{_OFFICE}annotation": "comment"}
_PARAGRAPHS = {f"{ODF_TEXT}p", f"{ODF_TEXT}h"}
_CONTAINERS = {f"{ODF_TEXT}{name}" for name in ("list", "list-item", "section", "note", "note-body", "index-body")}
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
        content = parse_xml(parts["content.xml"])
    except etree.XMLSyntaxError as err:
        raise DataError(f"cannot be read as a {_ODF_KIND}: {err}") from err
    body = content.find(f"{_OFFICE}body")
    notes: list[str] = []
    styles = read_styles(parts, notes)
    walker = _Walker(parts, OpenDocumentStyles([content] if styles is None else [styles, content]), notes)
    margins = find_margins(styles)
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


class _Walker:
    """Writes the elements of a document one after another."""

    def __init__(self, parts: dict[str, bytes], styles: OpenDocumentStyles, notes: list[str]) -> None:
        self.notes = notes
        self._parts = parts
        self._styles = styles
        self._numbers = OpenDocumentNumbers(styles)
        self._marker = ""  # the number to write before the text of the paragraph
        self._outer_blocks: list[Block] = []  # of the paragraphs that are open; a text box may be in one
        self._builder = TextBuilder()
        self._images = ImageCollector()
        self._apart: list[tuple[Any, Block]] = []  # footnotes and comments, which follow the body
        self._page: int | None = None
        self._items: list[Block | None] = []  # of the lists that are open; None until an item has a paragraph
        self._alternative_tags: list[str] = []  # of the texts to write in the frames that are open
        self._cells_left = _MAX_REPEATED_CELLS
        self._hidden_slides: list[int] = []
        self._base: Block | None = None  # of all text of a margin or a note

    def write_margins(self, margins: dict[str, list[Any]], kind: Kind) -> None:
        for element in margins[kind]:
            self._write_apart(element, Block(kind=kind))

    def write_notes(self) -> None:
        for element, block in self._apart:
            self._write_apart(element, block)

    def document(self, *, title: str) -> ParsedDocument:
        text = self._builder.text()
        return ParsedDocument(
            text=text,
            title=title,
            images=tuple(self._images.images),
            passages=with_prose_as_paragraphs(tuple(self._builder.passages()), text),
            notes=(*self.notes, *hidden_slides_note(self._hidden_slides), *self._images.notes),
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
                elif self._is_skipped(element):
                    walk.skip_subtree()
                else:
                    self._begin(element)
                    self._write(element.text, element)
            else:
                if not self._is_skipped(element) and (element is root or element.tag not in _NOTES):
                    self._end(element)
                if element is not root:
                    self._write(element.tail, element.getparent())

    def _is_skipped(self, element: Any) -> bool:
        """Return whether an element is no content, or hidden text."""
        tag = element.tag
        if tag in _SKIPPED_TAGS or element.get(f"{PRESENTATION}class") == "page-number":
            return True
        if tag == f"{ODF_TEXT}section" and element.get(f"{ODF_TEXT}display") == "none":
            return True
        is_text = tag in _PARAGRAPHS or tag == f"{ODF_TEXT}span"
        return is_text and self._styles.is_hidden(element.get(f"{ODF_TEXT}style-name"))

    def _write_apart(self, element: Any, block: Block) -> None:
        self._builder.interrupt(PARAGRAPH)
        outer, self._base = self._base, block
        self.walk(element)
        self._base = outer
        self._builder.interrupt(PARAGRAPH)

    def _write(self, text: str | None, element: Any) -> None:
        """Write the text directly in an element; only text within paragraphs is content."""
        if text and element.tag.startswith((ODF_TEXT, _LIBREOFFICE)) and element.tag not in _CONTAINERS:
            if self._marker and text.strip():
                self._builder.write(self._marker)
                self._marker = ""
            self._builder.write_collapsed(text)

    def _begin(self, element: Any) -> None:
        tag = element.tag
        if tag in _PARAGRAPHS:
            self._builder.interrupt(LINE if self._items or self._page is not None else PARAGRAPH)
            self._outer_blocks.append(self._builder.block)
            self._builder.block = self._begin_paragraph(element)
        elif tag == f"{ODF_TEXT}list":
            self._items.append(None)
            self._numbers.begin_list(element)
        elif tag == f"{ODF_TEXT}list-item" and self._items:
            self._items[-1] = None
            self._numbers.begin_item(element)
        elif tag == f"{_DRAW}page":
            self._page = (self._page or 0) + 1
            if self._styles.is_hidden(element.get(f"{_DRAW}style-name")):
                self._hidden_slides.append(self._page)
            self._builder.interrupt(PARAGRAPH)
        elif tag == f"{_ODF_TABLE}table":
            self._begin_table(element)
        elif tag in _CELLS:
            self._builder.begin_cell()
        elif tag in _SYMBOLS:
            self._builder.write(_SYMBOLS[tag])
        elif tag == f"{ODF_TEXT}s":
            self._builder.write(" ")
        elif tag == f"{ODF_TEXT}a":
            self._builder.link = element.get(_HREF) or ""
        elif tag == f"{_DRAW}image":
            self._add_image(element.get(_HREF) or "")
        elif tag == f"{_DRAW}frame":
            self._alternative_tags.append(_TITLE if element.find(_DESCRIPTION) is None else _DESCRIPTION)
        elif tag in self._alternative_tags[-1:] and element.getparent().tag == f"{_DRAW}frame":
            self._builder.write_collapsed(f" {meaningful_text(element.text or '')} ")
        elif tag == f"{_DRAW}object":
            self._write_object(element)

    def _begin_table(self, element: Any) -> None:
        if element.getparent().tag == f"{_OFFICE}spreadsheet":
            self._builder.interrupt(PARAGRAPH)
            self._builder.block = Block(kind="heading", level=1)
            self._builder.write_collapsed(element.get(f"{_ODF_TABLE}name") or "")
        self._builder.begin_table(self._base or Block(kind="table", page=self._page))

    def _end(self, element: Any) -> None:
        tag = element.tag
        if tag in _PARAGRAPHS:
            self._marker = ""
            self._builder.interrupt(LINE if self._items or self._page is not None else PARAGRAPH)
            self._builder.block = self._outer_blocks.pop()
        elif tag == f"{ODF_TEXT}a":
            self._builder.link = ""
        elif tag == f"{_DRAW}frame":
            self._alternative_tags.pop()
        elif tag == f"{ODF_TEXT}list":
            self._items.pop()
            self._numbers.end_list()
            self._builder.interrupt(LINE if self._items else PARAGRAPH)
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

    def _begin_paragraph(self, element: Any) -> Block:
        """Return the block of a paragraph or heading, and keep its number until its text is written."""
        self._marker = self._numbers.paragraph()
        if self._base is not None:
            return self._base
        if element.tag == f"{ODF_TEXT}h":
            level = element.get(f"{ODF_TEXT}outline-level") or "1"
            number = int(level) if level in _LEVELS else 1
            if not self._items:
                self._marker = self._numbers.heading(number)
            return Block(kind="heading", level=number, page=self._page)
        if self._items:
            item = self._items[-1] or Block(kind="list_item", level=len(self._items), page=self._page)
            self._items[-1] = item
            return item
        for outer in element.iterancestors(f"{PRESENTATION}notes", f"{_DRAW}frame"):
            if outer.tag == f"{PRESENTATION}notes":
                return Block(kind="speaker_note", page=self._page)
            if outer.get(f"{PRESENTATION}class") == "title":
                return Block(kind="heading", level=1, page=self._page)
        role = self._styles.role(element.get(f"{ODF_TEXT}style-name"))
        return Block(kind=role.kind, level=role.level, page=self._page)

    def _write_object(self, element: Any) -> None:
        """Write a formula, or the title and the data of a chart; other objects have an image of their content."""
        try:
            root = object_root(element, element.get(_HREF) or "", self._parts)
        except SyntaxError:  # the base class of lxml's XMLSyntaxError
            self.notes.append("a damaged formula or chart was left out")
            return
        if root is not None and is_formula(root):
            self._builder.write(formula_text(root))
        elif root is not None and (chart := chart_parts(root)) is not None:
            title, table = chart
            if title is not None:
                self._write_apart(title, self._base or Block(kind="caption", page=self._page))
            if table is not None:
                self.walk(table)

    def _add_image(self, name: str) -> None:
        data = self._parts.get(name.removeprefix("./"))
        if data is not None and _PICTURE.search(name) and self._images.is_new(data):
            self._images.add(DocumentImage(data=data, page=self._page, start=len(self._builder)))
