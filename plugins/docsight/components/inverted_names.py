"""Names with the family name first, such as `Keller, Maria`: one person, where the layout shows that it is no list."""

import re
from collections.abc import Iterator, Sequence, Set
from itertools import pairwise
from typing import NamedTuple

from docsight.components.word_rows import WordAt
from docsight.networks.spans import ScoredSpan
from docsight.vocab import CELL_END, LINE_END

PERSON_LABELS = ("PER", "PERSON")
_MAX_GIVEN_NAMES = 2  # or initials
_MIN_WHOLE = 0.5  # of the names in this form that are one entity, for each that is two
_PARTICLE_WORDS = "Da De Del Della Den Der Di Du El La Le Mac San St Ten Ter Van Von"
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_BETWEEN_NAMES = (LINE_END, CELL_END, ";")
_QUOTES = ('"', "\u201c", "\u201d")
_AFTER_NAME = (*_BETWEEN_NAMES, "(", *_QUOTES)
_REFERENCE_NUMBER = re.compile(r"\[?\d{1,3}[\].)]+")
_INITIAL = re.compile(r"(?:[^\W\d_]\.-?)+")
_YEAR = re.compile(r"(?:1[5-9]|20)\d{2}[a-z]?")
# These labels hold lists, although they are in the singular: `To: Anna, Tom` may be a mail to two persons.
_LABELS_OF_LISTS = frozenset(("to", "cc", "bcc"))


class _Pair(NamedTuple):
    """Two entities that together have the form of an inverted name."""

    whole: ScoredSpan
    is_certain: bool  # it is a name wherever it stands, or a reference begins with it; otherwise it is an item


def join_inverted_names(spans: Sequence[ScoredSpan], word_at: WordAt, num_words: int) -> Sequence[ScoredSpan]:
    """Join a family name and the given names after a comma where they are all of a line, a cell or an item of a list.

    `Maria, Tom` may be two persons. So the label before it must be in the singular (`Name: Keller, Maria`), its
    neighbor must have the same form (`Keller, Maria; Hale, Tom`), it must be in quotes, as in mails, or the names that
    are entities as they are must show that the text writes names like this. Mail headers hold lists: after `To:`, a
    semicolon must end the item. In lists of references, a name that begins the line may be followed by a year
    (`Keller, Maria. 1999.`). A name whose last part is an initial (`Keller, Maria A.`) is one in any case.

    A name that was joined has the lower score of its parts.

    The arguments are those of `AnnotationConventions.mend`.
    """
    pairs = dict(_pairs(spans, word_at, num_words))
    if not pairs:
        return spans
    found = [span for span in spans if _is_item(span, word_at, num_words) and _is_inverted_name(span, word_at)]
    is_usual = len(found) >= _MIN_WHOLE * len(pairs)
    names = [*(pair.whole for pair in pairs.values()), *found]
    starts, ends = {name.start for name in names}, {name.end for name in names}
    joined: list[ScoredSpan] = []
    for at, span in enumerate(spans):
        pair = pairs.get(at)
        if pair is not None and (
            pair.is_certain
            or is_usual
            or _is_introduced(pair.whole, word_at, num_words)
            or _has_neighbor(pair.whole, starts, ends, word_at)
        ):
            joined.append(pair.whole)
        elif not joined or joined[-1].end <= span.start:
            joined.append(span)
    return joined


def _pairs(spans: Sequence[ScoredSpan], word_at: WordAt, num_words: int) -> Iterator[tuple[int, _Pair]]:
    """Yield the number of the first of two entities that may be one inverted name, and the pair."""
    for at, (first, second) in enumerate(pairwise(spans)):
        if second.start != first.end + 1 or second.label != first.label:
            continue
        whole = first._replace(end=second.end, score=min(first.score, second.score))
        if not _is_inverted_name(whole, word_at):
            continue
        is_certain = _is_initial(whole.end - 1, word_at) or _begins_reference(whole, word_at, num_words)
        if is_certain or _is_item(whole, word_at, num_words):
            yield at, _Pair(whole, is_certain)


def _is_inverted_name(span: ScoredSpan, word_at: WordAt) -> bool:
    """Return whether a span is a family name, a comma and given names."""
    comma = _family_name_end(span, word_at)
    return span.label in PERSON_LABELS and 1 <= span.end - comma - 1 <= _MAX_GIVEN_NAMES and word_at(comma) == ","


def _is_item(span: ScoredSpan, word_at: WordAt, num_words: int) -> bool:
    """Return whether a span is all of its line or cell, or of an item of a list."""
    return (span.start == 0 or word_at(span.start - 1) in (*_BETWEEN_NAMES, ":", *_QUOTES)) and (
        span.end == num_words or word_at(span.end) in _AFTER_NAME
    )


def _begins_reference(span: ScoredSpan, word_at: WordAt, num_words: int) -> bool:
    """Return whether a span begins its line or an item of a numbered list, and a year follows."""
    before = "".join(word_at(at) for at in range(max(0, span.start - 2), span.start))
    is_first = (
        span.start == 0 or before.endswith(LINE_END) or _REFERENCE_NUMBER.fullmatch(before.removeprefix(LINE_END))
    )
    year = span.end
    while year < num_words and word_at(year) in (".", ",", "("):
        year += 1
    return bool(is_first) and year < num_words and _YEAR.fullmatch(word_at(year)) is not None


def _is_initial(at: int, word_at: WordAt) -> bool:
    return _INITIAL.fullmatch(word_at(at)) is not None


def _family_name_end(span: ScoredSpan, word_at: WordAt) -> int:
    """Return the word after the first one that is no particle such as `van der`."""
    end = span.start
    while end < span.end - 1 and word_at(end).capitalize() in _PARTICLES:
        end += 1
    return end + 1


def _is_introduced(name: ScoredSpan, word_at: WordAt, num_words: int) -> bool:
    """Return whether a quote mark or a label that suits one item precedes a name."""
    before = name.start - 1
    if before >= 0 and word_at(before) in _QUOTES:
        return True
    label = _label_before(name.start, word_at).lower()
    if label in _LABELS_OF_LISTS:
        return name.end < num_words and word_at(name.end) == ";"
    return label != "" and not label.endswith("s")


def _label_before(start: int, word_at: WordAt) -> str:
    """Return the word before the colon that precedes an item or is in the cell before it; an empty string without."""
    colon = start - 1
    if colon > 0 and word_at(colon) == CELL_END:
        colon -= 1
    return word_at(colon - 1) if colon > 0 and word_at(colon) == ":" else ""


def _has_neighbor(name: ScoredSpan, starts: Set[int], ends: Set[int], word_at: WordAt) -> bool:
    """Return whether an item of the same form is beside a name; `starts` and `ends` are of all such items."""
    return (name.start - 1 in ends and word_at(name.start - 1) in _BETWEEN_NAMES) or (
        name.end + 1 in starts and word_at(name.end) in _BETWEEN_NAMES
    )
