"""The records of an .xls file: whether it is encrypted, and the lengths of the strings that many cells may share."""

import struct
from collections.abc import Iterator

_STRING_TABLE, _CONTINUED = 0xFC, 0x3C  # types of records
_ENCRYPTED, _END_OF_SHEET = 0x2F, 0x0A
_HAS_WIDE_CHARS, _HAS_PHONETICS, _HAS_FORMATS = 1, 4, 8  # flags of a string


def records(workbook: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the type, the offset and the size in bytes of the content of each record of a workbook."""
    at = 0
    while at + 4 <= len(workbook):
        kind, size = struct.unpack_from("<HH", workbook, at)
        yield kind, at + 4, size
        at += 4 + size


def is_encrypted(workbook: bytes) -> bool:
    """Return whether a workbook needs a password: the records after FILEPASS are encrypted."""
    for kind, _, _ in records(workbook):
        if kind in (_ENCRYPTED, _END_OF_SHEET):
            return kind == _ENCRYPTED
    return False


def shared_lengths(workbook: bytes) -> list[int]:
    """Return the number of characters of each shared string, up to the first that is damaged."""
    lengths: list[int] = []
    chunks: list[bytes] = []
    for kind, at, size in records(workbook):
        if chunks and kind != _CONTINUED:
            lengths += _string_lengths(chunks)
            chunks = []
        if kind == _STRING_TABLE or (chunks and kind == _CONTINUED):
            chunks.append(workbook[at : at + size])
    return lengths + _string_lengths(chunks)


def _string_lengths(chunks: list[bytes]) -> list[int]:
    """Return the lengths of the strings in a record and those that continue it."""
    lengths: list[int] = []
    reader = _ChunkReader(chunks)
    try:
        reader.skip(8)
        while not reader.is_at_end:
            length, flags = struct.unpack("<HB", reader.read(3))
            formats = struct.unpack("<H", reader.read(2))[0] if flags & _HAS_FORMATS else 0
            phonetics = struct.unpack("<I", reader.read(4))[0] if flags & _HAS_PHONETICS else 0
            reader.skip_chars(length, is_wide=bool(flags & _HAS_WIDE_CHARS))
            reader.skip(4 * formats + phonetics)
            lengths.append(length)
    except EOFError:
        pass
    return lengths


class _ChunkReader:
    """Reads through the contents of several records; raises `EOFError` at the end of the last."""

    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = [chunk for chunk in chunks if chunk]
        self._number = self._at = 0

    @property
    def is_at_end(self) -> bool:
        return self._number >= len(self._chunks)

    def read(self, size: int) -> bytes:
        pieces = []
        while size:
            piece = self._rest()[:size]
            pieces.append(piece)
            size -= len(piece)
            self._advance(len(piece))
        return b"".join(pieces)

    def skip(self, size: int) -> None:
        while size:
            step = min(size, len(self._rest()))
            size -= step
            self._advance(step)

    def skip_chars(self, count: int, *, is_wide: bool) -> None:
        """Skip characters; where a record ends among them, the next begins with their new width."""
        while count:
            width = 2 if is_wide else 1
            number = self._number
            step = min(count, -(-len(self._rest()) // width))
            count -= step
            self._advance(min(step * width, len(self._rest())))
            if count and self._number != number:
                is_wide = bool(self.read(1)[0] & _HAS_WIDE_CHARS)

    def _rest(self) -> bytes:
        if self.is_at_end:
            raise EOFError
        return self._chunks[self._number][self._at :]

    def _advance(self, size: int) -> None:
        self._at += size
        if self._at >= len(self._chunks[self._number]):
            self._number, self._at = self._number + 1, 0
