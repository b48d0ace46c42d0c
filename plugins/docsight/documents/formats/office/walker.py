"""Write the parts of Word and PowerPoint files: both have the same paragraphs, tables and images, by other names."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from docsight.documents.formats.content import Box, DocumentImage, Kind, ParsedDocument
from docsight.documents.formats.image_collector import ImageCollector
from docsight.documents.formats.office import markup
from docsight.documents.formats.office.charts import chart_tables, chart_title, other_titles
from docsight.documents.formats.office.diagrams import diagram_lines
from docsight.documents.formats.office.links import LINK_TAGS, begins_link, ends_link, link_target
from docsight.documents.formats.office.markup import A, R, parse_xml, related_part
from docsight.documents.formats.office.roles import Role
from docsight.documents.formats.office.signs import SIGN_TAGS, sign_after, sign_before
from docsight.documents.formats.text.builder import LINE, PARAGRAPH, Block, TextBuilder
from docsight.documents.formats.text.invisible import strip_invisible
from docsight.documents.formats.text.prose import with_prose_as_paragraphs

_UNSUPPORTED_IMAGE = re.compile(r"\.(?:emf|wmf|wdp|svg)$", re.I)
_MAX_COLUMNS = 1000  # that one merged cell covers
_MAX_MERGED_PLACES = 200_000  # that all merged cells of a document cover
# Elements where something begins and ends, and those whose content is written; both may have others in them.
_BOUNDED_TAGS = frozenset((
    *markup.PARAGRAPH_TAGS, *markup.TABLE_TAGS, *markup.ROW_TAGS, *markup.CELL_TAGS, *SIGN_TAGS, *LINK_TAGS,
))  # fmt: skip
_CONTENT_TAGS = frozenset((
    *markup.TEXT_TAGS, *markup.ALTERNATIVE_TEXT_TAGS, markup.SYMBOL_TAG, *markup.SYMBOLS, *markup.IMAGE_ATTRIBUTES,
    *markup.DRAWING_ATTRIBUTES, markup.IMPORTED_TEXT,
))  # fmt: skip
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\ufeff\ufffe\uffff\ud800-\udfff]")


def _plain_role(_paragraph: Any) -> Role:
    return Role()


@dataclass
class Walker:
    """Writes the parts of a document one after another.

    Args:
        notes: What has not been read so far.
        page: The number of the current slide.
        bbox: The bounding box of the current shape of a slide, which is also that of its images.
        role_of: Returns the role of a paragraph; it is called once for each, in order, because it counts lists.
    """

    notes: list[str] = field(default_factory=list)
    page: int | None = None
    bbox: Box | None = None
    role_of: Callable[[Any], Role] = _plain_role
    builder: TextBuilder = field(default_factory=TextBuilder)
    _merged_places: int = _MAX_MERGED_PLACES  # that merged cells may still cover
    _kind: Kind | None = None  # of all passages of the current part; None if each paragraph has its own
    _outer_links: list[str] = field(default_factory=list)  # the targets that apply again where the open links end
    _number: str = ""  # of the current paragraph, to write before its text
    _break: int = PARAGRAPH  # around the current paragraph
    _is_continued: bool = False  # whether the next paragraph continues the last one, whose end was deleted
    _paragraphs: int = 0  # that are open
    _cells: int = 0  # that are open
    _images: ImageCollector = field(default_factory=ImageCollector)
    _unsupported_images: set[str] = field(default_factory=set)
    _unread: Counter[str] = field(default_factory=Counter)

    def begin_block(self, kind: Kind = "paragraph", level: int | None = None) -> None:
        """Begin a passage on the current slide and in the current shape; the kind of the part takes precedence."""
        if self._kind not in (None, kind):
            kind, level = self._kind or kind, None
        self.builder.block = Block(kind=kind, level=level, page=self.page, bbox=self.bbox)

    def write_paragraph(self, text: str, kind: Kind) -> None:
        """Write a text that is no paragraph of the format as a passage of its own."""
        self._kind = kind
        self.begin_block(kind)
        self._write_text(visible(_unescaped(text)))

    def walk(self, element: Any, part: Any, *, kind: Kind | None = None) -> None:
        """Write an element and its descendants.

        Args:
            element: The element.
            part: The library's object for its part, which resolves relationships.
            kind: The kind of all its passages, such as a header; None if each paragraph has its own.
        """
        self._kind = kind
        stack: list[tuple[Any, bool]] = [(element, True)]  # elements to begin (True) or to end
        boxes: list[Any] = []  # text boxes in the current paragraph; they are written after it
        while stack:
            element, begins = stack.pop()
            if not begins:
                self._end(element)
                if boxes and not self._paragraphs and not self._is_continued:
                    stack.extend((box, True) for box in reversed(boxes))
                    boxes = []
            elif element.tag == markup.TEXT_BOX and self._paragraphs:
                boxes.append(element)
            elif not _is_left_out(element):
                tag = element.tag
                if tag in _BOUNDED_TAGS:
                    self._begin(element, part)
                    stack.append((element, False))
                elif tag in _CONTENT_TAGS:
                    self._write(element, part)
                stack.extend([(child, True) for child in reversed(_visible_children(element))])
        self.builder.link = ""  # a damaged field has no end
        self._outer_links.clear()

    def document(self, *, title: str) -> ParsedDocument:
        text = self.builder.text()
        return ParsedDocument(
            text=text,
            title=title,
            images=tuple(replace(image, start=min(image.start or 0, len(text))) for image in self._images.images),
            passages=with_prose_as_paragraphs(tuple(self.builder.passages()), text),
            notes=(*self.notes, *self._unread_notes(), *self._images.notes),
        )

    def _unread_notes(self) -> Iterator[str]:
        for kind, count in self._unread.items():
            yield f"{count} {kind} was not read" if count == 1 else f"{count} {kind}s were not read"
        if count := len(self._unsupported_images):
            formats = ", ".join(sorted({name.rpartition(".")[2].upper() for name in self._unsupported_images}))
            yield f"{count} {'image' if count == 1 else 'images'} of an unsupported format ({formats}) left out"

    def _begin(self, element: Any, part: Any) -> None:
        tag = element.tag
        if tag in markup.PARAGRAPH_TAGS:
            self._begin_paragraph(element)
        elif tag in markup.TABLE_TAGS:
            self.builder.begin_table(self._table_block())
        elif tag in markup.ROW_TAGS:
            self._add_empty_cells(markup.columns_before(element))
        elif tag in markup.CELL_TAGS:
            self._cells += 1
            self.builder.begin_cell()
        elif sign := sign_before(element):
            self._write_text(visible(sign))
        elif begins_link(element):
            self._outer_links.append(self.builder.link)
            self.builder.link = link_target(element, part) or self.builder.link

    def _table_block(self) -> Block:
        return Block(kind=self._kind or "table", page=self.page, bbox=self.bbox)

    def _end(self, element: Any) -> None:
        tag = element.tag
        if tag in markup.PARAGRAPH_TAGS:
            self._end_paragraph(element)
        elif tag in markup.TABLE_TAGS:
            self.builder.end_table()
        elif tag in markup.ROW_TAGS:
            self.builder.end_row()
        elif tag in markup.CELL_TAGS:
            self._cells -= 1
            self.builder.end_cell()
            self._add_empty_cells(markup.spanned_columns(element))
        elif sign := sign_after(element):
            self._write_text(visible(sign))
        elif ends_link(element) and self._outer_links:
            self.builder.link = self._outer_links.pop()

    def _begin_paragraph(self, paragraph: Any) -> None:
        self._paragraphs += 1
        if self._paragraphs > 1:
            self.builder.interrupt(LINE)
        elif not self._is_continued:
            owner = markup.owner_of_properties(paragraph)
            role = Role() if owner is None else self.role_of(owner)
            self._break = LINE if paragraph.tag == f"{A}p" or role.kind == "list_item" else PARAGRAPH
            if not self._cells:  # in a table in a cell, a break would take the place of the tab
                self.builder.interrupt(self._break)
            self.begin_block(role.kind, role.level)
            self._number = role.number

    def _end_paragraph(self, paragraph: Any) -> None:
        self._paragraphs -= 1
        if self._paragraphs:
            self.builder.interrupt(LINE)
            return
        self._is_continued = markup.next_part(paragraph) is not None
        if not self._is_continued:
            self.builder.interrupt(self._break)
            self._number = ""

    def _add_empty_cells(self, count: int) -> None:
        """Add the places that a merged cell covers; spans in damaged files may be absurd."""
        count = min(count, _MAX_COLUMNS, self._merged_places)
        self._merged_places -= count
        for _ in range(count):
            self.builder.begin_cell()
            self.builder.end_cell()

    def _write(self, element: Any, part: Any) -> None:
        """Write the content of an element itself, without its children."""
        tag = element.tag
        if tag in markup.TEXT_TAGS:
            self._write_text(visible(_unescaped(markup.text_of(element))))
        elif tag in markup.ALTERNATIVE_TEXT_TAGS:
            self._write_alternative_text(visible(markup.alternative_text(element)))
        elif tag == markup.SYMBOL_TAG:
            self._write_text(markup.symbol_of(element))
        elif tag in markup.SYMBOLS:
            self.builder.write(markup.SYMBOLS[tag])
        elif tag in markup.IMAGE_ATTRIBUTES:
            embedded = element.get(markup.IMAGE_ATTRIBUTES[tag])
            self._add_image(related_part(part, embedded))
            if element.get(f"{R}link") and not embedded:
                self._unread["linked image"] += 1
        elif tag in markup.DRAWING_ATTRIBUTES:
            self._write_drawing(related_part(part, element.get(markup.DRAWING_ATTRIBUTES[tag])))
        elif tag == markup.IMPORTED_TEXT:
            self._unread["imported text"] += 1

    def _write_text(self, text: str) -> None:
        """Write text, after the number of its paragraph if it is the first; the number of an empty one is left out."""
        if self._number:
            if not (text := text.lstrip()):
                return
            link, self.builder.link = self.builder.link, ""
            self.builder.write(self._number)
            self.builder.link, self._number = link, ""
        self.builder.write(text)

    def _write_alternative_text(self, text: str) -> None:
        if text:
            self.builder.write_collapsed(" ")
            self._write_text(" ".join(text.split()))
            self.builder.write_collapsed(" ")

    def _add_image(self, image_part: Any) -> None:
        if image_part is None:
            return
        if _UNSUPPORTED_IMAGE.search(image_part.partname):
            self._unsupported_images.add(str(image_part.partname))
        elif not self._images.is_full and self._images.is_new(image_part.blob):
            position = len(self.builder)
            self._images.add(DocumentImage(data=image_part.blob, page=self.page, bbox=self.bbox, start=position))

    def _write_drawing(self, drawing_part: Any) -> None:
        """Write the words of a diagram, or the title and the data of a chart."""
        if drawing_part is None:
            return
        try:
            root = parse_xml(drawing_part.blob)
        except SyntaxError:  # the base class of lxml's XMLSyntaxError
            self._unread["damaged diagram"] += 1
            return
        if root.tag == markup.CHART_SPACE:
            self._write_chart(root)
        else:
            self._write_lines(diagram_lines(root))

    def _write_chart(self, root: Any) -> None:
        outer = self.builder.block
        self.builder.interrupt(PARAGRAPH)
        self.begin_block("caption")
        self._write_lines([chart_title(root)])
        for table in chart_tables(root):
            self.builder.write_table(self._table_block(), (map(visible, row) for row in table))
        self.begin_block()
        self._write_lines(other_titles(root))
        self.builder.interrupt(PARAGRAPH)
        self.builder.block = outer

    def _write_lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            if text := visible(line):
                self.builder.interrupt(LINE)
                self.builder.write(text)
        self.builder.interrupt(LINE)


def _is_left_out(element: Any) -> bool:
    """Return whether an element is not shown, or is a comment or an entity of XML, which have no string as tag."""
    return (
        element.tag in markup.SKIPPED_TAGS
        or not isinstance(element.tag, str)
        or (markup.is_hidden(element) or markup.is_deleted_row(element))
    )


def _visible_children(element: Any) -> list[Any]:
    """Return the children of an element; a merged cell has its content in the first of its cells."""
    if element.tag in markup.CELL_TAGS and markup.continues_merged_cell(element):
        return []
    return markup.children(element)


def visible(text: str | None) -> str:
    """Return a text without control characters, soft hyphens and other characters that are not seen."""
    return strip_invisible(_INVISIBLE.sub("", text or ""))


def _unescaped(text: str) -> str:
    """Decode Office's escapes of characters, such as "_x000B_" for a line break."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)).replace("\v", "\n"), text)
