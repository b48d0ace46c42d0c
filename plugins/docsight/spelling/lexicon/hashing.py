"""Hashes of words, of words with letters deleted, and a table that finds values by hash."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from docsight.spelling.arrays import Bytes, Hashes, Ints, spread

MAX_LETTERS = 32
_HASHED_AT_ONCE = 8192  # words, which bounds the memory beside the hashes themselves

_HASH_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_INVERSE = np.uint64(pow(_HASH_BASE, -1, 2**64))
_INVERSE_2 = np.uint64(pow(_HASH_BASE, -2, 2**64))
_POWERS = np.array([pow(_HASH_BASE, i, 2**64) for i in range(MAX_LETTERS)], dtype=np.uint64)


def _mixed(number: int) -> int:
    """Mix a number into 64 bits (splitmix64). Model folders hold hashes, so this must never change."""
    mixed = number * 0x9E3779B97F4A7C15 % 2**64
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB % 2**64
    return mixed ^ (mixed >> 31)


_LETTER_HASHES = np.array([0] + [_mixed(code) for code in range(1, 256)], dtype=np.uint64)


def encode_words(words: Sequence[str]) -> tuple[Bytes, Ints]:
    """Encode ASCII words of at most 32 letters: uint8 (words, 32), padded with 0, and their lengths."""
    codes = np.array(words, dtype=f"S{MAX_LETTERS}").view(np.uint8).reshape(len(words), MAX_LETTERS)
    return codes, np.count_nonzero(codes, axis=1).astype(np.int64)


def hash_words(words: Sequence[str]) -> Hashes:
    """Hash words by a polynomial modulo 2**64: (words,). The same on every machine and in every version."""
    codes, _ = encode_words(words)
    return prefix_hashes(codes)[:, -1]


def prefix_hashes(codes: Bytes) -> Hashes:
    """Hash all prefixes of words: (words, 33). Column i is the hash of the first i letters."""
    sums = np.zeros((len(codes), MAX_LETTERS + 1), dtype=np.uint64)
    for at in range(0, len(codes), _HASHED_AT_ONCE):
        values = _LETTER_HASHES[codes[at : at + _HASHED_AT_ONCE]] * _POWERS
        np.cumsum(values, axis=1, out=sums[at : at + _HASHED_AT_ONCE, 1:])
    return sums


def deletion_hashes(prefixes: Hashes, lengths: Ints, letters: int) -> tuple[Ints, Hashes]:
    """Hash words with one or two letters deleted, in every possible way.

    Args:
        prefixes: (words, 33), from `prefix_hashes`.
        lengths: (words,).
        letters: The number of deleted letters, 1 or 2.

    Returns:
        The index of the word and the hash of its remaining letters, (deletions,) each.
    """
    rows, hashes = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.uint64)]
    for length in np.unique(lengths[lengths > letters]):
        row = np.flatnonzero(lengths == length)
        sums = prefixes[row, : length + 1]
        if letters == 1:
            left = sums[:, :-1] + (sums[:, -1:] - sums[:, 1:]) * _INVERSE
        else:
            i, j = np.triu_indices(length, 1)
            middle = (sums[:, j] - sums[:, i + 1]) * _INVERSE
            left = sums[:, i] + middle + (sums[:, -1:] - sums[:, j + 1]) * _INVERSE_2
        rows.append(np.repeat(row, left.shape[1]))
        hashes.append(left.ravel())
    return np.concatenate(rows), np.concatenate(hashes)


class HashTable:
    """A multimap from hashes to values.

    The hashes are sorted into as many buckets as there are hashes. A lookup reads one bucket of about one entry,
    where a binary search over millions of entries has about twenty cache misses. The values are below 2**31.
    """

    def __init__(self, hashes: Hashes, values: npt.NDArray[Any]) -> None:
        self._shift = np.uint64(64 - max(1, int(len(hashes) - 1).bit_length()))
        order = np.argsort(hashes)
        ordered = hashes[order]
        counts = np.bincount((ordered >> self._shift).astype(np.int64), minlength=1 << (64 - int(self._shift)))
        self._starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        self._low = ordered.astype(np.uint32)  # the high bits are those of the bucket's number
        self._values = values[order].astype(np.int32)

    def find(self, hashes: Hashes) -> tuple[Ints, Ints]:
        """Return (at, value) for every value of every hash; `at` is an index into `hashes`, ascending."""
        bucket = (hashes >> self._shift).astype(np.int64)
        at, position = spread(self._starts[bucket], self._starts[bucket + 1])
        same = self._low[position] == hashes.astype(np.uint32)[at]
        return at[same], self._values[position[same]].astype(np.int64)
