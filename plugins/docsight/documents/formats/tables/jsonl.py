"""JSON Lines and JSON: each line, or each item of an array, is a document; an object alone is one document."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Any, BinaryIO

from docsight.documents.formats.content import ParsedDocument, PartError, Passage, SkipError
from docsight.documents.formats.source import Source
from docsight.documents.formats.tables.columns import (
    TEXT_COLUMNS,
    choose_text_column,
    choose_title_column,
    is_address,
    is_prose,
    parse_row,
)
from docsight.documents.formats.tables.json_rows import array_within, flatten, is_usual, join_pieces, pieces
from docsight.documents.formats.tables.slack import decode_message, is_slack_message, stated_names
from docsight.documents.formats.text.encoding import decode
from docsight.errors import DataError

_NUL_WITHIN_BYTES = 64 << 10
_MAX_SAMPLE_LINES = 100
_MAX_FIRST_LINE_BYTES = 1 << 20
_WHITE_SPACE = re.compile(r"[ \t\r\n]*")
_JSON_LINES_SUFFIXES = (".jsonl", ".ndjson")
_MAX_JSON_LINE_BYTES = 256 << 20


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the lines by their numbers, from 1; empty lines are skipped."""
    encoding = "utf-8"
    if b"\0" in source.head(_NUL_WITHIN_BYTES):  # UTF-16, or binary
        text, encoding = decode(source.read_bytes())
        source = source.inner(source.name, text.encode())
    if source.suffix == ".json" or _begins_within_value(source):
        yield from _read_json(source, encoding)
        return
    with source.open() as file:
        yield from _documents(_rows(file), requested=source.options.text_column, encoding=encoding)


def _begins_within_value(source: Source) -> bool:
    """Return whether the first line only begins a value, as in a file that is laid out for people."""
    with source.open() as file:
        lines = (line.strip() for line in iter(lambda: file.readline(_MAX_FIRST_LINE_BYTES), b""))
        return next((line for line in lines if line), b"") in (b"{", b"[", b"[{")


def _read_json(source: Source, before: str) -> Iterator[ParsedDocument | PartError]:
    """Yield the items of an array, or an object as one document; also several values one after another.

    Args:
        source: The file, in UTF-8 or another encoding.
        before: The encoding that it was decoded from before.

    Raises:
        SkipError: It holds data without text.
        DataError: It is not JSON.
    """
    text, found = decode(source.read_bytes())
    encoding: str = found if before == "utf-8" else before
    value = _parse(text.encode("utf-8", "surrogateescape"), 1)
    if isinstance(value, DataError):
        lines = list(_rows(io.BytesIO(text.encode("utf-8", "surrogateescape"))))  # perhaps JSON Lines
        is_damaged = [isinstance(row, Exception) for _, row in lines]
        rows = list(enumerate(_values(text), start=1)) if any(is_damaged) else lines
        if not rows and source.suffix != ".json" and not all(is_damaged):
            rows = lines  # of which some are damaged
        if not rows:
            raise value
        yield from _or_skipped(source, _documents(iter(rows), requested=source.options.text_column, encoding=encoding))
        return
    if isinstance(value, list) and (records := _records(value)):
        value = records
    if not any(isinstance(item, dict | str) for item in (value if isinstance(value, list) else [value])):
        raise SkipError("JSON without a text")
    items = value if isinstance(value, list) else array_within(value) or [value]
    documents = _documents(enumerate(items, start=1), requested=source.options.text_column, encoding=encoding)
    for item in _or_skipped(source, documents):
        yield replace(item, part="") if items[0] is value else item


def _or_skipped(
    source: Source, documents: Iterator[ParsedDocument | PartError]
) -> Iterator[ParsedDocument | PartError]:
    """Yield the documents of a file that may have none.

    Raises:
        SkipError: It is unclear which field holds the text, and the user has not chosen one.
        DataError: The field that the user has chosen is missing.
    """
    try:
        yield from documents
    except DataError as err:
        if source.options.text_column is not None or source.suffix in _JSON_LINES_SUFFIXES:
            raise
        raise SkipError(f"JSON without a text: {err}") from err


