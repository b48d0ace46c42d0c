"""Tell a format by how a file begins, whatever the file is called."""

import re

from docsight.documents.formats.archives.safe_zip import zip_kind
from docsight.documents.formats.content import SkipError
from docsight.documents.formats.source import Source
from docsight.errors import DataError

_HEAD_BYTES = 4096
_PDF_WITHIN = 1024  # as viewers have it

_PICTURES = {
    "png": rb"\x89PNG\r\n\x1a\n",
    "jpeg": rb"\xff\xd8\xff",
    "tiff": rb"II[*+]\0|MM\0[*+]",
    "gif": rb"GIF8[79]a",
    "webp": rb"RIFF.{4}WEBP",
    "bmp": rb"BM.{4}\0{4}.{3}\0",  # two letters alone would be too many a text's
}
_PICTURE = re.compile(b"|".join(b"(?P<%s>%s)" % (name.encode(), one) for name, one in _PICTURES.items()), re.S)
_PDF = re.compile(rb"%PDF-\d\.\d")
_ZIP = re.compile(rb"PK(?:\x03\x04|\x05\x06|\x07\x08PK\x03\x04)")
_PACKED = {"gzip": re.compile(rb"\x1f\x8b\x08"), "parquet": re.compile(rb"PAR1.")}

# None of these is read; a person is told so in these words.
_UNREADABLE = {
    "PostScript files": rb"%!PS",
    "RTF files": rb"\{\\rtf",
    "old Office files": rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "7z archives": rb"7z\xbc\xaf\x27\x1c",
    "RAR archives": rb"Rar!\x1a\x07",
    "files packed by bzip2": rb"BZh[1-9]1AY&SY",
    "files packed by xz": rb"\xfd7zXZ\0",
    "files packed by zstandard": rb"\x28\xb5\x2f\xfd",
    "tar archives": rb".{257}ustar",
    "programs": rb"\x7fELF|MZ.{56}",
    "scripts": rb"#!\s*/",
    "XML": rb"(?:\xef\xbb\xbf)?\s*<\?xml\s",
}
_OFFICE_SUFFIXES = (".docx", ".docm", ".dotx", ".dotm", ".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm")
TEXTUAL_KINDS = ("scripts", "XML")  # read as plain text by those who name them
_UNREADABLE_HEADS = {what: re.compile(one, re.S) for what, one in _UNREADABLE.items()}

_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*){0,5}(?:<!doctype\s+html|<html[\s>])",
    re.I | re.S,
)
_MBOX = re.compile(rb"From [^\r\n]*\d:\d\d[^\r\n]*\d{4}[^\r\n]*\r?\n(?:>?[A-Za-z][\w-]*:|>From )")
_HEADER_LINE = re.compile(rb"([\x21-\x39\x3b-\x7e]+):")
_MAIL_HEADERS = frozenset(
    (b"received", b"return-path", b"delivered-to", b"message-id", b"date", b"from", b"to", b"subject", b"mime-version")
)


def binary_format(source: Source) -> str | None:
    """Name the format of what is no text, by its first bytes; None where the file does not begin as one.

    Raises:
        SkipError: It is a zip file of a kind that nothing reads, such as a spreadsheet.
        OSError: The file cannot be read.
    """
    head = source.head(_HEAD_BYTES)
    # A text about GIF89a may begin with that word; NUL bytes no text has, and pictures have early.
    if (match := _PICTURE.match(head)) is not None and b"\0" in head[:32]:
        return match.lastgroup
    # Likewise, a text about %PDF-1.7 has no objects of that format in front.
    if (match := _PDF.search(head, 0, _PDF_WITHIN)) is not None and re.search(rb"\d obj\b", head[match.end() :]):
        return "pdf"
    for name, signature in _PACKED.items():
        if signature.match(head):
            return name
    if not _ZIP.match(head):
        return None
    try:
        found, what = zip_kind(source)
    except DataError:
        return None if source.suffix in _OFFICE_SUFFIXES else "zip"  # whose reader tells why
    if found is None:
        raise SkipError(f"no reader for {what}")
    return found


def text_format(source: Source) -> str | None:
    """Name the format of a text that only its content tells: HTML, a mail, a mailbox.

    Raises:
        OSError: The file cannot be read.
    """
    head = source.head(_HEAD_BYTES)
    if _HTML.match(head):
        return "html"
    if _MBOX.match(head):
        return "mbox"
    return "mail" if _begins_as_mail(head) else None


def unreadable_kind(source: Source) -> str | None:
    """Say in words which kind that nothing reads a file is of, where its first bytes tell.

    Raises:
        OSError: The file cannot be read.
    """
    head = source.head(_HEAD_BYTES)
    return next((what for what, signature in _UNREADABLE_HEADS.items() if signature.match(head)), None)


def _begins_as_mail(head: bytes) -> bool:
    """Ask for an unbroken block of headers with at least three of mails, as `Date:` alone is in many a text."""
    lines = head.splitlines()
    if len(head) == _HEAD_BYTES:
        del lines[-1:]  # cut off
    found = set()
    for number, line in enumerate(lines):
        if not line:
            break
        match = _HEADER_LINE.match(line)
        if match is not None:
            found.add(match[1].lower())
        elif number == 0 or not line.startswith((b" ", b"\t")):
            return False
    return len(found & _MAIL_HEADERS) >= 3 and b"from" in found
