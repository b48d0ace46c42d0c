"""Whole words for the letters meant so far."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from docsight.networks.char_lm import CharLM
from docsight.spelling.keystrokes.beam import Beam, Hypothesis
from docsight.spelling.keystrokes.letter_error_model import CODES, LETTERS
from docsight.spelling.keystrokes.prefixes import PrefixIndex, Span

# Log-probabilities of lower-case words in the place where one is typed, of which only differences count.
Rank = Callable[[Sequence[str]], Sequence[float]]

_STARTS = 2  # hypotheses that are completed
_EACH = 4  # words that each beginning offers
_LEAST = 0.03  # the probability below which a hypothesis is not completed


class Completer:
    """Ranks the words that go on from the hypotheses of a beam.

    A word's probability is the language model's for the next two letters, where they were read ahead, and the
    lexicon's for the rest.

    Args:
        network: The language model, for the numbers of its characters.
        index: The lexicon.
        weight: The weight of the lexicon's frequencies beside the language model.
    """

    def __init__(self, network: CharLM, index: PrefixIndex, *, weight: float = 0.2) -> None:
        self.index, self.weight = index, weight
        self._lower = np.array([network.id(letter) for letter in LETTERS])
        self._upper = np.array([network.id(letter.upper()) for letter in LETTERS])

    def complete(self, beam: Beam, most: int, rank: Rank | None = None) -> tuple[tuple[str, float], ...]:
        """Return the likeliest words, longer than what was typed for them, with their probabilities.

        Args:
            beam: The hypotheses.
            most: How many words to return.
            rank: What else is known of the words; called with a few dozen.
        """
        scores: dict[str, float] = {}
        started = 0
        for row, start in enumerate(beam.hypotheses[: beam.kept]):
            if start.span is None or math.exp(start.score) < _LEAST or started == _STARTS:
                continue
            started += 1
            for word, score in self._words(beam, row, start):
                shown = _like(word, start.text)
                scores[shown] = float(np.logaddexp(scores.get(shown, -math.inf), score))
        if not scores:
            return ()
        if rank is not None:
            for word, log_prob in zip(list(scores), rank([word.lower() for word in scores]), strict=True):
                scores[word] += log_prob
        ranked = sorted(scores.items(), key=lambda item: -item[1])[:most]
        if rank is None:
            return tuple((word, math.exp(score)) for word, score in ranked)
        total = float(np.logaddexp.reduce(list(scores.values())))
        return tuple((word, math.exp(score - total)) for word, score in ranked)

    def _words(self, beam: Beam, row: int, start: Hypothesis) -> list[tuple[str, float]]:
        """Return words that begin as a hypothesis does, with log-probabilities."""
        assert start.span is not None
        done = len(start.text)
        ahead = {
            beam.hypotheses[n].text[-1].lower(): n
            for n, parent in enumerate(beam.parents, start=beam.kept)
            if parent == row
        }
        places = set(self.index.best(start.span, _EACH * 2))
        for n in ahead.values():
            span = beam.hypotheses[n].span
            if span is not None:
                places.update(self.index.best(span, _EACH))
        mass = self.index.mass(start.span)
        first = self._next(beam.log_probs[row])
        second = {letter: self._next(beam.log_probs[n]) for letter, n in ahead.items()}
        found = []
        for at in places:
            word = self.index.words[at]
            if len(word) == done:
                continue
            letter = word[done]
            score = start.score
            if letter in ahead:
                span = beam.hypotheses[ahead[letter]].span
                assert span is not None
                score += self._mixed(first[CODES[letter]], self.index.mass(span) / mass)
                score += self._rest(at, span, second[letter], done + 1)
            else:
                score += self._rest(at, start.span, first, done)
            found.append((word, score))
        return found

    def _rest(self, at: int, span: Span, logs: NDArray[np.float32], done: int) -> float:
        """Return the log-probability of a word whose next letter the language model knows, after `done` letters."""
        word, count, mass = self.index.words[at], self.index.count(at), self.index.mass(span)
        if len(word) == done:
            return self._mixed(math.log(max(1e-9, 1 - float(np.exp(logs).sum()))), count / mass)
        share = self.index.mass(self.index.narrow(span, word[: done + 1]))
        return self._mixed(float(logs[CODES[word[done]]]), share / mass) + math.log(count / share)

    def _mixed(self, log_prob: float, share: float) -> float:
        return math.log((1 - self.weight) * math.exp(log_prob) + self.weight * share + 1e-12)

    def _next(self, log_probs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the log-probabilities of the letters, in whichever case, (letters,)."""
        return np.logaddexp(log_probs[self._lower], log_probs[self._upper])


def _like(word: str, text: str) -> str:
    """Return a word with the letters typed as they were typed, and in capitals if they are."""
    rest = word[len(text) :]
    return text + (rest.upper() if len(text) > 1 and text.isupper() else rest)
