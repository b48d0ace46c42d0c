"""Files with a token a line, in columns: CoNLL in its many forms, and CoNLL-U with entities.

The columns are separated by tabs, or else by spaces. Sentences end at empty lines; documents begin at -DOCSTART- lines
or `# newdoc` comments. The tag is in the last column that has nothing but tags. The token is in the first column, or in
the second one if the first one numbers the tokens, or in the last one if the tag comes first.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from docsight.errors import ConfigError, DataError
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, text_of_tokens
from docsight_training.data.ner.tag_schemes import (
    OUTSIDE_TAGS,
    are_tags,
    decode_tags,
    iob2_tags,
    is_plain_label,
    is_tag,
    may_be_tag,
)
from docsight_training.data.text_files import read_text

_DOCUMENT_START = "-DOCSTART-"
_NEW_DOCUMENT = re.compile(r"#\s*newdoc\b(?:\s+id\s*=\s*(.+))?")
_SPACES = re.compile(r"[ \t]+")
_WORD_ID = re.compile(r"\d+")
_CONLLU_COLUMNS = 10
_FORM, _MISC = 1, 9  # columns of CoNLL-U
_ENTITY_KEYS = ("NER", "NE", "Entity", "name", "ner")  # in MISC, as NER=B-PER
_MAX_PLAIN_LABELS = 50  # different labels without a prefix; a column of words has more
_MAX_SAMPLED_LINES = 2000  # of a file, to recognise it
_MIN_TAGGED = 0.5  # of these lines; the others are reported when the file is read


@dataclass
class _Line:
    """A line with a token: its number, and its columns."""

    number: int
    cells: list[str]


class _Layout(NamedTuple):
    """The columns of the tokens and of the tags, and whether the first line names the columns."""

    tokens: int
    tags: int
    has_header: bool = False


@dataclass
class _Sentence:
    document: str | None
    lines: list[_Line] = field(default_factory=list)


def read_columns(path: Path, column_names: Sequence[str] | None, findings: Findings) -> Iterator[AnnotatedText]:
    """Read a CoNLL file.

    Args:
        path: The file.
        column_names: The names of its columns in order, among them `tokens` and `ner_tags`; None to recognise them.
        findings: Receives tags that continue nothing.

    Raises:
        DataError: A line has no tag; the message names the line.
    """
    sentences = _split_sentences(read_text(path))
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
    places, documents, tokens, tags = zip(*rows, strict=True)
    spans = decode_tags(tags, places, findings)
    return (
        text_of_tokens(row_tokens, row_spans, place, document=document)
        for place, document, row_tokens, row_spans in zip(places, documents, tokens, spans, strict=True)
    )


def read_conllu(path: Path, findings: Findings) -> Iterator[AnnotatedText]:
    """Read a CoNLL-U file whose entities are in MISC, as `NER=B-PER` or `B-PER`, or in one more column.

    Raises:
        DataError: A line has fewer than ten columns, or no line has an entity tag.
    """
    sentences = _split_sentences(read_text(path))
    rows = []
    num_tagged = 0
    for sentence in sentences:
        # Ranges such as 2-3 are words of several tokens, and 2.1 are tokens that are not in the text.
        lines = [line for line in sentence.lines if _WORD_ID.fullmatch(line.cells[0])]
        if not lines:
            continue
        for line in lines:
            if len(line.cells) < _CONLLU_COLUMNS:
                raise DataError(
                    f"{path}, line {line.number}: expected the ten columns of CoNLL-U, separated by tabs; found "
                    f"{len(line.cells)}. For other columns: data.source=conll."
                )
        tags = [_entity_tag(line.cells) for line in lines]
        num_tagged += sum(tag is not None for tag in tags)
        rows.append((f"{path.name}, line {lines[0].number}", sentence.document, lines, tags))
    if rows and not num_tagged:
        raise DataError(
            f"{path}: no token has an entity; expected NER=B-LABEL in the last column, or the tag in one more column."
        )
    places = [place for place, *_ in rows]
    spans = decode_tags([[tag or "O" for tag in tags] for *_, tags in rows], places, findings)
    return (
        text_of_tokens(
            [line.cells[_FORM] for line in lines],
            row_spans,
            place,
            document=document,
            glued=["SpaceAfter=No" in line.cells[_MISC].split("|") for line in lines],
        )
        for (place, document, lines, _), row_spans in zip(rows, spans, strict=True)
    )


def looks_like_conllu(path: Path) -> bool:
    rows = _sample(path)
    return bool(rows) and all(len(row) >= _CONLLU_COLUMNS and re.match(r"\d+(?:[-.]\d+)?$", row[0]) for row in rows)


def looks_like_columns(path: Path) -> bool:
    """Return whether nearly all lines have a tag after the first column, or all have a label without a prefix."""
    rows = _sample(path)
    num_tagged = sum(any(map(is_tag, row[1:])) for row in rows)
    if rows and num_tagged >= _MIN_TAGGED * len(rows):
        return True
    return bool(rows) and _recognise_layout([_Line(number, cells) for number, cells in enumerate(rows)]) is not None


def write_columns(path: Path, texts: Iterable[AnnotatedText]) -> None:
    """Write a line with token, tab and IOB2 tag for each token. Documents begin with a -DOCSTART- line."""
    with path.open("x", encoding="utf-8") as file:
        for text, begins_document in _with_beginnings(texts):
            if begins_document:
                file.write(f"{_DOCUMENT_START}\tO\n\n")
            words = text.words()
            for word, tag in zip(words, iob2_tags(text.token_spans(), len(words)), strict=True):
                file.write(f"{_one_cell(word, text.place)}\t{tag}\n")
            file.write("\n")


def write_conllu(path: Path, texts: Iterable[AnnotatedText]) -> None:
    """Write CoNLL-U with the entities as NER=TAG in MISC."""
    with path.open("x", encoding="utf-8") as file:
        for text, begins_document in _with_beginnings(texts):
            if begins_document:
                file.write(f"# newdoc id = {' '.join((text.document or '').split())}\n")
            file.write(f"# text = {' '.join(text.text.split())}\n")
            words, tokens = text.words(), text.tokens or ()
            following = [start for start, _ in tokens][1:]
            glued = [end == start for (_, end), start in zip(tokens, following, strict=False)]
            tags = iob2_tags(text.token_spans(), len(words))
            for number, (word, tag, is_glued) in enumerate(zip(words, tags, [*glued, False], strict=True), start=1):
                misc = f"NER={tag}" + ("|SpaceAfter=No" if is_glued else "")
                columns = [str(number), _one_cell(word, text.place), *["_"] * 7, misc]
                file.write("\t".join(columns) + "\n")
            file.write("\n")


def _with_beginnings(texts: Iterable[AnnotatedText]) -> Iterator[tuple[AnnotatedText, bool]]:
    """Yield each text, and whether it is the first one of a document that has an id."""
    last: str | None = None
    for text in texts:
        yield text, text.document is not None and text.document != last
        last = text.document


def _one_cell(word: str, place: str) -> str:
    if re.search(r"[\t\r\n]", word):
        raise DataError(f"{place}: the token {word!r} has a tab or a line break in it, which columns cannot hold.")
    return word


def _split_sentences(text: str) -> list[_Sentence]:
    lines = [line.rstrip() for line in text.split("\n")]
    rows = [(number, line) for number, line in enumerate(lines, start=1) if line]
    has_tabs = sum("\t" in line for _, line in rows if not line.startswith("#")) * 2 > len(rows)
    cells = {
        number: [cell.strip(" ") for cell in line.split("\t")]
        if has_tabs and "\t" in line
        else _SPACES.split(line.lstrip())
        for number, line in rows
    }
    last_cells = {cells[number][-1] for number, line in rows if not line.startswith("#")}
    width = Counter(map(len, cells.values())).most_common(1)[0][0] if cells else 0
    sentences = [_Sentence(None)]
    document, num_documents = None, 0
    for number, line in enumerate(lines, start=1):
        if number not in cells:
            sentences.append(_Sentence(document))
        elif line.startswith(_DOCUMENT_START) or (match := _NEW_DOCUMENT.match(line)):
            num_documents += 1
            document = f"{num_documents}"
            if not line.startswith(_DOCUMENT_START) and match is not None and match[1]:
                document = match[1].strip()
            sentences.append(_Sentence(document))
        elif not line.startswith("#") or _is_token(cells[number], width, last_cells):
            sentences[-1].lines.append(_Line(number, cells[number]))
    return sentences


def _is_token(cells: Sequence[str], width: int, last_cells: Set[str]) -> bool:
    """Return whether a line that begins with # is a token rather than a comment, given the last cells of other lines.

    A comment may end like a tag of an unusual form, such as `# part-B`; then another line must have this tag.
    """
    return len(cells) == width and (is_tag(cells[-1]) or (may_be_tag(cells[-1]) and cells[-1] in last_cells))


def _find_layout(path: Path, lines: Sequence[_Line]) -> _Layout:
    layout = _recognise_layout(lines)
    if layout is None:
        bad = next((line for line in lines if not is_tag(line.cells[-1])), lines[0])
        raise DataError(
            f"{path}, line {bad.number}: expected a token and a tag such as O or B-LABEL in the last column; found "
            f"{' '.join(bad.cells)[:60]!r}. Name the columns by data.conll_columns=[tokens,_,ner_tags]."
        )
    return layout


def _told_layout(lines: Sequence[_Line], names: Sequence[str]) -> _Layout:
    if not {"tokens", "ner_tags"} <= set(names):
        raise ConfigError(
            f"data.conll_columns: expected tokens and ner_tags among the names; found {', '.join(names)}."
        )
    tag_column = names.index("ner_tags")
    tags = [line.cells[tag_column] for line in lines if len(line.cells) > tag_column]
    has_prefixes = any(is_tag(tag) and tag not in OUTSIDE_TAGS for tag in tags) or are_tags(tags[1:])
    return _Layout(names.index("tokens"), tag_column, has_prefixes and not are_tags(tags) and not is_tag(tags[0]))


def _recognise_layout(lines: Sequence[_Line]) -> _Layout | None:
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


def _token_column(lines: Sequence[_Line], tag_column: int) -> int:
    """Return the second column if there is one besides the tags, and the first one numbers the tokens."""
    is_numbered = tag_column != 1 and lines[0].cells[0] in ("0", "1")
    return int(is_numbered and all(len(line.cells) > 2 and _WORD_ID.fullmatch(line.cells[0]) for line in lines))


def _are_plain_labels(values: Sequence[str]) -> bool:
    outside = {"O", "o"}
    distinct = set(values) - outside
    if outside.isdisjoint(values) or len(distinct) > _MAX_PLAIN_LABELS:
        return False
    return all(is_plain_label(value) and not is_tag(value) for value in distinct)


def _cell(path: Path, line: _Line, column: int) -> str:
    if column >= len(line.cells) or not line.cells[column]:
        raise DataError(f"{path}, line {line.number}: expected a token and a tag; found {' '.join(line.cells)[:60]!r}.")
    return line.cells[column]


def _entity_tag(cells: Sequence[str]) -> str | None:
    """Return the entity tag of a token of CoNLL-U, None if there is none."""
    if len(cells) > _CONLLU_COLUMNS and is_tag(cells[-1]):
        return cells[-1]
    if is_tag(cells[_MISC]):
        return cells[_MISC]
    values = dict(part.partition("=")[::2] for part in cells[_MISC].split("|"))
    return next((values[key] for key in _ENTITY_KEYS if is_tag(values.get(key, ""))), None)


def _sample(path: Path) -> list[list[str]]:
    """Return the columns of the first lines of a file; none if it is not text."""
    try:
        text = read_text(path)
    except DataError:
        return []
    sentences = _split_sentences("\n".join(text.split("\n", _MAX_SAMPLED_LINES)[:_MAX_SAMPLED_LINES]))
    return [line.cells for sentence in sentences for line in sentence.lines]
