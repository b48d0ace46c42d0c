"""An index of the lexicon by prefixes."""

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

LEXICON_WEIGHT = 0.2  # of the frequencies of words, relative to the language model
_AFTER_LETTERS = "{"  # sorts after every letter and the apostrophe
_MAX_CACHED_PREFIXES = 32_768  # the same few thousand prefixes are looked up all the time


class Span(NamedTuple):
    """The words with one prefix, as a range of the sorted words."""

    start: int
    end: int


class PrefixIndex:
    """Sorted words with their frequencies.

    Args:
        words: Distinct words of `a` to `z` and apostrophes.
        zipf: (words,) the Zipf frequencies.
    """

    def __init__(self, words: Sequence[str], zipf: ArrayLike) -> None:
        order = sorted(range(len(words)), key=words.__getitem__)
        self.words = [words[n] for n in order]
        # Words without a frequency get Zipf 1, one occurrence in a hundred million words.
        self._counts = 10.0 ** np.maximum(np.asarray(zipf, dtype=np.float64)[order], 1.0)
        self._below: list[float] = np.concatenate([[0.0], np.cumsum(self._counts)]).tolist()
        self.all = Span(0, len(self.words))
        self.narrow = lru_cache(_MAX_CACHED_PREFIXES)(self._narrow)
        self.best = lru_cache(_MAX_CACHED_PREFIXES)(self._best)

    def mass(self, span: Span) -> float:
        """Return the total occurrences of the words of a span in 10**9 words."""
        return self._below[span.end] - self._below[span.start]

    def is_word(self, span: Span, prefix: str) -> bool:
        """Return whether a prefix, whose span is given, is a word."""
        return span.start < span.end and self.words[span.start] == prefix

    def count(self, at: int) -> float:
        """Return the occurrences of the word at an index in 10**9 words."""
        return self._below[at + 1] - self._below[at]

    def _narrow(self, span: Span, prefix: str) -> Span:
        """Return the words with a prefix, all of which are in the span."""
        start = bisect_left(self.words, prefix, span.start, span.end)
        return Span(start, bisect_left(self.words, prefix + _AFTER_LETTERS, start, span.end))

    def _best(self, span: Span, max_words: int) -> list[int]:
        """Return the indices of the most frequent words of a span, by descending frequency."""
        counts = self._counts[span.start : span.end]
        places = np.arange(len(counts))
        if len(counts) > max_words:
            places = np.argpartition(counts, len(counts) - max_words)[-max_words:]
        return [span.start + int(n) for n in places[np.argsort(-counts[places], kind="stable")]]
