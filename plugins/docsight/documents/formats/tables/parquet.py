"""Parquet: each row is a document; rows are read in batches of bounded size."""

from collections.abc import Iterator
from typing import Any

from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.source import Source
from docsight.documents.formats.tables.columns import (
    TEXT_COLUMNS,
    choose_text_column,
    choose_title_column,
    is_prose,
    parse_row,
)
from docsight.errors import DataError, MissingExtraError

_MAX_BATCH_BYTES = 16 << 20
_MAX_BATCH_ROWS = 1024
_MAX_PROSE_ROWS = 50
_READ_BUFFER_BYTES = 1 << 20


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the rows, numbered from 1.

    Raises:
        DataError: The file is damaged or a decompression bomb.
        MissingExtraError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as err:
        raise MissingExtraError("Reading Parquet", "documents") from err
    num_read = 0
    with source.open() as file:
        try:
            with parquet.ParquetFile(file, buffer_size=_READ_BUFFER_BYTES, pre_buffer=False) as table:
                textual = {field.name for field in table.schema_arrow if _is_string(pa, field.type)}
                for row in _rows(table, textual, source):
                    num_read += 1
                    yield row
        except (pa.ArrowException, UnicodeDecodeError, OSError) as err:  # UnicodeDecodeError: names of columns
            if isinstance(err, OSError) and err.errno is not None:
                raise
            where = f"; reading stopped before row {num_read + 1}" if num_read else ""
            reason = str(err).partition("\n")[0]
            raise DataError(f"is damaged, or not a Parquet file{where}: {reason}") from err


def _rows(table: Any, textual: set[str], source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the rows; `textual` are the columns of strings."""
    requested = source.options.text_column
    candidates = textual if requested is not None else _prose_columns(table, textual) or textual
    text = choose_text_column(table.schema_arrow.names, candidates, requested=requested)
    title = choose_title_column(sorted(textual), text=text)
    chars = 0
    for number, (text_value, title_value) in enumerate(_values(table, text, title), start=1):
        row = _parse_row(number, text_value, title_value)
        chars += len(row.text) if isinstance(row, ParsedDocument) else 0
        if chars > source.bomb_size:  # every row may refer to the same text in a dictionary
            raise DataError(
                f"its rows have more than {source.bomb_size:,} characters in {source.size:,} bytes: "
                f"a decompression bomb; reading stopped before row {number}"
            )
        yield row


def _prose_columns(table: Any, textual: set[str]) -> set[str]:
    """Return the columns with prose in their first rows; none if they are not needed, because the choice is clear."""
    if len(textual) < 2 or any(name.strip().lower() in TEXT_COLUMNS for name in textual):
        return set()
    rows = min(_MAX_PROSE_ROWS, _batch_rows(table.metadata))
    first = next(table.iter_batches(rows, columns=sorted(textual), use_threads=False), None)
    if first is None:
        return set()
    columns = {name: [cell for cell in first.column(name).to_pylist() if cell is not None] for name in textual}
    return {name for name, cells in columns.items() if is_prose(cells)}


def _values(table: Any, text: str, title: str | None) -> Iterator[tuple[Any, Any]]:
    """Yield the values of each row in the columns of the text and the title, as pyarrow's scalars."""
    columns = [text] if title is None else [text, title]
    for batch in table.iter_batches(_batch_rows(table.metadata), columns=columns, use_threads=False):
        names = batch.schema.names
        texts = batch.column(names.index(text))
        titles = batch.column(names.index(title)) if title is not None else None
        for at in range(batch.num_rows):
            yield texts[at], titles[at] if titles is not None else None


def _parse_row(number: int, text: Any, title: Any) -> ParsedDocument | PartError:
    try:
        return parse_row(number, text.as_py(), title.as_py() if title is not None else None)
    except UnicodeDecodeError as err:
        return PartError(
            part=str(number), error=DataError(f"its text is not UTF-8: byte {err.start} cannot be decoded")
        )


def _is_string(pa: Any, kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _batch_rows(metadata: Any) -> int:
    """Return how many rows to read at once, by the average size that the file states."""
    # Not by the sizes of columns: pyarrow aborts the process if their statistics are damaged.
    size = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
    rows: int = _MAX_BATCH_BYTES * max(1, metadata.num_rows) // max(1, size)
    return max(1, min(_MAX_BATCH_ROWS, rows))
