"""Tell a picture by how its file begins, whatever it is called."""

import re

from docsight.documents.formats.source import Source

_HEAD_BYTES = 32

_SIGNATURES = {
    "png": rb"\x89PNG\r\n\x1a\n",
    "jpeg": rb"\xff\xd8\xff",
    "tiff": rb"II[*+]\0|MM\0[*+]",
    "gif": rb"GIF8[79]a",
    "webp": rb"RIFF.{4}WEBP",
    "bmp": rb"BM.{4}\0{4}.{3}\0",  # two letters alone would be too many a text's
}
_PICTURE = re.compile(b"|".join(b"(?P<%s>%s)" % (name.encode(), one) for name, one in _SIGNATURES.items()), re.S)


def picture_format(source: Source) -> str | None:
    """Name the format of a picture by its first bytes; None where the file does not begin as one.

    Raises:
        OSError: The file cannot be read.
    """
    head = source.head(_HEAD_BYTES)
    # A text about GIF89a may begin with that word; NUL bytes no text has, and pictures have early.
    match = _PICTURE.match(head) if b"\0" in head else None
    return match.lastgroup if match is not None else None
