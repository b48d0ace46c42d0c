"""Spelling mistakes as people make them: listed ones, learned edits, real words mixed up, words split and joined."""

import random
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from docsight_training.data.speller.confusion_sets import confusion_sets
from docsight_training.data.speller.edit_sampler import EditSampler
from docsight_training.data.speller.edits import EditCounts, cumulative, drawn

# Fractions of the mistakes of a sentence; the rest are misspellings.
_KIND_FRACTIONS = {"real": 0.25, "split": 0.01, "join": 0.01}
_LISTED_FRACTION = 1 / 3  # of the misspellings, where lists have any of the word
_NEIGHBOUR_FRACTION = 0.25  # of the real words typed for another one: a neighbour, not one of a confusion set
_MAX_TRIES = 12
# How likely a word of running text is misspelt, by its length, relative to a word of six or seven letters.
_RATE_BY_LENGTH = (0.0, 0.01, 0.03, 0.1, 0.4, 0.8, 1.0, 1.2, 1.5, 1.9, 2.4)
# Words so frequent that they would be most of the confused words if all places were equally likely.
_FREQUENT = frozenset(("the", "a", "an", "in", "of", "and", "is", "it", "that", "for", "on", "as", "was", "with", "be"))
_FREQUENT_WEIGHT = 0.15
# Short words that people cut off longer ones (a long, some times, with out); other parts must have four letters.
_PARTS = """
a all an any be by can day down every for her him how in it like man may mean more my no not off on one our out over own
self some the them there thing time to up way well what where while with your
"""
_SPLIT_PARTS = frozenset(_PARTS.split())
_MAX_JOINED_LETTERS = 14


class Change(NamedTuple):
    """What is typed in place of the words from `start` up to `stop`.

    `kind` is one of known, edits, real, split and join; a split's `typed` holds a space.
    """

    start: int
    stop: int
    typed: str
    kind: str


