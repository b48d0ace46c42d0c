"""The records of a run as flat Parquet tables: documents, entities, corrections and images."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from docsight.errors import MissingExtraError

# The columns of each table with their Arrow types. `start` and `end` are in characters of the document's text.
_DOCUMENT_COLUMNS = {"document": "string", "path": "string", "part": "string"}
_SPAN_COLUMNS = {**_DOCUMENT_COLUMNS, "start": "int64", "end": "int64", "text": "string"}
COLUMNS: dict[str, dict[str, str]] = {
    "documents": {
        "id": "string",
        "path": "string",
        "part": "string",
        "format": "string",
        "encoding": "string",
        "title": "string",
        "authors": "list",
        "created": "string",
        "message_id": "string",
        "in_reply_to": "string",
        "reply_to": "string",
        "language": "string",
        "quality": "list",
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
        **_SPAN_COLUMNS,
        "label": "string",
        "score": "double",
    },
    "corrections": {
        **_SPAN_COLUMNS,
        "suggestion": "string",
        "score": "double",
        "reason": "string",
        "because": "string",
        "applied": "bool",
    },
    "images": {
        **_DOCUMENT_COLUMNS,
        "image": "string",
        "page": "int32",
        "left": "double",
        "top": "double",
        "right": "double",
        "bottom": "double",
        "start": "int64",
        "component": "string",
        "label": "string",
        "kind": "string",
        "score": "double",
        "in_domain": "double",
        "error": "string",
    },
}

# A row group is kept in memory until it has this many rows, or texts of this many characters.
MAX_ROWS_PER_GROUP = 50_000
MAX_CHARS_PER_GROUP = 16_000_000


class Tables:
    """Writes records to Parquet files, one row group at a time. Without records, the tables are valid and empty.

    `documents` has a row per document: `corrections` counts the applied ones and `flagged` all of them, `pages` counts
    the pages with text, and `confidence` is the mean over the characters that OCR read, or null. `images` has a row
    per image and component, or one row with nulls if no component classified the image.

    Args:
        paths: The file of each table in `COLUMNS`.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """

    def __init__(self, paths: Mapping[str, Path]) -> None:
        try:
            import pyarrow.parquet  # noqa: F401 - fail here, not in the middle of a run
        except ImportError as err:
            raise MissingExtraError("Writing Parquet", "documents") from err
        self._tables: dict[str, _Table] = {}
        with ExitStack() as stack:
            for name, columns in COLUMNS.items():
                self._tables[name] = _Table(columns, paths[name])
                stack.callback(self._tables[name].close)
            self._stack = stack.pop_all()

    def add(self, record: dict[str, Any], *, words: int) -> None:
        """Add the record of a document, whose text has this many words, to all tables."""
        text = record["text"]
        document = {"document": record["id"], "path": record["path"], "part": record["part"]}
        self._tables["documents"].add([_document_row(record, words)], chars=len(text))
        self._tables["entities"].add(
            document | {"text": text[entity["start"] : entity["end"]]} | entity for entity in record["entities"]
        )
        self._tables["corrections"].add(document | correction for correction in record["corrections"])
        self._tables["images"].add(document | row for image in record["images"] for row in _image_rows(image))

    def close(self) -> None:
        """Write the remaining rows and complete the files."""
        self._stack.close()


class _Table:
    """A file, and by column the rows that are not written yet."""

    def __init__(self, columns: Mapping[str, str], path: Path) -> None:
        import pyarrow.parquet

        types = {name: pyarrow.type_for_alias(kind) for name, kind in columns.items() if kind != "list"}
        texts = pyarrow.list_(pyarrow.string())
        self._schema = pyarrow.schema([(name, types.get(name, texts)) for name in columns])
        self._rows: dict[str, list[Any]] = {name: [] for name in columns}
        self._size = self._chars = 0
        self._writer = pyarrow.parquet.ParquetWriter(path, self._schema, compression="zstd")

    def add(self, rows: Iterable[dict[str, Any]], *, chars: int = 0) -> None:
        for row in rows:
            for name, values in self._rows.items():
                values.append(row.get(name))
            self._size += 1
            if self._size >= MAX_ROWS_PER_GROUP:
                self._flush()
        self._chars += chars
        if self._chars >= MAX_CHARS_PER_GROUP:
            self._flush()

    def close(self) -> None:
        try:
            self._flush()
        finally:
            self._writer.close()

    def _flush(self) -> None:
        import pyarrow

        if self._size:
            self._writer.write_table(pyarrow.table(self._rows, schema=self._schema))
        self._rows = {name: [] for name in self._rows}
        self._size = self._chars = 0


def _document_row(record: dict[str, Any], words: int) -> dict[str, Any]:
    passages, corrections = record["passages"], record["corrections"]
    ocr = [passage for passage in passages if passage.get("confidence") is not None]
    sizes = [passage["end"] - passage["start"] for passage in ocr]
    weighted = [size * passage["confidence"] for size, passage in zip(sizes, ocr, strict=True)]
    return {
        **{name: record[name] for name in COLUMNS["documents"] if name in record},
        "words": words,
        "entities": len(record["entities"]),
        "corrections": sum(correction["applied"] for correction in corrections),
        "flagged": len(corrections),
        "images": len(record["images"]),
        "pages": len({passage["page"] for passage in passages if passage.get("page") is not None}),
        "confidence": sum(weighted) / sum(sizes) if any(sizes) else None,
    }


def _image_rows(image: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for each component that classified an image."""
    left, top, right, bottom = image.get("bbox") or (None,) * 4
    row = {"image": image["id"], "page": image.get("page"), "start": image.get("start")}
    row |= {"left": left, "top": top, "right": right, "bottom": bottom}
    if not image["cats"]:
        yield row
    keys = ("label", "kind", "score", "in_domain", "error")
    for component, cat in image["cats"].items():
        yield row | {"component": component} | {key: cat.get(key) for key in keys}
