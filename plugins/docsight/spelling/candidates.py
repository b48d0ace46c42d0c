"""The words that may have been meant by what was typed: near in letters, near in sound, or known from lists."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]

MAX_LETTERS = 32
KEY = re.compile(r"[a-z']+")

_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_INVERSE = pow(_BASE, -1, 2**64)
_POWERS = np.array([pow(_BASE, i, 2**64) for i in range(MAX_LETTERS)], dtype=np.uint64)


def _mixed(number: int) -> int:
    """Scatter a number over 64 bits (splitmix64): hashes are kept in model folders and must stay the same."""
    mixed = number * 0x9E3779B97F4A7C15 % 2**64
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB % 2**64
    return mixed ^ (mixed >> 31)


_LETTERS = np.array([0] + [_mixed(code) for code in range(1, 256)], dtype=np.uint64)


class KnownPairs(nn.Module):
    """Misspellings that lists tell the corrections of.

    Attributes:
        hashes: (pairs,) int64, the hashes of the misspellings, rising; each stands once for every correction it has.
        first: (pairs,) int32, the word id of the correction.
        second: (pairs,) int32, the word id of the second word of a correction of two (alot, a lot); 0 for none.

    Args:
        num_pairs: How many pairs there are.
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
    def from_pairs(cls, pairs: Sequence[tuple[str, int, int]]) -> "KnownPairs":
        """Hold (misspelling, id of the correction, id of its second word or 0), each given once."""
        made = cls(num_pairs=len(pairs))
        hashes = hash_words([misspelling for misspelling, _, _ in pairs]).view(np.int64)
        order = np.argsort(hashes, kind="stable")
        made.hashes.copy_(torch.from_numpy(hashes[order]))
        made.first.copy_(torch.tensor([first for _, first, _ in pairs], dtype=torch.int32)[order])
        made.second.copy_(torch.tensor([second for _, _, second in pairs], dtype=torch.int32)[order])
        return made

    def lookup(self, typed: Sequence[str]) -> tuple[Ints, Ints, Ints]:
        """Return the corrections known of some words.

        Args:
            typed: Keys of words.

        Returns:
            (row, first_id, second_id), int64, (found,) each; row is an index into `typed`, rising.
        """
        wanted = hash_words(typed).view(np.int64)
        hashes = self.hashes.cpu().numpy()
        row, at = spread(np.searchsorted(hashes, wanted, "left"), np.searchsorted(hashes, wanted, "right"))
        return row, self.first.cpu().numpy()[at].astype(np.int64), self.second.cpu().numpy()[at].astype(np.int64)


def encode_words(words: Sequence[str]) -> tuple[Codes, Ints]:
    """Write words of ASCII, at most 32 letters each, as bytes.

    Returns:
        (codes, lengths): uint8 (words, 32), 0 behind the end of a word; int64 (words,).
    """
    codes = np.array(words, dtype=f"S{MAX_LETTERS}").view(np.uint8).reshape(len(words), MAX_LETTERS)
    return codes, np.count_nonzero(codes, axis=1).astype(np.int64)


def hash_words(words: Sequence[str]) -> Hashes:
    """Hash words by a polynomial modulo 2**64: uint64 (words,), the same on every machine and in every version."""
    codes, _ = encode_words(words)
    return prefix_hashes(codes)[:, -1]


def prefix_hashes(codes: Codes) -> Hashes:
    """Hash all beginnings of words: (words, 33); column i is the hash of the first i letters."""
    values = _LETTERS[codes] * _POWERS
    sums = np.zeros((len(codes), MAX_LETTERS + 1), dtype=np.uint64)
    np.cumsum(values, axis=1, out=sums[:, 1:])
    return sums


def spread(start: npt.NDArray[Any], end: npt.NDArray[Any]) -> tuple[Ints, Ints]:
    """Write out ranges: (row, position), int64, with each position of each range in order."""
    counts = np.maximum(end - start, 0).astype(np.int64)
    row = np.repeat(np.arange(len(counts)), counts)
    ends = np.cumsum(counts)
    return row, np.arange(len(row)) - np.repeat(ends - counts - start, counts)
