"""The words of the lexicon by how they begin."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

_AFTER = "{"  # sorts behind every letter and the apostrophe
_REMEMBERED = 32_768  # answers: the same few thousand beginnings are asked for all the time


class Span(NamedTuple):
    """The words with one beginning, a stretch of the sorted words; empty where none begins so."""

    start: int
    end: int


class PrefixIndex:
    """Sorted words with their frequencies.

    Args:
        words: Distinct words of `a` to `z` and apostrophes.
        zipf: (words,) their Zipf frequencies.
    """

    def __init__(self, words: Sequence[str], zipf: ArrayLike) -> None:
        order = sorted(range(len(words)), key=words.__getitem__)
        self.words = [words[n] for n in order]
        # Words without a frequency are known all the same: zipf 1 is one occurrence in a hundred million words.
        counts = 10.0 ** np.maximum(np.asarray(zipf, dtype=np.float64)[order], 1.0)
        self._counts = counts
        self._below = np.concatenate([[0.0], np.cumsum(counts)]).tolist()
        self.all = Span(0, len(self.words))
        self._narrowed: dict[tuple[Span, str], Span] = {}
        self._ranked: dict[tuple[Span, int], list[int]] = {}

    def narrow(self, span: Span, prefix: str) -> Span:
        """Return the words of a span that begin with a prefix; the span holds all that do."""
        found = self._narrowed.get((span, prefix))
        if found is None:
            start = bisect_left(self.words, prefix, span.start, span.end)
            found = Span(start, bisect_left(self.words, prefix + _AFTER, start, span.end))
            if len(self._narrowed) >= _REMEMBERED:
                self._narrowed.clear()
            self._narrowed[span, prefix] = found
        return found

    def mass(self, span: Span) -> float:
        """Return how often the words of a span occur in 10**9 words, together."""
        return self._below[span.end] - self._below[span.start]

    def is_word(self, span: Span, prefix: str) -> bool:
        """Tell whether a prefix is a word itself, given the span of the prefix."""
        return span.start < span.end and self.words[span.start] == prefix

    def count(self, at: int) -> float:
        """Return how often the word at a place in the order occurs in 10**9 words."""
        return self._below[at + 1] - self._below[at]

    def best(self, span: Span, most: int) -> list[int]:
        """Return the places of the most frequent words of a span, at most so many, by falling frequency."""
        found = self._ranked.get((span, most))
        if found is None:
            counts = self._counts[span.start : span.end]
            places = (
                np.argpartition(counts, len(counts) - most)[-most:] if len(counts) > most else np.arange(len(counts))
            )
            found = [span.start + int(n) for n in places[np.argsort(-counts[places], kind="stable")]]
            if len(self._ranked) >= _REMEMBERED:
                self._ranked.clear()
            self._ranked[span, most] = found
        return found
