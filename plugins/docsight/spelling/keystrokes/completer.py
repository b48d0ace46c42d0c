"""Completion of the current word."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from docsight.networks.char_lm import CharLM
from docsight.spelling.keystrokes.beam import Beam, Hypothesis
from docsight.spelling.keystrokes.letter_error_model import CODES, LETTERS
from docsight.spelling.keystrokes.prefixes import PrefixIndex, Span

# From words in lower case to the log probability of each at the current place, up to a constant.
WordScorer = Callable[[Sequence[str]], Sequence[float]]

_MAX_COMPLETED = 2  # hypotheses
_WORDS_PER_PREFIX = 4
_MIN_PROBABILITY = 0.03  # of a hypothesis that is completed


class Completer:
    """Ranks the words that continue the hypotheses of a beam.

    The language model gives the probability of the next two letters, as far as they were read ahead, and the lexicon
    that of the rest.

    Args:
        network: The language model, for the ids of its characters.
        index: The lexicon.
        weight: The weight of the lexicon's frequencies relative to the language model.
    """

    def __init__(self, network: CharLM, index: PrefixIndex, *, weight: float = 0.2) -> None:
        self.index, self.weight = index, weight
        self._lower = np.array([network.id(letter) for letter in LETTERS])
        self._upper = np.array([network.id(letter.upper()) for letter in LETTERS])

    def complete(self, beam: Beam, max_words: int, scorer: WordScorer | None = None) -> tuple[tuple[str, float], ...]:
        """Return the likeliest completions, the likeliest first, with their probabilities.

        Args:
            beam: The hypotheses.
            max_words: The maximum number of completions.
            scorer: A further score of the words; called with a few dozen.
        """
        scores: dict[str, float] = {}
        num_completed = 0
        for row, start in enumerate(beam.hypotheses[: beam.kept]):
            if start.span is None or math.exp(start.score) < _MIN_PROBABILITY or num_completed == _MAX_COMPLETED:
                continue
            num_completed += 1
            for word, score in self._words(beam, row, start):
                shown = _in_case_of(word, start.text)
                scores[shown] = float(np.logaddexp(scores.get(shown, -math.inf), score))
        if not scores:
            return ()
        if scorer is not None:
            for word, log_prob in zip(list(scores), scorer([word.lower() for word in scores]), strict=True):
                scores[word] += log_prob
        ranked = sorted(scores.items(), key=lambda item: -item[1])[:max_words]
        if scorer is None:
            return tuple((word, math.exp(score)) for word, score in ranked)
        total = float(np.logaddexp.reduce(list(scores.values())))
        return tuple((word, math.exp(score - total)) for word, score in ranked)

    def _words(self, beam: Beam, row: int, start: Hypothesis) -> list[tuple[str, float]]:
        """Return words with the prefix of a hypothesis, with log probabilities."""
        assert start.span is not None
        num_typed = len(start.text)
        ahead = {
            beam.hypotheses[n].text[-1].lower(): n
            for n, parent in enumerate(beam.parents, start=beam.kept)
            if parent == row
        }
        places = set(self.index.best(start.span, _WORDS_PER_PREFIX * 2))
        for n in ahead.values():
            span = beam.hypotheses[n].span
            if span is not None:
                places.update(self.index.best(span, _WORDS_PER_PREFIX))
        mass = self.index.mass(start.span)
        first = self._next(beam.log_probs[row])
        second = {letter: self._next(beam.log_probs[n]) for letter, n in ahead.items()}
        words = []
        for at in places:
            word = self.index.words[at]
            if len(word) == num_typed:
                continue
            letter = word[num_typed]
            score = start.score
            if letter in ahead:
                span = beam.hypotheses[ahead[letter]].span
                assert span is not None
                score += self._mixed(first[CODES[letter]], self.index.mass(span) / mass)
                score += self._rest(at, span, second[letter], num_typed + 1)
            else:
                score += self._rest(at, start.span, first, num_typed)
            words.append((word, score))
        return words

    def _rest(self, at: int, span: Span, logs: NDArray[np.float32], num_read: int) -> float:
        """Return the log probability of the rest of a word after `num_read` letters, the next one by both models."""
        word, count, mass = self.index.words[at], self.index.count(at), self.index.mass(span)
        if len(word) == num_read:
            return self._mixed(math.log(max(1e-9, 1 - float(np.exp(logs).sum()))), count / mass)
        next_mass = self.index.mass(self.index.narrow(span, word[: num_read + 1]))
        return self._mixed(float(logs[CODES[word[num_read]]]), next_mass / mass) + math.log(count / next_mass)

    def _mixed(self, log_prob: float, fraction: float) -> float:
        return math.log((1 - self.weight) * math.exp(log_prob) + self.weight * fraction + 1e-12)

    def _next(self, log_probs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the log probabilities of the letters in either case, (letters,)."""
        either: NDArray[np.float32] = np.logaddexp(log_probs[self._lower], log_probs[self._upper])
        return either


def _in_case_of(word: str, text: str) -> str:
    """Return a word with its typed letters as typed, and all capitals if they are."""
    rest = word[len(text) :]
    return text + (rest.upper() if len(text) > 1 and text.isupper() else rest)
