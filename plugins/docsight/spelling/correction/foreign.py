"""Stretches of a text in another language, which no English speller should touch."""

from collections.abc import Sequence
from enum import IntEnum

import numpy as np

from docsight.spelling.arrays import Bools, Ints, starts_of
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.lexicon.tables import WordSource

# Words that English sentences have and, as a rule, those of other languages have not; and the other way round.
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
_BESIDE = 4  # words on either side that tell a foreign stretch
_FEW = 4  # fewer words do not tell
_LEAST = 2  # foreign words in it, or foreign and unknown ones
_SHARE = 0.3  # of its words
_RARE_ZIPF = 2.5  # a word of the large lists that is more frequent than this is often another language's


class Kind(IntEnum):
    """What a word says of the language that it stands in."""

    UNKNOWN = 0
    USUAL = 1  # a word of the base dictionaries, or a listed misspelling
    ENGLISH = 2
    FOREIGN = 3  # it may be
    FUNCTION = 4  # a common word of another language


_FUNCTION_WORDS: dict[str, Kind] = {
    **dict.fromkeys(_FOREIGN.split(), Kind.FUNCTION),
    **dict.fromkeys(_ENGLISH.split(), Kind.ENGLISH),
}


def word_kinds(keys: Sequence[str], ids: Ints, casings: Ints, dictionary: Dictionary) -> Ints:
    """Tell the `Kind` of words, (words,), by their keys, ids and casings.

    A word that people use and no dictionary has is hardly a misspelling, and may be foreign; so may be one that only
    the large dictionaries have, or that they write with a capital, where it is frequent and in lower case.
    """
    inside = np.where(ids < dictionary.size, ids, 0)
    sources, zipf = dictionary.sources[inside], dictionary.zipf[inside]
    usual = ((sources & int(WordSource.US | WordSource.UK)) > 0) & ((sources & int(WordSource.LOWER)) > 0)
    listed = (sources > 0) & ~dictionary.in_dictionary[inside]
    odd = dictionary.in_dictionary[inside] & ~usual & (casings == 1) & (zipf >= _RARE_ZIPF)
    kinds = np.where(listed | odd, Kind.FOREIGN, np.where(usual, Kind.USUAL, Kind.UNKNOWN)).astype(np.int64)
    doubtful = np.flatnonzero(kinds != Kind.USUAL)
    mistakes = dictionary.listed_mistakes([keys[at] for at in doubtful.tolist()])
    kinds[doubtful[mistakes]] = Kind.USUAL
    for at, key in enumerate(keys):
        kinds[at] = _FUNCTION_WORDS.get(key, kinds[at])
    return kinds


def foreign_stretches(kinds: Ints, edges: Ints) -> Bools:
    """Tell which words stand in a foreign stretch.

    Args:
        kinds: (words,) of running text.
        edges: (2, words) the first word of the sentence of each, and the first behind it.

    Returns:
        (words,) whether a word stands in one: there is no common English beside it, and foreign words are more than
        a few while usual English ones are not the most, or a common word of another language is and half of all are
        foreign or unknown; or, if it may be foreign itself, whether a common word of another language is next to it.
    """
    at = np.arange(len(kinds))
    low, high = np.maximum(at - _BESIDE, edges[0]), np.minimum(at + _BESIDE + 1, edges[1])

    def beside(*wanted: Kind) -> Ints:
        before = starts_of(np.isin(kinds, wanted).astype(np.int64))
        return before[high] - before[low]

    count, foreign = high - low, beside(Kind.FOREIGN, Kind.FUNCTION)
    strange = foreign + beside(Kind.UNKNOWN)
    many = (foreign >= _LEAST) & (foreign >= _SHARE * count) & (2 * beside(Kind.USUAL) <= count)
    most = (beside(Kind.FUNCTION) > 0) & (strange >= _LEAST) & (2 * strange >= count)
    stretch = (count >= _FEW) & (many | most) & (beside(Kind.ENGLISH) == 0)
    function, odd = kinds == Kind.FUNCTION, np.isin(kinds, (Kind.UNKNOWN, Kind.FOREIGN, Kind.FUNCTION))
    pair = odd[1:] & odd[:-1] & (function[1:] | function[:-1]) & (edges[0][1:] == edges[0][:-1])
    return stretch | np.append(pair, False)[: len(kinds)] | np.insert(pair, 0, False)[: len(kinds)]
