"""Check spreadsheets before they are loaded: the library holds each sheet as a dense array of its used area.

Two cells in opposite corners of a sheet would take half a terabyte. A shared string takes its memory for each cell that
refers to it.
"""

import io
import re
import struct
from collections.abc import Iterable, Iterator
from typing import Any

from docsight.documents.formats.office import xls_strings
from docsight.documents.formats.office.markup import parse_xml
from docsight.documents.formats.ole import open_ole, read_stream, single_stream_file
from docsight.documents.formats.source import Source
from docsight.errors import DataError

_MAX_AREA = 10_000_000  # cells between the outermost used cells of a sheet; each takes up to 200 bytes
_MAX_CHARS = 512 << 20  # of the strings of all cells together
_SHEET_PART = re.compile(r"^xl/.*\.(?:xml|bin)$", re.I)
_SHARED_STRINGS = re.compile(r"^xl/sharedStrings\.(?:xml|bin)$", re.I)
_REFERENCE = re.compile(r"([A-Za-z]{1,12})(\d{1,40})", re.A)  # the library accepts longer ones than Excel
_CELLS_XLSB = range(1, 12)  # the types of the records of cells; 7 refers to a shared string
_CELLS_XLS = frozenset((0x04, 0x06, 0x203, 0x204, 0x205, 0x207, 0x27E, 0x7E, 0x02, 0x03, 0x05, 0xFD, 0xBD, 0xD6))
_LABEL_XLS = 0xFD  # a cell that refers to a shared string
_SHEET_START_XLS = frozenset((0x809, 0x409, 0x209, 0x09))

_Cell = tuple[int, int, int]  # row, column and number of characters


def check_workbook(parts: dict[str, bytes]) -> None:
    """Check the parts of an .xlsx or .xlsb file.

    Raises:
        DataError: A sheet spans too large an area, the strings of all cells are too long, or a part is damaged.
    """
    shared: list[int] = []
    for name in filter(_SHARED_STRINGS.search, parts):
        shared = list(_lengths_xlsb(parts[name]) if name.lower().endswith(".bin") else _lengths_xml(parts[name]))
    chars = 0
    for name, data in parts.items():
        if not _SHEET_PART.search(name) or _SHARED_STRINGS.search(name):
            continue
        is_binary = name.lower().endswith(".bin")
        chars += _check_cells(_cells_xlsb(data, shared) if is_binary else _cells_xml(data, shared))
        _check_chars(chars)


def read_xls(source: Source) -> io.BytesIO:
    """Return a copy of an .xls file that has only the workbook, and intact tables of sectors.

    Raises:
        DataError: A sheet spans too large an area, the strings of all cells are too long, or it is not a workbook.
        MissingExtraError: olefile is not installed.
    """
    with open_ole(source, feature="Reading Excel files") as ole:
        name = next((name for name in ("Workbook", "Book") if ole.exists(name)), None)
        workbook = read_stream(ole, name, source) if name is not None else None
        is_encrypted = ole.exists("EncryptedPackage")
    if name is None or workbook is None:
        raise DataError("is encrypted" if is_encrypted else "is an old Office file, but not a spreadsheet")
    if xls_strings.is_encrypted(workbook):
        raise DataError("is encrypted; expected a spreadsheet without a password")
    shared = xls_strings.shared_lengths(workbook)
    chars = 0
    for sheet in _sheets_xls(workbook, shared):
        chars += _check_cells(sheet)
        _check_chars(chars)
    return single_stream_file(name, workbook)


def _check_chars(chars: int) -> None:
    if chars > _MAX_CHARS:
        raise DataError(f"its cells have more than {_MAX_CHARS:,} characters, too many for one document")


def _check_cells(cells: Iterable[_Cell]) -> int:
    """Return the number of characters of the cells of a sheet; raise `DataError` if they span too large an area."""
    rows: list[int] = []
    columns: list[int] = []
    chars = 0
    for row, column, length in cells:
        rows = [min(row, *rows), max(row, *rows)] if rows else [row, row]
        columns = [min(column, *columns), max(column, *columns)] if columns else [column, column]
        chars += length
    if rows:
        height, width = rows[1] - rows[0] + 1, columns[1] - columns[0] + 1
        if height * width > _MAX_AREA:
            raise DataError(
                f"the cells of a sheet span {height:,} rows by {width:,} columns; expected at most {_MAX_AREA:,} cells"
            )
    return chars


