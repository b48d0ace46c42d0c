"""Read the text of PDF pages, form fields and comments as running text."""

import ctypes
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_MAX_ANNOTATIONS_PER_PAGE = 10_000
_MAX_ANNOTATION_BYTES = 4 << 20
_FIELDS_WITH_TEXT = ("Tx", "Ch")  # text and choice fields; buttons and signatures have no text

_PDF_LINE_ENDS = re.compile(r"\r\n?|[\f\v\x85\u2028\u2029]")
# Control characters other than tab and line feed, noncharacters, lone surrogates, and the byte order mark.
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufeff\uffff\ud800-\udfff]")
# Glyphs without letters, as in sheet music, leave only their lines.
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00a0": " "}
)

# pdfium writes U+FFFE for a hyphen at a line end and removes the line break; other programs write U+00AD.
_BROKEN_WORD = re.compile(r"(\w*)(?:\ufffe|\u00ad\n)[ \t]*(\w*)")
_HYPHENATED_WORD = re.compile(r"\w+(?:-\w+)*")


def clean(text: str) -> str:
    """Normalize line ends and remove characters that are not text; line-end hyphens stay as U+FFFE."""
    text = _PDF_LINE_ENDS.sub("\n", text).translate(_LIGATURES)
    return _EMPTY_LINES.sub("\n\n", _NOT_TEXT.sub("", text)).strip()


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Count words in lower case; a hyphenated word counts as one."""
    return Counter(match[0].lower() for text in texts for match in _HYPHENATED_WORD.finditer(text))


def join_hyphens(text: str, known: Counter[str]) -> str:
    """Join words that were broken at line ends.

    The hyphen is kept if the document has the hyphenated word more often than the joined one. In a tie, the letters
    decide: between lower-case letters, the hyphen nearly always marks only the line end.

    Args:
        text: Text that `clean` returned.
        known: The words of the whole document.
    """
    return _BROKEN_WORD.sub(lambda match: _join(match[1], match[2], known), text).replace("\u00ad", "")


def annotation_texts(page: "PdfPage") -> Iterator[str]:
    """Yield the texts of a page's form fields, text boxes and comments, in file order."""
    import pypdfium2.raw as c

    for number in range(min(c.FPDFPage_GetAnnotCount(page), _MAX_ANNOTATIONS_PER_PAGE)):
        annotation = c.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        try:
            kind = c.FPDFAnnot_GetSubtype(annotation)
            if kind in (c.FPDF_ANNOT_LINK, c.FPDF_ANNOT_POPUP):
                continue  # the text of a link is on the page, and a popup repeats its comment
            if kind != c.FPDF_ANNOT_WIDGET:
                text = _string_value(annotation, b"Contents")
            else:
                has_text = _string_value(annotation, b"FT") in _FIELDS_WITH_TEXT
                text = _string_value(annotation, b"V") if has_text else ""
        finally:
            c.FPDFPage_CloseAnnot(annotation)
        if text := clean(text):
            yield text


def _join(left: str, right: str, known: Counter[str]) -> str:
    joined, hyphenated = known[(left + right).lower()], known[f"{left}-{right}".lower()]
    if joined == hyphenated:
        is_joined = len(left) > 1 and left[-1:].islower() and right[:1].islower()
    else:
        is_joined = joined > hyphenated
    return left + right if is_joined else f"{left}-{right}"


def _string_value(annotation: object, key: bytes) -> str:
    import pypdfium2.raw as c

    size = c.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if not 2 < size <= _MAX_ANNOTATION_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    units = ctypes.cast(buffer, ctypes.POINTER(c.FPDF_WCHAR))
    c.FPDFAnnot_GetStringValue(annotation, key, units, size)
    return buffer.raw[: size - 2].decode("utf-16-le", "ignore")
