"""Spelling mistakes as people make them: listed ones, learned edits, real words mixed up, words split and joined."""

import random
from array import array
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import NamedTuple

from docsight_training.data.speller.alignment import LEARNER_MIX, align, edit_kind
from docsight_training.data.speller.edits import DELETE, INSERT, LETTERS, NUM_EDITS, EditCounts, cumulative, drawn

# Share of the errors of a sentence by what they are; the rest are misspellings.
LEARNER_SHARES = {"real": 0.25, "split": 0.01, "join": 0.01}

_KINDS = tuple(LEARNER_MIX)
_TRIES = 12
_CHUNK_SHARE = 0.4  # of the words with two edits: a learned group of letters for another one
_SAMPLE, _ROUNDS = 4000, 5  # words drawn in a round of fitting the mix
# How likely a word of running text is to be misspelt, by its length, against one of six or seven letters.
_BY_LENGTH = (0.0, 0.01, 0.03, 0.1, 0.4, 0.8, 1.0, 1.2, 1.5, 1.9, 2.4)
# Words so frequent that an even draw of places would mix up little else.
_FREQUENT = frozenset(("the", "a", "an", "in", "of", "and", "is", "it", "that", "for", "on", "as", "was", "with", "be"))
_FREQUENT_WEIGHT = 0.15
# Short words that people cut off longer ones (a long, some times, with out); other parts must have four letters.
_PARTS = """
a all an any be by can day down every for her him how in it like man may mean more my no not off on one our out over own
self some the them there thing time to up way well what where while with your
"""
_SPLIT_PARTS = frozenset(_PARTS.split())


class Change(NamedTuple):
    """What is typed in place of the words from `start` up to `stop`.

    `kind` is one of known, edits, real, split and join; a split's `typed` holds a space.
    """

    start: int
    stop: int
    typed: str
    kind: str


