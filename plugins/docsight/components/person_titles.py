"""Titles before names, such as `Cllr. Hargreaves`: they are no part of the name, and no entity without it."""

from collections.abc import Sequence

from docsight.components.inverted_names import PERSON_LABELS
from docsight.components.word_rows import WordAt
from docsight.networks.spans import ScoredSpan

_TITLE_WORDS = (
    "Capt Cllr Councillor Cpl Dame Dr Frau Herr Lt Madam Madame Messrs Miss Mlle Mme Mr Mrs Ms PCSO Prof Revd Sgt Sir"
)
_PERSON_TITLES = frozenset(_TITLE_WORDS.split())
_ABBREVIATIONS = frozenset(("Adm", "Col", "Fr", "Gen", "Hon", "Maj", "Rev"))  # without a full stop, they may be names


def trim_titles(spans: Sequence[ScoredSpan], word_at: WordAt, num_words: int) -> Sequence[ScoredSpan]:
    """Remove the titles that persons begin with, and the persons that are nothing else.

    Args:
        spans: The entities of a row, in words, in order.
        word_at: Returns a word of the row.
        num_words: The number of words of the row.
    """
    trimmed = []
    for span in spans:
        start = _skip_titles(span.start, span.end, word_at, num_words) if span.label in PERSON_LABELS else span.start
        if start == span.start:
            trimmed.append(span)
        elif start < span.end:
            trimmed.append(span._replace(start=start))
    return trimmed


def _skip_titles(start: int, end: int, word_at: WordAt, num_words: int) -> int:
    """Return the first word from `start` that is no title; `end` or more if there is none before it."""
    while start < end:
        word = word_at(start)
        has_stop = word.endswith(".") or (start + 1 < num_words and word_at(start + 1) == ".")
        title = word.removesuffix(".")
        if not (title in _PERSON_TITLES or (has_stop and title in _ABBREVIATIONS)):
            break
        start += 1 + (has_stop and not word.endswith("."))
    return start
