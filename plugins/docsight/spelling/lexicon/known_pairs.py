"""Misspellings with their listed corrections."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from docsight.spelling.arrays import Ints, as_array, spread
from docsight.spelling.lexicon.hashing import hash_words


class KnownPairs(nn.Module):
    """The misspellings of published lists, with their corrections.

    Attributes:
        hashes: (pairs,) int64, the hashes of the misspellings, ascending, one entry for each correction.
        first: (pairs,) int32, the word id of the correction.
        second: (pairs,) int32, the id of the second word where the correction has two (alot, a lot), or 0.

    Args:
        num_pairs: The number of pairs.
    """

    hashes: Tensor
    first: Tensor
    second: Tensor

    def __init__(self, *, num_pairs: int) -> None:
        super().__init__()
        self.register_buffer("hashes", torch.zeros(num_pairs, dtype=torch.int64))
        self.register_buffer("first", torch.zeros(num_pairs, dtype=torch.int32))
        self.register_buffer("second", torch.zeros(num_pairs, dtype=torch.int32))

    @classmethod
    def from_pairs(cls, pairs: Sequence[tuple[str, int, int]]) -> Self:
        """Build the table from distinct (misspelling, id of the correction, id of its second word or 0)."""
        table = cls(num_pairs=len(pairs))
        hashes = hash_words([misspelling for misspelling, _, _ in pairs]).view(np.int64)
        order = np.argsort(hashes, kind="stable")
        table.hashes.copy_(torch.from_numpy(hashes[order]))
        table.first.copy_(torch.tensor([first for _, first, _ in pairs], dtype=torch.int32)[order])
        table.second.copy_(torch.tensor([second for _, _, second in pairs], dtype=torch.int32)[order])
        return table

    def lookup(self, typed: Sequence[str]) -> tuple[Ints, Ints, Ints]:
        """Return the listed corrections of some words.

        Args:
            typed: Keys of words.

        Returns:
            (row, first_id, second_id), (matches,) each; row is an index into `typed`, ascending.
        """
        wanted = hash_words(typed).view(np.int64)
        hashes = as_array(self.hashes)
        row, at = spread(np.searchsorted(hashes, wanted, "left"), np.searchsorted(hashes, wanted, "right"))
        return row, as_array(self.first)[at].astype(np.int64), as_array(self.second)[at].astype(np.int64)
