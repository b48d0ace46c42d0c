"""Detect the format of a file by its first bytes."""

import codecs
import re

HEAD_BYTES = 4096
_PDF_HEADER_WITHIN = 1024  # bytes; viewers accept it there

_IMAGE_SIGNATURES = {
    "png": rb"\x89PNG\r\n\x1a\n",
    "jpeg": rb"\xff\xd8\xff",
    "tiff": rb"II[*+]\0|MM\0[*+]",
    "gif": rb"GIF8[79]a",
    "webp": rb"RIFF.{4}WEBP",
    "bmp": rb"BM.{4}\0{4}.{3}\0",  # "BM" alone also begins many texts
}
_IMAGE = re.compile(b"|".join(b"(?P<%s>%s)" % (name.encode(), one) for name, one in _IMAGE_SIGNATURES.items()), re.S)
_PDF = re.compile(rb"%PDF-\d\.\d")
_RTF = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\\rtf")
_PACKED = {
    "ole": re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    "gzip": re.compile(rb"\x1f\x8b\x08"),
    "bzip2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),  # the latter is that of an empty file
    "xz": re.compile(rb"\xfd7zXZ\0"),
    "7z": re.compile(rb"7z\xbc\xaf\x27\x1c"),
    "tar": re.compile(rb".{257}ustar", re.S),
    "parquet": re.compile(rb"PAR1."),
    "zip": re.compile(rb"PK(?:\x03\x04|\x05\x06|\x07\x08PK\x03\x04)"),
}

# Kinds that no reader supports, as messages name them.
UNREADABLE = {
    "PostScript files": rb"%!PS",
    "old Office files": rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "RAR archives": rb"Rar!\x1a\x07",
    "zstandard files": rb"\x28\xb5\x2f\xfd",
    "programs": rb"\x7fELF|MZ.{56}",
    "scripts": rb"#!\s*/",
}
PLAIN_TEXT_KINDS = ("scripts",)  # read as plain text where the user names the file

_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*){0,5}(?:<!doctype\s+html|<html[\s>])",
    re.I | re.S,
)
_XML_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s")
# The root element after the declaration, comments and the document type, whose entities may come first.
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^>]{0,200}>\s*|<!--(?:(?!-->).){0,2000}-->\s*|<!DOCTYPE[^>\[]{0,300}(?:\[[^\]]{0,3000}\]\s*)?>\s*)"
    rb"{0,8}<(?:svg:)?svg[\s>]",
    re.S,
)
_CARD_OR_CALENDAR = re.compile(rb"(?:\xef\xbb\xbf)?\s*BEGIN:V(?:(?P<ics>CALENDAR)|(?P<vcf>CARD))[ \t]*\r?\n", re.I)
_MBOX = re.compile(rb"From [^\r\n]*\d:\d\d[^\r\n]*\d{4}[^\r\n]*\r?\n(?:>?[A-Za-z][\w-]*:|>From )")
_HEADER_LINE = re.compile(rb"([\x21-\x39\x3b-\x7e]+):")
_MAIL_HEADERS = frozenset(
    (b"received", b"return-path", b"delivered-to", b"message-id", b"date", b"from", b"to", b"subject", b"mime-version")
)

_CONTROL_CODES = bytes(code for code in range(32) if code not in b"\t\n\r\f\v\b\x1b")
_MAX_CONTROL_FRACTION = 0.01
# The mark of little-endian UTF-32 begins with that of UTF-16.
_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


def binary_format(head: bytes) -> str | None:
    """Return the name of the binary format that the first `HEAD_BYTES` bytes show.

    It is "zip" or "ole" for Office documents, too.
    """
    # A text may begin with "GIF89a". Text has no NUL bytes, and images have one early.
    if (match := _IMAGE.match(head)) is not None and b"\0" in head[:32]:
        return match.lastgroup
    # A text may begin with "%PDF-1.7", too, but no PDF object follows there.
    if (match := _PDF.search(head, 0, _PDF_HEADER_WITHIN)) is not None and re.search(rb"\d obj\b", head[match.end() :]):
        return "pdf"
    if _RTF.match(head):
        return "rtf"
    return next((name for name, signature in _PACKED.items() if signature.match(head)), None)


def text_format(head: bytes) -> str | None:
    """Return the name of the format that a text file begins like: of markup, mail, calendars or cards; or None."""
    if _HTML.match(head):
        return "html"
    if _SVG.match(head):
        return "svg"
    if _XML_START.match(head):
        return "xml"
    if (match := _CARD_OR_CALENDAR.match(head)) is not None:
        return match.lastgroup
    if _MBOX.match(head):
        return "mbox"
    return "mail" if _begins_as_mail(head) else None


def unreadable_kind(head: bytes) -> str | None:
    """Return the description of an unsupported kind whose files begin like this; None if there is none."""
    return next((kind for kind, pattern in UNREADABLE.items() if re.match(pattern, head, re.S)), None)


def is_text(head: bytes) -> bool:
    """Return whether bytes are text: no NUL and at most 1 % control characters, or a byte order mark in front."""
    if head.startswith(_BYTE_ORDER_MARKS):
        return True
    controls = len(head) - len(head.translate(None, _CONTROL_CODES))
    return b"\0" not in head and controls <= _MAX_CONTROL_FRACTION * len(head)


def _begins_as_mail(head: bytes) -> bool:
    """Return whether an unbroken block of headers has "From:" and two more mail headers; "Date:" begins many texts."""
    lines = head.splitlines()
    if len(head) == HEAD_BYTES:
        del lines[-1:]  # incomplete
    names = set()
    for number, line in enumerate(lines):
        if not line:
            break
        match = _HEADER_LINE.match(line)
        if match is not None:
            names.add(match[1].lower())
        elif number == 0 or not line.startswith((b" ", b"\t")):
            return False
    return len(names & _MAIL_HEADERS) >= 3 and b"from" in names
