"""Walk through the XML of Word and PowerPoint, in the order of the document, and write its text and pictures.

Both have paragraphs, tables and pictures of the same kind under other names, and this knows no more of them.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from docsight.documents.formats.content import DocumentImage, ParsedDocument, Passage
from docsight.documents.formats.image_collector import ImageCollector
from docsight.documents.formats.ocr_text import Reader, append_read
from docsight.documents.formats.office.package import parse
from docsight.documents.formats.text.builder import CELL, LINE, PARAGRAPH, TextBuilder

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_D = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_V = "{urn:schemas-microsoft-com:vml}"

_PARAGRAPHS = {f"{W}p", f"{A}p"}
_TEXTS = {f"{W}t", f"{A}t", f"{_M}t"}
_TABLES = {f"{W}tbl", f"{A}tbl"}
_ROWS = {f"{W}tr", f"{A}tr"}
_CELLS = {f"{W}tc", f"{A}tc"}
_SIGNS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{A}br": "\n",
    f"{W}noBreakHyphen": "-",
}
# Properties, what was deleted, the codes of fields, and readings beside Chinese letters.
_LEFT_OUT = {f"{W}{name}" for name in ("pPr", "tblPr", "trPr", "tcPr", "sectPr", "sdtPr", "del", "moveFrom", "rt")}
_LEFT_OUT |= {f"{W}{name}" for name in ("delText", "instrText", "delInstrText")}
_LEFT_OUT |= {f"{A}{name}" for name in ("pPr", "rPr", "endParaRPr", "bodyPr", "lstStyle")}

_UNREADABLE = re.compile(r"\.(?:emf|wmf|wdp|svg)$", re.I)
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\ufeff\ufffe\uffff\ud800-\udfff]")


@dataclass
class Walker:
    """Writes the text and the pictures of a document's parts, one after another.

    Args:
        notes: What could not be had so far.
        bbox: The place of the shape on the slide, where pictures get theirs from.
    """

    notes: list[str] = field(default_factory=list)
    bbox: tuple[float, float, float, float] | None = None
    flow: TextBuilder = field(default_factory=TextBuilder)
    _album: ImageCollector = field(default_factory=ImageCollector)
    _pages: list[tuple[int, int]] = field(default_factory=list)  # number, and where its text begins
    _unreadable: set[str] = field(default_factory=set)
    _unread: Counter[str] = field(default_factory=Counter)

    def begin_page(self, number: int) -> None:
        """Let what follows stand on a page of its own."""
        self.flow.interrupt(PARAGRAPH)
        self._pages.append((number, len(self.flow)))

    def walk(self, element: Any, part: Any) -> None:
        """Write what is below an element.

        Args:
            element: Of lxml.
            part: What it belongs to: an object of the library, which knows the pictures by their relationships.
        """
        stack: list[tuple[Any, bool]] = [(element, True)]
        boxes: list[Any] = []  # of text, in a paragraph: they are written after it
        cells: list[int] = []  # that are open: where their text begins
        paragraphs = 0
        while stack:
            one, opening = stack.pop()
            tag = one.tag
            if tag in _LEFT_OUT or not isinstance(tag, str) or _is_hidden(one):  # comments and entities have no name
                continue
            if tag in _PARAGRAPHS:
                paragraphs += 1 if opening else -1
                if not (opening and cells):
                    self.flow.interrupt(LINE if cells or _is_listed(one) else PARAGRAPH)
                if not opening and not paragraphs:
                    stack.extend((box, True) for box in reversed(boxes))
                    boxes = []
            elif tag in _CELLS:
                self._cell(cells, opening=opening)
            elif (tag in _ROWS and not opening) or tag in _TABLES:
                self.flow.interrupt(LINE if tag in _ROWS or cells else PARAGRAPH)
            if not opening:
                continue
            if tag == f"{W}txbxContent" and paragraphs:
                boxes.append(one)
                continue
            self._write(one, part)
            stack.append((one, False))
            stack.extend((child, True) for child in reversed(list(_children(one))))

    def content(self, file: Any, *, reader: Reader | None) -> ParsedDocument:
        """Make the document.

        Args:
            file: The library's, whose properties have its title.
            reader: What reads text in its pictures; None where it is not read.
        """
        text = self.flow.text()
        images = tuple(replace(one, start=min(one.start or 0, len(text))) for one in self._album.pictures)
        passages = tuple(self._passages(text))
        notes = [*self.notes, *self._told(), *self._album.notes]
        if reader is not None:
            text, more, untold = append_read(text, images, reader)
            passages += more
            notes += untold
        return ParsedDocument(text=text, title=_title(file), images=images, passages=passages, notes=tuple(notes))

    def _passages(self, text: str) -> Iterator[Passage]:
        ends = [*(start for _, start in self._pages[1:]), len(text)]
        for (number, start), end in zip(self._pages, ends, strict=False):
            while start < end and text[start].isspace():
                start += 1
            if start < end:
                yield Passage(start=start, end=end, page=number)

    def _told(self) -> Iterator[str]:
        for what, count in self._unread.items():
            yield f"{count} {what} was not read" if count == 1 else f"{count} {what}s were not read"
        if count := len(self._unreadable):
            kinds = ", ".join(sorted({name.rpartition(".")[2].upper() for name in self._unreadable}))
            yield f"{count} {'picture' if count == 1 else 'pictures'} of a kind that is not read ({kinds}) left out"

    def _cell(self, cells: list[int], *, opening: bool) -> None:
        """Begin or end a cell; after one that is empty, the break before it stands."""
        if opening:
            cells.append(len(self.flow))
        elif len(self.flow) > cells.pop():
            self.flow.interrupt(CELL)
            self.flow.weaken(CELL)

    def _write(self, one: Any, part: Any) -> None:
        """Write what an element is by itself."""
        tag = one.tag
        if tag in _TEXTS:
            self.flow.write(_UNSEEN.sub("", one.text or ""))
        elif tag in _SIGNS:
            self.flow.write(_SIGNS[tag])
        elif tag == f"{A}blip":
            self._picture(one.get(f"{R}embed"), part)
            if one.get(f"{R}link") and not one.get(f"{R}embed"):
                self._unread["linked picture"] += 1
        elif tag == f"{_V}imagedata":
            self._picture(one.get(f"{R}id"), part)
        elif tag == f"{_C}chart":
            self._other(one.get(f"{R}id"), part)
        elif tag == f"{_D}relIds":
            self._other(one.get(f"{R}dm"), part)
        elif tag == f"{W}altChunk":
            self._unread["imported text"] += 1

    def _picture(self, name: str | None, part: Any) -> None:
        other = _related(part, name)
        if other is None:
            return
        if _UNREADABLE.search(other.partname):
            self._unreadable.add(str(other.partname))
        elif not self._album.is_full and self._album.is_new(other.blob):
            page = self._pages[-1][0] if self._pages else None
            self._album.add(DocumentImage(data=other.blob, page=page, bbox=self.bbox, start=len(self.flow)))

    def _other(self, name: str | None, part: Any) -> None:
        """Write the words of a chart or a diagram, which are a part of their own."""
        other = _related(part, name)
        if other is None:
            return
        try:
            root = parse(other.blob)
        except SyntaxError:  # lxml's is one
            self._unread["damaged diagram"] += 1
            return
        for one in root.iter(f"{A}p", f"{_C}strCache"):
            tag = f"{A}t" if one.tag == f"{A}p" else f"{_C}v"
            if text := _UNSEEN.sub("", " ".join(word.text or "" for word in one.iter(tag))):
                self.flow.interrupt(LINE)
                self.flow.write(text)
        self.flow.interrupt(LINE)


def _title(file: Any) -> str:
    try:
        title = file.core_properties.title
    except Exception:  # noqa: BLE001 - damaged properties leave the text what it is
        return ""
    return " ".join(_UNSEEN.sub("", title or "").split())


def _related(part: Any, name: str | None) -> Any:
    """Find the part that a relationship names; None where there is none."""
    relation = part.rels.get(name) if name else None
    return relation.target_part if relation is not None and not relation.is_external else None


def _children(element: Any) -> Iterator[Any]:
    """Give what is in an element; of what is there in several forms, the first."""
    if element.tag != f"{MC}AlternateContent":
        yield from element
    elif (first := next((child for child in element if child.tag == f"{MC}Choice"), None)) is not None:
        yield from first
    else:
        yield from (inner for child in element if child.tag == f"{MC}Fallback" for inner in child)


def _is_listed(paragraph: Any) -> bool:
    """Tell whether a paragraph is a point of a list in Word, or any in PowerPoint: they stand line by line."""
    return paragraph.tag == f"{A}p" or paragraph.find(f"{W}pPr/{W}numPr") is not None


def _is_hidden(one: Any) -> bool:
    if one.tag != f"{W}r" or (vanish := one.find(f"{W}rPr/{W}vanish")) is None:
        return False
    return vanish.get(f"{W}val") not in ("0", "false", "off")
