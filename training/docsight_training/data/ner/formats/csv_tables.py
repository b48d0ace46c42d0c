"""CSV with annotations: a token, a span, or a text with its spans in a row.

Columns are found by the names that tools and data sets give them, in any case.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from docsight.documents.formats.tables.csv import large_fields
from docsight.errors import DataError
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, CharSpan, Columns, text_of_tokens
from docsight_training.data.ner.formats.json_rows import shorten
from docsight_training.data.ner.formats.offsets import END_KEYS, LABEL_KEYS, SPANS_KEYS, START_KEYS, decode_rows
from docsight_training.data.ner.tag_schemes import decode_tags, iob2_tags
from docsight_training.data.text_files import read_text

_TOKEN_NAMES = ("token", "word")
_TAG_NAMES = ("tag", "ner_tag", "ner", "iob", "bio")
_SENTENCE_NAMES = ("sentence #", "sentence_id", "sentence_idx", "sent_id", "sentence")
_DELIMITERS = ",;\t|"

_Rows = list[tuple[int, dict[str, str]]]  # the number of the line, and the cells by the names of their columns


def read_csv(path: Path, columns: Columns, findings: Findings) -> Iterator[AnnotatedText]:
    """Read a CSV file whose first line names its columns.

    Raises:
        DataError: It has none of the columns that are expected, or a row is invalid; the message names the line.
    """
    header, groups = _read_groups(path)
    rows = [row for group in groups for row in group]
    token, tag = _find(header, (columns.tokens, *_TOKEN_NAMES)), _find(header, (columns.tags, *_TAG_NAMES))
    document = _find(header, (columns.document,) if columns.document else ())
    if token and tag:
        sentence = _find(header, _SENTENCE_NAMES)
        # The numbers of sentences may start anew in each document.
        dividing = [name for name in (document, sentence) if name]
        groups = [part for group in ([rows] if sentence else groups) for part in _group_by(group, dividing)]
        return _read_tokens(path, groups, (token, tag, document), findings)
    text = _find(header, (columns.text,))
    parts = [_find(header, names) for names in (START_KEYS, END_KEYS, LABEL_KEYS)]
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


def _read_groups(path: Path) -> tuple[list[str], list[_Rows]]:
    """Return the names of the columns, and the rows in groups that empty lines divide."""
    text = read_text(path)
    first = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    # Spaces at the beginning of a text count: they move its offsets. Only if the header has them too, they are padding.
    is_padded = f"{delimiter} " in first
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=is_padded, strict=True)
    header: list[str] = []
    groups: list[_Rows] = [[]]
    with large_fields():
        try:
            for cells in reader:
                if not any(map(str.strip, cells)):
                    groups.append([])
                elif not header:
                    header = list(map(str.strip, cells))
                elif len(cells) == len(header):
                    groups[-1].append((reader.line_num, dict(zip(header, cells, strict=True))))
                else:
                    raise DataError(
                        f"{path}, line {reader.line_num}: expected {len(header)} columns, as in the first line; found "
                        f"{len(cells)}."
                    )
        except csv.Error as err:
            raise DataError(f"{path}, line {reader.line_num}: cannot be read as CSV: {err}.") from err
    return header, [group for group in groups if group]


def _find(header: Sequence[str], names: Iterable[str]) -> str | None:
    """Return the first column that has one of the names."""
    found = {name.lower(): name for name in reversed(header)}
    return next((found[name.lower()] for name in names if name.lower() in found), None)


def _group_by(rows: _Rows, columns: Sequence[str]) -> Iterator[_Rows]:
    """Group rows by columns that are filled in all rows of a group, or only in the first one."""
    group: _Rows = []
    last: dict[str, str] = {}
    for row in rows:
        values = {name: value for name in columns if (value := row[1][name].strip())}
        if group and not values.items() <= last.items():
            yield group
            group = []
        group.append(row)
        last |= values
    if group:
        yield group


def _read_tokens(
    path: Path, groups: Sequence[_Rows], names: tuple[str, str, str | None], findings: Findings
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
    path: Path, rows: _Rows, names: tuple[str, str | None], span_names: Sequence[str]
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
    path: Path, header: Sequence[str], rows: _Rows, columns: Columns
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each row with its place, as if it came from JSON: empty cells are missing, and names have their case."""
    wanted = (columns.text, columns.document, *((columns.spans,) if columns.spans else SPANS_KEYS))
    names = {found: name for name in wanted if name and (found := _find(header, (name,)))}
    for line, cells in rows:
        given = {names.get(name, name): value for name, value in cells.items() if value}
        yield f"{path.name}, line {line}", {columns.text: "", **given}
