"""Collect the pages of a PDF one by one, and build a document from them."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from docsight.documents.formats.content import DocumentImage, ParsedDocument
from docsight.documents.formats.image_collector import ImageCollector
from docsight.documents.formats.ocr_text import OCR_HINT, Recognizer, append_image_text
from docsight.documents.formats.pdf.blocks import TextBlock, read_blocks
from docsight.documents.formats.pdf.document_text import DocumentText, DocumentWriter, PdfPageText, join_continued
from docsight.documents.formats.pdf.form_fields import field_runs
from docsight.documents.formats.pdf.page_images import (
    PageImage,
    box_converter,
    encode_jpeg,
    extract_image,
    find_images,
    render_page,
)
from docsight.documents.formats.pdf.page_text import read_annotations
from docsight.documents.formats.pdf.running_lines import find_running
from docsight.documents.formats.pdf.structure import classify
from docsight.documents.formats.pdf.text_runs import read_runs
from docsight.documents.formats.source import ReadOptions
from docsight.errors import DataError, MissingExtraError

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

_MAX_PDF_CHARS = 200_000_000  # of one document
_MAX_SCAN_LETTERS = 25  # a scanned page may have text that is not in the image: its number, the name of the scanner
_MIN_SCAN_COVERAGE = 0.5  # the fraction of a scanned page that its images cover
_MAX_RANGES_NAMED = 10  # in a note


class PageCollector:
    """The pages of one PDF: their texts, images, and notes on what could not be read.

    Args:
        recognize: Recognizes the text of scanned pages; None if they are not to be read.
        options: How the PDF is read.
    """

    def __init__(self, recognize: Recognizer | None, options: ReadOptions) -> None:
        self.notes: list[str] = []
        self._recognize = recognize
        self._options = options
        self._images = ImageCollector()
        # By page number, from 1:
        self._blocks: dict[int, list[TextBlock]] = {}
        self._annotations: dict[int, str] = {}
        self._recognized: dict[int, tuple[str, float]] = {}  # text and confidence of scanned pages
        self._failed: dict[int, str] = {}  # why a page was not read
        self._incomplete: dict[int, str] = {}  # why not all images of a page were extracted
        self._rendered: list[int] = []
        self._chars = 0

    @property
    def is_full(self) -> bool:
        return self._chars > _MAX_PDF_CHARS

    def add(self, pdf: "PdfDocument", number: int) -> bool:
        """Collect a page by its number, from 1; return False if nothing of it can be read."""
        try:
            with closing(pdf[number - 1]) as page:
                self._add_text(page, number)
                self._add_images(page, number)
        except MissingExtraError:
            raise
        except Exception as err:  # noqa: BLE001 - whatever a damaged page raises, the other pages are readable
            self._failed[number] = _reason(err)
            return False
        if self.is_full:
            self.notes.append(
                f"it has more than {_MAX_PDF_CHARS:,} characters: those after page {number} were left out"
            )
        return True

    def document(self, *, title: str) -> ParsedDocument:
        """Build the document.

        Raises:
            DataError: No page could be read.
        """
        if self._failed and not self._blocks:
            raise DataError(f"none of the {len(self._failed):,} pages tried can be read: {_first(self._failed)}")
        written = self._join_pages()
        text, passages, starts = written.text, written.passages, written.starts
        images = tuple(
            replace(image, start=min(starts.get(image.page or 0, 0), len(text))) for image in self._images.images
        )
        notes = dict.fromkeys([*self.notes, *self._images.notes, *self._page_notes()])
        document = ParsedDocument(text=text, title=title, images=images, passages=passages, notes=tuple(notes))
        if self._options.ocr == "always" and self._recognize is not None:
            embedded = [image for image in images if image.page not in self._rendered]
            return append_image_text(document, embedded, self._recognize)
        return document

    def _join_pages(self) -> DocumentText:
        """Return the text of all pages."""
        blocks = [block for number in self._blocks if number not in self._recognized for block in self._blocks[number]]
        running = {id(block) for block in find_running(blocks)}
        for block in blocks:
            if id(block) in running and block.edge is not None:
                block.kind = block.edge
        if running and self._options.running == "drop":
            self.notes.append(f"{len(running):,} running headers, footers and page numbers were left out (running)")
            blocks = [block for block in blocks if id(block) not in running]
        blocks = join_continued(blocks)
        classify(blocks)
        by_page: dict[int, list[TextBlock]] = {number: [] for number in self._blocks}
        for block in blocks:
            by_page[block.page].append(block)
        pages = {
            number: PdfPageText(
                blocks=by_page[number],
                annotations=self._annotations[number],
                recognized=self._recognized.get(number),
            )
            for number in self._blocks
        }
        return DocumentWriter(pages).write()

    def _add_text(self, page: "PdfPage", number: int) -> None:
        with closing(page.get_textpage()) as textpage:
            runs = read_runs(textpage)
        annotations = read_annotations(page)
        texts = list(annotations.texts)
        if annotations.fields and next(iter(runs), 0) == 0:
            upright = runs.get(0, [])
            runs[0] = [*upright, *field_runs(annotations.fields, upright)]
        else:  # of text that is turned, fields do not state their direction
            texts = [*(value.text for value in annotations.fields), *texts]
        blocks = read_blocks(runs, number, page.get_height(), box_converter(page))
        self._annotations[number] = "\n".join(texts)
        self._blocks[number] = blocks
        self._chars += sum(block.length for block in blocks) + len(self._annotations[number])

    def _add_images(self, page: "PdfPage", number: int) -> None:
        """Extract the images of a page, or render it if it is a scan; on an error the text of the page stays."""
        try:
            images, has_content = find_images(page)
            if has_content and self._is_scan(page, number, images):
                self._add_scan(page, number, images)
                return
        except MissingExtraError:
            raise
        except Exception as err:  # noqa: BLE001 - whatever is wrong with the images, the text is readable
            self._incomplete[number] = _reason(err)
            return
        for image in images:
            try:
                extract_image(image, self._images, page=number)
            except Exception as err:  # noqa: BLE001 - as above
                self._incomplete[number] = _reason(err)

    def _is_scan(self, page: "PdfPage", number: int, images: Iterable[PageImage]) -> bool:
        width, height = page.get_size()
        coverage = sum(image.area for image in images) / max(1.0, width * height)
        letters = 0
        for block in self._blocks[number]:
            letters += sum(map(str.isalnum, block.text))
            if letters >= _MAX_SCAN_LETTERS:
                break
        return not letters or (letters < _MAX_SCAN_LETTERS and coverage >= _MIN_SCAN_COVERAGE)

    def _add_scan(self, page: "PdfPage", number: int, images: Iterable[PageImage]) -> None:
        rendered = render_page(page, images)
        width, height = page.get_size()
        self._rendered.append(number)
        self._images.add(DocumentImage(data=encode_jpeg(rendered), page=number, bbox=(0.0, 0.0, width, height)))
        if self._recognize is not None and (recognized := self._recognize(rendered)) is not None:
            self._recognized[number] = (recognized.text, recognized.confidence)

    def _page_notes(self) -> list[str]:
        notes = []
        if self._failed:
            notes.append(f"{name_pages(self._failed)} cannot be read: {_first(self._failed)}")
        if self._incomplete:
            pages = name_pages(self._incomplete)
            notes.append(f"not all images of {pages} could be extracted: {_first(self._incomplete)}")
        if self._rendered and self._recognize is None:
            is_one = len(self._rendered) == 1
            kept = "has no text and was kept as an image" if is_one else "have no text and were kept as images"
            hint = "" if self._options.ocr == "never" else f": {OCR_HINT}"
            notes.append(f"{name_pages(self._rendered)} {kept}{hint}")
        return notes


def name_pages(numbers: Iterable[int]) -> str:
    """Format page numbers: "page 3", or "pages 3-40, 42"."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return f"page {ranges[0][0]}"
    named = [f"{first}" if first == last else f"{first}-{last}" for first, last in ranges[:_MAX_RANGES_NAMED]]
    more = f" and {len(ranges) - _MAX_RANGES_NAMED} more" if len(ranges) > _MAX_RANGES_NAMED else ""
    return f"pages {', '.join(named)}{more}"


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _first(reasons: dict[int, str]) -> str:
    return next(iter(reasons.values()))
