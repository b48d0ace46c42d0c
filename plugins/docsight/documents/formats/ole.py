"""OLE compound files: Office files before 2007, messages of Outlook, and the kinds of both."""

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from docsight.documents.formats.source import Source
from docsight.errors import DataError, MissingExtraError

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What olefile raises on damaged files; its own OSErrors have no number.
OLE_ERRORS = (
    OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, MemoryError, RecursionError,
    struct.error,
)  # fmt: skip

_STREAMS = {
    "Workbook": "xls",
    "Book": "xls",
    "__properties_version1.0": "msg",
    "WordDocument": "doc",
    "PowerPoint Document": "ppt",
}

# The layout of a compound file of version 3, for `single_stream_file`.
_SECTOR_BYTES = 512
_ENTRIES_PER_SECTOR = _SECTOR_BYTES // 4
_NUMBERS_IN_HEADER = 109  # of sectors of the allocation table
_MIN_STREAM_BYTES = 4096  # smaller streams are stored in another way
_FREE_SECTOR, _END_OF_CHAIN, _TABLE_SECTOR, _TABLE_LIST_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
_SHIFTS_AT = 30  # the offset of the sizes of sectors, as powers of two
_VALID_SHIFTS = ((9, 6), (12, 6))


def ole_kind(source: Source) -> str | None:
    """Return the name of the format of a compound file; None if it is another, damaged, or olefile is not installed."""
    try:
        with open_ole(source, feature="Detecting old Office files") as ole:
            return next((name for stream, name in _STREAMS.items() if ole.exists(stream)), None)
    except (DataError, MissingExtraError):
        return None


@contextmanager
def open_ole(source: Source, *, feature: str) -> Iterator[Any]:
    """Open a compound file with olefile.

    Args:
        source: The file.
        feature: What olefile is needed for, as `MissingExtraError` names it.

    Raises:
        DataError: It is damaged; also if olefile fails on it later, while it is open.
        MissingExtraError: olefile is not installed.
        OSError: It cannot be read.
    """
    try:
        import olefile
    except ImportError as err:
        raise MissingExtraError(feature, "documents") from err
    try:
        with source.open() as file:
            header = file.read(_SECTOR_BYTES)
            if len(header) < _SECTOR_BYTES or struct.unpack_from("<HH", header, _SHIFTS_AT) not in _VALID_SHIFTS:
                raise DataError("is a damaged compound file: its header is not valid")
            file.seek(0)
            with olefile.OleFileIO(file) as ole:
                yield ole
    except DataError:
        raise
    except OLE_ERRORS as err:
        if isinstance(err, OSError) and err.errno is not None:
            raise
        raise DataError(f"is a damaged compound file: {err or type(err).__name__}") from err


def read_stream(ole: Any, name: str, source: Source) -> bytes:
    """Return the bytes of a stream of an open compound file.

    olefile follows loops in the tables of a damaged file until it has read as many bytes as the stream states.

    Raises:
        DataError: The stream states more bytes than the whole file has.
    """
    if (size := max(ole.get_size(name), ole.root.size)) > source.size:
        raise DataError(f"is a damaged compound file: a stream of {size:,} bytes in a file of {source.size:,}")
    data: bytes = ole.openstream(name).read()
    return data


def single_stream_file(name: str, data: bytes) -> io.BytesIO:
    """Make a compound file of one stream, which is padded with zeros if it is small.

    A library that follows loops in the tables of damaged files for ever can read it.
    """
    data = data.ljust(_MIN_STREAM_BYTES, b"\0")
    stream_sectors = -(-len(data) // _SECTOR_BYTES)
    table_sectors, list_sectors = _count_table_sectors(stream_sectors + 1)
    table_at, list_at = stream_sectors + 1, stream_sectors + 1 + table_sectors  # the directory has one sector
    table = [*range(1, stream_sectors), _END_OF_CHAIN, _END_OF_CHAIN]
    table += [_TABLE_SECTOR] * table_sectors + [_TABLE_LIST_SECTOR] * list_sectors
    numbers = list(range(table_at, table_at + table_sectors))
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        OLE_SIGNATURE, 0x3E, 3, 0xFFFE, *_VALID_SHIFTS[0], 0, table_sectors, stream_sectors, 0, _MIN_STREAM_BYTES,
        _END_OF_CHAIN, 0, list_at if list_sectors else _END_OF_CHAIN, list_sectors,
    )  # fmt: skip
    file = io.BytesIO()
    file.write(header + _numbers(numbers[:_NUMBERS_IN_HEADER], _NUMBERS_IN_HEADER))
    file.write(data.ljust(stream_sectors * _SECTOR_BYTES, b"\0"))
    directory = _directory_entry("Root Entry", 5, 1, _END_OF_CHAIN, 0)
    directory += _directory_entry(name, 2, _FREE_SECTOR, 0, len(data))
    file.write(directory.ljust(_SECTOR_BYTES, b"\0"))
    file.write(_numbers(table, table_sectors * _ENTRIES_PER_SECTOR))
    rest = numbers[_NUMBERS_IN_HEADER:]
    for number in range(list_sectors):
        start = number * (_ENTRIES_PER_SECTOR - 1)
        following = list_at + number + 1 if number + 1 < list_sectors else _END_OF_CHAIN
        chunk = rest[start : start + _ENTRIES_PER_SECTOR - 1]
        file.write(_numbers(chunk, _ENTRIES_PER_SECTOR - 1) + struct.pack("<I", following))
    file.seek(0)
    return file


def _count_table_sectors(other_sectors: int) -> tuple[int, int]:
    """Return how many sectors the allocation table takes, and the list of those that the header has no room for."""
    table = lists = 0
    while table * _ENTRIES_PER_SECTOR < other_sectors + table + lists:
        table += 1
        lists = -(-max(0, table - _NUMBERS_IN_HEADER) // (_ENTRIES_PER_SECTOR - 1))
    return table, lists


def _numbers(numbers: list[int], count: int) -> bytes:
    """Pack the numbers of sectors, filled up to a count."""
    return struct.pack(f"<{len(numbers)}I", *numbers).ljust(4 * count, b"\xff")


def _directory_entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16xI8x8xIQ", encoded, len(encoded) + 2, kind, 1, _FREE_SECTOR, _FREE_SECTOR, child, 0, start, size
    )
