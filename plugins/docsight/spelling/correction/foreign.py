"""Detection of passages in another language, which an English speller must not correct."""

from collections.abc import Sequence
from enum import IntEnum

import numpy as np

from docsight.spelling.arrays import Bools, Ints
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.lexicon.tables import WordSource
from docsight.spelling.tokens import LOWER

# Words that are typical of English sentences, and words that are typical of other languages.
_ENGLISH = (
    "about all and any are at be because been being but by can could didn't don't for from had has have he her "
    "his how i'm if into it it's its just like more my not of our out she should some than that the their them "
    "then there they this to up very we were what when where which who why will with would you your"
)
_FOREIGN = (
    "aber alla ao att au auch auf aux av avec bei bist ce cette che com como con cum da dal dans das dat dei del "
    "della dem den der des di die dos du een ei ein eine einen einer el elle em en er es est et ett euch gli "
    "haben het ich ihn ihr ik il ils ist ja jag je jeg jest kein keine la las le les leur lo los med mein meine "
    "mi mia mio mit mon muy na nach nao nel nella ni nicht nie niet non nous och oder og op os para pas per pero "
    "por pour que qui quod se sed sein seine seiner sie sind sono sont su sul sur te um uma un una und une uns "
    "van von voor vous wir wird zijn zu zum zur"
)
_WINDOW_RADIUS = 4  # words on either side that decide whether a word is in a foreign passage
_MIN_WINDOW = 4  # words; with fewer, nothing is foreign
_MIN_FOREIGN = 2  # foreign words in the window, or foreign and unknown words
_MIN_FOREIGN_FRACTION = 0.3  # of the words in the window
_MIN_FOREIGN_ZIPF = 2.5  # words of the large lists above this frequency often belong to another language


class Kind(IntEnum):
    """The evidence that a word gives for the language of its passage."""

    UNKNOWN = 0
    USUAL = 1  # a word of the base dictionaries, or a listed misspelling
    ENGLISH = 2
    FOREIGN = 3  # possibly
    FUNCTION = 4  # a common word of another language


_FUNCTION_WORDS: dict[str, Kind] = {
    **dict.fromkeys(_FOREIGN.split(), Kind.FUNCTION),
    **dict.fromkeys(_ENGLISH.split(), Kind.ENGLISH),
}


def word_kinds(keys: Sequence[str], ids: Ints, casings: Ints, dictionary: Dictionary) -> Ints:
    """Return the `Kind` of words, (words,), from their keys, ids and casings.

    Possibly foreign are words in use that are in no dictionary, which are hardly misspellings; and frequent words in
    lower case that only the large dictionaries have, or that the dictionaries write with a capital.
    """
    inside = np.where(ids < dictionary.size, ids, 0)
    sources, zipf = dictionary.sources[inside], dictionary.zipf[inside]
    usual = ((sources & int(WordSource.US | WordSource.UK)) > 0) & ((sources & int(WordSource.LOWER)) > 0)
    listed = (sources > 0) & ~dictionary.in_dictionary[inside]
    odd = dictionary.in_dictionary[inside] & ~usual & (casings == LOWER) & (zipf >= _MIN_FOREIGN_ZIPF)
    kinds = np.where(listed | odd, Kind.FOREIGN, np.where(usual, Kind.USUAL, Kind.UNKNOWN)).astype(np.int64)
    doubtful = np.flatnonzero(kinds != Kind.USUAL)
    is_listed = dictionary.is_listed_misspelling([keys[at] for at in doubtful.tolist()])
    kinds[doubtful[is_listed]] = Kind.USUAL
    for at, key in enumerate(keys):
        kinds[at] = _FUNCTION_WORDS.get(key, kinds[at])
    return kinds


def foreign_passages(kinds: Ints, edges: Ints) -> Bools:
    """Return which words are in a foreign passage: (words,).

    A word is if its window has no common English word, and either enough foreign words and at most half usual English
    ones, or a common word of another language and at least half foreign or unknown words. A word that may be foreign
    also counts if it is next to a common word of another language.

    Args:
        kinds: (words,) of running text.
        edges: (2, words) the first word of each word's sentence, and the first word after the sentence.
    """
    at = np.arange(len(kinds))
    low, high = np.maximum(at - _WINDOW_RADIUS, edges[0]), np.minimum(at + _WINDOW_RADIUS + 1, edges[1])

    before = np.zeros((len(kinds) + 1, len(Kind)), dtype=np.int64)  # the words of each kind before each word
    np.cumsum(kinds[:, None] == np.arange(len(Kind)), axis=0, out=before[1:])
    counts = before[high] - before[low]  # (words, kinds), in the window

    def in_window(*wanted: Kind) -> Ints:
        total: Ints = sum((counts[:, kind] for kind in wanted), start=np.zeros(len(kinds), np.int64))
        return total

    count, foreign = high - low, in_window(Kind.FOREIGN, Kind.FUNCTION)
    strange = foreign + in_window(Kind.UNKNOWN)
    many = (foreign >= _MIN_FOREIGN) & (foreign >= _MIN_FOREIGN_FRACTION * count) & (2 * in_window(Kind.USUAL) <= count)
    most = (in_window(Kind.FUNCTION) > 0) & (strange >= _MIN_FOREIGN) & (2 * strange >= count)
    passage = (count >= _MIN_WINDOW) & (many | most) & (in_window(Kind.ENGLISH) == 0)
    function = kinds == Kind.FUNCTION
    odd = function | (kinds == Kind.UNKNOWN) | (kinds == Kind.FOREIGN)
    pair = odd[1:] & odd[:-1] & (function[1:] | function[:-1]) & (edges[0][1:] == edges[0][:-1])
    is_foreign: Bools = passage | np.append(pair, False)[: len(kinds)] | np.insert(pair, 0, False)[: len(kinds)]
    return is_foreign
