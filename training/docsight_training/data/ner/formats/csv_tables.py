"""CSV with annotations: a token, a span, or a text with its spans in a row.

Columns are found by the names that tools and data sets give them, in any case.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from docsight.errors import DataError
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, CharSpan, Columns, text_of_tokens
from docsight_training.data.ner.formats.csv_rows import CsvRows, find_column, group_by, read_groups
from docsight_training.data.ner.formats.json_rows import shorten
from docsight_training.data.ner.formats.offsets import END_KEYS, LABEL_KEYS, SPANS_KEYS, START_KEYS, decode_rows
from docsight_training.data.ner.tag_schemes import decode_tags, iob2_tags

_TOKEN_NAMES = ("token", "word")
_TAG_NAMES = ("tag", "ner_tag", "ner", "iob", "bio")
_SENTENCE_NAMES = ("sentence #", "sentence_id", "sentence_idx", "sent_id", "sentence")


def read_csv(path: Path, columns: Columns, findings: Findings) -> Iterator[AnnotatedText]:
    """Read a CSV file whose first line names its columns.

    Raises:
        DataError: It has none of the columns that are expected, or a row is invalid; the message names the line.
    """
    header, groups = read_groups(path)
    rows = [row for group in groups for row in group]
    token, tag = find_column(header, (columns.tokens, *_TOKEN_NAMES)), find_column(header, (columns.tags, *_TAG_NAMES))
    document = find_column(header, (columns.document,) if columns.document else ())
    if token and tag:
        sentence = find_column(header, _SENTENCE_NAMES)
        # The numbers of sentences may start anew in each document.
        dividing = [name for name in (document, sentence) if name]
        groups = [part for group in ([rows] if sentence else groups) for part in group_by(group, dividing)]
        return _read_tokens(path, groups, (token, tag, document), findings)
    text = find_column(header, (columns.text,))
    parts = [find_column(header, names) for names in (START_KEYS, END_KEYS, LABEL_KEYS)]
    if text and all(parts):
        return _read_spans(path, rows, (text, document), [part for part in parts if part])
    if text:
        return decode_rows(path, _rows_of_json(path, header, rows, columns), columns, findings)
    raise DataError(
        f"{path}: expected a first line that names the columns: {columns.tokens} (or token, word) and {columns.tags} "
        f"(or tag, ner), or {columns.text} with start, end and label, or {columns.text} with spans in JSON; found "
        f"{', '.join(header)[:200]!r}. Name them by data.columns.tokens=NAME, data.columns.tags=NAME, "
        "data.columns.text=NAME, data.columns.spans=NAME."
    )


def write_csv(path: Path, texts: Iterable[AnnotatedText]) -> None:
    """Write a row for each token: the number of its sentence, the token, its IOB2 tag and the id of its document."""
    with path.open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["sentence_id", "token", "tag", "doc_id"])
        for number, text in enumerate(texts, start=1):
            words = text.words()
            for word, tag in zip(words, iob2_tags(text.token_spans(), len(words)), strict=True):
                writer.writerow([number, word, tag, text.document or ""])


def _read_tokens(
    path: Path, groups: Sequence[CsvRows], names: tuple[str, str, str | None], findings: Findings
) -> Iterator[AnnotatedText]:
    token, tag, document = names
    for line, cells in groups[0][:1] if groups else []:
        if cells[token].startswith("[") and cells[tag].startswith("["):
            raise DataError(
                f"{path}, line {line}: expected a token and its tag in a row; found lists. Write them as JSON lines "
                "instead, with pandas: data.to_json('train.jsonl', orient='records', lines=True)."
            )
    places = [f"{path.name}, line {group[0][0]}" for group in groups]
    spans = decode_tags([[cells[tag].strip() for _, cells in group] for group in groups], places, findings)
    for group, place, group_spans in zip(groups, places, spans, strict=True):
        for line, cells in group:
            if not cells[token].strip():
                raise DataError(f"{path}, line {line}: expected a token in the column {token!r}; found none.")
        words = [cells[token].strip() for _, cells in group]
        identifier = group[0][1][document] if document else None
        yield text_of_tokens(words, group_spans, place, document=identifier or None)


def _read_spans(
    path: Path, rows: CsvRows, names: tuple[str, str | None], span_names: Sequence[str]
) -> Iterator[AnnotatedText]:
    """Read a span in each row.

    Rows with one text, of one document if there are documents, belong together. A row without a start has a text
    without spans.
    """
    text, document = names
    start, end, label = span_names
    spans: dict[tuple[str, str], list[CharSpan]] = {}
    places: dict[tuple[str, str], str] = {}
    for line, cells in rows:
        key = cells[text], cells[document] if document else ""
        places.setdefault(key, f"{path.name}, line {line}")
        own = spans.setdefault(key, [])
        if not cells[start].strip():
            continue
        try:
            own.append(CharSpan(_whole(cells[start]), _whole(cells[end]), cells[label].strip()))
        except ValueError as err:
            found = shorten([cells[start], cells[end]])
            raise DataError(
                f"{path}, line {line}: expected {start} and {end} as whole numbers; found {found}."
            ) from err
    for key, key_spans in spans.items():
        yield AnnotatedText(key[0], key_spans, places[key], key[1] or None)


def _whole(cell: str) -> int:
    """Convert a cell to a whole number; pandas writes them as 12.0 in a column with gaps."""
    number = float(cell)
    if not number.is_integer():
        raise ValueError(cell)
    return int(number)


def _rows_of_json(
    path: Path, header: Sequence[str], rows: CsvRows, columns: Columns
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each row with its place, as if it came from JSON: empty cells are missing, and names have their case."""
    wanted = (columns.text, columns.document, *((columns.spans,) if columns.spans else SPANS_KEYS))
    names = {found: name for name in wanted if name and (found := find_column(header, (name,)))}
    for line, cells in rows:
        given = {names.get(name, name): value for name, value in cells.items() if value}
        yield f"{path.name}, line {line}", {columns.text: "", **given}
