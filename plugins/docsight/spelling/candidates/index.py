"""An index that finds the words whose spelling or sound is close to what was typed."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from docsight.spelling.arrays import Bytes, Floats, Hashes, Ints
from docsight.spelling.lexicon.hashing import MAX_LETTERS, HashTable, deletion_hashes, encode_words, prefix_hashes

# Words below these Zipf frequencies are found one edit away at most, the others two.
_MIN_TWO_EDITS_ZIPF = 2.5
_MIN_TWO_EDITS_ZIPF_SHORT = 3.3  # of words of four letters, many of which are close to any other
_MIN_TWO_EDITS_LETTERS = 4  # of the typed word and of the meant word
_MIN_NEAR_KEY = 5  # sounds of a phonetic key that may differ in one sound from another

# The preliminary score of candidates, before the error model, in units of the Zipf scale.
_EDIT_PENALTY = 2.0
_SAME_SOUND_BONUS = 1.5
_FIRST_LETTER_PENALTY = 1.0
_SEARCHED_AT_ONCE = 1024  # words, so that the intermediate arrays fit the cache

# The rules of the phonetic key, applied in this order to a whole list of words at once; line breaks separate the words.
# Capitals are sounds that later rules do not change: A a vowel, C ch and sh, J a soft g, K a hard c, S a soft c.
_RULES = (
    # Silent letters at the start and at the end.
    "\nkn>\nn \ngn>\nn \npn>\nn \nwr>\nr \nps>\ns \nx>\ns \nwho>\nho \nwh>\nw \nrh>\nr mb\n>m\n mn\n>m\n gn\n>n\n "
    # Endings that sound alike.
    "tion>Cn ssion>Cn sion>Cn cion>Cn shun>Cn cian>Cn sian>Cn tian>Cn tious>Cs cious>Cs xious>kCs tial>Cl cial>Cl "
    "cient>Cnt tient>Cnt sure>Cr ture>Cr cher\n>Cr\n "
    # Groups of consonants.
    "sch>sk chr>kr chl>kl tch>C ch>C sh>C ph>f dge>J dg>J ght>t ugh>u igh>i gh>g th>t qu>kw ck>k "
    # Soft and hard c and g.
    "cce>kSe cci>kSi sce>Se sci>Si scy>Sy ce>Se ci>Si cy>Sy c>k gue>ge gui>gi gge>ge ggi>gi ge>Je gi>Ji gy>Jy "
    "q>k x>ks z>s S>s J>j dj>j st\n>st\n wh>w"
)
_SOUNDS = [rule.split(">") for rule in _RULES.split(" ")]
_FIRST = [("\nh", "\nH"), ("\nw", "\nW"), ("\nya", "\nYa"), ("\nye", "\nYe"), ("\nyo", "\nYo"), ("\nyu", "\nYu")]
_FIRST += [(f"\n{vowel}", "\nA") for vowel in "aeiouy"]
_DOUBLES = [(2 * sound, sound) for sound in "bcdfghjklmnprstvzC"]
_UNSPOKEN = str.maketrans("", "", "aeiouyhw")


class CandidateIndex:
    """Finds words by the deletions that they have in common with what was typed (Garbe 2012), and by sound.

    Args:
        words: The words, from id 2 on; at most 32 ASCII letters each.
        zipf: (words,) the Zipf frequencies.

    Raises:
        ValueError: The numbers of words and frequencies differ.
    """

    def __init__(self, words: Sequence[str], zipf: npt.ArrayLike, *, max_candidates: int = 48) -> None:
        self.max_candidates = max_candidates
        self._zipf = np.asarray(zipf, dtype=np.float32)
        if len(words) != len(self._zipf):
            raise ValueError(f"Expected {len(words)} Zipf frequencies, one for each word; found {len(self._zipf)}.")
        self._codes, self._lengths = encode_words(words)
        self._hashes, self._by_letters = self._index_letters()
        self._keys, self._by_sounds, self._by_fewer_sounds = self._index_sounds(words)

    def _index_letters(self) -> tuple[Hashes, HashTable]:
        prefixes = prefix_hashes(self._codes)
        hashes = prefixes[:, -1].copy()
        one, one_hashes = deletion_hashes(prefixes, self._lengths, 1)
        short = self._lengths <= _MIN_TWO_EDITS_LETTERS
        frequent = np.flatnonzero(
            (self._lengths >= _MIN_TWO_EDITS_LETTERS)
            & (self._zipf >= np.where(short, _MIN_TWO_EDITS_ZIPF_SHORT, _MIN_TWO_EDITS_ZIPF))
        )
        two, two_hashes = deletion_hashes(prefixes[frequent], self._lengths[frequent], 2)
        del prefixes
        values = np.concatenate([np.arange(len(hashes)), one, frequent[two]])
        return hashes, HashTable(np.concatenate([hashes, one_hashes, two_hashes]), values)

    def _index_sounds(self, words: Sequence[str]) -> tuple[Hashes, HashTable, HashTable]:
        keys, lengths = encode_words(phonetic_keys(words))
        prefixes = prefix_hashes(keys)
        hashes = prefixes[:, -1].copy()
        near = np.flatnonzero((lengths >= _MIN_NEAR_KEY) & (self._zipf >= _MIN_TWO_EDITS_ZIPF))
        one, one_hashes = deletion_hashes(prefixes[near], lengths[near], 1)
        return hashes, HashTable(hashes, np.arange(len(hashes))), HashTable(one_hashes, near[one])

    def search(self, typed: Sequence[str]) -> tuple[Ints, Ints]:
        """Find the words that may have been meant by keys of at most 32 ASCII letters; never the key itself.

        Returns:
            (row, word_id), (candidates,) each: the index into `typed`, ascending, and the word, the best first.
        """
        rows, words = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for start in range(0, len(typed), _SEARCHED_AT_ONCE):
            row, word = self._search(typed[start : start + _SEARCHED_AT_ONCE])
            rows.append(row + start)
            words.append(word + 2)
        return np.concatenate(rows), np.concatenate(words)

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
        score = self._zipf[word] - _EDIT_PENALTY * distances
        score += _SAME_SOUND_BONUS * (key_prefixes[row, -1] == self._keys[word])
        score -= _FIRST_LETTER_PENALTY * (codes[row, 0] != self._codes[word, 0])
        kept = best_of_rows(row, score, self.max_candidates)
        return row[kept], word[kept]

    def _near_letters(self, prefixes: Hashes, lengths: Ints) -> Ints:
        """Find words that share up to two deletions with typed ones: row * words + word, with duplicates."""
        one, one_hashes = deletion_hashes(prefixes, lengths, 1)
        long = np.flatnonzero(lengths >= _MIN_TWO_EDITS_LETTERS)
        two, two_hashes = deletion_hashes(prefixes[long], lengths[long], 2)
        row = np.concatenate([np.arange(len(lengths)), one, long[two]])
        at, word = self._by_letters.find(np.concatenate([prefixes[:, -1], one_hashes, two_hashes]))
        pairs: Ints = row[at] * len(self._codes) + word
        return pairs

    def _near_sounds(self, prefixes: Hashes, lengths: Ints) -> Ints:
        """Find words whose phonetic key is the same, or has one sound less, more or replaced."""
        row, word = self._by_sounds.find(prefixes[:, -1])
        long = np.flatnonzero(lengths >= _MIN_NEAR_KEY)
        more, more_word = self._by_fewer_sounds.find(prefixes[long, -1])
        one, hashes = deletion_hashes(prefixes[long], lengths[long], 1)
        fewer, fewer_word = self._by_sounds.find(hashes)
        other, other_word = self._by_fewer_sounds.find(hashes)
        row = np.concatenate([row, long[more], long[one[fewer]], long[one[other]]])
        pairs: Ints = row * len(self._codes) + np.concatenate([word, more_word, fewer_word, other_word])
        return pairs


def best_of_rows(row: Ints, score: Floats, max_per_row: int) -> Ints:
    """Return the places of the best scores of each row, by row and descending score.

    Args:
        row: (scores,), ascending; at most 2**24 scores.
        score: (scores,), between -500 and 500.
        max_per_row: The maximum number of scores of a row.
    """
    # One sort of plain integers, by row, then score, then place: several times faster in numpy than a sort of pairs.
    steps = ((500.0 - score) * 1000).astype(np.int64)
    place = np.sort((row << 44) | (steps << 24) | np.arange(len(row))) & 0xFFFFFF
    counts = np.bincount(row)
    rank = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    return place[rank < max_per_row]


def edit_distances(typed: Bytes, typed_lengths: Ints, words: Bytes, word_lengths: Ints, row: Ints, word: Ints) -> Bytes:
    """Count the insertions, deletions, substitutions and transpositions of neighbours between pairs of words: (pairs,).

    The optimal string alignment distance in bit vectors (Hyyrö 2003): one step for each letter of the longest word.
    Works on the arrays of the index as they are: 200,000 pairs take 57 ms, and rapidfuzz (3.14, OSA) takes 55 ms plus
    41 ms to make its lists of strings, so another dependency would not pay.

    Args:
        typed: (typed, 32), from `encode_words`, as its lengths; each at least one letter.
        typed_lengths: (typed,)
        words: (words, 32), and its lengths.
        word_lengths: (words,)
        row: (pairs,), indices into `typed`.
        word: (pairs,), indices into `words`.
    """
    masks = np.zeros(len(typed) * 256, dtype=np.uint32)
    for at in range(MAX_LETTERS):
        masks[np.arange(len(typed)) * 256 + typed[:, at]] |= np.uint32(1 << at)
    # Longest words first, so that each step works on a prefix of the arrays.
    lengths = word_lengths[word]
    order = np.argsort(-lengths.astype(np.int8), kind="stable")
    lengths, base = lengths[order], row[order] * 256
    letters = np.ascontiguousarray(words[word[order]].T)
    steps = np.searchsorted(-lengths, -np.arange(1, MAX_LETTERS + 1), "right")
    last = (typed_lengths[row[order]] - 1).astype(np.uint32)
    distance = typed_lengths[row[order]].astype(np.uint8)
    one = np.uint32(1)
    plus, minus = np.full(len(row), 0xFFFFFFFF, np.uint32), np.zeros(len(row), np.uint32)
    diagonal, before = minus.copy(), minus.copy()
    for at, count in enumerate(steps):
        if count == 0:
            break
        plus, minus, diagonal, before, last = (state[:count] for state in (plus, minus, diagonal, before, last))
        match = masks[base[:count] + letters[at, :count]]
        swaps = ((~diagonal & match) << one) & before
        diagonal = ((((match & plus) + plus) ^ plus) | match | minus) | swaps
        rises, falls = minus | ~(diagonal | plus), diagonal & plus
        distance[:count] += ((rises >> last) & one).astype(np.uint8)
        distance[:count] -= ((falls >> last) & one).astype(np.uint8)
        rises = (rises << one) | one
        plus, minus, before = (falls << one) | ~(diagonal | rises), diagonal & rises, match
    result = np.empty_like(distance)
    result[order] = distance
    return result


def phonetic_keys(words: Sequence[str]) -> list[str]:
    """Return the key of each word: its consonants by sound, and A for an initial vowel."""
    text = "\n" + "\n".join(words).replace("'", "") + "\n"
    for written, sound in (*_SOUNDS, *_DOUBLES, *_FIRST):
        text = text.replace(written, sound)
    return text.translate(_UNSPOKEN)[1:-1].split("\n")
