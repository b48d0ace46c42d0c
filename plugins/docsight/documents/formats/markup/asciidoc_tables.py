"""Tables of AsciiDoc."""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

# The bar before a cell, and what the cell says about itself before it: `2+^|` covers two columns.
_CELL_BAR = re.compile(
    r"(?:(?:^|(?<=\s))(?P<count>\d+)?(?:\.(?P<rows>\d+))?(?P<sign>[+*])?(?:[<^>])?(?:\.[<^>])?[adehlmsv]?(?<!\\)|(?<!\\))(?P<bar>[|!])",
    re.M,
)
_COLUMNS = re.compile(r"""cols=(?:"([^"]*)|'([^']*)|([^,\]]*))""")
_FORMAT = re.compile(r"""format=["']?([ct]sv|dsv)""")
_CELL_SEPARATOR = re.compile(r"""separator=["']?([^"',\]])""")
_REPEATED_COLUMN = re.compile(r"(\d+)\*")
_MAX_TABLE_COLUMNS = 1000


class _Cell(NamedTuple):
    text: str
    columns: int = 1  # that it covers
    rows: int = 1


def table_rows(lines: Sequence[str], mark: str, attributes: str) -> Iterator[list[str]]:
    """Yield the rows of a table; a cell that covers several places has its text in the first of them.

    Args:
        lines: Between its first and its last line.
        mark: What the first line begins with: the bar before cells, or the separator after them.
        attributes: The line above the table, of which the number of columns and the format matter.
    """
    stated_format = _FORMAT.search(attributes)
    if mark in ",:" or stated_format is not None:
        separator = _CELL_SEPARATOR.search(attributes)
        kind = stated_format[1] if stated_format is not None else "dsv" if mark == ":" else "csv"
        delimiter = separator[1] if separator is not None else {"csv": ",", "tsv": "\t", "dsv": ":"}[kind]
        with suppress(csv.Error):
            yield from ([cell.strip() for cell in row] for row in csv.reader(filter(None, lines), delimiter=delimiter))
        return
    text = "\n".join(lines)
    cells = list(_cells(text, mark))
    if cells:
        yield from _placed(cells, _stated_width(attributes) or _first_width(text, mark, len(cells)))


def _cells(text: str, mark: str) -> Iterator[_Cell]:
    bars = [found for found in _CELL_BAR.finditer(text) if found["bar"] == mark]
    if not bars:
        return
    ends = [*(bar.start() for bar in bars[1:]), len(text)]
    budget = len(text)  # of places that cells may cover or repeat beyond their own
    for bar, end in zip(bars, ends, strict=True):
        content = " ".join(text[bar.end() : end].replace(f"\\{mark}", mark).split())
        count = int(bar["count"][:4]) if bar["sign"] and bar["count"] else 1
        budget -= count - 1
        count = count if budget >= 0 and 0 < count <= _MAX_TABLE_COLUMNS else 1
        if bar["sign"] == "*":
            budget -= len(content) * (count - 1)
            yield from [_Cell(content)] * (count if budget >= 0 else 1)
        else:
            rows = min(int(bar["rows"][:4]), _MAX_TABLE_COLUMNS) if bar["sign"] and bar["rows"] else 1
            yield _Cell(content, count, rows)


def _placed(cells: Sequence[_Cell], width: int) -> Iterator[list[str]]:
    """Yield rows of this width; the places that a cell covers are empty."""
    covered = [0] * width  # how many further rows of a column are covered
    row: list[str] = []
    for cell in cells:
        while len(row) < width and covered[len(row)]:
            covered[len(row)] -= 1
            row.append("")
        if len(row) >= width:
            yield row
            row = []
        for place in range(min(cell.columns, width - len(row))):
            covered[len(row)] = max(cell.rows - 1, 0)
            row.append("" if place else cell.text)
        if len(row) == width:
            yield row
            row = []
    if row:
        yield row


def _stated_width(attributes: str) -> int:
    found = _COLUMNS.search(attributes)
    if found is None:
        return 0
    width = 0
    for column in re.split("[,;]", found[1] or found[2] or found[3] or ""):
        repeated = _REPEATED_COLUMN.match(column.strip())
        width += int(repeated[1][:4]) if repeated is not None else bool(column.strip())
    return min(width, _MAX_TABLE_COLUMNS)


def _first_width(text: str, mark: str, cells: int) -> int:
    """Return the number of cells on the first line with any."""
    for line in text.split("\n"):
        if width := sum(cell.columns for cell in _cells(line, mark)):
            return min(width, _MAX_TABLE_COLUMNS)
    return cells
