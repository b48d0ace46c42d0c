"""CSV with annotations: a token, a span, or a text with its spans in a row.

Columns are found by the names that tools and data sets give them, in any case.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from docsight.errors import DataError
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, CharSpan, Columns, text_of_tokens
from docsight_training.data.ner.formats.csv_rows import CsvRows, find_column, group_by, read_groups
from docsight_training.data.ner.formats.json_rows import shorten
from docsight_training.data.ner.formats.offsets import END_KEYS, LABEL_KEYS, SPANS_KEYS, START_KEYS, decode_rows
from docsight_training.data.ner.tag_schemes import EMPTY_TAG, OUTSIDE_TAGS, are_tags, decode_tags, iob2_tags

_TOKEN_NAMES = ("token", "word")
_TAG_NAMES = ("tag", "ner_tag", "ner", "iob", "bio", "label", "labels")
_SENTENCE_NAMES = (
    "sentence",
    "sentence_id",
    "sentence_idx",
    "sentence_number",
    "sentence_no",
    "sent",
    "sent_id",
    "sent_no",
)


class _CsvNames(NamedTuple):
    """The names of the columns of a file, None for those that it lacks."""

    token: str | None
    tag: str | None
    sentence: str | None
    document: str | None
    text: str | None
    start: str | None
    end: str | None
    label: str | None

    @classmethod
    def of(cls, header: Sequence[str], columns: Columns) -> "_CsvNames":
        return cls(
            token=find_column(header, (columns.tokens, *_TOKEN_NAMES)),
            tag=find_column(header, (columns.tags, *_TAG_NAMES)),
            sentence=find_column(header, (columns.sentence,) if columns.sentence else _SENTENCE_NAMES),
            document=find_column(header, (columns.document,) if columns.document else ()),
            text=find_column(header, (columns.text,)),
            start=find_column(header, START_KEYS),
            end=find_column(header, END_KEYS),
            label=find_column(header, LABEL_KEYS),
        )

    @property
    def has_spans(self) -> bool:
        return None not in (self.text, self.start, self.end, self.label)


def looks_like_csv(path: Path, columns: Columns) -> bool:
    """Return whether the first line names columns with tokens and tags, or a text among others."""
    try:
        header, _ = read_groups(path)
    except DataError:
        return False
    names = _CsvNames.of(header, columns)
    return len(header) > 1 and bool((names.token and names.tag) or names.text)


def read_csv(path: Path, columns: Columns, findings: Findings) -> Iterator[AnnotatedText]:
    """Read a CSV file whose first line names its columns.

    Raises:
        DataError: It has none of the columns that are expected, or a row is invalid; the message names the line.
    """
    header, groups = read_groups(path)
    rows = [row for group in groups for row in group]
    names = _CsvNames.of(header, columns)
    if columns.sentence and names.sentence is None:
        raise DataError(
            f"{path}: no column {columns.sentence!r} (data.columns.sentence); found {', '.join(header)[:200]}."
        )
    # A row of a token may also have the text and the offsets of the token; its tag is O or has a prefix.
    if (
        names.token
        and names.tag
        and not (names.has_spans and not are_tags(cells[names.tag].strip() for _, cells in rows))
    ):
        is_undivided = names.sentence is None and len(groups) == 1
        sentences = _sentences(groups, names)
        return _read_tokens(path, sentences, names, findings, is_undivided=is_undivided)
    if names.has_spans:
        return _read_spans(path, rows, names)
    if names.text:
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


def _sentences(groups: Sequence[CsvRows], names: _CsvNames) -> list[CsvRows]:
    """Group rows by sentences; the numbers of sentences may start anew in each document."""
    dividing = [name for name in (names.document, names.sentence) if name]
    whole = [[row for group in groups for row in group]] if names.sentence else groups
    return [part for group in whole for part in group_by(group, dividing)]


def _read_tokens(
    path: Path, groups: Sequence[CsvRows], names: _CsvNames, findings: Findings, *, is_undivided: bool
) -> Iterator[AnnotatedText]:
    token, tag = names.token or "", names.tag or ""
    rows = [row for group in groups for row in group]
    for line, cells in rows[:1]:
        if cells[token].startswith("[") and cells[tag].startswith("["):
            raise DataError(
                f"{path}, line {line}: expected a token and its tag in a row; found lists. Write them as JSON lines "
                "instead, with pandas: data.to_json('train.jsonl', orient='records', lines=True)."
            )
    _check_cells(path, rows, token, tag)
    places = [f"{path.name}, line {group[0][0]}" for group in groups]
    tags = [[cells[tag].strip() or EMPTY_TAG for _, cells in group] for group in groups]
    for group, place, spans in zip(groups, places, decode_tags(tags, places, findings), strict=True):
        words = [cells[token].strip() for _, cells in group]
        document = group[0][1][names.document] if names.document else None
        yield text_of_tokens(words, spans, place, document=document or None, is_undivided=is_undivided)


def _check_cells(path: Path, rows: CsvRows, token: str, tag: str) -> None:
    """Check that each row has a token, and a tag unless all tokens outside of spans lack one."""
    has_outside = any(cells[tag].strip() in OUTSIDE_TAGS for _, cells in rows)
    for line, cells in rows:
        if not cells[token].strip():
            raise DataError(f"{path}, line {line}: expected a token in the column {token!r}; found none.")
        if has_outside and not cells[tag].strip():
            raise DataError(
                f"{path}, line {line}: expected a tag in the column {tag!r}, such as O for a token outside of spans; "
                "found none."
            )


def _read_spans(path: Path, rows: CsvRows, names: _CsvNames) -> Iterator[AnnotatedText]:
    """Read a span in each row.

    Rows with one text, of one document if there are documents, belong together. A row without a start has a text
    without spans.
    """
    text, start, end, label = (name or "" for name in (names.text, names.start, names.end, names.label))
    spans: dict[tuple[str, str], list[CharSpan]] = {}
    places: dict[tuple[str, str], str] = {}
    for line, cells in rows:
        key = cells[text], cells[names.document] if names.document else ""
        places.setdefault(key, f"{path.name}, line {line}")
        own = spans.setdefault(key, [])
        if not cells[start].strip():
            continue
        covered = cells[names.token].strip() if names.token else ""
        try:
            own.append(CharSpan(_whole(cells[start]), _whole(cells[end]), cells[label].strip(), covered or None))
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
