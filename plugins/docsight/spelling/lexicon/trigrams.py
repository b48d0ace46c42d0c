"""A backoff trigram model, stored as sorted hashes and one byte for each probability."""

import torch
from torch import Tensor, nn

STEP = 1 / 16  # of a stored log probability, in nats: one byte reaches down to -15.9
OTHER_ID = 1  # of every word outside the lexicon
EDGE_ID = 0  # of the start and the end of a sentence, and all punctuation
# Odd, with well mixed bits: the key of a trigram is the upper half of a sum of products.
_HASH_FACTORS = (-7046029254386353131, -4417276706812531889, 7109453100751455733)


class Trigrams(nn.Module):
    """Log probabilities of words after the two before them (absolute discounting; Ney, Essen and Kneser 1994).

    Entries are found by 32 bits of a hash: with a million entries, one in four thousand lookups of an absent entry is a
    false match.

    Args:
        num_words: The number of word ids: 0 for edges and punctuation, 1 for words outside the lexicon, then the words.
    """

    def __init__(self, *, num_words: int, num_bigrams: int, num_trigrams: int) -> None:
        super().__init__()
        num_bigrams, num_trigrams = max(num_bigrams, 1), max(num_trigrams, 1)  # never empty, so that a lookup can miss
        self.unigram = nn.Buffer(torch.zeros(num_words, dtype=torch.uint8))
        self.unigram_backoff = nn.Buffer(torch.zeros(num_words, dtype=torch.uint8))
        self.bigram_keys = nn.Buffer(torch.zeros(num_bigrams, dtype=torch.int32))
        self.bigram = nn.Buffer(torch.zeros(num_bigrams, dtype=torch.uint8))
        self.bigram_backoff = nn.Buffer(torch.zeros(num_bigrams, dtype=torch.uint8))
        self.trigram_keys = nn.Buffer(torch.zeros(num_trigrams, dtype=torch.int32))
        self.trigram = nn.Buffer(torch.zeros(num_trigrams, dtype=torch.uint8))

    def log_prob(self, first: Tensor, second: Tensor, third: Tensor) -> Tensor:
        """Return log p(third | first, second) in nats, for ids of one shape."""
        shape = third.shape
        first, second, third = first.reshape(-1), second.reshape(-1), third.reshape(-1)
        after_two, has_two = _find(self.trigram_keys, hash_ids(first, second, third))
        context, has_context = _find(self.bigram_keys, hash_ids(first, second))
        after_one, has_one = _find(self.bigram_keys, hash_ids(second, third))
        # Log probabilities are stored as their distance from 0, in steps.
        steps = torch.where(
            has_one, self.bigram[after_one].int(), self.unigram[third].int() + self.unigram_backoff[second].int()
        )
        steps = steps + torch.where(has_context, self.bigram_backoff[context].int(), 0)
        steps = torch.where(has_two, self.trigram[after_two].int(), steps)
        return (steps.float() * -STEP).reshape(shape)


def hash_ids(*ids: Tensor) -> Tensor:
    """Hash rows of ids, each (n,), to 32 bits: (n,) int32."""
    mixed = sum(column.long() * factor for column, factor in zip(ids, _HASH_FACTORS, strict=False))
    assert isinstance(mixed, Tensor)
    mixed = mixed ^ ((mixed >> 29) & 0x7FFFFFFFF)
    mixed = mixed * _HASH_FACTORS[2]
    return (mixed >> 32).int()


def _find(keys: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """Return the place of each wanted key among sorted keys, and whether it is there."""
    at = torch.searchsorted(keys, wanted).clamp(max=len(keys) - 1)
    return at, keys[at] == wanted
