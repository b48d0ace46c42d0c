"""CoNLL-U with entities."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from docsight.errors import DataError
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, text_of_tokens
from docsight_training.data.ner.formats.column_lines import (
    WORD_ID,
    Line,
    one_cell,
    sample_rows,
    split_sentences,
    with_beginnings,
)
from docsight_training.data.ner.tag_schemes import (
    EMPTY_TAG,
    OUTSIDE_TAGS,
    are_tags,
    decode_tags,
    iob2_tags,
    is_plain_label,
    may_be_tag,
)
from docsight_training.data.text_files import read_text

_NUM_COLUMNS = 10
_FORM, _MISC = 1, 9  # columns
_ENTITY_KEYS = ("NER", "NE", "Entity", "name", "ner")  # in MISC, as NER=B-PER
_MISC_PLACE = "{} of MISC"
_PLAIN_LABEL_KEYS = ("NER", "NE", "ner")  # in MISC, as NER=PER; the values of others may be anything


def read_conllu(path: Path, findings: Findings) -> Iterator[AnnotatedText]:
    """Read a CoNLL-U file whose entities are in MISC, as `NER=B-PER` or `B-PER`, or in one more column.

    Raises:
        DataError: A line has fewer than ten columns, or there are no entity tags.
    """
    read = [(sentence.document, _words(path, sentence.lines)) for sentence in split_sentences(read_text(path))]
    rows = [(f"{path.name}, line {lines[0].number}", document, lines) for document, lines in read if lines]
    places = [place for place, *_ in rows]
    tags = _entity_tags(path, [lines for *_, lines in rows])
    return (
        text_of_tokens(
            [line.cells[_FORM] for line in lines],
            spans,
            place,
            document=document,
            glued=["SpaceAfter=No" in line.cells[_MISC].split("|") for line in lines],
        )
        for (place, document, lines), spans in zip(rows, decode_tags(tags, places, findings), strict=True)
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


def _words(path: Path, lines: Sequence[Line]) -> list[Line]:
    """Return the lines of words. Ranges such as 2-3 are words of several tokens, and 2.1 are not in the text."""
    words = [line for line in lines if WORD_ID.fullmatch(line.cells[0])]
    for line in words:
        if len(line.cells) < _NUM_COLUMNS:
            raise DataError(
                f"{path}, line {line.number}: expected the ten columns of CoNLL-U, separated by tabs; found "
                f"{len(line.cells)}. For other columns: data.source=conll."
            )
    return words


def _entity_tags(path: Path, sentences: Sequence[Sequence[Line]]) -> list[list[str]]:
    """Return the tag of each word, from the first place that has nothing but tags, or else nothing but labels."""
    seen: dict[str, str] = {}
    label_places = {place: _TAG_PLACES[place] for place in map(_MISC_PLACE.format, _PLAIN_LABEL_KEYS)}
    for fits, places in ((are_tags, _TAG_PLACES), (_are_labels, label_places)):
        for place, tag_of in places.items():
            tags = [[tag_of(line.cells) for line in lines] for lines in sentences]
            given = [tag for row in tags for tag in row if tag is not None]
            if given and fits(given):
                return [[tag or EMPTY_TAG for tag in row] for row in tags]
            seen |= {place: given[0]} if given else {}
    found = f"; found {', '.join(f'{tag[:40]!r} in {place}' for place, tag in seen.items())}" if seen else ""
    raise DataError(
        f"{path}: no token has an entity; expected NER=B-LABEL in the last column, or the tag in one more "
        f"column{found}."
    )


def _are_labels(tags: Iterable[str]) -> bool:
    return all(tag in OUTSIDE_TAGS or is_plain_label(tag) for tag in tags)


def _extra_cell(cells: Sequence[str]) -> str | None:
    return cells[-1] if len(cells) > _NUM_COLUMNS else None


def _misc_tag(cells: Sequence[str]) -> str | None:
    return cells[_MISC] if may_be_tag(cells[_MISC]) and "=" not in cells[_MISC] else None


def _misc_value(key: str) -> Callable[[Sequence[str]], str | None]:
    def value(cells: Sequence[str]) -> str | None:
        return dict(part.partition("=")[::2] for part in cells[_MISC].split("|")).get(key)

    return value


# Where the tag of a word may be, and how to get it from the cells of its line.
_TAG_PLACES = {
    "the last column": _extra_cell,
    "MISC": _misc_tag,
    **{_MISC_PLACE.format(key): _misc_value(key) for key in _ENTITY_KEYS},
}
