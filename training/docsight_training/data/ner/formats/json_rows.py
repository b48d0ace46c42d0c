"""Rows of JSON lines and of JSON arrays."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from docsight.errors import DataError
from docsight_training.data.text_files import parse_json, read_text

_SAMPLED_LINES = 20  # tried, to tell JSON lines whose first line is damaged from a damaged value over several lines

_ROWS_KEYS = ("annotations", "data", "examples", "rows")
_MAX_SHOWN_CHARS = 60  # of a value


def read_json_rows(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield the rows of a file, each with its place. Rows count from 1; those of JSON lines are numbered by line.

    A file of one JSON value is an array of rows, or an object with a list of them under one of a few usual keys.

    Raises:
        DataError: The file is not JSON; the message names the line.
    """
    lines = read_text(path).split("\n")
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not numbered:
        raise DataError(f"{path}: the file is empty.")
    if _is_json(numbered[0][1]):
        rows = [(f"{path.name}, row {number}", _parse(path, number, line)) for number, line in numbered]
        if len(rows) > 1 or not _holds_rows(rows[0][1]):
            yield from rows
            return
        value = rows[0][1]
    else:
        value = _parse_whole(path, numbered)
    if isinstance(value, Mapping):
        value = [row for row in _rows_of(value) or () if row is not None] if _holds_rows(value) else [value]
    elif is_pair(value) or not isinstance(value, list):
        value = [value]
    yield from ((f"{path.name}, row {number}", row) for number, row in enumerate(value, start=1))


def write_json_rows(path: Path, rows: Iterable[Any]) -> None:
    """Write rows as JSON lines."""
    with path.open("x", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def write_json_array(path: Path, rows: Iterable[Any]) -> None:
    """Write rows as a JSON array, one row a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    with path.open("x", encoding="utf-8") as file:
        file.write(f"[\n{lines}\n]\n")


def is_pair(value: Any) -> bool:
    """Return whether a value is spaCy's pair of a text and its annotations."""
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], Mapping)


def shorten(value: Any) -> str:
    """Return a value as it is shown in messages."""
    shown = repr(value)
    return shown if len(shown) <= _MAX_SHOWN_CHARS else f"{shown[:_MAX_SHOWN_CHARS]}…"


def _holds_rows(value: Any) -> bool:
    if isinstance(value, list):
        return not is_pair(value)
    return isinstance(value, Mapping) and _rows_of(value) is not None


def _rows_of(value: Mapping[str, Any]) -> list[Any] | None:
    """Return the rows in an object that has nothing but a list of them, and perhaps its classes or metadata.

    NER Annotator writes {"classes": [...], "annotations": [[text, {"entities": ...}], ...]}.
    """
    if "text" in value or isinstance(value.get("data"), Mapping):  # it is a row itself
        return None
    lists = [value[key] for key in _ROWS_KEYS if isinstance(value.get(key), list)]
    return lists[0] if len(lists) == 1 else None


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _parse_whole(path: Path, numbered: Sequence[tuple[int, str]]) -> Any:
    """Parse one value over several lines. If it fails, and other lines are JSON, the first line is what is damaged."""
    first = numbered[0][0]
    try:
        return parse_json("\n".join(line for _, line in numbered))
    except (ValueError, RecursionError):
        has_json_lines = any(_is_json(line) for _, line in numbered[1:_SAMPLED_LINES] if line[0] in "{[")
    return _parse(path, first, numbered[0][1] if has_json_lines else "\n".join(line for _, line in numbered))


def _parse(path: Path, first_line: int, text: str) -> Any:
    try:
        return parse_json(text)
    except json.JSONDecodeError as err:
        where = f"line {first_line + err.lineno - 1}, column {err.colno}"
        raise DataError(f"{path}: cannot be read as JSON: {where}: {err.msg}.") from err
    except RecursionError as err:
        raise DataError(f"{path}: cannot be read as JSON: line {first_line}: it is nested too deeply.") from err
