"""Detect the kind of an OLE compound file: Office files before 2007 and messages of Outlook."""

import struct

from docsight.documents.formats.source import Source

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What the libraries raise on damaged compound files.
OLE_ERRORS = (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, struct.error)

_STREAMS = {
    "Workbook": "xls",
    "Book": "xls",
}


def ole_kind(source: Source) -> str | None:
    """Return the name of the format of a compound file; None if it is another, damaged, or olefile is not installed."""
    try:
        import olefile
    except ImportError:
        return None
    try:
        with source.open() as file, olefile.OleFileIO(file) as ole:
            return next((name for stream, name in _STREAMS.items() if ole.exists(stream)), None)
    except OLE_ERRORS as err:
        if isinstance(err, OSError) and err.errno is not None:
            raise
        return None
