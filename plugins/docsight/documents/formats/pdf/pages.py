"""Gather the pages of a PDF one by one, and make a document of them."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from docsight.documents.formats.content import DocumentImage, ParsedDocument, Passage
from docsight.documents.formats.image_collector import ImageCollector
from docsight.documents.formats.ocr_text import HINT, Reader, append_read
from docsight.documents.formats.pdf.annotations import annotations
from docsight.documents.formats.pdf.page_images import MAX_PIXELS_DRAWN, Found, as_jpeg, draw, find, take
from docsight.documents.formats.pdf.page_text import clean, join_hyphens, words
from docsight.documents.formats.source import ReadOptions
from docsight.errors import DataError, MissingExtraError

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

_MAX_CHARS = 200_000_000  # of one document
_FEW_CHARS = 25  # on a page that is a picture: its number, or the name of the scanner
_COVERED = 0.5  # of a page, by pictures, where it may count as one
_MAX_RANGES = 10  # in a note


class Pages:
    """The pages of a document.

    Args:
        reader: What reads pages that are pictures; None where nothing does.
        options: Those of the document.
    """

    def __init__(self, reader: Reader | None, options: ReadOptions) -> None:
        self.notes: list[str] = []
        self._reader = reader
        self._options = options
        self._album = ImageCollector()
        self._texts: dict[int, str] = {}
        self._written: dict[int, str] = {}  # by people, onto the page
        self._read: dict[int, tuple[str, float]] = {}  # what was read on pages that are pictures, and how surely
        self._chars = 0
        self._drawn: list[int] = []
        self._failed: dict[int, str] = {}
        self._spoilt: dict[int, str] = {}

    @property
    def is_full(self) -> bool:
        """Whether there is more text than a document may have."""
        return self._chars > _MAX_CHARS

    def add(self, pdf: "PdfDocument", number: int) -> bool:
        """Gather a page by its number, from 1; False where nothing of it can be read."""
        try:
            with closing(pdf[number - 1]) as page:
                self._add(page, number)
        except MissingExtraError:
            raise
        except Exception as err:  # noqa: BLE001 - whatever a damaged page does, the others are none the worse
            self._failed[number] = str(err) or type(err).__name__
            return False
        if self.is_full:
            self.notes.append(f"it has more than {_MAX_CHARS:,} characters: those after page {number} were left out")
        return True

    def content(self, *, title: str) -> ParsedDocument:
        """Make the document.

        Raises:
            DataError: No page could be read.
        """
        if self._failed and not self._texts:
            first = next(iter(self._failed.values()))
            raise DataError(f"none of the {len(self._failed):,} pages that were tried can be read: {first}")
        known = words(self._texts.values())
        pieces: list[str] = []
        passages: list[Passage] = []
        starts: dict[int, int] = {}
        at = 0
        for number, text in self._texts.items():
            starts[number] = at
            own = self._read.get(number, (join_hyphens(text, known), None))
            for piece, confidence in (own, (self._written[number], None)):
                if piece:
                    passages.append(Passage(start=at, end=at + len(piece), page=number, confidence=confidence))
                    pieces.append(piece)
                    at += len(piece) + 2
        whole = "\n\n".join(pieces)
        images = [replace(one, start=min(starts.get(one.page or 0, 0), len(whole))) for one in self._album.pictures]
        notes = [*self.notes, *self._album.notes, *self._page_notes()]
        if self._options.ocr == "always" and self._reader is not None:
            embedded = [one for one in images if one.page not in self._drawn]
            whole, more, untold = append_read(whole, embedded, self._reader)
            passages += more
            notes += untold
        return ParsedDocument(
            text=whole, title=title, images=tuple(images), passages=tuple(passages), notes=tuple(dict.fromkeys(notes))
        )

    def _add(self, page: "PdfPage", number: int) -> None:
        with closing(page.get_textpage()) as textpage:
            text = clean(textpage.get_text_range())
        letters = sum(map(str.isalnum, text[: 4 * _FEW_CHARS]))
        self._written[number] = "\n".join(annotations(page))
        self._texts[number] = text
        self._chars += len(text) + len(self._written[number])
        try:
            found, is_drawn_on = find(page)
            width, height = page.get_size()
            covered = sum(one.area for one in found) / max(1.0, width * height)
            if is_drawn_on and (not letters or (letters < _FEW_CHARS and covered >= _COVERED)):
                self._draw(page, number, found)
                return
        except MissingExtraError:
            raise
        except Exception as err:  # noqa: BLE001 - the text is there, whatever is wrong with what is drawn
            self._spoilt[number] = str(err) or type(err).__name__
            return
        for one in found:
            try:
                take(one, self._album, page=number, start=0)
            except Exception as err:  # noqa: BLE001 - as above
                self._spoilt[number] = str(err) or type(err).__name__

    def _draw(self, page: "PdfPage", number: int, found: Iterable[Found]) -> None:
        if sum(one.pixels for one in found) > MAX_PIXELS_DRAWN:
            raise DataError(f"the page has pictures of more than {MAX_PIXELS_DRAWN:,} pixels")
        image = draw(page)
        width, height = page.get_size()
        self._drawn.append(number)
        self._album.add(DocumentImage(data=as_jpeg(image), page=number, bbox=(0.0, 0.0, width, height)))
        if self._reader is not None and (recognised := self._reader(image)) is not None:
            self._read[number] = (recognised.text, recognised.confidence)

    def _page_notes(self) -> list[str]:
        notes = []
        if self._failed:
            pages, reason = name_pages(self._failed), next(iter(self._failed.values()))
            notes.append(f"{pages} cannot be read: {reason}")
        if self._spoilt:
            pages, reason = name_pages(self._spoilt), next(iter(self._spoilt.values()))
            notes.append(f"not all pictures of {pages} could be taken: {reason}")
        if self._drawn and self._reader is None:
            is_one = len(self._drawn) == 1
            was = "has no text and was kept as a picture" if is_one else "have no text and were kept as pictures"
            hint = "" if self._options.ocr == "never" else f": {HINT}"
            notes.append(f"{name_pages(self._drawn)} {was}{hint}")
        return notes


def name_pages(numbers: Iterable[int]) -> str:
    """Name pages in short: "page 3", or "pages 3-40, 42"."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return f"page {ranges[0][0]}"
    named = [f"{first}" if first == last else f"{first}-{last}" for first, last in ranges[:_MAX_RANGES]]
    more = f" and {len(ranges) - _MAX_RANGES} more" if len(ranges) > _MAX_RANGES else ""
    return f"pages {', '.join(named)}{more}"
