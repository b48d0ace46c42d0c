"""The lexicon as arrays, with the words of the user behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from docsight.spelling.arrays import Bools, Bytes, Floats, Hashes, Ints, as_array
from docsight.spelling.lexicon.hashing import hash_words
from docsight.spelling.lexicon.known_pairs import KnownPairs
from docsight.spelling.lexicon.tables import DICTIONARY, ZIPF_STEPS, Lexicon, WordSource
from docsight.spelling.tokens import is_key, key_of
from docsight.vocab import Vocab

LISTED = 3.5  # a lower-case word that no dictionary has counts as known from this Zipf frequency on
RARE = 2.9  # a word of the lexicon below this is looked at as closely as an unknown one
_USER_ZIPF = 3.0  # what a word of the user counts as
_USER_SOURCES = WordSource.US | WordSource.UK | WordSource.LOWER


@dataclass
class WordFacts:
    """What is known of words, by id; unknown words as typed stand behind the lexicon, all zeros."""

    sources: Bytes
    zipf: Floats
    letters: Ints
    initial: Bytes  # the first letter
    bare: Hashes  # a hash of the word without its apostrophes


class Dictionary:
    """Facts about words by id: first the lexicon's, then the user's, then the unknown words of some texts.

    Args:
        words: The lexicon.
        lexicon: Its facts.
        user_words: WordFacts that are right, too; one with capitals in this form alone.
        pairs: Misspellings that lists hold.
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
        self.zipf = np.concatenate([zipf, np.full(extra, _USER_ZIPF, np.float32)])
        self.variant = np.concatenate([as_array(lexicon.variant), np.zeros(extra, np.int32)]).astype(np.int64)
        self.in_dictionary = (self.sources & int(DICTIONARY)) > 0
        self._spelt = {word.lower(): word for word in self.user_words if not word.islower()}
        self._facts = _facts(self.names, self.sources, self.zipf)

    def known(self, ids: Ints, casings: Ints) -> Bools:
        """Tell which words are known, by their ids and casings.

        A word that only lists of frequent words have is no proof of itself: these lists hold common misspellings. It
        is known where it is capitalised, as names are, or very frequent.
        """
        inside = np.where(ids < self.size, ids, 0)
        listed = (self.sources[inside] > 0) & ((casings != 1) | (self.zipf[inside] >= LISTED))
        return (ids < self.size) & (self.in_dictionary[inside] | listed)

    def rare(self, ids: Ints) -> Bools:
        """Tell which words are unknown or rare."""
        return self.zipf[np.where(ids < self.size, ids, 0)] < RARE

    def variant_of(self, ids: Ints) -> Ints:
        """Return the ids of words in the other variety of English, 0 for none."""
        return np.where(ids < self.size, self.variant[np.where(ids < self.size, ids, 0)], 0)

    def in_variety(self, at: int, variety: int) -> int:
        """Return the word in a variety of English: a flag of `WordSource`, or 0 for either."""
        own = int(self.sources[at]) & int(WordSource.US | WordSource.UK)
        return int(self.variant[at]) if variety and own and not own & variety and self.variant[at] else at

    def is_users(self, surface: str) -> bool:
        """Tell whether a word as written is one of the user's."""
        return surface in self.user_words or (bool(self.user_words) and key_of(surface) in self.user_words)

    def listed_mistakes(self, keys: Sequence[str]) -> Bools:
        """Tell which keys stand in a list of misspellings."""
        found = np.zeros(len(keys), dtype=bool)
        if self._pairs is not None and len(keys):
            plain = [key if is_key(key) else "" for key in keys]
            found[self._pairs.lookup(plain)[0]] = True
        return found

    def own_case(self, at: int) -> str:
        """Return a word with the capitals that it always has."""
        name = self.names[at]
        if name in self._spelt and name not in self.user_words:
            return self._spelt[name]
        if self.in_dictionary[at] and not self.sources[at] & int(WordSource.LOWER):
            return name[:1].upper() + name[1:]
        return name

    def facts(self, unknown: Sequence[str]) -> WordFacts:
        """Return the facts about all words for the features; the unknown ones of some texts come last."""
        none = np.zeros(len(unknown), np.uint8)
        more = _facts(unknown, none, none.astype(np.float32))
        names = WordFacts.__dataclass_fields__
        return WordFacts(*(np.concatenate([getattr(self._facts, name), getattr(more, name)]) for name in names))


def _facts(names: Sequence[str], sources: np.ndarray, zipf: Floats) -> WordFacts:
    # Only words of ASCII are alternatives of each other; of the rest nothing is asked but how long they are.
    plain = names if all(map(str.isascii, names)) else [name if name.isascii() else "" for name in names]
    bare = "\n".join(plain).replace("'", "").split("\n") if plain else []
    initial = np.array(plain, dtype="S1").view(np.uint8) if plain else np.zeros(0, np.uint8)
    return WordFacts(sources, zipf, np.fromiter(map(len, names), np.int64, len(names)), initial, hash_words(bare))