def _lengths_xml(data: bytes) -> Iterator[int]:
    for item in _parse(data).iter("{*}si"):
        yield sum(len(text) for text in item.itertext())


def _cells_xml(data: bytes, shared: list[int]) -> Iterator[_Cell]:
    row = column = -1
    for element in _parse(data).iter("{*}row", "{*}c"):
        reference = _REFERENCE.fullmatch(element.get("r") or "")
        if element.tag.endswith("}row"):
            number = element.get("r") or ""
            row, column = int(number[:40]) - 1 if number.isascii() and number.isdigit() else row + 1, -1
            continue
        column = column + 1 if reference is None else _column(reference[1])
        if len(element):  # calamine leaves out cells without a value
            yield row if reference is None else int(reference[2]) - 1, column, _length(element, shared)


def _length(cell: Any, shared: list[int]) -> int:
    text = "".join(cell.itertext())
    if cell.get("t") != "s":
        return len(text)
    return shared[int(text)] if text.isascii() and text.isdigit() and int(text[:9]) < len(shared) else 0


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _parse(data: bytes) -> Any:
    try:
        return parse_xml(data)
    except SyntaxError as err:  # the base class of lxml's XMLSyntaxError
        raise DataError(f"cannot be read as a spreadsheet: {err}") from err


def _records_xlsb(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the type and the content of each record; both are preceded by numbers of 7 bits per byte."""
    at = 0
    while at < len(data):
        kind, at = _number(data, at, 2)
        size, at = _number(data, at, 4)
        yield kind, data[at : at + size]
        at += size


def _number(data: bytes, at: int, max_bytes: int) -> tuple[int, int]:
    number = 0
    for shift in range(max_bytes):
        byte = data[at] if at < len(data) else 0
        number |= (byte & 0x7F) << 7 * shift
        at += 1
        if byte < 0x80:
            break
    return number, at


def _lengths_xlsb(data: bytes) -> Iterator[int]:
    for kind, content in _records_xlsb(data):
        if kind == 19 and len(content) >= 5:
            yield struct.unpack_from("<I", content, 1)[0]


def _cells_xlsb(data: bytes, shared: list[int]) -> Iterator[_Cell]:
    row = 0
    for kind, content in _records_xlsb(data):
        if kind == 0 and len(content) >= 4:
            row = struct.unpack_from("<I", content)[0]
        elif kind in _CELLS_XLSB and kind != 1 and len(content) >= 8:
            index = struct.unpack_from("<I", content, 8)[0] if kind == 7 and len(content) >= 12 else len(shared)
            yield row, struct.unpack_from("<I", content)[0], shared[index] if index < len(shared) else len(content)


def _sheets_xls(workbook: bytes, shared: list[int]) -> Iterator[list[_Cell]]:
    """Yield the cells of each substream of a workbook that has some; those with shared strings have their lengths."""
    cells: list[_Cell] = []
    for kind, at, size in xls_strings.records(workbook):
        if kind in _SHEET_START_XLS:
            yield cells
            cells = []
        elif kind in _CELLS_XLS and at + 4 <= len(workbook):
            row, column = struct.unpack_from("<HH", workbook, at)
            cells.append((row, column, _shared_length(workbook, at, shared) if kind == _LABEL_XLS else 0))
            if kind in (0xBD, 0xBE) and size >= 6 and at + size <= len(workbook):
                cells.append((row, struct.unpack_from("<H", workbook, at + size - 2)[0], 0))  # its last column
    yield cells


def _shared_length(workbook: bytes, at: int, shared: list[int]) -> int:
    if at + 10 > len(workbook):
        return 0
    index = struct.unpack_from("<I", workbook, at + 6)[0]
    return shared[index] if index < len(shared) else 0
