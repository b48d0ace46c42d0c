"""Misspellings with one, two or three learned edits, in the mix of kinds that people make."""

import random
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Mapping
from itertools import accumulate

from docsight_training.data.speller.alignment import LEARNER_MIX, align, edit_kind
from docsight_training.data.speller.edits import DELETE, INSERT, LETTERS, NUM_EDITS, EditCounts

_EDIT_KINDS = tuple(LEARNER_MIX)
_GROUP_FRACTION = 0.4  # of the words with two edits, those where a learned group of letters replaces another
_FIT_WORDS, _FIT_ROUNDS = 4000, 5  # words drawn in a round of fitting the mix


class EditSampler:
    """Draws edits of words by their rates, scaled so that the misspellings have the wanted mix.

    Args:
        lexicon: Words in lower case that are not misspellings; fitting the mix skips them.
        mix: The wanted fraction of each kind of edit, as in `LEARNER_MIX`.
        first: The wanted fraction of misspellings with a wrong first letter.
        two: The fraction of misspelled words with two edits; `three` likewise.

    Raises:
        ValueError: A kind is missing from the mix.
    """

    def __init__(
        self,
        counts: EditCounts,
        *,
        lexicon: Collection[str] = frozenset(),
        mix: Mapping[str, float] = LEARNER_MIX,
        first: float = 0.05,
        two: float = 0.25,
        three: float = 0.045,
    ) -> None:
        if set(mix) != set(_EDIT_KINDS):
            raise ValueError(f"Expected the mix to have the kinds {', '.join(_EDIT_KINDS)}; found {', '.join(mix)}.")
        self.two, self.three = two, three
        self._counts = counts
        self._scales = dict.fromkeys((*_EDIT_KINDS, "first"), 1.0)
        self._weights: dict[str, array[float]] = {}
        self._fit({kind: fraction / sum(mix.values()) for kind, fraction in mix.items()}, first, lexicon)

    def sample(self, word: str, rng: random.Random) -> str:
        """Apply one, two or three edits to a word in lower case, as many as its length allows; it may not change."""
        draw = rng.random()
        if draw >= self.two + self.three or len(word) < 4:
            return self._edit(word, rng)
        typed = self._counts.exchange(word, rng) if rng.random() < _GROUP_FRACTION else word
        if typed == word:
            typed = self._edit(self._edit(word, rng), rng)
        return self._edit(typed, rng) if draw < self.three and len(word) > 5 else typed

    def _edit(self, word: str, rng: random.Random) -> str:
        padded = f"~^{word}$"
        totals = []
        total = 0.0
        for i in range(len(word) + 1):
            triple = padded[i : i + 3]
            if triple not in self._weights:
                self._weights[triple] = self._cumulative_weights(triple)
            total += self._weights[triple][-1]
            totals.append(total)
        draw = rng.random() * total
        i = min(bisect_right(totals, draw), len(word))
        weights = self._weights[padded[i : i + 3]]
        edit = min(bisect_right(weights, draw - totals[i] + weights[-1]), NUM_EDITS - 1)
        if edit < INSERT:
            typed = f"{word[: i - 1]}{LETTERS[edit]}{word[i:]}"
        elif edit < DELETE:
            typed = f"{word[:i]}{LETTERS[edit - INSERT]}{word[i:]}"
        elif edit == DELETE:
            typed = word[: i - 1] + word[i:]
        else:
            typed = f"{word[: i - 1]}{word[i : i + 1]}{word[i - 1 : i]}{word[i + 1 :]}"
        return typed or word

    def _cumulative_weights(self, triple: str) -> "array[float]":
        """Return the running sum of the weights of the edits at the middle one of three letters."""
        scales, first = self._scales, self._scales["first"]
        weights = (
            rate * scales[kind] * first if wrong_first else rate * scales[kind]
            for rate, kind, wrong_first in self._counts.rates(triple)
        )
        return array("d", accumulate(weights))

    def _fit(self, mix: Mapping[str, float], first: float, lexicon: Collection[str]) -> None:
        """Scale the kinds of edits until misspellings of the listed words have the wanted mix.

        The mix can only be found by drawing: not every word can be undoubled, and many deletions give a real word.
        """
        rng = random.Random(0)
        words = self._counts.sample(rng, _FIT_WORDS)
        for _ in range(_FIT_ROUNDS):
            self._weights.clear()
            drawn = Counter[str]()
            for word in words:
                typed = self.sample(word, rng)
                edits = align(typed, word) if typed not in lexicon else None
                if edits:
                    drawn.update(edit_kind(typed, word, edit) for edit in edits)
                    drawn["words"] += 1
                    drawn["first"] += typed[0] != word[0]
            total = sum(drawn[kind] for kind in _EDIT_KINDS)
            for kind, fraction in mix.items():
                self._scales[kind] *= fraction * total / max(drawn[kind], 1)
            self._scales["first"] *= first * drawn["words"] / max(drawn["first"], 1)
        self._weights.clear()
