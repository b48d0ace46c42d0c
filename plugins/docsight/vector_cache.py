"""A bounded store of the vectors of words that were encoded lately."""

import threading
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor


class VectorCache:
    """Keeps the vectors of words, in float32 on the CPU, for the next texts. Several threads may use it at once.

    Args:
        max_vectors: How many are kept; the oldest are dropped.
    """

    def __init__(self, max_vectors: int) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, int] = {}  # of the words that are kept
        self._words: list[str | None] = [None] * max_vectors  # by row
        # One array, because a tensor for each word takes several times the memory. Untouched rows take none.
        self._vectors = np.empty((max_vectors, 0), dtype=np.float32)
        self._next = 0  # the row of the oldest word, which the next one replaces

    def __len__(self) -> int:
        return len(self._rows)

    def look_up(self, words: Sequence[str], encode: Callable[[list[int]], Tensor]) -> Tensor:
        """Return the vectors of distinct words, at least one: (words, width).

        Args:
            words: The words.
            encode: Returns the vectors, (indices, width) on the CPU, of the words at some indices: those that are new.
        """
        with self._lock:
            rows = [self._rows.get(word, -1) for word in words]
            fresh = [at for at, row in enumerate(rows) if row < 0]
            known = self._vectors[rows] if len(fresh) < len(words) else None  # a copy; those of new words are replaced
        if not fresh:
            assert known is not None
            return torch.from_numpy(known)
        encoded = encode(fresh).numpy()
        vectors = np.empty((len(words), encoded.shape[1]), dtype=np.float32) if known is None else known
        vectors[fresh] = encoded
        with self._lock:
            for at in fresh[-len(self._words) :]:
                self._keep(words[at], vectors[at])
        return torch.from_numpy(vectors)

    def _keep(self, word: str, vector: np.ndarray) -> None:
        if not self._words or word in self._rows:  # another thread may have added it
            return
        if not self._vectors.shape[1]:
            self._vectors = np.empty((len(self._words), len(vector)), dtype=np.float32)
        oldest = self._words[self._next]
        if oldest is not None:
            del self._rows[oldest]
        self._words[self._next], self._rows[word], self._vectors[self._next] = word, self._next, vector
        self._next = (self._next + 1) % len(self._words)
