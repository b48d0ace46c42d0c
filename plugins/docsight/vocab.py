"""Ids of words and characters, and the casing classes of words."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

PAD = 0
UNK = 1
_RESERVED = 2
_DIGIT_PATTERN = re.compile(r"\d")

# Tokens that stand for layout: the end of a line and the end of a table cell. They are never part of an entity.
LINE_END, CELL_END = "⏎", "⇥"

# The classes of `casing`, in the order of their ids; 0 is padding.
CASINGS = ("<pad>", "lower", "title", "upper", "initial", "mixed", "digits", "alphanumeric", "symbol")


class Vocab:
    """Strings numbered from 2, in their order; 0 is padding and 1 is the unknown entry.

    Raises:
        ValueError: An entry occurs twice.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self.entries: tuple[str, ...] = tuple(entries)
        self._ids = {entry: i for i, entry in enumerate(self.entries, start=_RESERVED)}
        if len(self._ids) != len(self.entries):
            repeated = Counter(self.entries).most_common(1)[0][0]
            raise ValueError(f"Expected different entries in a vocabulary; {repeated!r} occurs more than once.")

    def __len__(self) -> int:
        """Return the number of ids, padding and unknown included: the rows of an embedding."""
        return len(self.entries) + _RESERVED

    def __contains__(self, entry: str) -> bool:
        return entry in self._ids

    def id(self, entry: str) -> int:
        return self._ids.get(entry, UNK)

    def word_id(self, word: str) -> int:
        """Return the id of a word: that of its lower case, else that with its digits as zeros, else unknown."""
        lower = word.lower()
        known = self._ids.get(lower)
        return self._ids.get(_DIGIT_PATTERN.sub("0", lower), UNK) if known is None else known

    def char_ids(self, word: str, max_chars: int) -> list[int]:
        """Return the ids of a word's characters; a word of more than `max_chars` keeps its head and its tail."""
        if len(word) > max_chars:
            head = max_chars // 2
            word = word[:head] + word[-(max_chars - head) :]
        return [self._ids.get(char, UNK) for char in word]


def casing(word: str) -> int:
    """Return the casing class of a word, an index into `CASINGS`."""
    if word.isalpha() and word.isascii():  # most words: seven times as fast as the tests of each character
        if word.islower():
            return 1
        if word[1:].islower():
            return 2
        return (3 if len(word) > 1 else 4) if word.isupper() else 5
    if not any(char.isalnum() for char in word):
        return 8
    if not any(char.isalpha() for char in word):
        return 6
    if any(char.isdigit() for char in word):
        return 7
    if word.isupper():
        return 4 if sum(char.isalpha() for char in word) == 1 else 3
    if word[0].isupper() and word[1:].islower():
        return 2
    return 5 if any(char.isupper() for char in word) else 1


def char_vocab(words: Iterable[str], *, min_count: int = 1) -> Vocab:
    """Build the vocabulary of characters that occur at least `min_count` times in the words."""
    counts = Counter(char for word in words for char in word)
    return Vocab(sorted(char for char, count in counts.items() if count >= min_count))


def pad_rows(rows: Sequence[Sequence[int]], width: int | None = None) -> list[list[int]]:
    """Pad rows of ids with `PAD` to one width, at least 1."""
    target = max((len(row) for row in rows), default=1) if width is None else width
    return [list(row) + [PAD] * (max(target, 1) - len(row)) for row in rows]
