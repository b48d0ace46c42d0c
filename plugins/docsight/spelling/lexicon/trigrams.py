"""A trigram model that backs off, as sorted hashes and one byte a probability."""

import torch
from torch import Tensor, nn

STEP = 1 / 16  # of a stored logarithm, in nats: one byte reaches down to -15.9
OTHER = 1  # what every word outside the lexicon is
EDGE = 0  # the start and the end of a sentence, and every sign
# Odd, their bits well mixed: the key of a trigram is a sum of products, its upper half.
_FACTORS = (-7046029254386353131, -4417276706812531889, 7109453100751455733)


class Trigrams(nn.Module):
    """Log probabilities of words after the two before them (absolute discounting; Ney, Essen and Kneser 1994).

    An entry is found by 32 bits of a hash: of a million others, one in four thousand strange look-ups meets one.

    Args:
        num_words: Ids of words, from 0; 0 stands for edges and signs, 1 for words outside the lexicon.
        num_bigrams: Pairs that are stored.
        num_trigrams: Triples that are stored.
    """

    unigram: Tensor
    unigram_backoff: Tensor
    bigram_keys: Tensor
    bigram: Tensor
    bigram_backoff: Tensor
    trigram_keys: Tensor
    trigram: Tensor

    def __init__(self, *, num_words: int, num_bigrams: int, num_trigrams: int) -> None:
        super().__init__()
        for name, size, kind in (
            ("unigram", num_words, torch.uint8),
            ("unigram_backoff", num_words, torch.uint8),
            ("bigram_keys", num_bigrams, torch.int32),
            ("bigram", num_bigrams, torch.uint8),
            ("bigram_backoff", num_bigrams, torch.uint8),
            ("trigram_keys", num_trigrams, torch.int32),
            ("trigram", num_trigrams, torch.uint8),
        ):
            self.register_buffer(name, torch.zeros(max(size, 1), dtype=kind))  # never empty, so that look-ups may miss

    def log_prob(self, first: Tensor, second: Tensor, third: Tensor) -> Tensor:
        """Return log p(third | first, second) in nats, for ids of any one shape."""
        shape = third.shape
        first, second, third = first.reshape(-1), second.reshape(-1), third.reshape(-1)
        after_two, has_two = _find(self.trigram_keys, hash_ids(first, second, third))
        context, has_context = _find(self.bigram_keys, hash_ids(first, second))
        after_one, has_one = _find(self.bigram_keys, hash_ids(second, third))
        # Logarithms are stored as their distance from 0, in steps.
        steps = torch.where(
            has_one, self.bigram[after_one].int(), self.unigram[third].int() + self.unigram_backoff[second].int()
        )
        steps = steps + torch.where(has_context, self.bigram_backoff[context].int(), 0)
        steps = torch.where(has_two, self.trigram[after_two].int(), steps)
        return (steps * -STEP).reshape(shape)


def hash_ids(*ids: Tensor) -> Tensor:
    """Hash rows of ids, each (n,), to 32 bits: (n,) int32."""
    mixed = sum(one.long() * factor for one, factor in zip(ids, _FACTORS, strict=False))
    assert isinstance(mixed, Tensor)
    mixed = mixed ^ ((mixed >> 29) & 0x7FFFFFFFF)
    mixed = mixed * _FACTORS[2]
    return (mixed >> 32).int()


def _find(keys: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """Return where each wanted key stands among sorted ones, and whether it does."""
    at = torch.searchsorted(keys, wanted).clamp(max=len(keys) - 1)
    return at, keys[at] == wanted
