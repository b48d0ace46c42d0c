"""Names with the family name first, such as `Keller, Maria`: one person, where the layout shows that it is no list."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

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


def join_inverted_names(spans: Sequence[ScoredSpan], word_at: WordAt, num_words: int) -> Sequence[ScoredSpan]:
    """Join a family name and the given names after a comma where they are all of a line, a cell or an item of a list.

    `Maria, Tom` may be two persons. So the label before it must be in the singular (`Name: Keller, Maria`), its
    neighbour must have the same form (`Keller, Maria; Hale, Tom`), it must be in quotes, as in mails, or the names that
    are entities as they are must show that the text writes names like this. In lists of references, a name that begins
    the line may be followed by a year (`Keller, Maria. 1999.`). A name whose last part is an initial
    (`Keller, Maria A.`) is one in any case.

    Args:
        spans: The entities of a row, in words, in order.
        word_at: Returns a word of the row.
        num_words: The number of words of the row.

    Returns:
        The entities. One that was joined has the lower score of its parts.
    """
    pairs = dict(_pairs(spans, word_at, num_words))
    if not pairs:
        return spans
    whole = [span for span in spans if _is_item(span, word_at, num_words) and _is_inverted_name(span, word_at)]
    names = [*pairs.values(), *whole]
    is_usual = len(whole) >= _MIN_WHOLE * len(pairs)
    starts, ends = {name.start for name in names}, {name.end for name in names}
    joined: list[ScoredSpan] = []
    for at, span in enumerate(spans):
        pair = pairs.get(at)
        if pair is not None and (
            _is_initial(pair.end - 1, word_at)
            or (is_usual and _is_item(pair, word_at, num_words))
            or _begins_reference(pair, word_at, num_words)
            or _is_singular_label(pair.start - 1, word_at)
            or (pair.start > 0 and word_at(pair.start - 1) in _QUOTES)
            or (pair.start - 1 in ends and word_at(pair.start - 1) in _BETWEEN_NAMES)
            or (pair.end + 1 in starts and word_at(pair.end) in _BETWEEN_NAMES)
        ):
            joined.append(pair)
        elif not joined or joined[-1].end <= span.start:
            joined.append(span)
    return joined


def _pairs(spans: Sequence[ScoredSpan], word_at: WordAt, num_words: int) -> Iterator[tuple[int, ScoredSpan]]:
    """Yield the number of the first of two entities that together have the form of an inverted name, and the whole."""
    for at, (first, second) in enumerate(pairwise(spans)):
        if second.start == first.end + 1 and second.label == first.label:
            whole = first._replace(end=second.end, score=min(first.score, second.score))
            may_be_name = _is_item(whole, word_at, num_words) or _begins_reference(whole, word_at, num_words)
            if _is_inverted_name(whole, word_at) and (may_be_name or _is_initial(whole.end - 1, word_at)):
                yield at, whole


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


def _is_singular_label(colon: int, word_at: WordAt) -> bool:
    """Return whether a colon is there, or before the cell that ends there, after a word that is not in the plural."""
    if colon > 0 and word_at(colon) == CELL_END:
        colon -= 1
    return colon > 0 and word_at(colon) == ":" and not word_at(colon - 1).lower().endswith("s")