class Noise:
    """Draw misspellings with edits learned from pairs, in the mix of kinds that people show.

    Only words of ASCII letters in lower case, capitals or with one capital in front are changed; `known` and `confuse`
    also take an apostrophe where a list has the word. All else, such as a word with a hyphen, a digit or an accent,
    stays as it is. Every draw is from the generator that the caller passes, so a seed repeats it.

    Args:
        edits: Counts of single edits by their context, as `from_pairs` collects them.
        known: By word in lower case, its misspellings and their weights.
        joined: By two words, what is typed for them in one.
        lexicon: Words in lower case; a misspelling is never one of them.
        neighbours: By word, the real words that are close to it, as those one edit away.
        mix: The wanted share of each kind of edit, as `LEARNER_MIX`.
        first: The wanted share of misspellings with a wrong first letter.
        two: The share of misspelt words with two edits.
        three: The share with three.
        neighbour_share: The share of a word's neighbours in `confuse`, against the lists of words mixed up.
    """

    def __init__(
        self,
        *,
        edits: EditCounts,
        known: Mapping[str, Sequence[tuple[str, float]]],
        joined: Mapping[tuple[str, str], str],
        lexicon: Collection[str] = frozenset(),
        neighbours: Mapping[str, Sequence[str]] | None = None,
        mix: Mapping[str, float] = LEARNER_MIX,
        first: float = 0.05,
        two: float = 0.25,
        three: float = 0.045,
        neighbour_share: float = 0.25,
    ) -> None:
        if set(mix) != set(_KINDS):
            raise ValueError(f"Expected the mix to have the kinds {', '.join(_KINDS)}; found {', '.join(mix)}.")
        self.lexicon = frozenset(lexicon)
        self.neighbours = dict(neighbours or {})
        self.two, self.three, self.neighbour_share = two, three, neighbour_share
        self._known = {word: cumulative(listed) for word, listed in known.items()}
        self._joined = dict(joined)
        self._edits = edits
        self._scales = dict.fromkeys((*_KINDS, "first"), 1.0)
        self._sites: dict[str, array[float]] = {}
        self._fit({kind: share / sum(mix.values()) for kind, share in mix.items()}, first)

    @classmethod
    def from_pairs(
        cls,
        pairs: Iterable[tuple[str, str, int]],
        *,
        lexicon: Collection[str] = frozenset(),
        neighbours: Mapping[str, Sequence[str]] | None = None,
        mix: Mapping[str, float] = LEARNER_MIX,
        first: float = 0.05,
        two: float = 0.25,
        three: float = 0.045,
        neighbour_share: float = 0.25,
    ) -> "Noise":
        """Learn from (misspelling, correction, weight); pairs that it has no use for are passed over."""
        edits = EditCounts()
        known: defaultdict[str, Counter[str]] = defaultdict(Counter)
        joined: dict[tuple[str, str], str] = {}
        for misspelling, correction, weight in pairs:
            typed, meant = misspelling.lower(), correction.lower()
            if typed == meant or not _plain(typed) or " " in typed:
                continue
            if " " in meant:
                left, _, right = meant.partition(" ")
                if typed == left + right:
                    joined[left, right] = typed
            elif _plain(meant):
                if typed not in lexicon:
                    known[meant][typed] += weight
                if typed.isalpha() and meant.isalpha():
                    edits.add(typed, meant, weight)
        if not edits.words:
            raise ValueError("Expected pairs of a misspelt word and its correction; found none of ASCII letters.")
        return cls(
            edits=edits,
            known={word: list(listed.items()) for word, listed in known.items()},
            joined=joined,
            lexicon=lexicon,
            neighbours=neighbours,
            mix=mix,
            first=first,
            two=two,
            three=three,
            neighbour_share=neighbour_share,
        )

    def misspell(self, word: str, rng: random.Random) -> str:
        """Return the word with learned edits, in its case, and never itself or a word of the lexicon."""
        recase = _case(word)
        if recase is None:
            return word
        lower = word.lower()
        for _ in range(_TRIES):
            typed = self._edited(lower, rng)
            if typed != lower and typed not in self.lexicon:
                return recase(typed)
        typed = lower + lower[-1]
        while typed in self.lexicon:
            typed += lower[-1]
        return recase(typed)

    def known(self, word: str, rng: random.Random) -> str | None:
        """Return one of the listed misspellings of the word, in its case, or None."""
        listed = self._known.get(word.lower())
        recase = _case(word, apostrophe=True)
        return None if listed is None or recase is None else recase(drawn(listed, rng))

    def confuse(self, word: str, rng: random.Random) -> str | None:
        """Return another real word that is typed for this one by mistake, in its case, or None."""
        lower = word.lower()
        others: Sequence[str] = confusions().get(lower, ())
        near = self.neighbours.get(lower, ())
        recase = _case(word, apostrophe=True)
        if recase is None or not (others or near):
            return None
        if near and (not others or rng.random() < self.neighbour_share):
            others = near
        return recase(rng.choice(others))

    def split(self, word: str, rng: random.Random) -> str | None:
        """Return the word cut in two words of the lexicon, such as some times, or None."""
        recase = _case(word)
        if recase is None or len(word) < 4:
            return None
        lower = word.lower()
        cuts = [at for at in range(1, len(word)) if self._part(lower[:at]) and self._part(lower[at:])]
        if not cuts:
            return None
        at = rng.choice(cuts)
        return recase(f"{lower[:at]} {lower[at:]}")

    def join(self, first: str, second: str) -> str | None:
        """Return two words typed as one, such as alot, or None where that is a word or one of them is capitalised."""
        typed = first + second
        if not (first[:1].islower() or len(first) == 1 or first.istitle()) or not second.islower():
            return None
        if not (typed.isascii() and typed.isalpha()) or len(typed) > 14 or typed.lower() in self.lexicon:
            return None
        return typed

    def noisy(
        self,
        words: Sequence[str],
        rng: random.Random,
        *,
        clean: float = 1 / 3,
        rate: tuple[float, float] = (0.02, 0.15),
        known: float = 1 / 3,
        shares: Mapping[str, float] = LEARNER_SHARES,
    ) -> list[Change]:
        """Draw the mistakes of a sentence, by rising `start`; no word is in two of them.

        Args:
            words: The words as they are meant; entries that are no words, such as commas, stay.
            rng: Where every draw comes from.
            clean: The share of sentences that stay as they are.
            rate: Bounds of the share of wrong words, drawn evenly for each other sentence. A share of a word is a
                chance, so a short sentence can stay clean as well.
            known: The share of listed misspellings among the misspellings, where the word has any.
            shares: The shares of real words, splits and joins, as `LEARNER_SHARES`; the rest are misspellings. Where
                a sentence has no word for one, it becomes a misspelling.
        """
        if rng.random() < clean:
            return []
        free = [i for i, word in enumerate(words) if word.isascii() and word.replace("'", "").isalpha()]
        count = int(rng.uniform(*rate) * len(free) + rng.random())
        changes: list[Change] = []
        for _ in range(count):
            if not free:
                break
            change = self._draw_change(words, free, rng, known, shares)
            if change is not None:
                changes.append(change)
                free = [i for i in free if not change.start <= i < change.stop]
        return sorted(changes)

    def _draw_change(
        self, words: Sequence[str], free: Sequence[int], rng: random.Random, known: float, shares: Mapping[str, float]
    ) -> Change | None:
        """Draw one mistake among the words at the places `free`."""
        draw = rng.random()
        for kind, share in shares.items():
            draw -= share
            if draw < 0:
                change = _DRAWS[kind](self, words, free, rng)
                if change is not None:
                    return change
                break
        weights = list(accumulate(_BY_LENGTH[min(len(words[i]), 10)] for i in free))
        at = free[min(bisect_right(weights, rng.random() * weights[-1]), len(free) - 1)]
        # An apostrophe is left out, or put where another list has it; no letter of such a word is edited.
        typed = self.known(words[at], rng) if rng.random() < known or "'" in words[at] else None
        if typed is not None:
            return Change(at, at + 1, typed, "known")
        typed = self.misspell(words[at], rng)
        return None if typed == words[at] else Change(at, at + 1, typed, "edits")

    def _draw_real(self, words: Sequence[str], free: Sequence[int], rng: random.Random) -> Change | None:
        """Draw a word that is often mixed up or, for the share of neighbours, any word that has some."""
        lists: Mapping[str, Sequence[str]] = confusions()
        if self.neighbours and rng.random() < self.neighbour_share:
            lists = self.neighbours
        places = [i for i in free if words[i].lower() in lists]
        if not places:
            return None
        weights = [_FREQUENT_WEIGHT if words[i].lower() in _FREQUENT else 1.0 for i in places]
        at = rng.choices(places, weights)[0]
        recase = _case(words[at], apostrophe=True)
        if recase is None:
            return None
        return Change(at, at + 1, recase(rng.choice(lists[words[at].lower()])), "real")

    def _draw_split(self, words: Sequence[str], free: Sequence[int], rng: random.Random) -> Change | None:
        for at in rng.sample(free, len(free)):
            typed = self.split(words[at], rng)
            if typed is not None:
                return Change(at, at + 1, typed, "split")
        return None

    def _draw_join(self, words: Sequence[str], free: Sequence[int], rng: random.Random) -> Change | None:
        """Draw two words that a list has as one, else any two short ones."""
        places = set(free)
        pairs = [(i, words[i], words[i + 1]) for i in free if i + 1 in places]
        listed = [i for i, first, second in pairs if (first.lower(), second.lower()) in self._joined]
        short = [i for i, first, second in pairs if len(first) + len(second) <= 8]
        if not listed and not short:
            return None
        at = rng.choice(listed or short)
        typed = self.join(words[at], words[at + 1])
        return None if typed is None else Change(at, at + 2, typed, "join")

    def _part(self, part: str) -> bool:
        return part in _SPLIT_PARTS or (len(part) >= 4 and part in self.lexicon)

    def _edited(self, word: str, rng: random.Random) -> str:
        """Apply one, two or three edits, as many as the length allows."""
        draw = rng.random()
        if draw >= self.two + self.three or len(word) < 4:
            return self._edit(word, rng)
        typed = self._edits.exchange(word, rng) if rng.random() < _CHUNK_SHARE else word
        if typed == word:
            typed = self._edit(self._edit(word, rng), rng)
        return self._edit(typed, rng) if draw < self.three and len(word) > 5 else typed

    def _edit(self, word: str, rng: random.Random) -> str:
        """Draw one edit by its weight and return the edited word."""
        padded = f"~^{word}$"
        sites = self._sites
        totals = []
        total = 0.0
        for i in range(len(word) + 1):
            triple = padded[i : i + 3]
            site = sites.get(triple)
            if site is None:
                site = sites[triple] = self._site(triple)
            total += site[-1]
            totals.append(total)
        draw = rng.random() * total
        i = min(bisect_right(totals, draw), len(word))
        site = sites[padded[i : i + 3]]
        edit = min(bisect_right(site, draw - totals[i] + site[-1]), NUM_EDITS - 1)
        if edit < INSERT:
            typed = f"{word[: i - 1]}{LETTERS[edit]}{word[i:]}"
        elif edit < DELETE:
            typed = f"{word[:i]}{LETTERS[edit - INSERT]}{word[i:]}"
        elif edit == DELETE:
            typed = word[: i - 1] + word[i:]
        else:
            typed = f"{word[: i - 1]}{word[i : i + 1]}{word[i - 1 : i]}{word[i + 1 :]}"
        return typed or word

    def _site(self, triple: str) -> "array[float]":
        """Sum up the weights of the edits at the middle one of three letters."""
        scales, first = self._scales, self._scales["first"]
        return array(
            "d",
            accumulate(
                rate * scales[kind] * first if wrong_first else rate * scales[kind]
                for rate, kind, wrong_first in self._edits.rates(triple)
            ),
        )

    def _fit(self, mix: Mapping[str, float], first: float) -> None:
        """Scale the kinds of edits until misspellings of the listed words have the wanted mix.

        Drawing is the only way to know the mix: not every word can be undoubled, and many deletions give a real word.
        """
        rng = random.Random(0)
        words = self._edits.sample(rng, _SAMPLE)
        for _ in range(_ROUNDS):
            self._sites.clear()
            found = Counter[str]()
            for word in words:
                typed = self._edited(word, rng)
                edits = align(typed, word) if typed not in self.lexicon else None
                if edits:
                    found.update(edit_kind(typed, word, edit) for edit in edits)
                    found["words"] += 1
                    found["first"] += typed[0] != word[0]
            total = sum(found[kind] for kind in _KINDS)
            for kind, share in mix.items():
                self._scales[kind] *= share * total / max(found[kind], 1)
            self._scales["first"] *= first * found["words"] / max(found["first"], 1)
        self._sites.clear()


