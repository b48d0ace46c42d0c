"""The vectors of words without their context, which are kept for the next texts."""

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import Tensor

from docsight.networks.spans import encode_words, word_types
from docsight.networks.tagger import Tagger
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
        self._kept: OrderedDict[str, Tensor] = OrderedDict()  # on the CPU, the oldest first

    def __call__(self, words: Sequence[str]) -> Tensor:
        """Return the vectors of distinct words, at least one: (words, input), on the device."""
        if len(words) > MAX_LOOKED_UP:
            return self._encode(words)
        # All are read before any is added: another thread may drop them.
        found: dict[str, Tensor | None] = {word: self._kept.get(word) for word in words}
        fresh = [word for word, vector in found.items() if vector is None]
        if fresh:
            # A single word has slightly different numbers in oneDNN, by 1e-7.
            encoded = self._encode([*fresh, fresh[0]]).cpu()
            new = {word: vector.clone() for word, vector in zip(fresh, encoded, strict=False)}
            found |= new
            self._kept |= new
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return torch.stack([vector for vector in found.values() if vector is not None]).to(self._device)

    def _encode(self, words: Sequence[str]) -> Tensor:
        types = word_types(words, vocab=self._words, chars=self._chars)
        return encode_words(self.network, types.to(self._device))
