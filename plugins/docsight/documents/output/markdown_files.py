"""The Markdown files of a run: one for each document, but one for all rows of a table."""

from collections.abc import Callable
from typing import Any, NamedTuple

from docsight.documents.output.document_names import DocumentNames
from docsight.documents.output.markdown_text import to_markdown
from docsight.documents.store import MARKDOWN, MARKDOWN_SUFFIX

_TABLE_FORMATS = frozenset(("csv", "tsv", "jsonl", "json", "parquet"))


class _Row(NamedTuple):
    path: str
    table: str  # the part of the file that is the table; empty if it is the file
    number: str


class MarkdownFiles:
    """Writes documents in the order of the run, in which the rows of a table follow one another.

    A file for each row would take a hundred times the time and the space of the rows.

    Args:
        write: Called with the relative path of a file, its text, and whether the text is appended.
    """

    def __init__(self, write: Callable[[str, str, bool], None]) -> None:
        self._write = write
        self._names = DocumentNames(MARKDOWN_SUFFIX)
        self._last_row: _Row | None = None
        self._name = ""

    def add(self, record: dict[str, Any]) -> None:
        """Write a document, given its record; a row gets its number as a heading."""
        row, last = _row_of(record), self._last_row
        self._last_row = row
        follows = row is not None and last is not None and row[:2] == last[:2]
        if not follows:
            self._name = f"{MARKDOWN}/{self._names.of(record if row is None else {**record, 'part': row.table})}"
        text = to_markdown(record)
        if row is not None:
            separator = "\n" if follows else ""
            text = f"{separator}## {row.number}\n\n{text}"
        self._write(self._name, text, follows)


def _row_of(record: dict[str, Any]) -> _Row | None:
    """Return the row that a document is; None if it is none."""
    table, _, number = record["part"].rpartition("/")
    is_row = record["format"] in _TABLE_FORMATS and number.isdecimal()
    return _Row(record["path"], table, number) if is_row else None