def _records(rows: list[Any]) -> list[dict[str, Any]]:
    """Return the rows of a table whose first row has the names of its columns, one of them a usual one of texts."""
    header = rows[0] if rows else None
    if (
        not isinstance(header, list)
        or not all(isinstance(name, str) for name in header)
        or not any(map(is_usual, header))
    ):
        return []
    return [dict(zip(header, row, strict=False)) for row in rows[1:] if isinstance(row, list)]


def _documents(
    rows: Iterator[tuple[int, Any]], *, requested: str | None, encoding: str
) -> Iterator[ParsedDocument | PartError]:
    sample = [(number, flatten(row)) for number, row in islice(rows, _MAX_SAMPLE_LINES)]
    text_column, title_column = _columns([row for _, row in sample], requested=requested)
    names: dict[str, str] = {}  # of users of Slack
    for _, row in sample:
        names |= stated_names(row) if isinstance(row, dict) else {}
    for number, row in chain(sample, ((number, flatten(row)) for number, row in rows)):
        if isinstance(row, Exception):
            yield PartError(part=str(number), error=row)
        elif not isinstance(row, dict):
            yield parse_row(number, row, encoding=encoding)
        else:
            names |= stated_names(row)
            yield _document(number, row, text_column, title_column, names, encoding)


def _document(
    number: int, row: dict[str, Any], text_column: str, title_column: str | None, names: dict[str, str], encoding: str
) -> ParsedDocument | PartError:
    text, links = join_pieces(row.get(text_column))
    if isinstance(text, str) and is_slack_message(row):
        text, links = decode_message(text, names)
    item = parse_row(number, text, row.get(title_column) if title_column else None, encoding=encoding)
    if not links or not isinstance(item, ParsedDocument) or len(item.text) != len(text):
        return item  # without links if other line ends have moved them
    return replace(item, passages=(Passage(start=0, end=len(text), links=links),))


def _columns(sample: list[Any], *, requested: str | None) -> tuple[str, str | None]:
    """Choose the columns of the text and the title by the first lines; lines may also be strings instead of objects."""
    records = [row for row in sample if isinstance(row, dict)]
    if not records:
        if sample and all(isinstance(row, Exception) for row in sample):
            raise sample[0]
        return TEXT_COLUMNS[0], None
    names = list(dict.fromkeys(name for row in records for name in row))
    strings = {name: [piece for row in records for piece in _strings(row.get(name))] for name in names}
    prose = {name for name, cells in strings.items() if cells and is_prose(cells)}
    textual = {name for name in names if any(isinstance(row.get(name), str) for row in records)}
    usual = {name for name in names if strings[name] and is_usual(name)}
    others = {name for name in textual if not is_address(strings[name])}
    text = choose_text_column(names, usual or prose or others, requested=requested)
    return text, choose_title_column(names, text=text)


def _strings(value: Any) -> list[str]:
    """Return a string, or the pieces of a text, as a list; empty if a value is no text."""
    return [value] if isinstance(value, str) else pieces(value) or []


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


def _values(text: str) -> list[Any]:
    """Return the values of a text that has nothing else between them than white space; none of other texts."""
    decoder = json.JSONDecoder(parse_int=lambda _: 0, parse_float=lambda _: 0)
    values: list[Any] = []
    end = _next_value(text, 0)
    while end < len(text):
        try:
            value, end = decoder.raw_decode(text, end)
        except (ValueError, RecursionError):
            return []
        values.append(value)
        end = _next_value(text, end)
    return values


def _next_value(text: str, start: int) -> int:
    match = _WHITE_SPACE.match(text, start)
    return match.end() if match is not None else start


def _parse(line: bytes, number: int) -> Any:
    try:
        text = line.decode("utf-8", "surrogateescape")
        # Numbers are not used, and a number with a million digits would take long to parse.
        return json.loads(text, parse_int=lambda _: 0, parse_float=lambda _: 0)
    except (ValueError, RecursionError) as err:
        reason = "it is nested too deeply" if isinstance(err, RecursionError) else str(err)
        return DataError(f"line {number} is not JSON: {reason}")
