"""The vectors of words without their context, which are kept for the next texts."""

from collections.abc import Sequence

import torch
from torch import Tensor

from docsight.networks.spans import encode_words, word_types
from docsight.networks.tagger import Tagger
from docsight.vector_cache import VectorCache
from docsight.vocab import Vocab

MAX_KEPT = 20_000  # vectors, 10 MB in the shipped model
# The most words of a call whose vectors are kept. For more, encoding is a small part of the time, and they would drive
# out the vectors of the others.
MAX_LOOKED_UP = 256


class WordVectors:
    """Encodes distinct words with a tagger. Most words of a short text have been seen before.

    Several threads may use it at once.

    Args:
        network: The tagger, in evaluation mode.
        words: Its words.
        chars: Its characters.
        device: The device of the tagger.
    """

    def __init__(self, network: Tagger, words: Vocab, chars: Vocab, device: torch.device) -> None:
        self.network, self._words, self._chars, self._device = network, words, chars, device
        self._kept = VectorCache(MAX_KEPT)

    def __call__(self, words: Sequence[str]) -> Tensor:
        """Return the vectors of distinct words, at least one: (words, input), on the device."""
        if len(words) > MAX_LOOKED_UP:
            return self._encode(words)
        return self._kept.look_up(words, lambda new: self._encode_new([words[at] for at in new])).to(self._device)

    def _encode_new(self, words: list[str]) -> Tensor:
        # A single word has slightly different numbers in oneDNN, by 1e-7.
        return self._encode([*words, words[0]])[:-1].cpu()

    def _encode(self, words: Sequence[str]) -> Tensor:
        types = word_types(words, vocab=self._words, chars=self._chars)
        return encode_words(self.network, types.to(self._device))
