"""Texts without annotation in files: plain text, and JSON lines."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docsight.documents.formats.text.encoding import decode
from docsight.errors import DataError

PLAIN_TEXT_SUFFIXES = (".txt", ".md", ".text")
JSON_LINES_SUFFIXES = (".jsonl", ".ndjson")

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def read_text(path: Path) -> str:
    """Read a text file of any encoding, without its byte order mark. Line ends stay as they are.

    Raises:
        DataError: The file is missing, or is not text.
    """
    try:
        return decode(path.read_bytes())[0]
    except DataError as err:
        raise DataError(f"{path}: {err}") from err
    except OSError as err:
        raise DataError(f"{path}: {err.strerror}.") from err


def parse_json(text: str) -> Any:
    """Parse JSON. Halves of surrogate pairs, which JSON can hold but no text, become U+FFFD, so offsets stay right.

    Raises:
        ValueError, RecursionError: It is not JSON, or nested too deeply.
    """
    value = json.loads(text)
    return _whole_characters(value) if _ESCAPED_HALF.search(text) else value


def read_json_lines(file: Path, *, column: str) -> Iterator[str]:
    """Yield the text of each row: an object with the key `column`, or a string. The rows may be those of an array.

    Raises:
        DataError: The file cannot be read, a line is not JSON, or a row has no text.
    """
    content = read_text(file)
    if content.lstrip().startswith("["):
        for number, row in enumerate(_parse(content, str(file)), start=1):
            yield _text_of(row, column, f"{file}, row {number}")
        return
    for number, line in enumerate(content.split("\n"), start=1):
        if line.strip():
            where = f"{file}, line {number}"
            yield _text_of(_parse(line, where), column, where)


def _parse(text: str, where: str) -> Any:
    try:
        return parse_json(text)
    except (ValueError, RecursionError) as err:
        raise DataError(f"{where}: expected JSON: {err}.") from err


def _text_of(row: Any, column: str, where: str) -> str:
    text = row.get(column) if isinstance(row, dict) else row
    if not isinstance(text, str):
        found = ", ".join(map(str, row)) if isinstance(row, dict) else type(row).__name__
        if isinstance(row, dict) and column in row:
            found = f"{'null' if text is None else type(text).__name__} in {column!r}"
        raise DataError(f"{where}: expected a string, or an object with the text in {column!r}; found {found}.")
    return text


def _whole_characters(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF_CHARACTER.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole_characters(item) for item in value]
    if isinstance(value, dict):
        return {_whole_characters(key): _whole_characters(item) for key, item in value.items()}
    return value
