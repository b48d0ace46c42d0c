"""Build OLE compound files: Excel files before 2007 and messages of Outlook."""

import struct
from collections.abc import Mapping, Sequence

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole(streams: Mapping[str, bytes]) -> bytes:
    """Make a compound file of streams by path, such as "storage/stream"."""
    sectors: list[bytes] = []
    fat: list[int] = []
    mini, mini_fat = b"", []
    entries = _entries(streams)
    for entry in entries:
        data = entry["data"]
        if data is None or not data:
            continue
        if len(data) < _CUTOFF:
            entry["start"] = len(mini_fat)
            count = -(-len(data) // _MINI)
            mini_fat += [len(mini_fat) + n + 1 for n in range(count - 1)] + [_END]
            mini += data.ljust(count * _MINI, b"\0")
        else:
            entry["start"] = _chain(sectors, fat, data)
    entries[0]["data"], entries[0]["start"] = mini, _chain(sectors, fat, mini) if mini else _END
    mini_fat_start = _chain(sectors, fat, struct.pack(f"<{len(mini_fat)}I", *mini_fat), b"\xff") if mini_fat else _END
    directory = b"".join(_directory_entry(entry) for entry in entries)
    directory_start = _chain(sectors, fat, directory)
    fat_sectors = 1
    while (len(sectors) + fat_sectors) * 4 > fat_sectors * _SECTOR:
        fat_sectors += 1
    first_fat = len(sectors)
    fat += [_FAT] * fat_sectors
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(fat_sectors * _SECTOR, b"\xff")
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
        0, fat_sectors, directory_start, 0, _CUTOFF, mini_fat_start, 1 if mini_fat else 0, _END, 0,
    )  # fmt: skip
    header += struct.pack("<109I", *[*range(first_fat, first_fat + fat_sectors), *[_FREE] * 109][:109])
    return header + b"".join(sectors) + table


def _entries(streams: Mapping[str, bytes]) -> list[dict]:
    """Return the directory: the root, the storages and the streams, with the siblings of each as a chain."""
    entries = [{"name": "Root Entry", "kind": 5, "data": b"", "children": [], "start": _END}]
    numbers = {"": 0}
    for path, data in streams.items():
        folder = ""
        *storages, name = path.split("/")
        for storage in storages:
            inner = f"{folder}/{storage}"
            if inner not in numbers:
                numbers[inner] = len(entries)
                entries[numbers[folder]]["children"].append(len(entries))
                entries.append({"name": storage, "kind": 1, "data": None, "children": [], "start": 0})
            folder = inner
        entries[numbers[folder]]["children"].append(len(entries))
        entries.append({"name": name, "kind": 2, "data": data, "children": [], "start": _END})
    for entry in entries:
        for number, after in zip(entry["children"], [*entry["children"][1:], _FREE], strict=False):
            entries[number]["right"] = after
    return entries


def _directory_entry(entry: dict) -> bytes:
    name = entry["name"].encode("utf-16-le")
    child = entry["children"][0] if entry["children"] else _FREE
    return struct.pack(
        "<64sHBBIII16xI8x8xIQ",
        name, len(name) + 2, entry["kind"], 1, _FREE, entry.get("right", _FREE), child, 0,
        entry["start"], len(entry["data"] or b""),
    )  # fmt: skip


def _chain(sectors: list[bytes], fat: list[int], data: bytes, fill: bytes = b"\0") -> int:
    """Append the sectors of a stream; return the number of the first."""
    start = len(sectors)
    count = -(-len(data) // _SECTOR)
    padded = data.ljust(count * _SECTOR, fill)
    sectors += [padded[at : at + _SECTOR] for at in range(0, len(padded), _SECTOR)]
    fat += [start + n + 1 for n in range(count - 1)] + [_END]
    return start


def xls(
    *cells: tuple[int, int, str | int], sheet: str = "Sheet1", shared: Sequence[str] = (), record_bytes: int = 8224
) -> bytes:
    """Make an Excel 97 file of one sheet.

    Args:
        cells: Row, column, and a text or the number of a shared string.
        sheet: The name of the sheet.
        shared: The shared strings.
        record_bytes: The size of a record at which the shared strings are continued in another.
    """
    end = _record(0x0A, b"")
    name = sheet.encode("latin-1")
    strings = _shared_strings(shared, record_bytes) if shared else b""
    offset = len(_begin(5)) + 4 + 8 + len(name) + len(strings) + len(end)
    book = _begin(5) + _record(0x85, struct.pack("<IBBBB", offset, 0, 0, len(name), 0) + name) + strings + end
    body = b"".join(
        _record(0xFD, struct.pack("<HHHI", row, column, 0, value))
        if isinstance(value, int)
        else _record(0x204, struct.pack("<HHHHB", row, column, 0, len(value), 0) + value.encode("latin-1"))
        for row, column, value in cells
    )
    return ole({"Workbook": book + _begin(0x10) + body + end})


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _begin(kind: int) -> bytes:
    return _record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x0DBB, 0x07CC, 0, 6))


def _shared_strings(strings: Sequence[str], record_bytes: int) -> bytes:
    """Make the record of the shared strings and those that continue it, with 16 bits per character."""
    content = struct.pack("<II", len(strings), len(strings))
    records, kind = [], 0xFC
    for string in strings:
        content += struct.pack("<HB", len(string), 1)
        for char in string:
            if len(content) + 2 > record_bytes:
                records.append(_record(kind, content))
                content, kind = b"\1", 0x3C
            content += char.encode("utf-16-le")
    return b"".join((*records, _record(kind, content)))


def msg(
    properties: Mapping[int, str | bytes | int],
    *,
    recipients: Sequence[Mapping[int, str | bytes | int]] = (),
    attachments: Sequence[Mapping[int, str | bytes | int]] = (),
    is_unicode: bool = True,
) -> bytes:
    """Make a message of Outlook from its properties and those of its recipients and attachments, by their numbers.

    Integers are written as 64 bits, which also suits times.
    """
    return ole(
        msg_streams(properties, recipients=recipients, attachments=attachments, is_unicode=is_unicode, header_bytes=32)
    )


def msg_streams(
    properties: Mapping[int, str | bytes | int],
    *,
    folder: str = "",
    recipients: Sequence[Mapping[int, str | bytes | int]] = (),
    attachments: Sequence[Mapping[int, str | bytes | int]] = (),
    is_unicode: bool = True,
    header_bytes: int = 24,
) -> dict[str, bytes]:
    """Make the streams of a message that begin with the path of a folder, for `ole`."""
    streams: dict[str, bytes] = {}
    fixed = bytes(header_bytes)
    for number, value in properties.items():
        if isinstance(value, int):
            fixed += struct.pack("<HHIQ", 0x14, number, 6, value)
            continue
        kind = "0102" if isinstance(value, bytes) else "001F" if is_unicode else "001E"
        data = value if isinstance(value, bytes) else value.encode("utf-16-le" if is_unicode else "cp1252")
        streams[f"{folder}__substg1.0_{number:04X}{kind}"] = data
    streams[f"{folder}__properties_version1.0"] = fixed
    for name, parts in (("recip", recipients), ("attach", attachments)):
        for number, part in enumerate(parts):
            inner = f"{folder}__{name}_version1.0_#{number:08X}/"
            streams |= msg_streams(part, folder=inner, is_unicode=is_unicode, header_bytes=8)
    return streams
