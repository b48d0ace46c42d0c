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
    """Yield the text of each row: an object with the key `column`, or a string.

    Raises:
        DataError: The file cannot be read, a line is not JSON, or a row has no text.
    """
    for number, line in enumerate(read_text(file).split("\n"), start=1):
        if line.strip():
            yield _text_of(line, column, f"{file}, line {number}")


def _text_of(line: str, column: str, where: str) -> str:
    try:
        row: Any = parse_json(line)
    except (ValueError, RecursionError) as err:
        raise DataError(f"{where}: expected JSON: {err}.") from err
    text = row.get(column) if isinstance(row, dict) else row
    if not isinstance(text, str):
        found = ", ".join(map(str, row)) if isinstance(row, dict) else type(row).__name__
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
