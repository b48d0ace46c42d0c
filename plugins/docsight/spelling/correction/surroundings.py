"""What surrounds the words of a batch of texts: lines, neighbouring characters and the kind of text."""

from collections.abc import Sequence
from enum import IntFlag
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from docsight.spelling.arrays import Bools, Floats, Ints, starts_of
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.foreign import Kind
from docsight.spelling.tokens import LOWER

Flags = npt.NDArray[np.uint8]


class _Kind(IntFlag):
    """What a character is."""

    LINE_END = 1
    SPACE = 2
    QUOTE = 4
    BEFORE_WORD = 8  # punctuation of sentences before a word
    AFTER_WORD = 16  # and after it; other signs beside a word, as in options, paths and markup, are technical
    LETTER = 32
    PROSE = 64  # what prose has besides letters


_CHARS = {
    _Kind.LINE_END: "\n\t\r\v\f\u2028\u2029",
    _Kind.SPACE: " \n\t\r\v\f\u00a0\u2028\u2029",
    _Kind.QUOTE: "'\"`\u2018\u2019\u201c\u201d\u00ab\u00bb",
    _Kind.BEFORE_WORD: "([\u2013\u2014",
    _Kind.AFTER_WORD: ".,;:!?)]\u2013\u2014\u2026",
    _Kind.PROSE: " .,;:!?'\"()-\u2018\u2019\u201c\u201d\u2013\u2014",
}
_STOPS = frozenset(".!?:")
_END_OF_TABLE = 0x2030  # the code points from here on are no letters for this purpose
_PASSAGE_RADIUS = 13  # words on either side that show the kind of a passage
_MAX_LINE = 80  # characters on either side of a word that count as its line


def _make_table() -> Flags:
    table = np.zeros(_END_OF_TABLE + 1, dtype=np.uint8)
    table[0xC0:0x2000] = _Kind.LETTER  # all but ASCII and the signs of Latin-1
    for first, last in ("az", "AZ"):
        table[ord(first) : ord(last) + 1] = _Kind.LETTER
    for kind, chars in _CHARS.items():
        table[[ord(char) for char in chars]] |= int(kind)
    return table


_TABLE = _make_table()


class Surroundings(NamedTuple):
    """Facts about the surroundings of each token, (tokens,) each."""

    glued: Bools  # beside a character that is neither white space nor the punctuation of sentences
    quoted: Bools  # between quote marks
    symbols: Floats  # the fraction of the characters of its line that prose hardly has
    whole: Bools  # its sentence ends with the punctuation of a sentence
    english: Floats  # the fraction of common English words near it
    usual: Floats  # the same of usual words of the dictionaries in lower case
    unknown: Floats  # of new words: unknown, but hardly misspelt
    foreign: Floats  # of common words of other languages
    unknown_in_text: Floats  # the fraction of new words among the distinct words of its text


def find_surroundings(texts: Sequence[str], batch: TokenBatch, is_new: Bools) -> Surroundings:
    """Describe the surroundings of all tokens, in time linear in the length of the texts.

    Args:
        texts: The texts.
        batch: Their tokens.
        is_new: (types,) unknown words that are not misspellings of known ones.
    """
    edges = np.searchsorted(batch.texts, np.arange(len(texts) + 1))
    # All texts at once, with a line break before and after each.
    points = np.frombuffer("\n".join(["", *texts, ""]).encode("utf-32-le", "surrogatepass"), np.uint32)
    offsets = starts_of(np.array([len(text) + 1 for text in texts], dtype=np.int64))[batch.texts] + 1
    flags = _TABLE[np.minimum(points, _END_OF_TABLE)]
    starts, ends = batch.starts + offsets, batch.ends + offsets
    glued, quoted = _inspect_neighbours(flags, starts, ends)
    symbols = _fractions_of_symbols(flags, starts, ends)
    english, usual, unknown, foreign = _fractions_of_kinds(batch, edges, is_new)
    return Surroundings(
        glued=glued,
        quoted=quoted,
        symbols=symbols,
        whole=_is_whole(batch),
        english=english,
        usual=usual,
        unknown=unknown,
        foreign=foreign,
        unknown_in_text=_unknown_in_text(batch, len(texts), is_new),
    )


