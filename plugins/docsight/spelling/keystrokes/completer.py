"""Completion of the current word, by the language model, the lexicon and the trigrams."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch

from docsight.networks.char_lm import CharLM
from docsight.spelling.arrays import Floats
from docsight.spelling.keystrokes.beam import Beam, Hypothesis
from docsight.spelling.keystrokes.letter_error_model import CODES, LETTERS
from docsight.spelling.keystrokes.prefixes import LEXICON_WEIGHT, PrefixIndex, Span
from docsight.spelling.lexicon.tables import ZIPF_STEPS, Lexicon
from docsight.spelling.lexicon.trigrams import EDGE_ID, OTHER_ID, Trigrams
from docsight.spelling.tokens import lexicon_id, read_tokens
from docsight.vocab import Vocab

# From words in lower case to the log probability of each at the current place, up to a constant.
WordScorer = Callable[[Sequence[str]], Sequence[float]]

_MAX_COMPLETED = 2  # hypotheses
_WORDS_PER_PREFIX = 4
_MIN_PROBABILITY = 0.03  # of a hypothesis that is completed
_MAX_READ_CHARS = 80  # of the text before a word: the last two words, with room
_SENTENCE_ENDS = frozenset(".!?")
_ZIPF_OF_ALL = 9.0  # Zipf frequencies count in 10**9 words


class Completer:
    """Ranks the words that continue the hypotheses of a beam.

    The language model gives the probability of the next two letters, if they were read ahead, and the lexicon
    that of the rest.
    """

    def __init__(self, network: CharLM, index: PrefixIndex) -> None:
        self.index = index
        self._lower, self._upper = (network.encode(letters).numpy() for letters in (LETTERS, LETTERS.upper()))

    def complete(self, beam: Beam, max_words: int, scorer: WordScorer | None = None) -> tuple[tuple[str, float], ...]:
        """Return the likeliest completions, the likeliest first, with their probabilities.

        The scorer, if there is one, adds to the scores of a few dozen words.
        """
        scores: dict[str, float] = {}
        num_completed = 0
        for row, start in enumerate(beam.hypotheses[: beam.kept]):
            if start.span is None or math.exp(start.score) < _MIN_PROBABILITY or num_completed == _MAX_COMPLETED:
                continue
            num_completed += 1
            for word, score in self._words(beam, row, start, start.span):
                shown = _in_case_of(word, start.text)
                scores[shown] = float(np.logaddexp(scores.get(shown, -math.inf), score))
        if not scores:
            return ()
        total = 0.0
        if scorer is not None:
            for word, log_prob in zip(list(scores), scorer([word.lower() for word in scores]), strict=True):
                scores[word] += log_prob
            total = float(np.logaddexp.reduce(list(scores.values())))
        ranked = sorted(scores.items(), key=lambda item: -item[1])[:max_words]
        return tuple((word, math.exp(score - total)) for word, score in ranked)

    def _words(self, beam: Beam, row: int, start: Hypothesis, start_span: Span) -> list[tuple[str, float]]:
        """Return words with the prefix of a hypothesis, with log probabilities."""
        num_typed = len(start.text)
        places = set(self.index.best(start_span, _WORDS_PER_PREFIX * 2))
        ahead = {}  # by the next letter: the words that begin so, and the log probabilities of the letter after it
        for n, parent in enumerate(beam.parents, start=beam.kept):
            hypothesis = beam.hypotheses[n]
            if parent == row and hypothesis.span is not None:
                ahead[hypothesis.text[-1].lower()] = hypothesis.span, self._next(beam.log_probs[n])
                places.update(self.index.best(hypothesis.span, _WORDS_PER_PREFIX))
        mass = self.index.mass(start_span)
        first = self._next(beam.log_probs[row])
        words = []
        for at in places:
            word = self.index.words[at]
            if len(word) == num_typed:
                continue
            letter = word[num_typed]
            score = start.score
            if letter in ahead:
                span, second = ahead[letter]
                score += _mixed(first[CODES[letter]], self.index.mass(span) / mass)
                score += self._rest(at, span, second, num_typed + 1)
            else:
                score += self._rest(at, start_span, first, num_typed)
            words.append((word, score))
        return words

    def _rest(self, at: int, span: Span, logs: Floats, num_read: int) -> float:
        """Return the log probability of the rest of a word after `num_read` letters, the next one by both models."""
        word, count, mass = self.index.words[at], self.index.count(at), self.index.mass(span)
        if len(word) == num_read:
            return _mixed(math.log(max(1e-9, 1 - float(np.exp(logs).sum()))), count / mass)
        next_mass = self.index.mass(self.index.narrow(span, word[: num_read + 1]))
        return _mixed(float(logs[CODES[word[num_read]]]), next_mass / mass) + math.log(count / next_mass)

    def _next(self, log_probs: Floats) -> Floats:
        """Return the log probabilities of the letters in either case, (letters,)."""
        either: Floats = np.logaddexp(log_probs[self._lower], log_probs[self._upper])
        return either


def _mixed(log_prob: float, fraction: float) -> float:
    return math.log((1 - LEXICON_WEIGHT) * math.exp(log_prob) + LEXICON_WEIGHT * fraction + 1e-12)


def _in_case_of(word: str, text: str) -> str:
    """Return a word with its typed letters as typed, and all capitals if they are."""
    rest = word[len(text) :]
    return text + (rest.upper() if len(text) > 1 and text.isupper() else rest)


class TrigramRescorer:
    """Scores words by how much likelier they are after a text than elsewhere.

    The frequency of a word is left out: the lexicon and the language model know it. The weight is relative to them.
    """

    def __init__(self, trigrams: Trigrams, lexicon: Lexicon, words: Vocab, *, weight: float = 0.7) -> None:
        self._trigrams, self._words, self._weight = trigrams, words, weight
        self._anywhere = (lexicon.zipf.float() / ZIPF_STEPS - _ZIPF_OF_ALL) * math.log(10)

    def __call__(self, before: str) -> WordScorer:
        """Return the scorer of the next word from the text before it, with all its spaces and punctuation."""
        line = before[-_MAX_READ_CHARS:].rpartition("\n")[2]
        last = read_tokens(line).surfaces[-2:]
        is_start = bool(last) and last[-1] in _SENTENCE_ENDS
        first, second = [EDGE_ID, EDGE_ID, *([] if is_start else map(self._id, last))][-2:]

        def score(words: Sequence[str]) -> list[float]:
            third = torch.tensor([self._id(word) for word in words], dtype=torch.long, device="cpu")
            here = self._trigrams.log_prob(torch.full_like(third, first), torch.full_like(third, second), third)
            gain = torch.where(third > OTHER_ID, here - self._anywhere[third], 0.0)  # 0 for words outside the lexicon
            return (self._weight * gain).tolist()

        return score

    def _id(self, surface: str) -> int:
        """Return the id of a word in the trigrams, which count punctuation as edges."""
        return lexicon_id(surface, self._words) if any(map(str.isalnum, surface)) else EDGE_ID
