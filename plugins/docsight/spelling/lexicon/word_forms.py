"""Words that are in no list but are made from words that are: derived forms and compounds."""

import re
from functools import lru_cache

from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.vocab import UNK

_PREFIX_LIST = (
    "anti auto bi co counter cross cyber de dis down ex extra fore hyper in inter intra macro mega meta "
    "micro mid mini mis mono multi neo non out over poly post pre pro pseudo quasi re self semi sub super "
    "sur tele trans tri ultra un under up"
)
# By whether the suffix begins with a vowel, which takes the place of a final e (archive, archiver) and of a final y
# (rely, reliable), and doubles the consonant after a short vowel (rip, ripper).
_VOWEL_SUFFIX_LIST = (
    "able ably al ally ance ation ed edly en er ers ery ess est ian ic ical ification ify ing ings "
    "isation ise ised iser isers ises ish ising ism ist ists ity ization ize ized izer izers izes izing "
    "or ors y"
)
_CONSONANT_SUFFIX_LIST = (
    "ful fully fulness hood less lessly lessness let like ly ment ments ness ship some ward wards ways wise"
)
_PREFIXES, _VOWEL_SUFFIXES, _CONSONANT_SUFFIXES = (
    words.split() for words in (_PREFIX_LIST, _VOWEL_SUFFIX_LIST, _CONSONANT_SUFFIX_LIST)
)
_MIN_STEM = 3  # letters
_MIN_STEM_ZIPF = 2.9
_MIN_PART, _MIN_PART_ZIPF = 3, 3.6  # of a part of a compound: letters, and Zipf frequency
_VOWELS = "aeiou"
_DOUBLED = re.compile(r"([b-df-hj-np-tv-z])\1$")
_SHORT = re.compile(r"^[^aeiou]*[aeiou][bdgmnprt]$")  # one syllable, whose consonant is doubled before a vowel
_HISSING = re.compile(r"(?:s|x|z|ch|sh)$")
_Y = re.compile(r"[^aeiou]y$")
_MAX_KEPT = 50_000  # verdicts


class WordForms:
    """Recognizes derived forms (unstaged, archiver) and compounds (filesystem) of the words of a dictionary."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self.is_derived = lru_cache(_MAX_KEPT)(self._is_derived)
        self.is_compound = lru_cache(_MAX_KEPT)(self._is_compound)

    def _is_derived(self, key: str) -> bool:
        """Return whether a key is a word of the dictionaries with a prefix, a suffix, or both."""
        if self._has_suffix(key):
            return True
        rests = (key[len(prefix) :] for prefix in _PREFIXES if key.startswith(prefix))
        return any(len(rest) >= _MIN_STEM and (self._is_stem(rest) or self._has_suffix(rest)) for rest in rests)

    def _is_compound(self, key: str) -> bool:
        """Return whether a key is two frequent words of the dictionaries, written as one."""
        cuts = range(_MIN_PART, len(key) - _MIN_PART + 1)
        return any(self._is_word(key[:at], _MIN_PART_ZIPF) and self._is_word(key[at:], _MIN_PART_ZIPF) for at in cuts)

    def _has_suffix(self, key: str) -> bool:
        if key.endswith("s") and self._has_plural_ending(key):
            return True
        for suffix in _VOWEL_SUFFIXES:
            stem = key[: -len(suffix)]
            if key.endswith(suffix) and len(stem) >= _MIN_STEM and self._takes_vowel(stem, suffix):
                return True
        for suffix in _CONSONANT_SUFFIXES:
            stem = key[: -len(suffix)]
            if not key.endswith(suffix) or _Y.search(stem):
                continue
            if self._is_stem(stem) or (stem[-1:] == "i" and self._is_stem(stem[:-1] + "y")):
                return True
        return False

    def _has_plural_ending(self, key: str) -> bool:
        stem = key[:-1]
        if _HISSING.search(stem) or _Y.search(stem):
            return False
        if self._is_stem(stem) or (len(stem) > _MIN_STEM and stem.endswith("er") and self._has_suffix(stem)):
            return True
        return key.endswith("es") and bool(_HISSING.search(key[:-2])) and self._is_stem(key[:-2])

    def _takes_vowel(self, stem: str, suffix: str) -> bool:
        if stem[-1] == "e":
            return False
        if self._is_stem(stem + "e"):
            return True
        if _DOUBLED.search(stem) and self._is_stem(stem[:-1]):
            return True
        if stem[-1] == "i":
            return self._is_stem(stem[:-1] + "y")
        keeps_y = stem[-1] != "y" or suffix[0] == "i" or stem[-2] in _VOWELS
        return keeps_y and not _SHORT.match(stem) and self._is_stem(stem)

    def _is_stem(self, key: str) -> bool:
        return len(key) >= _MIN_STEM and self._is_word(key, _MIN_STEM_ZIPF)

    def _is_word(self, key: str, min_zipf: float) -> bool:
        at = self._dictionary.ids.get(key, UNK)
        return bool(self._dictionary.in_dictionary[at] and self._dictionary.zipf[at] >= min_zipf)
