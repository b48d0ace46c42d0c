"""The tables of words: facts about each word, listed misspellings, and words that are typed for one another."""

from collections.abc import Iterable, Mapping, Sequence
from enum import IntFlag
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from docsight.spelling.arrays import Bools, Ints, as_array, spread
from docsight.spelling.lexicon.hashing import hash_words
from docsight.spelling.tokens import is_key
from docsight.weights import keep_saved_names

# Stored steps per unit of the Zipf scale (van Heuven et al. 2014: log10 of the occurrences in 10**9 words).
ZIPF_STEPS = 25
_PAIR_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # model folders hold hashes, so this must never change


class WordSource(IntFlag):
    """Where a word of the lexicon comes from.

    US and UK are the base lists of the dictionaries, LARGE their rare words and variants. LOWER and PROPER say how
    the dictionaries write it; some words, such as turkey, have both. FREQUENCY and CORPUS are lists of what people
    write, right or wrong: that a word is in them does not prove that it is spelled correctly.
    """

    US = 1
    UK = 2
    LARGE = 4
    LOWER = 8
    PROPER = 16
    FREQUENCY = 32
    CORPUS = 64


DICTIONARY = WordSource.US | WordSource.UK | WordSource.LARGE


class Lexicon(nn.Module):
    """The facts about the words of a vocabulary, by word id. Rows 0 (padding) and 1 (unknown) are blank.

    Attributes:
        sources: (words,) uint8, the flags of `WordSource`.
        zipf: (words,) uint8, the Zipf frequencies in steps of 1/25.
        variant: (words,) int32, the id of the same word in the other variety of English (colour, color), or 0.
    """

    saved_names: ClassVar[dict[str, str]] = {"variant": "twin"}

    def __init__(self, *, num_words: int) -> None:
        super().__init__()
        self.sources = nn.Buffer(torch.zeros(num_words, dtype=torch.uint8))
        self.zipf = nn.Buffer(torch.zeros(num_words, dtype=torch.uint8))
        self.variant = nn.Buffer(torch.zeros(num_words, dtype=torch.int32))
        keep_saved_names(self)

    def zipf_of(self, word_ids: Tensor) -> Tensor:
        """Return the Zipf frequencies, float32, of the shape of `word_ids`; 0 for the reserved ids."""
        return self.zipf[word_ids].float() / ZIPF_STEPS


class KnownPairs(nn.Module):
    """The misspellings of published lists, with their corrections.

    Attributes:
        hashes: (pairs,) int64, the hashes of the misspellings, ascending, one entry for each correction.
        first: (pairs,) int32, the word id of the correction.
        second: (pairs,) int32, the id of the second word where the correction has two (alot, a lot), or 0.
    """

    def __init__(self, *, num_pairs: int) -> None:
        super().__init__()
        self.hashes = nn.Buffer(torch.zeros(num_pairs, dtype=torch.int64))
        self.first = nn.Buffer(torch.zeros(num_pairs, dtype=torch.int32))
        self.second = nn.Buffer(torch.zeros(num_pairs, dtype=torch.int32))

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
        """Return the listed corrections of some keys: (row, first_id, second_id), (matches,) each.

        The row is an index into `typed`, ascending.
        """
        wanted = hash_words(typed).view(np.int64)
        hashes = as_array(self.hashes)
        row, at = spread(np.searchsorted(hashes, wanted, "left"), np.searchsorted(hashes, wanted, "right"))
        return row, as_array(self.first)[at].astype(np.int64), as_array(self.second)[at].astype(np.int64)


class Confusions(nn.Module):
    """For each word of the lexicon, the other words that may have been meant when it was typed.

    Attributes:
        offsets: (words + 1,) int32, the start of the row of each word in `ids`.
        ids: (confusions,) int32, word ids.
    """

    def __init__(self, *, num_words: int, num_confusions: int) -> None:
        super().__init__()
        self.offsets = nn.Buffer(torch.zeros(num_words + 1, dtype=torch.int32))
        self.ids = nn.Buffer(torch.zeros(num_confusions, dtype=torch.int32))


class TechnicalText(nn.Module):
    """What is usual in technical text: terms that no dictionary has (names of packages, commands), and pairs of words.

    Attributes:
        terms: (terms,) int64, the hashes of the terms, ascending.
        pairs: (pairs,) int64, the hashes of words that follow one another, ascending.
        counts: (pairs,) uint8, in how many texts each pair was seen, at most 255.
    """

    def __init__(self, *, num_terms: int, num_pairs: int) -> None:
        super().__init__()
        self.terms = nn.Buffer(torch.zeros(num_terms, dtype=torch.int64))
        self.pairs = nn.Buffer(torch.zeros(num_pairs, dtype=torch.int64))
        self.counts = nn.Buffer(torch.zeros(num_pairs, dtype=torch.uint8))

    @classmethod
    def from_counts(cls, terms: Iterable[str], pairs: Mapping[tuple[str, str], int]) -> Self:
        """Build the table from keys, in any order."""
        term_hashes = np.unique(_hash_keys(sorted(set(terms))))
        first, second = ([pair[at] for pair in pairs] for at in (0, 1))
        pair_hashes, at = np.unique(_hash_pairs(first, second), return_index=True)
        counts = np.fromiter(pairs.values(), np.int64, len(pairs))[at]
        table = cls(num_terms=len(term_hashes), num_pairs=len(pair_hashes))
        table.terms.copy_(torch.from_numpy(term_hashes))
        table.pairs.copy_(torch.from_numpy(pair_hashes))
        table.counts.copy_(torch.from_numpy(counts.clip(max=255).astype(np.uint8)))
        return table

    def has(self, keys: Sequence[str]) -> Bools:
        """Return which keys are technical terms: (keys,)."""
        return _find(as_array(self.terms), _hash_keys(keys))[1]

    def count_pairs(self, first: Sequence[str], second: Sequence[str]) -> Ints:
        """Return in how many texts one key followed another: (pairs,)."""
        at, is_found = _find(as_array(self.pairs), _hash_pairs(first, second))
        counts = np.zeros(len(at), dtype=np.int64)
        counts[is_found] = as_array(self.counts)[at[is_found]]
        return counts


def _find(ordered: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]) -> tuple[Ints, Bools]:
    """Return the place of each wanted hash among ascending ones, and whether it is there."""
    if not len(ordered):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    at = np.searchsorted(ordered, wanted).clip(max=len(ordered) - 1)
    return at, ordered[at] == wanted


def _hash_keys(keys: Sequence[str]) -> npt.NDArray[np.int64]:
    """Hash keys; what cannot be in a lexicon gets the hash of the empty word."""
    return hash_words([key if is_key(key) else "" for key in keys]).view(np.int64)


def _hash_pairs(first: Sequence[str], second: Sequence[str]) -> npt.NDArray[np.int64]:
    mixed = _hash_keys(first).view(np.uint64) * _PAIR_FACTOR + _hash_keys(second).view(np.uint64)
    return mixed.view(np.int64)
