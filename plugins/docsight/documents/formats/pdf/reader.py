"""PDF: the text of its pages and the pictures on them; pages without text are drawn, and read as pictures.

pdfium is not safe with threads: PDFs are read by processes. What is opened here is closed here.
"""

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.ocr_text import reader_of
from docsight.documents.formats.pdf.page_text import clean
from docsight.documents.formats.pdf.pages import Pages
from docsight.documents.formats.source import Source
from docsight.errors import DataError, MissingExtraError

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_MAX_FAILURES = 200  # pages in a row, after which no more are tried

_REASONS = {
    3: "is damaged, or no PDF",
    4: "is encrypted: it wants a password",
    5: "is encrypted in a way that is not known",
}


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text and the pictures of all pages as one document.

    Raises:
        DataError: It cannot be read as a PDF, or no page of it.
        MissingExtraError: A package is not installed.
    """
    try:
        import pypdfium2  # noqa: F401
    except ImportError as err:
        raise MissingExtraError("Reading PDF", "documents") from err
    pages = Pages(reader_of(source.options), source.options)
    with closing(_open(source)) as pdf:
        _gather(pdf, pages, source.options.max_pages)
        if attached := _attached(pdf):
            pages.notes.append(f"it has {attached} attached {'file' if attached == 1 else 'files'} that were not read")
        yield pages.content(title=_title(pdf))


def _open(source: Source) -> "PdfDocument":
    import pypdfium2 as pdfium

    with source.open():
        pass  # what may not be read is told as what it is
    given = source.data
    if source.path is not None:
        try:
            # By its path it is read piece by piece, but pdfium takes no other than UTF-8.
            os.fspath(source.path).encode("utf-8")
        except UnicodeEncodeError:
            given = source.read_bytes()
    if given is not None and not given.strip():
        raise DataError("is empty; expected a PDF")
    try:
        return pdfium.PdfDocument(source.path if given is None else given)
    except pdfium.PdfiumError as err:
        reason = _REASONS.get(getattr(err, "err_code", None) or 0)
        raise DataError(reason or f"cannot be read as a PDF: {err}") from err


def _gather(pdf: "PdfDocument", pages: Pages, most: int) -> None:
    count = len(pdf)
    failures = 0
    for number in range(1, min(count, most) + 1):
        failures = 0 if pages.add(pdf, number) else failures + 1
        if failures == _MAX_FAILURES and number < count:
            pages.notes.append(
                f"{failures} pages in a row cannot be read: those from page {number + 1} on were left out"
            )
            break
        if pages.is_full:
            break
    else:
        if count > most:
            pages.notes.append(f"it has {count:,} pages: those after page {most:,} were left out (max_pages)")
    if not count:
        pages.notes.append("it has no pages")


def _attached(pdf: "PdfDocument") -> int:
    with suppress(Exception):
        return pdf.count_attachments()
    return 0


def _title(pdf: "PdfDocument") -> str:
    with suppress(Exception):
        return " ".join(clean(pdf.get_metadata_value("Title")).split())
    return ""
