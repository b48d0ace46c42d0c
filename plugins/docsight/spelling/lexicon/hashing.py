"""Words as hashes: of a whole word, of a word without some of its letters, and a table to find them in."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from docsight.spelling.arrays import Bytes, Hashes, Ints, spread

MAX_LETTERS = 32
_CHUNK = 8192  # words hashed at once, so that a whole lexicon takes little memory beside its hashes

_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_INVERSE = np.uint64(pow(_BASE, -1, 2**64))
_INVERSE_2 = np.uint64(pow(_BASE, -2, 2**64))
_POWERS = np.array([pow(_BASE, i, 2**64) for i in range(MAX_LETTERS)], dtype=np.uint64)


def _mixed(number: int) -> int:
    """Scatter a number over 64 bits (splitmix64): hashes are kept in model folders and must stay the same."""
    mixed = number * 0x9E3779B97F4A7C15 % 2**64
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB % 2**64
    return mixed ^ (mixed >> 31)


_LETTERS = np.array([0] + [_mixed(code) for code in range(1, 256)], dtype=np.uint64)


def encode_words(words: Sequence[str]) -> tuple[Bytes, Ints]:
    """Write words of ASCII, at most 32 letters each, as bytes.

    Returns:
        (codes, lengths): uint8 (words, 32), 0 behind the end of a word; int64 (words,).
    """
    codes = np.array(words, dtype=f"S{MAX_LETTERS}").view(np.uint8).reshape(len(words), MAX_LETTERS)
    return codes, np.count_nonzero(codes, axis=1).astype(np.int64)


def hash_words(words: Sequence[str]) -> Hashes:
    """Hash words by a polynomial modulo 2**64: (words,), the same on every machine and in every version."""
    codes, _ = encode_words(words)
    return prefix_hashes(codes)[:, -1]


def prefix_hashes(codes: Bytes) -> Hashes:
    """Hash all beginnings of words: (words, 33); column i is the hash of the first i letters."""
    sums = np.zeros((len(codes), MAX_LETTERS + 1), dtype=np.uint64)
    for at in range(0, len(codes), _CHUNK):
        values = _LETTERS[codes[at : at + _CHUNK]] * _POWERS
        np.cumsum(values, axis=1, out=sums[at : at + _CHUNK, 1:])
    return sums


def deletion_hashes(prefixes: Hashes, lengths: Ints, letters: int) -> tuple[Ints, Hashes]:
    """Hash words without one letter, or without two, wherever those stand.

    Args:
        prefixes: (words, 33), from `prefix_hashes`.
        lengths: (words,).
        letters: How many letters are left out, 1 or 2.

    Returns:
        (row, hashes), (ways,) each: the index of the word, and the hash of what is left of it.
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
    """Values by hash, any number of them for one hash.

    The hashes lie sorted, in as many buckets as there are hashes: a look-up reads one bucket of about one entry,
    where a binary search over millions would miss the cache twenty times.

    Args:
        hashes: (entries,).
        values: (entries,) integers below 2**31.
    """

    def __init__(self, hashes: Hashes, values: npt.NDArray[Any]) -> None:
        self._shift = np.uint64(64 - max(1, int(len(hashes) - 1).bit_length()))
        order = np.argsort(hashes)
        ordered = hashes[order]
        counts = np.bincount((ordered >> self._shift).astype(np.int64), minlength=1 << (64 - int(self._shift)))
        self._starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        self._low = ordered.astype(np.uint32)  # the high bits are those of the bucket
        self._values = values[order].astype(np.int32)

    def find(self, hashes: Hashes) -> tuple[Ints, Ints]:
        """Return (at, value) for every value of every hash: `at` is an index into `hashes`, rising."""
        bucket = (hashes >> self._shift).astype(np.int64)
        at, position = spread(self._starts[bucket], self._starts[bucket + 1])
        same = self._low[position] == hashes.astype(np.uint32)[at]
        return at[same], self._values[position[same]].astype(np.int64)
