"""JSON Lines: each line is a document."""

import json
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.source import Source
from docsight.documents.formats.tables.columns import TEXT_NAMES, row_content, text_column, title_column
from docsight.documents.formats.text.encoding import decode
from docsight.errors import DataError

_SAMPLE_BYTES = 64 << 10
_SAMPLE_ROWS = 100
_MAX_LINE = 256 << 20  # bytes


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the lines by their numbers, from 1; empty lines are passed over."""
    if b"\0" in source.head(_SAMPLE_BYTES):  # UTF-16, or nothing
        text, encoding = decode(source.read_bytes())
        source, name = source.inner(source.name, text.encode()), encoding
    else:
        name = "utf-8"
    with source.open() as file:
        rows = _rows(file)
        sample = list(islice(rows, _SAMPLE_ROWS))
        text, title = _columns([row for _, row in sample], wanted=source.options.text_column)
        for number, row in chain(sample, rows):
            if isinstance(row, Exception):
                yield PartError(part=str(number), error=row)
            elif isinstance(row, dict):
                yield row_content(number, row.get(text), row.get(title), encoding=name)
            else:
                yield row_content(number, row, encoding=name)


def _columns(sample: list[Any], *, wanted: str | None) -> tuple[str, str | None]:
    """Choose the columns of the text and the title by the first lines; lines may also be texts themselves."""
    records = [row for row in sample if isinstance(row, dict)]
    if not records:
        if sample and all(isinstance(row, Exception) for row in sample):
            raise sample[0]
        return TEXT_NAMES[0], None
    names = list(dict.fromkeys(name for row in records for name in row))
    strings = {name for name in names if any(isinstance(row.get(name), str) for row in records)}
    text = text_column(names, strings, wanted=wanted)
    return text, title_column(names, text=text)


def _rows(file: BinaryIO) -> Iterator[tuple[int, Any]]:
    """Yield the number of each line and what it holds, or the error that it is."""
    number = 0
    while line := file.readline(_MAX_LINE):
        number += 1
        if len(line) == _MAX_LINE and not line.endswith(b"\n"):
            while (rest := file.readline(_MAX_LINE)) and not rest.endswith(b"\n"):
                pass
            yield number, DataError(f"line {number} has more than {_MAX_LINE:,} bytes")
            continue
        line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if line.strip():
            yield number, _parse(line, number)


def _parse(line: bytes, number: int) -> Any:
    try:
        # Numbers are never looked at, and one of a million digits would take its time.
        return json.loads(line.decode("utf-8", "surrogateescape"), parse_int=_number, parse_float=_number)
    except (ValueError, RecursionError) as err:
        reason = "it nests too deeply" if isinstance(err, RecursionError) else str(err)
        return DataError(f"line {number} is no JSON: {reason}")


def _number(_: str) -> int:
    return 0
