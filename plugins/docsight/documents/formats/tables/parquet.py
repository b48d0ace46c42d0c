"""Parquet: each row is a document, read in batches of bounded size."""

from collections.abc import Iterator
from typing import Any

from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.source import Source
from docsight.documents.formats.tables.columns import row_content, text_column, title_column
from docsight.errors import DataError, MissingExtraError

_BATCH_BYTES = 16 << 20
_MAX_BATCH_ROWS = 1024
_BUFFER_BYTES = 1 << 20


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the rows, numbered from 1."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as err:
        raise MissingExtraError("Reading Parquet", "documents") from err
    with source.open() as file:
        number = size = 0
        try:
            with parquet.ParquetFile(file, buffer_size=_BUFFER_BYTES, pre_buffer=False) as table:
                schema = table.schema_arrow
                strings = {field.name for field in schema if _is_string(pa, field.type)}
                text = text_column(schema.names, strings, wanted=source.options.text_column)
                title = title_column(sorted(strings), text=text)
                columns = [text] if title is None else [text, title]
                batches = table.iter_batches(_batch_rows(table.metadata), columns=columns, use_threads=False)
                for batch in batches:
                    names = batch.schema.names
                    texts = batch.column(names.index(text))
                    titles = batch.column(names.index(title)) if title is not None else None
                    for at in range(batch.num_rows):
                        number += 1
                        row = _row(number, texts[at], titles[at] if titles is not None else None)
                        size += len(row.text) if isinstance(row, ParsedDocument) else 0
                        if size > source.bomb_size:  # a text that stands in a dictionary once may be in each row
                            raise DataError(
                                f"its rows have more than {source.bomb_size:,} characters in {source.size:,} bytes: "
                                f"a decompression bomb; nothing was read from row {number} on"
                            )
                        yield row
        except (pa.ArrowException, UnicodeDecodeError, OSError) as err:  # names that are no UTF-8, too
            if isinstance(err, OSError) and err.errno is not None:
                raise
            where = f"; nothing was read from row {number + 1} on" if number else ""
            raise DataError(f"is no Parquet file that can be read{where}: {_first_line(err)}") from err


def _row(number: int, text: Any, title: Any) -> ParsedDocument | PartError:
    try:
        return row_content(number, text.as_py(), title.as_py() if title is not None else None)
    except UnicodeDecodeError as err:
        return PartError(
            part=str(number), error=DataError(f"its text is not UTF-8: byte {err.start} cannot be decoded")
        )


def _is_string(pa: Any, kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _batch_rows(metadata: Any) -> int:
    """Choose how many rows to read at once by how long the file says that they are on average."""
    # Not by the sizes of columns: pyarrow ends the whole process where their statistics are damaged.
    size = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
    return max(1, min(_MAX_BATCH_ROWS, _BATCH_BYTES * max(1, metadata.num_rows) // max(1, size)))


def _first_line(err: Exception) -> str:
    return str(err).partition("\n")[0]
