"""A bounded store of the vectors of words that were encoded lately."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress

import torch
from torch import Tensor


class VectorCache:
    """Keeps the vectors of words, on the CPU, for the next texts. Several threads may use it at once.

    Args:
        max_vectors: How many are kept; the oldest are dropped.
    """

    def __init__(self, max_vectors: int) -> None:
        self._max_vectors = max_vectors
        self._kept: OrderedDict[str, Tensor] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def look_up(self, words: Sequence[str], encode: Callable[[list[int]], Tensor]) -> Tensor:
        """Return the vectors of distinct words, at least one: (words, width).

        Args:
            words: The words.
            encode: Returns the vectors, (indices, width) on the CPU, of the words at some indices: those that are new.
        """
        # All are read before any is added: another thread may drop them.
        found = [self._kept.get(word) for word in words]
        fresh = [at for at, vector in enumerate(found) if vector is None]
        if fresh:
            for at, vector in zip(fresh, encode(fresh), strict=True):
                found[at] = self._kept[words[at]] = vector.clone()  # a view would keep all of them
            while len(self._kept) > self._max_vectors:
                with suppress(KeyError):  # another thread has dropped the last one
                    self._kept.popitem(last=False)
        return torch.stack([vector for vector in found if vector is not None])
