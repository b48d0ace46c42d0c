"""Which words fit behind a text, by the trigrams."""

import math
from collections.abc import Sequence

import torch

from docsight.spelling.keystrokes.completer import Rank
from docsight.spelling.lexicon.tables import ZIPF_STEPS, Lexicon
from docsight.spelling.lexicon.trigrams import EDGE_ID, OTHER_ID, Trigrams
from docsight.spelling.tokens import key_of, read_tokens
from docsight.vocab import Vocab

_READ = 80  # characters of the text before that are read: the last two words, with room
_CLOSING = frozenset(".!?")
_ZIPF_OF_ALL = 9.0  # Zipf frequencies count in 10**9 words


class TrigramRescorer:
    """Ranks words by how much likelier they are behind a text than anywhere.

    By that alone: how frequent they are, the lexicon tells, and the language model.

    Args:
        trigrams: The trigram model.
        lexicon: The frequencies of its words.
        words: The ids of both.
        weight: The weight of the trigrams beside language model and lexicon.
    """

    def __init__(self, trigrams: Trigrams, lexicon: Lexicon, words: Vocab, *, weight: float = 0.7) -> None:
        self._trigrams, self._words, self._weight = trigrams, words, weight
        self._anywhere = (lexicon.zipf.float() / ZIPF_STEPS - _ZIPF_OF_ALL) * math.log(10)

    def __call__(self, before: str) -> Rank:
        """Return the ranking of the word that comes next, after a text with all its spaces and signs."""
        line = before[-_READ:].rpartition("\n")[2]
        last = read_tokens(line).surfaces[-2:]
        closed = bool(last) and last[-1] in _CLOSING
        first, second = [EDGE_ID, EDGE_ID, *([] if closed else map(self._id, last))][-2:]

        def rank(words: Sequence[str]) -> list[float]:
            third = torch.tensor([self._id(word) for word in words], dtype=torch.long)
            here = self._trigrams.log_prob(torch.full_like(third, first), torch.full_like(third, second), third)
            gain = torch.where(third > OTHER_ID, here - self._anywhere[third], 0.0)  # nothing is known of other words
            return (self._weight * gain).tolist()

        return rank

    def _id(self, surface: str) -> int:
        """Return the id of a word as the trigrams were counted: signs are edges, its possessive is the word."""
        key = key_of(surface)
        if not any(char.isalnum() for char in key):
            return EDGE_ID
        found = self._words.id(key)
        return self._words.id(key[:-2]) if found == OTHER_ID and key.endswith("'s") else found
