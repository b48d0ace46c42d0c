"""Records as flat tables in Parquet: documents, and their entities, corrections and pictures."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

from docsight.errors import MissingExtraError

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]

# A stretch of a document.
_SPAN = {
    "document": "string",
    "path": "string",
    "part": "string",
    "start": "int64",
    "end": "int64",
    "text": "string",
}
# The columns of each table, with the names of their types in Arrow. Places are in characters of the document's text.
COLUMNS: dict[str, dict[str, str]] = {
    "documents": {
        "id": "string",
        "path": "string",
        "part": "string",
        "format": "string",
        "encoding": "string",
        "title": "string",
        "text": "string",
        "words": "int64",
        "entities": "int64",
        "corrections": "int64",
        "flagged": "int64",
        "images": "int64",
        "pages": "int32",
        "confidence": "double",
        "notes": "list",
    },
    "entities": {
        **_SPAN,
        "label": "string",
        "score": "double",
    },
    "corrections": {
        **_SPAN,
        "suggestion": "string",
        "score": "double",
        "reason": "string",
        "applied": "bool",
    },
    "images": {
        "document": "string",
        "path": "string",
        "part": "string",
        "image": "string",
        "page": "int32",
        "left": "double",
        "top": "double",
        "right": "double",
        "bottom": "double",
        "start": "int64",
        "component": "string",
        "label": "string",
        "score": "double",
        "in_domain": "double",
        "error": "string",
    },
}

MAX_ROWS = 50_000  # of a row group, in memory until it is written
MAX_CHARS = 16_000_000  # of the texts in one


class Tables:
    """Writes records to Parquet files, row group by row group; those of a run without records are valid and empty.

    `documents` has a row for each document: `corrections` counts those that are applied and `flagged` all, `pages`
    those that have text; `confidence` is the mean of what was read from pictures, null where nothing was. `images`
    has a row for each picture and component, or one with nulls where no component saw it.

    Args:
        files: Where to write each of the tables in `COLUMNS`, as a path or an open binary file.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """

    def __init__(self, files: Mapping[str, Path | IO[bytes]]) -> None:
        try:
            import pyarrow.parquet  # noqa: F401 - missing here, not in the middle of a run
        except ImportError as err:
            raise MissingExtraError("Writing Parquet", "documents") from err
        with ExitStack() as stack:
            self._tables = {
                name: stack.enter_context(_Table(columns, files[name])) for name, columns in COLUMNS.items()
            }
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def add(self, record: Row) -> None:
        """Add a document's record to all tables."""
        self._tables["documents"].add([_document(record)], chars=len(record["text"]))
        own = {"document": record["id"], "path": record["path"], "part": record["part"]}
        text = record["text"]
        self._tables["entities"].add(
            own | {"text": text[one["start"] : one["end"]]} | one for one in record.get("entities", ())
        )
        self._tables["corrections"].add(own | one for one in record.get("corrections", ()))
        self._tables["images"].add(own | row for one in record.get("images", ()) for row in _looks(one))

    def close(self) -> None:
        """Write what is left, and the end of each file."""
        self._stack.close()


class _Table:
    """One file, and the rows that are not in it yet, by column."""

    def __init__(self, columns: Mapping[str, str], file: Path | IO[bytes]) -> None:
        import pyarrow.parquet

        self._schema = _schema(columns)
        self._rows: dict[str, list[Any]] = {name: [] for name in columns}
        self._size = self._chars = 0
        self._writer = pyarrow.parquet.ParquetWriter(file, self._schema, compression="zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._flush()
        finally:
            self._writer.close()

    def add(self, rows: Iterable[Row], *, chars: int = 0) -> None:
        for row in rows:
            for name, values in self._rows.items():
                values.append(row.get(name))
            self._size += 1
            if self._size >= MAX_ROWS:
                self._flush()
        self._chars += chars
        if self._chars >= MAX_CHARS:
            self._flush()

    def _flush(self) -> None:
        import pyarrow

        if self._size:
            self._writer.write_table(pyarrow.table(self._rows, schema=self._schema))
        self._rows = {name: [] for name in self._rows}
        self._size = self._chars = 0


def _schema(columns: Mapping[str, str]) -> "pa.Schema":
    import pyarrow

    kinds = {name: pyarrow.type_for_alias(name) for name in ("string", "int32", "int64", "double", "bool")}
    kinds["list"] = pyarrow.list_(pyarrow.string())
    return pyarrow.schema([(name, kinds[kind]) for name, kind in columns.items()])


def _document(record: Row) -> Row:
    passages, corrections = record.get("passages", ()), record.get("corrections", ())
    applied = sum(one["applied"] for one in corrections)
    read = [(one["end"] - one["start"], one["confidence"]) for one in passages if one.get("confidence") is not None]
    size = sum(length for length, _ in read)
    return {
        **{name: record[name] for name in ("id", "path", "part", "format", "encoding", "title", "text")},
        "words": len(record["text"].split()),
        "entities": len(record.get("entities", ())),
        "corrections": applied,
        "flagged": len(corrections),
        "images": len(record.get("images", ())),
        "pages": len({one["page"] for one in passages if one.get("page") is not None}),
        "confidence": sum(length * sure for length, sure in read) / size if size else None,
        "notes": list(record.get("notes", ())),
    }


def _looks(image: Row) -> Iterator[Row]:
    """Give a row for each component that looked at a picture."""
    left, top, right, bottom = image.get("bbox") or (None,) * 4
    place = {"image": image["id"], "page": image.get("page"), "start": image.get("start")}
    place |= {"left": left, "top": top, "right": right, "bottom": bottom}
    if not image.get("cats"):
        yield place
    for component, cat in image.get("cats", {}).items():
        yield place | {"component": component} | {key: cat.get(key) for key in ("label", "score", "in_domain", "error")}
