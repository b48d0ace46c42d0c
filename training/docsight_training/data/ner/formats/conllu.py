"""CoNLL-U with entities."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from docsight.errors import DataError
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, text_of_tokens
from docsight_training.data.ner.formats.column_lines import (
    WORD_ID,
    one_cell,
    sample_rows,
    split_sentences,
    with_beginnings,
)
from docsight_training.data.ner.tag_schemes import decode_tags, iob2_tags, is_tag
from docsight_training.data.text_files import read_text

_NUM_COLUMNS = 10
_FORM, _MISC = 1, 9  # columns
_ENTITY_KEYS = ("NER", "NE", "Entity", "name", "ner")  # in MISC, as NER=B-PER


def read_conllu(path: Path, findings: Findings) -> Iterator[AnnotatedText]:
    """Read a CoNLL-U file whose entities are in MISC, as `NER=B-PER` or `B-PER`, or in one more column.

    Raises:
        DataError: A line has fewer than ten columns, or no line has an entity tag.
    """
    sentences = split_sentences(read_text(path))
    rows = []
    num_tagged = 0
    for sentence in sentences:
        # Ranges such as 2-3 are words of several tokens, and 2.1 are tokens that are not in the text.
        lines = [line for line in sentence.lines if WORD_ID.fullmatch(line.cells[0])]
        if not lines:
            continue
        for line in lines:
            if len(line.cells) < _NUM_COLUMNS:
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
    rows = sample_rows(path)
    return bool(rows) and all(len(row) >= _NUM_COLUMNS and re.match(r"\d+(?:[-.]\d+)?$", row[0]) for row in rows)


def write_conllu(path: Path, texts: Iterable[AnnotatedText]) -> None:
    """Write CoNLL-U with the entities as NER=TAG in MISC."""
    with path.open("x", encoding="utf-8") as file:
        for text, begins_document in with_beginnings(texts):
            if begins_document:
                file.write(f"# newdoc id = {' '.join((text.document or '').split())}\n")
            file.write(f"# text = {' '.join(text.text.split())}\n")
            words, tokens = text.words(), text.tokens or ()
            following = [start for start, _ in tokens][1:]
            glued = [end == start for (_, end), start in zip(tokens, following, strict=False)]
            tags = iob2_tags(text.token_spans(), len(words))
            for number, (word, tag, is_glued) in enumerate(zip(words, tags, [*glued, False], strict=True), start=1):
                misc = f"NER={tag}" + ("|SpaceAfter=No" if is_glued else "")
                columns = [str(number), one_cell(word, text.place), *["_"] * 7, misc]
                file.write("\t".join(columns) + "\n")
            file.write("\n")


def _entity_tag(cells: Sequence[str]) -> str | None:
    """Return the entity tag of a token of CoNLL-U, None if there is none."""
    if len(cells) > _NUM_COLUMNS and is_tag(cells[-1]):
        return cells[-1]
    if is_tag(cells[_MISC]):
        return cells[_MISC]
    values = dict(part.partition("=")[::2] for part in cells[_MISC].split("|"))
    return next((values[key] for key in _ENTITY_KEYS if is_tag(values.get(key, ""))), None)
