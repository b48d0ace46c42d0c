"""CSV and TSV: each row is a document if a column holds text, otherwise the whole table is one document."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, TextIO

from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.source import Source
from docsight.documents.formats.tables.columns import (
    TEXT_COLUMNS,
    choose_text_column,
    choose_title_column,
    is_prose,
    parse_row,
)
from docsight.documents.formats.text.builder import Block, TextBuilder
from docsight.documents.formats.text.encoding import decode, normalize_newlines
from docsight.errors import DataError

_CSV_SAMPLE_BYTES = 256 << 10
_MAX_SAMPLE_ROWS = 50
_MISPLACED_QUOTE_PENALTY = 0.3
_IRREGULAR_WEIGHT = 0.8  # of rows that are not as wide as the first
_MIN_ROWS_BELOW_TITLE = 3  # with the same number of cells, so that lines without separators are titles above a table
_MAX_HEADER_NAME_CHARS = 64
SEPARATOR_LINE = re.compile(r"\"?sep=(.)\"?[\r\n]*", re.I)  # Excel's, before the table
# A number, an amount, a date or a time: hardly ever the name of a column.
_VALUE = re.compile(r"[^\w\s]{0,2}\s?\d[\d\s.,:/%-]*(T[\d:.+Z-]+)?\s?[^\w\s]?", re.I)
_UNUSED_DELIMITER = "\x1f"  # for tables with one column
_MAX_FIELD_CHARS = 64 << 20  # the parser uses four bytes for each
_MAX_WHOLE_TABLE_BYTES = 4 << 20  # up to this size a table without a text column is read as one document


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the rows, numbered from 1 after the header if there is one; empty lines do not count."""
    file, encoding = _open(source)
    with file, large_fields():
        lines = _first_lines(file)
        dialect: dict[str, Any]
        if lines and (separator := SEPARATOR_LINE.fullmatch(lines[0])):
            file.readline()
            lines = lines[1:]
            dialect = {"delimiter": separator[1], "skipinitialspace": True}
        else:
            dialect = _detect_dialect(lines, "\t,;|" if source.suffix in (".tsv", ".tab") else ",;\t|")
        rows = csv.reader(_lines(file), **dialect)
        try:
            first = next((row for row in rows if row), [])
            sample = list(islice(filter(None, csv.reader(lines, **dialect)), 1, _MAX_SAMPLE_ROWS))
            requested = source.options.text_column
            has_header = requested in first or _is_header(first, sample)
            names = first if has_header else [str(number) for number in range(1, len(first) + 1)]
            column = _text_column(names, sample if has_header else [first, *sample], requested=requested)
        except (DataError, csv.Error) as err:
            if source.options.text_column is None and source.size <= _MAX_WHOLE_TABLE_BYTES:
                yield _read_whole(source, dialect)
                return
            raise err if isinstance(err, DataError) else DataError(f"cannot be parsed as a table: {err}") from err
        title = choose_title_column(names, text=column)
        yield from _rows(
            rows if has_header else chain([first], rows),
            width=len(first),
            text=names.index(column),
            title=None if title is None else names.index(title),
            encoding=encoding,
        )


def _rows(
    rows: Iterator[list[str]], *, width: int, text: int, title: int | None, encoding: str
) -> Iterator[ParsedDocument | PartError]:
    number = 0
    try:
        for row in rows:
            if not row:
                continue
            number += 1
            value = row[text] if text < len(row) else ""
            yield parse_row(
                number,
                value if value.strip() else None,
                row[title] if title is not None and title < len(row) else None,
                encoding=encoding,
                note=f"the row has {len(row)} fields, the header {width}" if len(row) > width else "",
            )
    except (csv.Error, DataError) as err:
        error = DataError(f"cannot be parsed as a row, so reading stopped there: {err}")
        yield PartError(part=str(number + 1), error=error)


def _read_whole(source: Source, dialect: dict[str, Any]) -> ParsedDocument:
    """Return the table as one document and passage: tabs between the cells, and a line for each row."""
    text, encoding = decode(source.read_bytes())
    text = SEPARATOR_LINE.sub("", text, count=1) if SEPARATOR_LINE.match(text) else text
    note = "no column of this table holds text, so the whole table is one document; choose a column with --text-column"
    if dialect["delimiter"] == _UNUSED_DELIMITER:
        return ParsedDocument(text=normalize_newlines(text), encoding=encoding, notes=(note,))
    builder = TextBuilder()
    builder.begin_table(Block(kind="table"))
    try:
        for row in csv.reader(io.StringIO(text, newline=""), **dialect):
            for cell in row:
                builder.begin_cell()
                builder.write(normalize_newlines(cell))
                builder.end_cell()
            builder.end_row()
    except csv.Error:  # not a table after all
        return ParsedDocument(text=normalize_newlines(text), encoding=encoding, notes=(note,))
    builder.end_table()
    return ParsedDocument(text=builder.text(), encoding=encoding, notes=(note,), passages=tuple(builder.passages()))


def _open(source: Source) -> tuple[TextIO, str]:
    """Open the table as text: row by row if it begins as UTF-8, otherwise decoded as a whole."""
    head = source.head(_CSV_SAMPLE_BYTES)
    if b"\0" not in head and _begins_as_utf8(head):
        # Fields may contain line ends, so `csv` itself must split the rows.
        return io.TextIOWrapper(source.open(), encoding="utf-8-sig", errors="surrogateescape", newline=""), "utf-8"
    text, encoding = decode(source.read_bytes())
    return io.StringIO(text, newline=""), encoding


