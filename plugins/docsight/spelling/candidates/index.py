"""The words that may have been meant by what was typed: near in letters, near in sound, or known from lists."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from docsight.spelling.arrays import Floats, Hashes, Ints
from docsight.spelling.candidates.distance import edit_distances
from docsight.spelling.candidates.phonetic import phonetic_keys
from docsight.spelling.lexicon.hashing import HashTable, deletion_hashes, encode_words, prefix_hashes

# Two letters are deleted of words of that frequency only: a rarer word is worth looking for one edit away at most.
_TWO_EDITS_ZIPF = 2.5
_TWO_EDITS_ZIPF_SHORT = 3.3  # of words of four letters, of which there are so many near to anything
_MIN_TWO_EDITS = 4  # letters, in what is typed and in what is meant
_MIN_NEAR_KEY = 5  # sounds of a phonetic key that may differ in one from another

# What ranks the candidates of a word before the error model sees them, in units of the Zipf scale.
_EDIT_PRICE = 2.0
_SOUND_PRIZE = 1.5
_FIRST_LETTER_PRICE = 1.0
_CHUNK = 1024  # words searched for at once: what they give rise to still fits the cache


class CandidateIndex:
    """The words near to what was typed, by the deletions that both have in common (Garbe 2012) and by sound.

    Args:
        words: The words, the first of which has id 2; at most 32 ASCII letters each.
        zipf: (words,) their Zipf frequencies.
        most: How many candidates a typed word may have.

    Raises:
        ValueError: There are not as many frequencies as words.
    """

    def __init__(self, words: Sequence[str], zipf: npt.ArrayLike, *, most: int = 48) -> None:
        self.most = most
        self._zipf = np.asarray(zipf, dtype=np.float32)
        if len(words) != len(self._zipf):
            raise ValueError(f"Expected a Zipf frequency for each of {len(words)} words; found {len(self._zipf)}.")
        self._codes, self._lengths = encode_words(words)
        self._hashes, self._by_letters = self._index_letters()
        self._keys, self._by_sounds, self._by_fewer_sounds = self._index_sounds(words)

    def _index_letters(self) -> tuple[Hashes, HashTable]:
        prefixes = prefix_hashes(self._codes)
        hashes = prefixes[:, -1].copy()
        one, one_hashes = deletion_hashes(prefixes, self._lengths, 1)
        short = self._lengths <= _MIN_TWO_EDITS
        frequent = np.flatnonzero(
            (self._lengths >= _MIN_TWO_EDITS) & (self._zipf >= np.where(short, _TWO_EDITS_ZIPF_SHORT, _TWO_EDITS_ZIPF))
        )
        two, two_hashes = deletion_hashes(prefixes[frequent], self._lengths[frequent], 2)
        del prefixes
        values = np.concatenate([np.arange(len(hashes)), one, frequent[two]])
        return hashes, HashTable(np.concatenate([hashes, one_hashes, two_hashes]), values)

    def _index_sounds(self, words: Sequence[str]) -> tuple[Hashes, HashTable, HashTable]:
        keys, lengths = encode_words(phonetic_keys(words))
        prefixes = prefix_hashes(keys)
        hashes = prefixes[:, -1].copy()
        near = np.flatnonzero((lengths >= _MIN_NEAR_KEY) & (self._zipf >= _TWO_EDITS_ZIPF))
        one, one_hashes = deletion_hashes(prefixes[near], lengths[near], 1)
        return hashes, HashTable(hashes, np.arange(len(hashes))), HashTable(one_hashes, near[one])

    def search(self, typed: Sequence[str]) -> tuple[Ints, Ints]:
        """Find the words that may have been meant.

        Args:
            typed: Keys of words, at most 32 ASCII letters each.

        Returns:
            (row, word_id), (found,) each: the index into `typed`, rising, and the word, the likeliest first; never
            the typed word itself.
        """
        found = [self._search(typed[start : start + _CHUNK]) for start in range(0, len(typed), _CHUNK)]
        none = np.zeros(0, dtype=np.int64)
        rows = [row + chunk * _CHUNK for chunk, (row, _) in enumerate(found)]
        return np.concatenate([none, *rows]), np.concatenate([none, *(word + 2 for _, word in found)])

    def _search(self, typed: Sequence[str]) -> tuple[Ints, Ints]:
        codes, lengths = encode_words(typed)
        keys, key_lengths = encode_words(phonetic_keys(typed))
        prefixes, key_prefixes = prefix_hashes(codes), prefix_hashes(keys)
        pairs = np.concatenate([self._near_letters(prefixes, lengths), self._near_sounds(key_prefixes, key_lengths)])
        pairs.sort()
        row, word = np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], len(self._codes))
        other = prefixes[row, -1] != self._hashes[word]
        row, word = row[other], word[other]
        distances = edit_distances(codes, lengths, self._codes, self._lengths, row, word)
        score = self._zipf[word] - _EDIT_PRICE * distances
        score += _SOUND_PRIZE * (key_prefixes[row, -1] == self._keys[word])
        score -= _FIRST_LETTER_PRICE * (codes[row, 0] != self._codes[word, 0])
        kept = best_of_rows(row, score, self.most)
        return row[kept], word[kept]

    def _near_letters(self, prefixes: Hashes, lengths: Ints) -> Ints:
        """Find the words that typed ones share up to two deletions with: row * words + word, some more than once."""
        one, one_hashes = deletion_hashes(prefixes, lengths, 1)
        long = np.flatnonzero(lengths >= _MIN_TWO_EDITS)
        two, two_hashes = deletion_hashes(prefixes[long], lengths[long], 2)
        row = np.concatenate([np.arange(len(lengths)), one, long[two]])
        at, word = self._by_letters.find(np.concatenate([prefixes[:, -1], one_hashes, two_hashes]))
        return row[at] * len(self._codes) + word

    def _near_sounds(self, prefixes: Hashes, lengths: Ints) -> Ints:
        """Find the words of the same phonetic key, or of one that a sound less, more or other makes it."""
        row, word = self._by_sounds.find(prefixes[:, -1])
        long = np.flatnonzero(lengths >= _MIN_NEAR_KEY)
        more, more_word = self._by_fewer_sounds.find(prefixes[long, -1])
        one, hashes = deletion_hashes(prefixes[long], lengths[long], 1)
        fewer, fewer_word = self._by_sounds.find(hashes)
        other, other_word = self._by_fewer_sounds.find(hashes)
        row = np.concatenate([row, long[more], long[one[fewer]], long[one[other]]])
        return row * len(self._codes) + np.concatenate([word, more_word, fewer_word, other_word])


def best_of_rows(row: Ints, score: Floats, most: int) -> Ints:
    """Return the places of the best scores of each row, at most so many, by row and falling score.

    Args:
        row: (found,), rising; at most 2**24 of them.
        score: (found,), between -500 and 500.
        most: How many of a row.
    """
    # One sort of plain integers, row first, then score, then place: numpy sorts those several times faster than pairs.
    steps = ((500.0 - score) * 1000).astype(np.int64)
    place = np.sort((row << 44) | (steps << 24) | np.arange(len(row))) & 0xFFFFFF
    counts = np.bincount(row)
    rank = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    return place[rank < most]
