"""Titles before names, such as `Cllr. Hargreaves`: they are no part of the name, and no entity without it."""

from collections.abc import Sequence

from docsight.components.inverted_names import PERSON_LABELS
from docsight.components.word_rows import WordAt
from docsight.networks.spans import ScoredSpan

# Never part of a name.
_TITLE_WORDS = (
    "Capt Captain Cllr Cmdr Colonel Congressman Congresswoman Corporal Councillor Cpl Dame Dr Frau Herr Hr Lieut "
    "Lieutenant Lt Madam Madame Messrs Miss Mister Mlle Mme Monsieur Mr Mrs Ms PCSO Prof Professor Revd Senator "
    "Sergeant Sgt Signor Signora Sir Supt"
)
# With a full stop; without one, they may be names.
_ABBREVIATION_WORDS = "Adm Ald Brig Col Comdr Cdr Det Fr Gen Gov Hon Insp Maj Mons Msgr Pres Pvt Rep Rev Rt Sen"
# Before another word of a name. Others, such as Lady, Major and Queen, begin the names of artists, too.
_RANK_WORDS = (
    "Admiral Ambassador Archbishop Brigadier Chancellor Commander Commodore Emperor Empress Governor Honorable "
    "Honourable President Reverend"
)
_PERSON_TITLES, _RANKS = frozenset(_TITLE_WORDS.split()), frozenset(_RANK_WORDS.split())
_ABBREVIATIONS = frozenset(_ABBREVIATION_WORDS.split())


def trim_titles(spans: Sequence[ScoredSpan], word_at: WordAt, num_words: int) -> Sequence[ScoredSpan]:
    """Remove the titles that persons begin with, and the persons that are nothing else.

    The arguments are those of `AnnotationConventions.mend`.
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
        is_rank = title in _RANKS and start + 1 < end and not has_stop
        if not (title in _PERSON_TITLES or is_rank or (has_stop and title in _ABBREVIATIONS)):
            break
        start += 1 + (has_stop and not word.endswith("."))
    return start