def _inspect_neighbours(flags: Flags, starts: Ints, ends: Ints) -> tuple[Bools, Bools]:
    """Return which tokens are glued to technical signs, and which are quoted, by the characters beside them."""
    before, after = flags[starts - 1], flags[ends]
    glued = (before & (_Kind.SPACE | _Kind.BEFORE_WORD | _Kind.QUOTE)) == 0
    glued |= (after & (_Kind.SPACE | _Kind.AFTER_WORD | _Kind.QUOTE)) == 0
    # Punctuation inside a name: docs.python.
    beyond = flags[np.minimum(ends + 1, len(flags) - 1)]
    glued |= ((after & _Kind.AFTER_WORD) > 0) & ((beyond & _Kind.LETTER) > 0)
    return glued, (before & after & _Kind.QUOTE) > 0


def _fractions_of_symbols(flags: Flags, starts: Ints, ends: Ints) -> Floats:
    """Return the fraction of signs that prose hardly has in the line of each token."""
    breaks = np.flatnonzero(flags & _Kind.LINE_END)
    line = np.searchsorted(breaks, starts)
    low = np.maximum(breaks[line - 1] + 1, starts - _MAX_LINE)
    high = np.minimum(breaks[line], ends + _MAX_LINE)
    prose = starts_of(((flags & (_Kind.LETTER | _Kind.PROSE)) > 0).astype(np.int64))
    fractions: Floats = (1 - (prose[high] - prose[low]) / np.maximum(high - low, 1)).astype(np.float32)
    return fractions


def _is_whole(batch: TokenBatch) -> Bools:
    """Return which tokens are in a sentence that ends as one; a closing quote mark or bracket may follow the stop."""
    stops = np.array([surface in _STOPS for surface in batch.types.surfaces], dtype=bool)[batch.tokens]
    bounds = batch.bounds
    whole = np.zeros(len(bounds) - 1, dtype=bool)
    for back in (1, 2):
        at = bounds[1:] - back
        whole |= (at >= bounds[:-1]) & stops[at.clip(0)] if len(stops) else False
    return whole[batch.sentence]


def _fractions_of_kinds(batch: TokenBatch, edges: Ints, is_new: Bools) -> list[Floats]:
    """Return the fractions of English, usual, new and foreign words near each token, which does not count itself.

    `edges` are the first tokens of the texts, then the number of tokens: (texts + 1,).
    """
    counted = batch.is_word
    words = starts_of(counted.astype(np.int64))  # before each token
    low, high = words[edges[:-1]][batch.texts], words[edges[1:]][batch.texts]
    at = words[:-1]
    first, last = np.maximum(at - _PASSAGE_RADIUS, low), np.minimum(at + counted + _PASSAGE_RADIUS, high)
    count = np.maximum(last - first - counted, 1)
    kinds, is_known = batch.kinds[batch.tokens], batch.types.known[batch.tokens]
    usual = ((kinds == Kind.USUAL) | (kinds == Kind.ENGLISH)) & (batch.casings == LOWER) & is_known
    fractions = []
    for is_kind in (kinds == Kind.ENGLISH, usual, is_new[batch.tokens], kinds == Kind.FUNCTION):
        of_kind = starts_of(is_kind[counted].astype(np.int64))
        near = of_kind[last] - of_kind[first] - (is_kind & counted)
        fractions.append((near / count).astype(np.float32))
    return fractions


def _unknown_in_text(batch: TokenBatch, num_texts: int, is_new: Bools) -> Floats:
    counted = batch.is_word
    distinct = np.unique((batch.texts[counted] << 32) | batch.tokens[counted])
    texts, types = distinct >> 32, distinct & 0xFFFFFFFF
    count = np.maximum(np.bincount(texts, minlength=num_texts), 1)
    unknown = np.bincount(texts, is_new[types], num_texts) / count
    return unknown.astype(np.float32)[batch.texts]
