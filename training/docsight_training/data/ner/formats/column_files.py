"""CoNLL in its many forms: files with a token and its tag a line, in columns.

The tag is in the last column that has nothing but tags. The token is in the first column, or in the second one if the
first one numbers the tokens, or in the last one if the tag comes first.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from docsight.errors import ConfigError, DataError
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, text_of_tokens
from docsight_training.data.ner.formats.column_lines import (
    DOCUMENT_START,
    WORD_ID,
    Line,
    one_cell,
    sample_rows,
    split_sentences,
    with_beginnings,
)
from docsight_training.data.ner.tag_schemes import (
    OUTSIDE_TAGS,
    are_tags,
    decode_tags,
    iob2_tags,
    is_plain_label,
    is_tag,
)
from docsight_training.data.text_files import read_text

_MAX_PLAIN_LABELS = 50  # different labels without a prefix; a column of words has more
_MIN_TAGGED = 0.5  # of the first lines; the others are reported when the file is read


class _Layout(NamedTuple):
    """The columns of the tokens and of the tags, and whether the first line names the columns."""

    tokens: int
    tags: int
    has_header: bool = False


def read_columns(path: Path, column_names: Sequence[str] | None, findings: Findings) -> Iterator[AnnotatedText]:
    """Read a CoNLL file.

    Args:
        path: The file.
        column_names: The names of its columns in order, among them `tokens` and `ner_tags`; None to recognize them.
        findings: Receives tags that continue nothing.

    Raises:
        DataError: A line has no tag; the message names the line.
    """
    sentences = split_sentences(read_text(path))
    lines = [line for sentence in sentences for line in sentence.lines]
    if not lines:
        return iter(())
    layout = _find_layout(path, lines) if column_names is None else _told_layout(lines, column_names)
    if layout.has_header:
        for sentence in sentences:
            sentence.lines = [line for line in sentence.lines if line is not lines[0]]
    rows = [
        (
            f"{path.name}, line {sentence.lines[0].number}",
            sentence.document,
            [_cell(path, line, layout.tokens) for line in sentence.lines],
            [_cell(path, line, layout.tags) for line in sentence.lines],
        )
        for sentence in sentences
        if sentence.lines
    ]
    is_undivided = len(rows) == len({document for _, document, *_ in rows})
    places, documents, tokens, tags = zip(*rows, strict=True)
    spans = decode_tags(tags, places, findings)
    return (
        text_of_tokens(row_tokens, row_spans, place, document=document, is_undivided=is_undivided)
        for place, document, row_tokens, row_spans in zip(places, documents, tokens, spans, strict=True)
    )


def looks_like_columns(path: Path) -> bool:
    """Return whether nearly all lines have a tag after the first column, or all have a label without a prefix."""
    rows = sample_rows(path)
    num_tagged = sum(any(map(is_tag, row[1:])) for row in rows)
    if rows and num_tagged >= _MIN_TAGGED * len(rows):
        return True
    return bool(rows) and _recognize_layout([Line(number, cells) for number, cells in enumerate(rows)]) is not None


def write_columns(path: Path, texts: Iterable[AnnotatedText]) -> None:
    """Write a line with token, tab and IOB2 tag for each token. Documents begin with a -DOCSTART- line."""
    with path.open("x", encoding="utf-8") as file:
        for text, begins_document in with_beginnings(texts):
            if begins_document:
                file.write(f"{DOCUMENT_START}\tO\n\n")
            words = text.words()
            for word, tag in zip(words, iob2_tags(text.token_spans(), len(words)), strict=True):
                file.write(f"{one_cell(word, text.place)}\t{tag}\n")
            file.write("\n")


def _find_layout(path: Path, lines: Sequence[Line]) -> _Layout:
    layout = _recognize_layout(lines)
    if layout is None:
        bad = next((line for line in lines if not is_tag(line.cells[-1])), lines[0])
        raise DataError(
            f"{path}, line {bad.number}: expected a token and a tag such as O or B-LABEL in the last column; found "
            f"{' '.join(bad.cells)[:60]!r}. Name the columns by data.conll_columns=[tokens,_,ner_tags]."
        )
    return layout


def _told_layout(lines: Sequence[Line], names: Sequence[str]) -> _Layout:
    if not {"tokens", "ner_tags"} <= set(names):
        raise ConfigError(
            f"data.conll_columns: expected tokens and ner_tags among the names; found {', '.join(names)}."
        )
    tag_column = names.index("ner_tags")
    tags = [line.cells[tag_column] for line in lines if len(line.cells) > tag_column]
    has_prefixes = any(is_tag(tag) and tag not in OUTSIDE_TAGS for tag in tags) or are_tags(tags[1:])
    return _Layout(names.index("tokens"), tag_column, has_prefixes and not are_tags(tags) and not is_tag(tags[0]))


def _recognize_layout(lines: Sequence[Line]) -> _Layout | None:
    """Find the last column that has nothing but tags, or else nothing but O and labels; None if there is none.

    Only the first line may be a header. Columns are counted from the left if all lines have the same number of them,
    and otherwise only the last one, as -1, may be the tag. The first one counts only if no other does, and with tags
    that have prefixes.
    """
    widths = {len(line.cells) for line in lines}
    if max(widths) < 2 or (len(lines) > 1 and min(widths) < 2):
        return None
    columns = range(max(widths) - 1, 0, -1) if len(widths) == 1 else [-1]
    for fits in (are_tags, _are_plain_labels):
        for column in columns:
            values = [line.cells[column] for line in lines]
            has_header = not fits(values) and not is_tag(values[0]) and len(values) > 1 and fits(values[1:])
            if has_header or fits(values):
                return _Layout(_token_column(lines[has_header:], column), column, has_header)
    if len(widths) == 1 and are_tags([line.cells[0] for line in lines]):
        return _Layout(tokens=-1, tags=0)
    return None


def _token_column(lines: Sequence[Line], tag_column: int) -> int:
    """Return the second column if there is one besides the tags, and the first one numbers the tokens."""
    is_numbered = tag_column != 1 and lines[0].cells[0] in ("0", "1")
    return int(is_numbered and all(len(line.cells) > 2 and WORD_ID.fullmatch(line.cells[0]) for line in lines))


def _are_plain_labels(values: Sequence[str]) -> bool:
    outside = {"O", "o"}
    distinct = set(values) - outside
    if outside.isdisjoint(values) or len(distinct) > _MAX_PLAIN_LABELS:
        return False
    return all(is_plain_label(value) and not is_tag(value) for value in distinct)


def _cell(path: Path, line: Line, column: int) -> str:
    if column >= len(line.cells) or not line.cells[column]:
        raise DataError(f"{path}, line {line.number}: expected a token and a tag; found {' '.join(line.cells)[:60]!r}.")
    return line.cells[column]
