"""Tokens and sentences of a raw text, by character offsets."""

import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from docsight.text_layout import text_layout
from docsight.vocab import CASINGS, UNK, Vocab

# A word is letters with apostrophes inside (don't). A number is one token, and so is every other character.
_TOKEN_PATTERN = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d+(?:[.,]\d+)*|[^\w\s]|_")
_DIGIT = re.compile(r"\d")
_KEY_PATTERN = re.compile(r"[a-z']+")
# A sentence ends at a full stop (?, !) with its closing quotes or brackets before a capital, and where a line or a cell
# ends; see `text_layout`.
_SENTENCE_END = re.compile(r"[.!?][\"'\u2019\u201d)\]]*\s+(?=[\"'\u2018\u201c(\[]*[A-Z])")
_LINES = re.compile(r"[\t-\r\x1c-\x1e\x85\xa0\u2028\u2029]|   ")  # every text of several lines or cells matches
LOWER, TITLE, UPPER, INITIAL, MIXED, SYMBOL = map(
    CASINGS.index, ("lower", "title", "upper", "initial", "mixed", "symbol")
)
MAX_SENTENCE = 80  # tokens; longer sentences are cut
MAX_KEY = 32  # letters of the longest word in a lexicon
NUMBER_KEY = "0"  # of every number


class Tokens(NamedTuple):
    """The words, numbers and punctuation characters of a text."""

    surfaces: list[str]  # as written
    starts: np.ndarray  # (tokens,) offset of the first character of each
    bounds: np.ndarray  # (sentences + 1,) the first token of each sentence, then the number of tokens


def read_tokens(text: str, sentence_ends: Iterable[int] = ()) -> Tokens:
    """Split a text into tokens and sentences, in time linear in its length.

    Args:
        text: The text.
        sentence_ends: Offsets at which a sentence ends in any case, in any order; others end by the shape of the text.
    """
    surfaces = _TOKEN_PATTERN.findall(text)
    starts = np.array([match.start() for match in _TOKEN_PATTERN.finditer(text)], dtype=np.int64)
    ends = [*sentence_ends, *(match.end() for match in _SENTENCE_END.finditer(text))]
    if _LINES.search(text):
        layout = text_layout(text)
        ends += layout.line_ends + layout.cell_ends
    bounds = np.unique(np.concatenate([[0], np.searchsorted(starts, np.array(ends, np.int64)), [len(surfaces)]]))
    long = np.flatnonzero(np.diff(bounds) > MAX_SENTENCE)
    if len(long):
        cuts = [np.arange(bounds[at] + MAX_SENTENCE, bounds[at + 1], MAX_SENTENCE) for at in long]
        bounds = np.unique(np.concatenate([bounds, *cuts]))
    return Tokens(surfaces, starts, bounds)


def key_of(surface: str) -> str:
    """Return the lookup key of a token: lower case, straight apostrophes, the same key for all numbers."""
    return NUMBER_KEY if _DIGIT.match(surface) else surface.lower().replace("\u2019", "'")


def lexicon_id(surface: str, words: Vocab) -> int:
    """Return the id of a token in a lexicon, or else that of the word without its possessive 's."""
    key = key_of(surface)
    word_id = words.id(key)
    return words.id(key[:-2]) if word_id == UNK and key.endswith("'s") else word_id


def is_key(key: str) -> bool:
    """Return whether a key can be in a lexicon: ASCII letters and apostrophes, at most `MAX_KEY`."""
    return len(key) <= MAX_KEY and _KEY_PATTERN.fullmatch(key) is not None
