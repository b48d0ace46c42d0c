"""CSV and TSV: each row is a document where a column holds text, else the whole table is one."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, TextIO

from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.source import Source
from docsight.documents.formats.tables.columns import TEXT_NAMES, row_content, text_column, title_column
from docsight.documents.formats.text.encoding import decode
from docsight.errors import DataError

_SAMPLE_BYTES = 256 << 10
_SAMPLE_ROWS = 50
_WORD = re.compile(r"[^\W\d_]{2,}")
_MISPLACED_QUOTE = 0.3
_NO_DELIMITER = "\x1f"  # where a table has one column
_MAX_FIELD = 64 << 20  # characters; the parser holds them at four bytes each
_SMALL_TABLE = 4 << 20  # bytes; a table without a column of text is read as a whole up to this size


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the rows, numbered from 1 after the header; empty lines are no rows."""
    file, encoding = _open(source)
    with file, _large_fields():
        lines = _first_lines(file)
        dialect = _sniff(lines, "\t,;|" if source.suffix in (".tsv", ".tab") else ",;\t|")
        rows = csv.reader(_lines(file), **dialect)
        try:
            header = next((row for row in rows if row), [])
            sample = list(islice(filter(None, csv.reader(lines, **dialect)), 1, _SAMPLE_ROWS))
            column = _text_column(header, sample, wanted=source.options.text_column)
        except (DataError, csv.Error) as err:
            if source.options.text_column is None and source.size <= _SMALL_TABLE:
                yield _whole(source)
                return
            raise err if isinstance(err, DataError) else DataError(f"is no table: {err}") from err
        title = title_column(header, text=column)
        yield from _rows(
            rows,
            width=len(header),
            text=header.index(column),
            title=None if title is None else header.index(title),
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
            found = row[text] if text < len(row) else ""
            yield row_content(
                number,
                found if found.strip() else None,
                row[title] if title is not None and title < len(row) else None,
                encoding=encoding,
                note=f"the row has {len(row)} fields, the header {width}" if len(row) > width else "",
            )
    except (csv.Error, DataError) as err:
        yield PartError(part=str(number + 1), error=DataError(f"is no row, and nothing was read from it on: {err}"))


def _whole(source: Source) -> ParsedDocument:
    text, encoding = decode(source.read_bytes())
    note = "no column of this table holds text, so the whole table was read as one; to choose one: --text-column"
    return ParsedDocument(text=text.replace("\r\n", "\n").replace("\r", "\n"), encoding=encoding, notes=(note,))


def _open(source: Source) -> tuple[TextIO, str]:
    """Open the table as text: what begins as UTF-8 row by row, all else as a whole."""
    head = source.head(_SAMPLE_BYTES)
    if b"\0" not in head and _is_utf8(head):
        # The reader of rows finds the ends of lines itself, as fields may hold some.
        return io.TextIOWrapper(source.open(), encoding="utf-8-sig", errors="surrogateescape", newline=""), "utf-8"
    text, encoding = decode(source.read_bytes())
    return io.StringIO(text, newline=""), encoding


def _is_utf8(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as err:
        return err.start > len(head) - 4 and len(head) == _SAMPLE_BYTES  # the last character was cut
    return True


def _lines(file: TextIO) -> Iterator[str]:
    while line := file.readline(_MAX_FIELD):
        if len(line) == _MAX_FIELD:
            raise DataError(f"has a line of more than {_MAX_FIELD:,} characters: no table")
        yield line


def _first_lines(file: TextIO) -> list[str]:
    """Read the first lines, as far as they are whole, and go back."""
    start = file.read(_SAMPLE_BYTES)
    file.seek(0)
    lines = list(io.StringIO(start, newline=""))
    return lines[:-1] if len(start) == _SAMPLE_BYTES and len(lines) > 1 else lines


def _sniff(lines: list[str], delimiters: str) -> dict[str, Any]:
    """Choose the delimiter, and whether quotes mean anything, by which most rows are as wide as the first.

    The standard library's sniffer takes a time that grows with the square of the sample, and guesses letters, too.
    """
    best: dict[str, Any] = {"delimiter": _NO_DELIMITER}
    best_score = 0.5
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        for delimiter in delimiters:
            dialect: dict[str, Any] = {"delimiter": delimiter, "quoting": quoting}
            score = _evenness(lines, dialect)
            if score > best_score + 0.05:
                best, best_score = dialect, score
    return best


def _evenness(lines: list[str], dialect: dict[str, Any]) -> float:
    """Tell how many of the first rows are as wide as the first, from 0 to 1; less where a quote is in a wrong place."""
    widths: list[int] = []
    penalty = 0.0
    try:
        for row in islice(filter(None, csv.reader(lines, strict=True, **dialect)), _SAMPLE_ROWS):
            widths.append(len(row))
    except csv.Error as err:
        penalty = 0.0 if "unexpected end" in str(err) else _MISPLACED_QUOTE  # the sample may be cut
    return widths.count(widths[0]) / len(widths) - penalty if widths and widths[0] > 1 else 0.0


def _text_column(header: list[str], sample: list[list[str]], *, wanted: str | None) -> str:
    """Choose the column; without one of a usual name, the first row must look like a header."""
    if wanted is None and (not header or any(not name.strip() or len(name) > 64 for name in header)):
        raise DataError("has no header")
    if wanted is None and header[0].startswith("#") and any(row[0].startswith("#") for row in sample):
        raise DataError("begins with comments")
    texts = {
        name
        for at, name in enumerate(header)
        if wanted is not None
        or name.strip().lower() in TEXT_NAMES
        or _is_prose([row[at] for row in sample if at < len(row)])
    }
    return text_column(header, texts, wanted=wanted)


def _is_prose(cells: list[str]) -> bool:
    """Tell a column of text from one of names and numbers: most of its cells have several words."""
    return sum(len(_WORD.findall(cell)) > 3 for cell in cells) * 2 > len(cells)


@contextmanager
def _large_fields() -> Iterator[None]:
    """Let fields be long; the limit is one of the process, so the one before comes back."""
    before = csv.field_size_limit(_MAX_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)
