"""The lexicon as arrays, followed by the words of the user."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import numpy as np
import numpy.typing as npt

from docsight.spelling.arrays import Bools, Bytes, Floats, Hashes, Ints, as_array
from docsight.spelling.lexicon.hashing import hash_words
from docsight.spelling.lexicon.tables import DICTIONARY, ZIPF_STEPS, KnownPairs, Lexicon, WordSource
from docsight.spelling.tokens import LOWER, is_key, key_of
from docsight.vocab import UNK, Vocab

LISTED = 3.5  # the Zipf frequency from which a lower-case word that is in no dictionary counts as known
RARE = 2.9  # the Zipf frequency below which a word is checked as closely as an unknown one
USER_ZIPF = 3.0  # of a word of the user
_USER_SOURCES = WordSource.US | WordSource.UK | WordSource.LOWER


Values = TypeVar("Values", bound=npt.NDArray[Any])


class FactColumn(Generic[Values]):
    """A fact about words, by id: of the words of a dictionary, and of the unknown words that come after them.

    It is read like an array. The dictionary's part is large and is never copied.
    """

    def __init__(self, known: Values, unknown: Values) -> None:
        self._known, self._unknown = known, unknown

    def __getitem__(self, ids: Ints) -> Values:
        if not len(self._unknown):
            return cast(Values, self._known[ids])
        size = len(self._known)
        values = self._known[np.minimum(ids, size - 1)]
        is_unknown = ids >= size
        values[is_unknown] = self._unknown[ids[is_unknown] - size]
        return cast(Values, values)


@dataclass
class WordFacts:
    """Facts about words, by id. The sources and frequencies of unknown words are 0."""

    sources: FactColumn[Bytes]
    zipf: FactColumn[Floats]
    letters: FactColumn[Ints]
    initial: FactColumn[Bytes]  # the first letter
    bare: FactColumn[Hashes]  # a hash of the word without its apostrophes


class Dictionary:
    """Facts about words, by id: first the words of the lexicon, then those of the user.

    Ids from `size` up are unknown words of a batch of texts. A word of the user with capitals is correct only in this
    form.
    """

    def __init__(
        self, words: Vocab, lexicon: Lexicon, user_words: Iterable[str] = (), pairs: KnownPairs | None = None
    ) -> None:
        self._pairs = pairs
        self.user_words = frozenset(user_words)
        self.lexicon_size = len(words)
        keys = {key_of(word) for word in self.user_words}
        self.fresh = sorted(key for key in keys if is_key(key) and key not in words)
        self.names = ["", "", *words.entries, *self.fresh]
        self.size = len(self.names)
        self.ids = {name: at for at, name in enumerate(self.names) if name}
        extra = len(self.fresh)
        self.sources = np.concatenate([as_array(lexicon.sources), np.full(extra, int(_USER_SOURCES), np.uint8)])
        zipf = as_array(lexicon.zipf).astype(np.float32) / ZIPF_STEPS
        self.zipf = np.concatenate([zipf, np.full(extra, USER_ZIPF, np.float32)])
        self.variant = np.concatenate([as_array(lexicon.variant), np.zeros(extra, np.int32)]).astype(np.int64)
        self.in_dictionary = (self.sources & int(DICTIONARY)) > 0
        self._capitalised = {word.lower(): word for word in self.user_words if not word.islower()}
        self._facts = _facts(self.names, self.sources, self.zipf)

    def known(self, ids: Ints, casings: Ints) -> Bools:
        """Return which words are known, by their ids and casings.

        The lists of frequent words hold common misspellings. A word that is only in them is known where it is
        capitalised, as names are, or very frequent.
        """
        inside = np.where(ids < self.size, ids, 0)
        listed = (self.sources[inside] > 0) & ((casings != LOWER) | (self.zipf[inside] >= LISTED))
        is_known: Bools = (ids < self.size) & (self.in_dictionary[inside] | listed)
        return is_known

    def rare(self, ids: Ints) -> Bools:  # the unknown ones, too
        return self.zipf[np.where(ids < self.size, ids, 0)] < RARE

    def variant_of(self, ids: Ints) -> Ints:
        """Return the ids of the words in the other variety of English, or 0."""
        return self.variant[np.where(ids < self.size, ids, 0)]

    def in_variety(self, at: int, variety: int) -> int:
        """Return the word in a variety of English: a flag of `WordSource`, or 0 for either."""
        own = int(self.sources[at]) & int(WordSource.US | WordSource.UK)
        return int(self.variant[at]) if variety and own and not own & variety and self.variant[at] else at

    def is_users(self, surface: str) -> bool:
        return surface in self.user_words or (bool(self.user_words) and key_of(surface) in self.user_words)

    def is_listed_misspelling(self, keys: Sequence[str]) -> Bools:
        is_listed = np.zeros(len(keys), dtype=bool)
        if self._pairs is not None and len(keys):
            plain = [key if is_key(key) else "" for key in keys]
            is_listed[self._pairs.lookup(plain)[0]] = True
        return is_listed

    def is_name(self, key: str) -> bool:
        """Return whether the dictionaries have a key with a capital only."""
        own = int(self.sources[self.ids.get(key, UNK)])
        return bool(own & WordSource.PROPER) and not own & WordSource.LOWER

    def own_case(self, at: int) -> str:
        """Return a word with the capitals that it has in every sentence."""
        name = self.names[at]
        if name in self._capitalised and name not in self.user_words:
            return self._capitalised[name]
        if self.in_dictionary[at] and not self.sources[at] & int(WordSource.LOWER):
            return name[:1].upper() + name[1:]
        return name

    def facts(self, unknown: Sequence[str]) -> WordFacts:
        """Return the facts about all words, followed by the unknown words of a batch of texts."""
        zeros = np.zeros(len(unknown), np.uint8)
        more = _facts(unknown, zeros, zeros.astype(np.float32))
        (sources, zipf, letters, initial, bare), new = self._facts, more
        return WordFacts(
            FactColumn(sources, new[0]),
            FactColumn(zipf, new[1]),
            FactColumn(letters, new[2]),
            FactColumn(initial, new[3]),
            FactColumn(bare, new[4]),
        )


def _facts(names: Sequence[str], sources: Bytes, zipf: Floats) -> tuple[Bytes, Floats, Ints, Bytes, Hashes]:
    """Return the columns of `WordFacts`."""
    # Only ASCII words can be candidates; of the others only the length matters.
    ascii_names = names if all(map(str.isascii, names)) else [name if name.isascii() else "" for name in names]
    bare = "\n".join(ascii_names).replace("'", "").split("\n") if ascii_names else []
    initial = np.array(ascii_names, dtype="S1").view(np.uint8) if ascii_names else np.zeros(0, np.uint8)
    return sources, zipf, np.fromiter(map(len, names), np.int64, len(names)), initial, hash_words(bare)
