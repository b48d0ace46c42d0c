"""Rows of tokens and tags: JSON lines, Parquet, and data sets of the hub."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, compress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docsight.errors import DataError
from docsight.tags import TagSpan
from docsight_training.data.ner.findings import FindingKind, Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, Columns, text_of_tokens
from docsight_training.data.ner.formats.json_rows import read_json_rows, shorten, write_json_rows
from docsight_training.data.ner.formats.offsets import decode_row
from docsight_training.data.ner.tag_schemes import decode_tags, iob2_tags

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

_ADVICE_ON_NUMBERS = (
    " Replace numbers of classes by their names, or write the file by to_parquet or save_to_disk of `datasets`, which "
    "keep the names."
)


def read_token_json(path: Path, columns: Columns, findings: Findings) -> Iterator[AnnotatedText]:
    """Read JSON rows of tokens and tags; see `texts_of_rows` for errors."""
    places, rows = [], []
    for place, row in read_json_rows(path):
        if not isinstance(row, Mapping):
            raise DataError(f"{place}: expected an object with tokens and tags; found {shorten(row)}.")
        _check_columns(place, list(row), columns)
        places.append(place)
        rows.append(row)
    ids = [row.get(columns.document) for row in rows]
    return texts_of_rows(
        places, [row[columns.tokens] for row in rows], [row[columns.tags] for row in rows], ids, findings
    )


def read_parquet(path: Path, columns: Columns, findings: Findings) -> Iterator[AnnotatedText]:
    """Read a Parquet or Arrow file of tokens and tags, or of texts and spans; see `texts_of_rows` for errors."""
    import pyarrow as pa

    try:
        table = _load_table(path)
    except (pa.ArrowException, OSError) as err:
        raise DataError(f"{path}: cannot be read as Parquet or Arrow: {err}") from err
    places = [f"{path.name}, row {number}" for number in range(1, len(table) + 1)]
    has_tags = {columns.tokens, columns.tags} <= set(table.column_names)
    if not has_tags and columns.text in table.column_names:
        decoded = (
            decode_row(row, place, columns, findings) for place, row in zip(places, table.to_pylist(), strict=True)
        )
        return (text for text in decoded if text is not None)
    _check_columns(str(path), table.column_names, columns)
    tags = table[columns.tags].to_pylist()
    if table.schema.metadata and b"huggingface" in table.schema.metadata:
        import datasets

        tags = _tag_names(tags, datasets.Features.from_arrow_schema(table.schema)[columns.tags])
    has_ids = columns.document in table.column_names
    ids = table[columns.document].to_pylist() if has_ids else [None] * len(table)
    return texts_of_rows(places, table[columns.tokens].to_pylist(), tags, ids, findings)


def _load_table(path: Path) -> "pa.Table":
    """Load Parquet, or Arrow as `save_to_disk` of `datasets` writes it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.suffix != ".arrow":
        return pq.read_table(path)
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_stream(file).read_all()


def read_rows(rows: "datasets.Dataset", where: str, columns: Columns, findings: Findings) -> Iterator[AnnotatedText]:
    """Read a split of the hub; see `texts_of_rows` for errors."""
    _check_columns(where, rows.column_names, columns)
    places = [f"{where}, row {number}" for number in range(1, len(rows) + 1)]
    tags = _tag_names(rows[columns.tags][:], rows.features[columns.tags])
    ids = rows[columns.document][:] if columns.document in rows.column_names else [None] * len(rows)
    return texts_of_rows(places, rows[columns.tokens][:], tags, ids, findings)


def texts_of_rows(
    places: Sequence[str],
    tokens: Sequence[Any],
    tags: Sequence[Any],
    documents: Sequence[Any],
    findings: Findings,
) -> Iterator[AnnotatedText]:
    """Make annotated texts from columns of tokens, tags and ids of documents.

    Raises:
        DataError: A token or tag is not a string, or their numbers differ; the message names the row.
    """
    for place, row_tokens, row_tags in zip(places, tokens, tags, strict=True):
        _check_strings(place, "tokens", row_tokens)
        _check_strings(place, "tags", row_tags)
        if len(row_tokens) != len(row_tags):
            raise DataError(f"{place}: {len(row_tokens)} tokens but {len(row_tags)} tags.")
    spans = decode_tags(tags, places, findings)
    for place, row_tokens, row_spans, document in zip(places, tokens, spans, documents, strict=True):
        words, word_spans = _without_blanks(row_tokens, row_spans, place, findings)
        yield text_of_tokens(words, word_spans, place, document=None if document is None else str(document))


def _without_blanks(
    tokens: Sequence[str], spans: Sequence[TagSpan], place: str, findings: Findings
) -> tuple[Sequence[str], Sequence[TagSpan]]:
    """Leave out the tokens that are empty or white space, which the pipeline does not label."""
    is_word = [bool(token.strip()) for token in tokens]
    if all(is_word):
        return tokens, spans
    for number, (token, kept) in enumerate(zip(tokens, is_word, strict=True), start=1):
        if not kept:
            findings.add(FindingKind.BLANK, place, f"{token!r} at token {number}")
    words_before = [0, *accumulate(is_word)]
    moved = [TagSpan(words_before[start], words_before[end], label) for start, end, label in spans]
    for span in moved:
        if span.start == span.end:
            findings.add(FindingKind.EMPTY, place, span.label)
    return list(compress(tokens, is_word)), [span for span in moved if span.start < span.end]


def has_tokens(row: Any, columns: Columns) -> bool:
    """Return whether a row looks like tokens and tags."""
    return isinstance(row, Mapping) and columns.tags in row and isinstance(row.get(columns.tokens), list)


def write_token_json(path: Path, texts: Iterable[AnnotatedText]) -> None:
    write_json_rows(path, map(_token_row, texts))


def write_parquet(path: Path, texts: Iterable[AnnotatedText]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    strings = pa.list_(pa.string())
    schema = pa.schema([("tokens", strings), ("ner_tags", strings), ("doc_id", pa.string())])
    pq.write_table(pa.Table.from_pylist([_token_row(text) for text in texts], schema=schema), path)


def _token_row(text: AnnotatedText) -> dict[str, Any]:
    words = text.words()
    row: dict[str, Any] = {"tokens": words, "ner_tags": iob2_tags(text.token_spans(), len(words))}
    return row if text.document is None else row | {"doc_id": text.document}


def _tag_names(tags: list[Any], feature: Any) -> list[Any]:
    """Return the tags as strings if the column holds class labels."""
    inner = getattr(feature, "feature", feature)
    if not hasattr(inner, "int2str"):
        return tags
    return [row if row is None else [tag if tag is None else inner.int2str(tag) for tag in row] for row in tags]


def _check_columns(where: str, found: Sequence[str], columns: Columns) -> None:
    for key, column in (("tokens", columns.tokens), ("tags", columns.tags)):
        if column not in found:
            raise DataError(
                f"{where}: no column {column!r}; found {', '.join(found)}. Name it by data.columns.{key}=COLUMN."
            )


def _check_strings(place: str, name: str, row: Any) -> None:
    if not isinstance(row, list):
        raise DataError(f"{place}: expected a list of {name}; found {shorten(row)}.")
    for number, item in enumerate(row, start=1):
        if not isinstance(item, str):
            found = "null" if item is None else shorten(item)
            raise DataError(
                f"{place}: expected {name} that are strings; found {found} at token {number}."
                + (_ADVICE_ON_NUMBERS if name == "tags" and isinstance(item, int) else "")
            )
