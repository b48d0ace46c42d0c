"""Words and characters as integers, and the casing of a word as a class."""

import re
from collections.abc import Iterable, Sequence

PAD = 0
UNK = 1
_RESERVED = 2
_DIGIT_PATTERN = re.compile(r"\d")

# The classes of `casing`, in the order of their ids; 0 is padding.
CASINGS = ("<pad>", "lower", "title", "upper", "initial", "mixed", "digits", "alphanumeric", "symbol")


class Vocab:
    """Strings numbered from 2; 0 is padding and 1 stands for whatever is unknown.

    Args:
        entries: The known strings, each once, in the order of their ids.

    Raises:
        ValueError: An entry stands twice.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self.entries: tuple[str, ...] = tuple(entries)
        self._ids = {entry: i for i, entry in enumerate(self.entries, start=_RESERVED)}
        if len(self._ids) != len(self.entries):
            seen: set[str] = set()
            twice = next(entry for entry in self.entries if entry in seen or seen.add(entry))  # type: ignore[func-returns-value]
            raise ValueError(f"A vocabulary holds each entry once; {twice!r} stands twice.")

    def __len__(self) -> int:
        """Count the ids, padding and unknown included: the rows an embedding needs."""
        return len(self.entries) + _RESERVED

    def __contains__(self, entry: str) -> bool:
        return entry in self._ids

    def id(self, entry: str) -> int:
        """Return the id of an entry, or that of the unknown."""
        return self._ids.get(entry, UNK)

    def word_id(self, word: str) -> int:
        """Return the id of a word: as written in lower case, else with its digits as zeros, else unknown."""
        lower = word.lower()
        found = self._ids.get(lower)
        if found is None:
            found = self._ids.get(_DIGIT_PATTERN.sub("0", lower), UNK)
        return found

    def char_ids(self, word: str, max_chars: int) -> list[int]:
        """Return the ids of a word's characters; a longer word keeps its head and its tail."""
        if len(word) > max_chars:
            head = max_chars // 2
            word = word[:head] + word[-(max_chars - head) :]
        return [self._ids.get(char, UNK) for char in word]


def casing(word: str) -> int:
    """Return the casing class of a word, an index into `CASINGS`."""
    if word.isalpha() and word.isascii():  # what most words are, and quickly told
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
    if word.islower():
        return 1
    letters = sum(char.isalpha() for char in word)
    if word.isupper():
        return 4 if letters == 1 else 3
    if word[0].isupper() and word[1:].islower():
        return 2
    return 5 if any(char.isupper() for char in word) else 1


def char_vocab(words: Iterable[str], *, min_count: int = 1) -> Vocab:
    """Build the vocabulary of the characters that occur at least `min_count` times in the words."""
    counts: dict[str, int] = {}
    for word in words:
        for char in word:
            counts[char] = counts.get(char, 0) + 1
    return Vocab(sorted(char for char, count in counts.items() if count >= min_count))


def pad_rows(rows: Sequence[Sequence[int]], width: int | None = None) -> list[list[int]]:
    """Pad rows of ids with `PAD` to one width, at least 1."""
    wanted = max((len(row) for row in rows), default=1) if width is None else width
    return [list(row) + [PAD] * (max(wanted, 1) - len(row)) for row in rows]