@cache
def confusions() -> Mapping[str, tuple[str, ...]]:
    """Return the real words that are mixed up with each word, from the sets of `confusions.txt`."""
    others: defaultdict[str, list[str]] = defaultdict(list)
    for line in (
        files("docsight_training.data.speller").joinpath("confusions.txt").read_text(encoding="utf-8").splitlines()
    ):
        mixed = line.split("#")[0].split()
        for word in mixed:
            others[word] += [other for other in mixed if other != word and other not in others[word]]
    return {word: tuple(listed) for word, listed in others.items()}


def _plain(word: str) -> bool:
    return word.isascii() and word.replace("'", "").replace(" ", "").isalpha()


def _case(word: str, *, apostrophe: bool = False) -> Callable[[str], str] | None:
    """Return what gives a typed word the case of this one, or None for a word that is left alone."""
    letters = word.replace("'", "") if apostrophe else word
    if not (letters.isascii() and letters.isalpha()):
        return None
    if letters.islower():
        return str
    if letters[0].isupper() and (len(letters) == 1 or letters[1:].islower()):
        return _title
    return str.upper if letters.isupper() else None


def _title(word: str) -> str:
    return word[:1].upper() + word[1:]


_DRAWS = {"real": Noise._draw_real, "split": Noise._draw_split, "join": Noise._draw_join}
