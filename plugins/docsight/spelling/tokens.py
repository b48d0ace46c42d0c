"""The words of a raw text, by offsets, and the sentences that they stand in."""

import re
from typing import NamedTuple

import numpy as np

from docsight.vocab import UNK, Vocab

# A word is letters, with apostrophes inside (don't); a number is one token, and so is every other sign.
_TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d+(?:[.,]\d+)*|[^\w\s]|_")
_NUMBER = re.compile(r"\d")
_KEY = re.compile(r"[a-z']+")
# Where a sentence ends: a line break, or a full stop (?, !) with what may close it, before a capital.
_END = re.compile(r"\n|[.!?][\"'\u2019\u201d)\]]*\s+(?=[\"'\u2018\u201c(\[]*[A-Z])")
MAX_SENTENCE = 80  # tokens; a longer stretch without an end is cut
MAX_KEY = 32  # letters of the longest word that a lexicon holds
NUMBER = "0"  # what every number is read as


class Tokens(NamedTuple):
    """The words, numbers and signs of a text."""

    surfaces: list[str]  # as written
    starts: np.ndarray  # (tokens,) offset of the first character of each
    bounds: np.ndarray  # (sentences + 1,) the first token of each sentence, and the number of tokens


def read_tokens(text: str) -> Tokens:
    """Cut a text into tokens and sentences; linear in its length, whatever it holds."""
    surfaces = _TOKEN.findall(text)
    starts = np.array([match.start() for match in _TOKEN.finditer(text)], dtype=np.int64)
    ends = np.array([match.end() for match in _END.finditer(text)], dtype=np.int64)
    bounds = np.unique(np.concatenate([[0], np.searchsorted(starts, ends), [len(surfaces)]]))
    long = np.flatnonzero(np.diff(bounds) > MAX_SENTENCE)
    if len(long):
        cuts = [np.arange(bounds[at] + MAX_SENTENCE, bounds[at + 1], MAX_SENTENCE) for at in long]
        bounds = np.unique(np.concatenate([bounds, *cuts]))
    return Tokens(surfaces, starts, bounds)


def key_of(surface: str) -> str:
    """Return what a token is looked up as: in lower case, its apostrophes straight; every number is the same one."""
    if _NUMBER.match(surface):
        return NUMBER
    return surface.lower().replace("\u2019", "'")


def lexicon_id(surface: str, words: Vocab) -> int:
    """Return the id of a token in a lexicon; that of the word without its possessive 's where it is not there."""
    key = key_of(surface)
    found = words.id(key)
    return words.id(key[:-2]) if found == UNK and key.endswith("'s") else found


def is_key(key: str) -> bool:
    """Tell whether a lexicon could hold a key: ASCII letters and apostrophes, and not too many of them."""
    return len(key) <= MAX_KEY and _KEY.fullmatch(key) is not None
