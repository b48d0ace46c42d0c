"""Trigram scores for the completions of a word."""

import math
from collections.abc import Sequence

import torch

from docsight.spelling.keystrokes.completer import WordScorer
from docsight.spelling.lexicon.tables import ZIPF_STEPS, Lexicon
from docsight.spelling.lexicon.trigrams import EDGE_ID, OTHER_ID, Trigrams
from docsight.spelling.tokens import lexicon_id, read_tokens
from docsight.vocab import Vocab

_MAX_READ_CHARS = 80  # of the text before a word: the last two words, with room
_SENTENCE_ENDS = frozenset(".!?")
_ZIPF_OF_ALL = 9.0  # Zipf frequencies count in 10**9 words


class TrigramRescorer:
    """Scores words by how much likelier they are after a text than anywhere.

    The frequency of a word is left out: the lexicon and the language model know it.

    Args:
        trigrams: The trigram model.
        lexicon: The frequencies of its words.
        words: The vocabulary of both.
        weight: The weight of the trigrams relative to language model and lexicon.
    """

    def __init__(self, trigrams: Trigrams, lexicon: Lexicon, words: Vocab, *, weight: float = 0.7) -> None:
        self._trigrams, self._words, self._weight = trigrams, words, weight
        self._anywhere = (lexicon.zipf.float() / ZIPF_STEPS - _ZIPF_OF_ALL) * math.log(10)

    def __call__(self, before: str) -> WordScorer:
        """Return the scorer of the next word.

        Args:
            before: The text before the word, with all its spaces and signs.
        """
        line = before[-_MAX_READ_CHARS:].rpartition("\n")[2]
        last = read_tokens(line).surfaces[-2:]
        is_start = bool(last) and last[-1] in _SENTENCE_ENDS
        first, second = [EDGE_ID, EDGE_ID, *([] if is_start else map(self._id, last))][-2:]

        def score(words: Sequence[str]) -> list[float]:
            third = torch.tensor([self._id(word) for word in words], dtype=torch.long)
            here = self._trigrams.log_prob(torch.full_like(third, first), torch.full_like(third, second), third)
            gain = torch.where(third > OTHER_ID, here - self._anywhere[third], 0.0)  # 0 for words outside the lexicon
            return (self._weight * gain).tolist()

        return score

    def _id(self, surface: str) -> int:
        """Return the id of a word in the trigrams, which count signs as edges."""
        return lexicon_id(surface, self._words) if any(map(str.isalnum, surface)) else EDGE_ID
