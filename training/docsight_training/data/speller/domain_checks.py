"""Whether texts are such that a speller can be adapted to them, and whether it became better."""

from collections.abc import Iterator, Sequence

from docsight.errors import DataError
from docsight.spelling.tokens import read_tokens
from docsight_training.data.speller.domain_mistakes import Planted
from docsight_training.data.speller.domain_text import DomainCounts

_MIN_COUNTED = 0.1  # of the words; with fewer, the texts are not what the speller is for
_USUAL_COUNTED = 0.5
_MAX_WRONG = 200.0  # corrections per 10,000 words of texts that are taken to be right
_MIN_PLANTED = 50  # planted misspellings; with fewer, the fraction that is corrected is chance
_MAX_LOSS = 0.05  # of that fraction


def check_words(counts: DomainCounts, documents: Sequence[str]) -> Iterator[str]:
    """Yield a warning if most words of the documents do not count.

    Raises:
        DataError: Hardly any word counts.
    """
    num_words = sum(any(map(str.isalpha, surface)) for text in documents for surface in read_tokens(text).surfaces)
    if counts.total < _MIN_COUNTED * num_words or not num_words:
        raise DataError(
            f"data.path: expected texts in the language of the speller, such as English; found {counts.total:,} such "
            f"words among {num_words:,}. Words in code, addresses and other languages do not count."
        )
    if counts.total < _USUAL_COUNTED * num_words:
        yield (
            f"Only {counts.total:,} of {num_words:,} words count; the others are in code, addresses or another "
            "language, from which nothing is learned."
        )


def effect_warnings(before: Planted, after: Planted, *, num_planted: int) -> Iterator[str]:
    """Yield warnings of texts with many mistakes, of a speller that became worse, and of a test that is too small."""
    if before.wrong > _MAX_WRONG:
        yield (
            f"The speller would correct {before.wrong:.0f} of 10,000 words of the texts. They are taken to be right, "
            "so frequent misspellings become known words: see words.txt, correct the texts, or raise "
            "data.min_count."
        )
    if after.corrected < before.corrected - _MAX_LOSS:
        yield (
            f"The adapted speller corrects {after.corrected:.0%} of the planted misspellings, and the speller before "
            f"{before.corrected:.0%}: use the one before, or give more texts, and texts with fewer mistakes."
        )
    if num_planted < _MIN_PLANTED:
        yield (
            f"The test has only {num_planted} planted misspellings, so `corrected` says little: give more texts, or "
            "raise data.test."
        )