def _begins_as_utf8(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as err:
        return err.start > len(head) - 4 and len(head) == _CSV_SAMPLE_BYTES  # the last character is incomplete
    return True


def _lines(file: TextIO) -> Iterator[str]:
    while line := file.readline(_MAX_FIELD_CHARS):
        if len(line) == _MAX_FIELD_CHARS:
            raise DataError(f"has a line of more than {_MAX_FIELD_CHARS:,} characters: not a table")
        yield line


def _first_lines(file: TextIO) -> list[str]:
    """Return the complete lines of the sample, and rewind the file."""
    start = file.read(_CSV_SAMPLE_BYTES)
    file.seek(0)
    lines = list(io.StringIO(start, newline=""))
    return lines[:-1] if len(start) == _CSV_SAMPLE_BYTES and len(lines) > 1 else lines


def _detect_dialect(lines: list[str], delimiters: str) -> dict[str, Any]:
    """Choose the delimiter, and whether quotes are special, so that most rows are as wide as the first.

    The time of `csv.Sniffer` grows with the square of the sample, and it also chooses letters as delimiters.
    """
    best: dict[str, Any] = {"delimiter": _UNUSED_DELIMITER}
    best_score = 0.5
    quotings: list[dict[str, Any]] = [{"quoting": csv.QUOTE_MINIMAL}, {"quoting": csv.QUOTE_NONE}]
    if any('\\"' in line for line in lines):  # as MySQL writes quotes within quotes
        quotings.insert(1, {"quoting": csv.QUOTE_MINIMAL, "escapechar": "\\"})
    for quoting in quotings:
        for delimiter in delimiters:
            dialect = {"delimiter": delimiter, "skipinitialspace": True, **quoting}
            score = _score_dialect(lines, dialect)
            if score > best_score + 0.05:
                best, best_score = dialect, score
    return best


def _score_dialect(lines: list[str], dialect: dict[str, Any]) -> float:
    """Return the fraction of the first rows that fit together, less a penalty for a misplaced quote.

    They are as wide as the first, or shorter because empty fields at their ends are left out, or as wide as each other.
    """
    widths: list[int] = []
    penalty = 0.0
    try:
        for row in islice(filter(None, csv.reader(lines, strict=True, **dialect)), _MAX_SAMPLE_ROWS):
            widths.append(len(row))
    except csv.Error as err:
        penalty = 0.0 if "unexpected end" in str(err) else _MISPLACED_QUOTE_PENALTY  # the sample may end in a quote
    usual = max((count for width, count in Counter(widths).items() if width > 1), default=0)
    if not widths or (widths[0] < 2 and not _is_below_title(lines, dialect["delimiter"], usual)):
        return 0.0
    shorter = sum(1 < width <= widths[0] for width in widths) if widths[0] > 2 else 0
    alike = widths.count(widths[0]) if widths[0] > 1 else 0
    fitting = max(alike, _IRREGULAR_WEIGHT * max(shorter, usual))
    return fitting / len(widths) - penalty


def _is_below_title(lines: list[str], delimiter: str, rows: int) -> bool:
    """Return whether a table with that many rows of the same width is below a line without separators, as of a bank.

    Commas with spaces behind them are those of sentences.
    """
    first_name = lines[0].strip().lower()
    with_spaces = sum(f"{delimiter} " in line for line in lines[:_MAX_SAMPLE_ROWS])
    return rows >= _MIN_ROWS_BELOW_TITLE and with_spaces * 4 < rows and first_name not in TEXT_COLUMNS


def _is_header(first: list[str], sample: list[list[str]]) -> bool:
    """Return whether the first row names the columns: it has usual names, or is unlike the rows below it.

    A row that may be data is data, so that no text is lost.
    """
    columns = [[row[at].strip() for row in sample if at < len(row)] for at in range(len(first))]
    # A column without a name is an index of the rows, or empty because the lines end with a separator.
    named = [at for at, name in enumerate(first) if name.strip() or not _are_values([*filter(None, columns[at])])]
    names = [first[at].strip() for at in named]
    if not names or not all(names) or len({name.lower() for name in names}) < len(names):
        return False
    if any(len(name) > _MAX_HEADER_NAME_CHARS or _VALUE.fullmatch(name) for name in names):
        return False
    if any(name.lower() in TEXT_COLUMNS for name in names):
        return True
    return any(
        cells and (_are_values(cells) or (is_prose(cells) and not is_prose([name])))
        for name, cells in zip(names, (columns[at] for at in named), strict=True)
    )


def _are_values(cells: list[str]) -> bool:
    """Return whether most cells are numbers, dates and the like, or there are none."""
    return not cells or sum(_VALUE.fullmatch(cell) is not None for cell in cells) * 2 > len(cells)


def _text_column(names: list[str], sample: list[list[str]], *, requested: str | None) -> str:
    if len(names) == 1 and any(len(row) > 1 for row in sample):
        raise DataError("begins with lines above the table")
    if names and names[0].startswith("#") and any(row[0].startswith("#") for row in sample):
        raise DataError("begins with comments")
    textual = {
        name
        for at, name in enumerate(names)
        if requested is not None
        or name.strip().lower() in TEXT_COLUMNS
        or ((cells := [row[at] for row in sample if at < len(row)]) and is_prose(cells))
    }
    return choose_text_column(names, textual, requested=requested)


@contextmanager
def large_fields() -> Iterator[None]:
    """Allow long fields; the limit belongs to the process, so the previous one is restored."""
    before = csv.field_size_limit(_MAX_FIELD_CHARS)
    try:
        yield
    finally:
        csv.field_size_limit(before)
