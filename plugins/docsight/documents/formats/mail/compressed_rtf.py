"""Unpack the RTF of Outlook's messages (MS-OXRTFCP)."""

import struct

from docsight.errors import DataError

_COMPRESSED, _PLAIN = b"LZFu", b"MELA"
_WINDOW_BYTES = 4096
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n"
    b"\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def decompress_rtf(data: bytes) -> bytes:
    """Unpack RTF; each byte gives at most nine.

    Raises:
        DataError: It is damaged.
    """
    if len(data) < 16 or data[8:12] not in (_COMPRESSED, _PLAIN):
        raise DataError("its RTF text is damaged")
    raw_size: int = struct.unpack_from("<I", data, 4)[0]
    if data[8:12] == _PLAIN:
        return data[16 : 16 + raw_size]
    return bytes(_unpack(memoryview(data)[16:]))


def _unpack(packed: memoryview) -> bytearray:
    window = bytearray(_DICTIONARY.ljust(_WINDOW_BYTES, b"\0"))
    at, read = len(_DICTIONARY), 0
    unpacked = bytearray()
    while read < len(packed):
        flags = packed[read]
        read += 1
        for bit in range(8):
            size = 2 if flags >> bit & 1 else 1
            item = int.from_bytes(packed[read : read + size], "big")
            if read + size > len(packed) or (size == 2 and item >> 4 == at):  # cut, or the end mark
                return unpacked
            read += size
            for step in range(1 if size == 1 else (item & 15) + 2):
                byte = item if size == 1 else window[((item >> 4) + step) % _WINDOW_BYTES]
                unpacked.append(byte)
                window[at] = byte
                at = (at + 1) % _WINDOW_BYTES
    return unpacked
