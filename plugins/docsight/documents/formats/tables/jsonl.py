"""JSON Lines: each line is a document."""

import json
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.source import Source
from docsight.documents.formats.tables.columns import TEXT_COLUMNS, choose_text_column, choose_title_column, parse_row
from docsight.documents.formats.text.encoding import decode
from docsight.errors import DataError

_NUL_WITHIN_BYTES = 64 << 10
_MAX_SAMPLE_LINES = 100
_MAX_JSON_LINE_BYTES = 256 << 20


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the lines by their numbers, from 1; empty lines are skipped."""
    encoding = "utf-8"
    if b"\0" in source.head(_NUL_WITHIN_BYTES):  # UTF-16, or binary
        text, encoding = decode(source.read_bytes())
        source = source.inner(source.name, text.encode())
    with source.open() as file:
        rows = _rows(file)
        sample = list(islice(rows, _MAX_SAMPLE_LINES))
        text_column, title_column = _columns([row for _, row in sample], requested=source.options.text_column)
        for number, row in chain(sample, rows):
            if isinstance(row, Exception):
                yield PartError(part=str(number), error=row)
            elif isinstance(row, dict):
                yield parse_row(number, row.get(text_column), row.get(title_column), encoding=encoding)
            else:
                yield parse_row(number, row, encoding=encoding)


def _columns(sample: list[Any], *, requested: str | None) -> tuple[str, str | None]:
    """Choose the columns of the text and the title by the first lines; lines may also be strings instead of objects."""
    records = [row for row in sample if isinstance(row, dict)]
    if not records:
        if sample and all(isinstance(row, Exception) for row in sample):
            raise sample[0]
        return TEXT_COLUMNS[0], None
    names = list(dict.fromkeys(name for row in records for name in row))
    textual = {name for name in names if any(isinstance(row.get(name), str) for row in records)}
    text = choose_text_column(names, textual, requested=requested)
    return text, choose_title_column(names, text=text)


def _rows(file: BinaryIO) -> Iterator[tuple[int, Any]]:
    """Yield the number of each line with its value, or with the error if it cannot be parsed."""
    number = 0
    while line := file.readline(_MAX_JSON_LINE_BYTES):
        number += 1
        if len(line) == _MAX_JSON_LINE_BYTES and not line.endswith(b"\n"):
            while (rest := file.readline(_MAX_JSON_LINE_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield number, DataError(f"line {number} has more than {_MAX_JSON_LINE_BYTES:,} bytes")
            continue
        line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if line.strip():
            yield number, _parse(line, number)


def _parse(line: bytes, number: int) -> Any:
    try:
        text = line.decode("utf-8", "surrogateescape")
        # Numbers are not used, and a number with a million digits would take long to parse.
        return json.loads(text, parse_int=lambda _: 0, parse_float=lambda _: 0)
    except (ValueError, RecursionError) as err:
        reason = "it is nested too deeply" if isinstance(err, RecursionError) else str(err)
        return DataError(f"line {number} is not JSON: {reason}")
