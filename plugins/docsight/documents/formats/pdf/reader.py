"""PDF: the text and images of its pages; pages without text are rendered, and their text is recognized.

pdfium is not thread-safe: read PDFs in several processes, not threads. Everything opened here is closed here.
"""

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from docsight.documents.formats.content import Metadata, ParsedDocument
from docsight.documents.formats.metadata import make_metadata
from docsight.documents.formats.ocr_text import recognizer_for
from docsight.documents.formats.pdf.page_text import clean
from docsight.documents.formats.pdf.pages import PageCollector
from docsight.documents.formats.source import Source
from docsight.errors import DataError, MissingExtraError

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_MAX_CONSECUTIVE_FAILURES = 200  # pages

_ERRORS = {  # by pdfium's error code
    3: "is damaged, or not a PDF",
    4: "is encrypted: it needs a password",
    5: "is encrypted by an unknown method",
}


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text and images of all pages as one document.

    Raises:
        DataError: The file cannot be read as a PDF, or none of its pages can be read.
        MissingExtraError: A package is not installed.
    """
    try:
        import pypdfium2  # noqa: F401
    except ImportError as err:
        raise MissingExtraError("Reading PDF", "documents") from err
    pages = PageCollector(recognizer_for(source.options), source.options)
    with closing(_open(source)) as pdf:
        _collect(pdf, pages, source.options.max_pages)
        title = ""
        with suppress(Exception):  # if these are damaged, the pages are still readable
            title = " ".join(clean(pdf.get_metadata_value("Title")).split())
        metadata = Metadata()
        with suppress(Exception):
            metadata = make_metadata([clean(pdf.get_metadata_value("Author"))], pdf.get_metadata_value("CreationDate"))
        with suppress(Exception):
            if count := pdf.count_attachments():
                pages.notes.append(f"it has {count} attached {'file' if count == 1 else 'files'} that were not read")
        yield replace(pages.document(title=title), metadata=metadata)


def _open(source: Source) -> "PdfDocument":
    import pypdfium2 as pdfium

    file = source.path_or_bytes()  # given a path, pdfium reads the file piece by piece
    if isinstance(file, bytes) and not file.strip():
        raise DataError("is empty; expected a PDF")
    try:
        return pdfium.PdfDocument(file)
    except pdfium.PdfiumError as err:
        reason = _ERRORS.get(getattr(err, "err_code", None) or 0)
        raise DataError(reason or f"cannot be read as a PDF: {err}") from err


def _collect(pdf: "PdfDocument", pages: PageCollector, max_pages: int) -> None:
    count = len(pdf)
    failures = 0
    for number in range(1, min(count, max_pages) + 1):
        failures = 0 if pages.add(pdf, number) else failures + 1
        if failures == _MAX_CONSECUTIVE_FAILURES and number < count:
            pages.notes.append(
                f"{failures} consecutive pages cannot be read: those from page {number + 1} onward were left out"
            )
            break
        if pages.is_full:
            break
    else:
        if count > max_pages:
            pages.notes.append(f"it has {count:,} pages: those after page {max_pages:,} were left out (max_pages)")
    if not count:
        pages.notes.append("it has no pages")
