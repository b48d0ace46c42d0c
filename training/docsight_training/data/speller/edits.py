"""Rates of single edits by their neighbouring letters, counted in pairs of a misspelling and its correction."""

import random
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import accumulate

from docsight_training.data.speller.alignment import VOWELS, differing_parts

LETTERS = "abcdefghijklmnopqrstuvwxyz"
# The edits at a letter by number: 0-25 replace it, 26-51 insert a letter after it, then follow these two.
INSERT, DELETE, SWAP, NUM_EDITS = 26, 52, 53, 54
_EDIT_SMOOTHING = 100.0  # the rate without context counts as much as this many occurrences of the context
_MAX_RATIO = 20.0  # how much a neighbour can raise or lower the rate of an edit
# The fraction of misspelled words by length, from two letters up: those of the lists are longer than those of text.
_FRACTION_BY_LENGTH = (0.01, 0.05, 0.11, 0.14, 0.14, 0.14, 0.12, 0.10, 0.08, 0.05, 0.03, 0.03)


class EditCounts:
    def __init__(self) -> None:
        self.words: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()  # letters, and pairs of letters
        self._edits: Counter[tuple[str, int]] = Counter()  # edit by letter
        self._left: Counter[tuple[str, int]] = Counter()  # edit by previous letter and letter
        self._right: Counter[tuple[str, int]] = Counter()  # edit by letter and next letter
        self._kinds: Counter[int] = Counter()  # edits of any letter: substitute, insert, delete, swap
        self._chunks: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._drawn: dict[str, tuple[list[str], list[float]]] = {}
        self._rates: dict[str, list[tuple[float, str, bool]]] = {}

    def add(self, typed: str, meant: str, weight: int) -> None:
        self.words[meant] += weight
        padded = f"~^{meant}$"
        for i in range(1, len(padded) - 1):
            self._seen[padded[i]] += weight
            self._seen[padded[i - 1 : i + 1]] += weight
        self._seen[padded[-2:]] += weight
        head, wrong, right = differing_parts(typed, meant)
        at = head + 2  # of the first wrong letter in the padded word
        if len(wrong) == len(right) == 1:
            self._count(LETTERS.index(wrong), padded, at, weight)
        elif len(wrong) == 1 and not right:
            self._count(INSERT + LETTERS.index(wrong), padded, at - 1, weight)
        elif len(right) == 1 and not wrong:
            # The common beginning includes the first of two equal letters, so the second one is missing.
            self._count(DELETE, padded, at - 1 if right == padded[at - 1] else at, weight)
        elif len(wrong) == len(right) == 2 and wrong == right[::-1]:
            self._count(SWAP, padded, at, weight)
        elif 1 <= len(right) <= 3 and len(wrong) <= 3:
            self._chunks[right][wrong] += weight

    def _count(self, edit: int, padded: str, at: int, weight: int) -> None:
        self._edits[padded[at], edit] += weight
        self._left[padded[at - 1 : at + 1], edit] += weight
        self._right[padded[at : at + 2], edit] += weight
        self._kinds[_group(edit)] += weight

    def sample(self, rng: random.Random, count: int) -> list[str]:
        """Draw words of the pairs; their lengths are distributed like those of misspelled words in text."""
        by_length: defaultdict[int, list[str]] = defaultdict(list)
        for word in self.words:
            by_length[min(len(word), len(_FRACTION_BY_LENGTH) + 1)].append(word)
        lengths = [length for length in by_length if length > 1] or list(by_length)
        fractions = [_FRACTION_BY_LENGTH[max(length - 2, 0)] for length in lengths]
        return [rng.choice(by_length[length]) for length in rng.choices(lengths, fractions, k=count)]

    def rates(self, triple: str) -> list[tuple[float, str, bool]]:
        """Return rate and kind of each edit at the middle of three letters, and whether it changes the first letter."""
        if triple not in self._rates:
            previous, letter, following = tuple(triple)
            total = max(sum(self._seen[x] for x in LETTERS), 1)
            self._rates[triple] = [
                (
                    self._rate(edit, previous, letter, following, total),
                    _kind(edit, letter, following),
                    _changes_first(edit, previous, letter, following),
                )
                for edit in range(NUM_EDITS)
            ]
        return self._rates[triple]

    def _rate(self, edit: int, previous: str, letter: str, following: str, total: int) -> float:
        """Return the rate of an edit at a letter between two others; 0 where another edit has the same effect."""
        if letter == "^":
            if not INSERT <= edit < DELETE or LETTERS[edit - INSERT] == following:
                return 0.0
        elif (
            (edit < INSERT and LETTERS[edit] == letter)
            or (INSERT <= edit < DELETE and letter != following == LETTERS[edit - INSERT])
            or (edit == DELETE and previous == letter)
            or (edit == SWAP and (following in ("$", letter)))
        ):
            return 0.0
        group = _group(edit)
        prior = self._kinds[group] / total / (26 if group < 2 else 1)
        alone = self._smooth(self._edits[letter, edit], self._seen[letter], prior)
        left = self._smooth(self._left[previous + letter, edit], self._seen[previous + letter], alone) / alone
        right = self._smooth(self._right[letter + following, edit], self._seen[letter + following], alone) / alone
        return alone * min(max(left, 1 / _MAX_RATIO), _MAX_RATIO) * min(max(right, 1 / _MAX_RATIO), _MAX_RATIO)

    @staticmethod
    def _smooth(count: int, seen: int, prior: float) -> float:
        return (count + _EDIT_SMOOTHING * max(prior, 1e-7)) / (seen + _EDIT_SMOOTHING)

    def exchange(self, word: str, rng: random.Random) -> str:
        """Draw a group of up to three letters of the word, and replace it by a group that was typed for it."""
        found: list[tuple[int, str]] = []
        weights: list[float] = []
        total = 0.0
        for at in range(len(word)):
            for end in range(at + 1, min(at + 3, len(word)) + 1):
                chunk = word[at:end]
                if chunk in self._chunks:
                    total += self._chunk(chunk)[1][-1]
                    found.append((at, chunk))
                    weights.append(total)
        if not found:
            return word
        at, chunk = found[min(bisect_right(weights, rng.random() * total), len(found) - 1)]
        return f"{word[:at]}{drawn(self._chunk(chunk), rng)}{word[at + len(chunk) :]}" or word

    def _chunk(self, chunk: str) -> tuple[list[str], list[float]]:
        """Return what is typed for a group of letters, with weights relative to how often the group occurs."""
        if chunk not in self._drawn:
            # A group of three letters is about as rare as the rarer of its pairs.
            seen = min((self._seen[chunk[i : i + 2]] for i in range(len(chunk) - 1)), default=self._seen[chunk])
            listed = [(typed, count / (seen + _EDIT_SMOOTHING)) for typed, count in self._chunks[chunk].items()]
            self._drawn[chunk] = cumulative(listed)
        return self._drawn[chunk]


def cumulative(listed: Iterable[tuple[str, float]]) -> tuple[list[str], list[float]]:
    """Return the texts and the running sum of their weights, for `drawn`."""
    texts, weights = zip(*listed, strict=True)
    return list(texts), list(accumulate(weights))


def drawn(listed: tuple[list[str], list[float]], rng: random.Random) -> str:
    texts, weights = listed
    return texts[min(bisect_right(weights, rng.random() * weights[-1]), len(texts) - 1)]


def _kind(edit: int, letter: str, following: str) -> str:
    if edit < INSERT:
        return "vowel" if letter in VOWELS and LETTERS[edit] in VOWELS else "substitute"
    if edit < DELETE:
        return "double" if LETTERS[edit - INSERT] == letter else "insert"
    if edit == DELETE:
        return "undouble" if letter == following else "delete"
    return "swap"


def _group(edit: int) -> int:
    return 0 if edit < INSERT else 1 if edit < DELETE else edit


def _changes_first(edit: int, previous: str, letter: str, following: str) -> bool:
    if letter == "^":
        return True
    return previous == "^" and not INSERT <= edit < DELETE and not (edit == DELETE and letter == following)
