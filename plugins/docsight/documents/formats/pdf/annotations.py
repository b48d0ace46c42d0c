"""Read what people wrote onto the pages of a PDF: into its form fields, boxes and comments."""

import ctypes
from collections.abc import Iterator
from typing import TYPE_CHECKING

from docsight.documents.formats.pdf.page_text import clean

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_MAX_ANNOTATIONS = 10_000  # of one page
_MAX_BYTES = 4 << 20  # of one text
_FIELDS = ("Tx", "Ch")  # those of text and of choices; what buttons and signatures have is none


def annotations(page: "PdfPage") -> Iterator[str]:
    """Yield the texts of a page's form fields and annotations, in the order of the file."""
    import pypdfium2.raw as c

    for number in range(min(c.FPDFPage_GetAnnotCount(page), _MAX_ANNOTATIONS)):
        annotation = c.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        try:
            kind = c.FPDFAnnot_GetSubtype(annotation)
            if kind in (c.FPDF_ANNOT_LINK, c.FPDF_ANNOT_POPUP):
                continue  # what a link says stands on the page, and a comment's window shows the comment
            if kind != c.FPDF_ANNOT_WIDGET:
                text = _value(annotation, b"Contents")
            else:
                text = _value(annotation, b"V") if _value(annotation, b"FT") in _FIELDS else ""
        finally:
            c.FPDFPage_CloseAnnot(annotation)
        if text := clean(text):
            yield text


def _value(annotation: object, key: bytes) -> str:
    import pypdfium2.raw as c

    size = c.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if not 2 < size <= _MAX_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    units = ctypes.cast(buffer, ctypes.POINTER(c.FPDF_WCHAR))
    c.FPDFAnnot_GetStringValue(annotation, key, units, size)
    return buffer.raw[: size - 2].decode("utf-16-le", "ignore")