class Noise:
    """Draws misspellings of words, and the mistakes of sentences.

    Only words of ASCII letters in lower case, capitals or with one capital in front are changed; `known` and `confuse`
    also accept an apostrophe where a list has the word. All other words, such as those with a hyphen, a digit or an
    accent, stay as they are. All draws are from the generator that the caller passes, so a seed repeats them.

    Args:
        edits: Draws edits of single words.
        known: By word in lower case, its listed misspellings and their weights.
        joined: By two words, what is typed for them as one.
        lexicon: Words in lower case; a misspelling is never one of them.
        neighbours: By word, the real words close to it, such as those one edit away.
    """

    def __init__(
        self,
        *,
        edits: EditSampler,
        known: Mapping[str, Sequence[tuple[str, float]]],
        joined: Mapping[tuple[str, str], str],
        lexicon: Collection[str] = frozenset(),
        neighbours: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.lexicon = frozenset(lexicon)
        self.neighbours = dict(neighbours or {})
        self._known = {word: cumulative(listed) for word, listed in known.items()}
        self._joined = dict(joined)
        self._edits = edits

    @classmethod
    def from_pairs(
        cls,
        pairs: Iterable[tuple[str, str, int]],
        *,
        lexicon: Collection[str] = frozenset(),
        neighbours: Mapping[str, Sequence[str]] | None = None,
        **mix: Any,
    ) -> "Noise":
        """Learn from (misspelling, correction, weight); pairs that cannot be used are skipped.

        Args:
            pairs: The pairs, of any case.
            lexicon: Words in lower case; a misspelling is never one of them.
            neighbours: By word, the real words close to it.
            mix: The arguments of `EditSampler` for the mix of edits.

        Raises:
            ValueError: No pair can be used, or the mix is incomplete.
        """
        edits = EditCounts()
        known: defaultdict[str, Counter[str]] = defaultdict(Counter)
        joined: dict[tuple[str, str], str] = {}
        for misspelling, correction, weight in pairs:
            typed, meant = misspelling.lower(), correction.lower()
            if typed == meant or not _is_plain(typed) or " " in typed:
                continue
            if " " in meant:
                left, _, right = meant.partition(" ")
                if typed == left + right:
                    joined[left, right] = typed
            elif _is_plain(meant):
                if typed not in lexicon:
                    known[meant][typed] += weight
                if typed.isalpha() and meant.isalpha():
                    edits.add(typed, meant, weight)
        if not edits.words:
            raise ValueError("Expected pairs of a misspelt word and its correction; found none of ASCII letters.")
        return cls(
            edits=EditSampler(edits, lexicon=lexicon, **mix),
            known={word: list(listed.items()) for word, listed in known.items()},
            joined=joined,
            lexicon=lexicon,
            neighbours=neighbours,
        )

    def misspell(self, word: str, rng: random.Random) -> str:
        """Return the word with learned edits, in its case; never the word itself or one of the lexicon."""
        recase = _recase_like(word)
        if recase is None:
            return word
        lower = word.lower()
        for _ in range(_MAX_TRIES):
            typed = self._edits.sample(lower, rng)
            if typed != lower and typed not in self.lexicon:
                return recase(typed)
        typed = lower + lower[-1]
        while typed in self.lexicon:
            typed += lower[-1]
        return recase(typed)

    def known(self, word: str, rng: random.Random) -> str | None:
        """Return one of the listed misspellings of the word, in its case, or None."""
        listed = self._known.get(word.lower())
        recase = _recase_like(word, apostrophe=True)
        return None if listed is None or recase is None else recase(drawn(listed, rng))

    def confuse(self, word: str, rng: random.Random) -> str | None:
        """Return another real word that is typed for this one by mistake, in its case, or None."""
        lower = word.lower()
        others: Sequence[str] = confusion_sets().get(lower, ())
        near = self.neighbours.get(lower, ())
        recase = _recase_like(word, apostrophe=True)
        if recase is None or not (others or near):
            return None
        if near and (not others or rng.random() < _NEIGHBOUR_FRACTION):
            others = near
        return recase(rng.choice(others))

    def split(self, word: str, rng: random.Random) -> str | None:
        """Return the word cut into two words of the lexicon, such as some times, or None."""
        recase = _recase_like(word)
        if recase is None or len(word) < 4:
            return None
        lower = word.lower()
        cuts = [at for at in range(1, len(word)) if self._is_part(lower[:at]) and self._is_part(lower[at:])]
        if not cuts:
            return None
        at = rng.choice(cuts)
        return recase(f"{lower[:at]} {lower[at:]}")

    def join(self, first: str, second: str) -> str | None:
        """Return two words typed as one, such as alot, or None where that is a word or one of them is capitalised."""
        typed = first + second
        if not (first[:1].islower() or len(first) == 1 or first.istitle()) or not second.islower():
            return None
        is_word = typed.isascii() and typed.isalpha()
        if not is_word or len(typed) > _MAX_JOINED_LETTERS or typed.lower() in self.lexicon:
            return None
        return typed

    def noisy(
        self,
        words: Sequence[str],
        rng: random.Random,
        *,
        clean: float = 1 / 3,
        rate: tuple[float, float] = (0.02, 0.15),
    ) -> list[Change]:
        """Draw the mistakes of a sentence, by rising `start`; no word is in two of them.

        Args:
            words: The words as they are meant; entries that are no words, such as commas, stay.
            rng: The generator of all draws.
            clean: The fraction of sentences without mistakes.
            rate: The bounds of the fraction of wrong words, which is drawn uniformly for each other sentence. A
                fraction of a word is a probability, so a short sentence can stay without mistakes, too.
        """
        if rng.random() < clean:
            return []
        free = [i for i, word in enumerate(words) if word.isascii() and word.replace("'", "").isalpha()]
        count = int(rng.uniform(*rate) * len(free) + rng.random())
        changes: list[Change] = []
        for _ in range(count):
            if not free:
                break
            change = self._draw_change(words, free, rng)
            if change is not None:
                changes.append(change)
                free = [i for i in free if not change.start <= i < change.stop]
        return sorted(changes)

    def _draw_change(self, words: Sequence[str], free: Sequence[int], rng: random.Random) -> Change | None:
        """Draw one mistake among the words at the places `free`.

        Where a sentence has no word for a mistake of the drawn kind, the mistake is a misspelling.
        """
        draw = rng.random()
        for kind, fraction in _KIND_FRACTIONS.items():
            draw -= fraction
            if draw < 0:
                change = _DRAWS[kind](self, words, free, rng)
                if change is not None:
                    return change
                break
        weights = list(accumulate(_RATE_BY_LENGTH[min(len(words[i]), 10)] for i in free))
        at = free[min(bisect_right(weights, rng.random() * weights[-1]), len(free) - 1)]
        # The letters of a word with an apostrophe are not edited: the mistake is in the apostrophe, as lists have it.
        typed = self.known(words[at], rng) if rng.random() < _LISTED_FRACTION or "'" in words[at] else None
        if typed is not None:
            return Change(at, at + 1, typed, "known")
        typed = self.misspell(words[at], rng)
        return None if typed == words[at] else Change(at, at + 1, typed, "edits")

    def _draw_real(self, words: Sequence[str], free: Sequence[int], rng: random.Random) -> Change | None:
        """Draw a word of a confusion set or, for the fraction of neighbours, any word that has some."""
        candidates: Mapping[str, Sequence[str]] = confusion_sets()
        if self.neighbours and rng.random() < _NEIGHBOUR_FRACTION:
            candidates = self.neighbours
        places = [i for i in free if words[i].lower() in candidates]
        if not places:
            return None
        weights = [_FREQUENT_WEIGHT if words[i].lower() in _FREQUENT else 1.0 for i in places]
        at = rng.choices(places, weights)[0]
        recase = _recase_like(words[at], apostrophe=True)
        if recase is None:
            return None
        return Change(at, at + 1, recase(rng.choice(candidates[words[at].lower()])), "real")

    def _draw_split(self, words: Sequence[str], free: Sequence[int], rng: random.Random) -> Change | None:
        for at in rng.sample(free, len(free)):
            typed = self.split(words[at], rng)
            if typed is not None:
                return Change(at, at + 1, typed, "split")
        return None

    def _draw_join(self, words: Sequence[str], free: Sequence[int], rng: random.Random) -> Change | None:
        """Draw two words that a list has as one, or else any two short ones."""
        places = set(free)
        pairs = [(i, words[i], words[i + 1]) for i in free if i + 1 in places]
        listed = [i for i, first, second in pairs if (first.lower(), second.lower()) in self._joined]
        short = [i for i, first, second in pairs if len(first) + len(second) <= 8]
        if not listed and not short:
            return None
        at = rng.choice(listed or short)
        typed = self.join(words[at], words[at + 1])
        return None if typed is None else Change(at, at + 2, typed, "join")

    def _is_part(self, part: str) -> bool:
        return part in _SPLIT_PARTS or (len(part) >= 4 and part in self.lexicon)


_DRAWS = {"real": Noise._draw_real, "split": Noise._draw_split, "join": Noise._draw_join}


def _is_plain(word: str) -> bool:
    return word.isascii() and word.replace("'", "").replace(" ", "").isalpha()


def _recase_like(word: str, *, apostrophe: bool = False) -> Callable[[str], str] | None:
    """Return a function that gives a typed word the case of this one, or None for a word that stays as it is."""
    letters = word.replace("'", "") if apostrophe else word
    if not (letters.isascii() and letters.isalpha()):
        return None
    if letters.islower():
        return str
    if letters[0].isupper() and (len(letters) == 1 or letters[1:].islower()):
        return _capitalise
    return str.upper if letters.isupper() else None


def _capitalise(word: str) -> str:
    return word[:1].upper() + word[1:]
