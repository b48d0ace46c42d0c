"""Read the text of PDF pages, form fields and comments as running text."""

import ctypes
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from docsight.documents.formats.pdf.form_fields import FieldValue
from docsight.documents.formats.pdf.text_runs import Rect

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
_PLAIN_LETTERS = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00a0": " "}
)
# Old-style figures and small capitals, which fonts of Adobe have at private places.
_PLAIN_LETTERS |= {0xF730 + digit: str(digit) for digit in range(10)}
_PLAIN_LETTERS |= {0xF761 + letter: chr(ord("A") + letter) for letter in range(26)}
# Bullets and arrows of Wingdings and Symbol, which Office leaves at private places.
_PLAIN_LETTERS |= {0xF0B7: "•", 0xF0A7: "▪", 0xF0D8: "➢", 0xF0FC: "✓", 0xF0E0: "→", 0xF0E8: "➔"}
# TeX draws the accent of a letter before it. An acute accent between other letters may be an apostrophe.
_DRAWN_ACCENTS = {"\u00a8": "\u0308", "\u00b4": "\u0301", "\u02c6": "\u0302", "\u02dc": "\u0303", "\u02c7": "\u030c"}
_DRAWN_ACCENTS |= {"`": "\u0300", "\u02cb": "\u0300", "\u02da": "\u030a", "\u02d8": "\u0306", "\u02dd": "\u030b"}
_ACCENTED = re.compile(
    "([\u00a8\u02c6\u02c7\u02cb\u02d8\u02da\u02dc\u02dd])([A-Za-z])"
    r"|(?<!\b[A-Za-z])(\u00b4)([AEIOUYaeiouy])|(?<=[A-Za-z])(`)([AEIOUaeiou])"
)
# One class of characters is found several times faster than what they have to be a part of.
_MAY_BE_UNCLEAN = re.compile(
    f"[{''.join(_DRAWN_ACCENTS)}{_NOT_TEXT.pattern[1:-1]}\n\u2028\u2029{''.join(map(chr, _PLAIN_LETTERS))}]"
)


def clean(text: str) -> str:
    """Normalize line ends and remove characters that are not text; line-end hyphens stay as U+FFFE."""
    if not _MAY_BE_UNCLEAN.search(text):
        return text.strip()
    text = _ACCENTED.sub(_accented, _PDF_LINE_ENDS.sub("\n", text).translate(_PLAIN_LETTERS))
    return _EMPTY_LINES.sub("\n\n", _NOT_TEXT.sub("", text)).strip()


def _accented(match: re.Match[str]) -> str:
    """Return a letter with the accent before it, if there is such a letter."""
    written = match[0]
    composed = unicodedata.normalize("NFC", written[1] + _DRAWN_ACCENTS[written[0]])
    return composed if len(composed) == 1 else match[0]


class PageAnnotations(NamedTuple):
    """The texts of a page's text boxes and comments, in file order, and the values of its form fields."""

    texts: list[str]
    fields: list[FieldValue]


def read_annotations(page: "PdfPage") -> PageAnnotations:
    import pypdfium2.raw as c

    found = PageAnnotations([], [])
    for number in range(min(c.FPDFPage_GetAnnotCount(page), _MAX_ANNOTATIONS_PER_PAGE)):
        annotation = c.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        try:
            kind = c.FPDFAnnot_GetSubtype(annotation)
            if kind in (c.FPDF_ANNOT_LINK, c.FPDF_ANNOT_POPUP):
                continue  # the text of a link is on the page, and a popup repeats its comment
            if kind != c.FPDF_ANNOT_WIDGET:
                if text := clean(_string_value(annotation, b"Contents")):
                    found.texts.append(text)
                continue
            has_text = _string_value(annotation, b"FT") in _FIELDS_WITH_TEXT
            if has_text and (text := clean(_string_value(annotation, b"V"))):
                found.fields.append(FieldValue(text, _place(annotation)))
        finally:
            c.FPDFPage_CloseAnnot(annotation)
    return found


def _place(annotation: object) -> Rect:
    """Return left, top, right and bottom of an annotation in pdfium's coordinates; zeros if it states none."""
    import pypdfium2.raw as c

    rect = c.FS_RECTF()
    if not c.FPDFAnnot_GetRect(annotation, rect):
        return (0.0, 0.0, 0.0, 0.0)
    (left, right), (bottom, top) = sorted((rect.left, rect.right)), sorted((rect.bottom, rect.top))
    return (left, top, right, bottom)


def _string_value(annotation: object, key: bytes) -> str:
    import pypdfium2.raw as c

    size = c.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if not 2 < size <= _MAX_ANNOTATION_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    units = ctypes.cast(buffer, ctypes.POINTER(c.FPDF_WCHAR))
    c.FPDFAnnot_GetStringValue(annotation, key, units, size)
    return buffer.raw[: size - 2].decode("utf-16-le", "ignore")
