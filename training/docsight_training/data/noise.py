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

# What learners of English do, in shares of all edits (Write & Improve and FCE, counted over shortest edit scripts).
# Lists of misspellings hold too many swaps (they are of typists), too few undoublings and vowels.
LEARNER_MIX = {
    "delete": 0.31,
    "undouble": 0.07,
    "swap": 0.04,
    "vowel": 0.15,
    "substitute": 0.20,
    "insert": 0.18,
    "double": 0.05,
}
# Share of the errors of a sentence by what they are; the rest are misspellings.
LEARNER_SHARES = {"real": 0.25, "split": 0.01, "join": 0.01}

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_VOWELS = frozenset("aeiou")
_KINDS = tuple(LEARNER_MIX)
# The edits at a letter by number: 0-25 another letter in its place, 26-51 a letter behind it, then these two.
_INSERT, _DELETE, _SWAP, _NUM_EDITS = 26, 52, 53, 54
_SMOOTHING = 100.0  # as many sightings of a context as its letter alone is worth
_MAX_RATIO = 20.0  # how much a neighbour can raise or lower the rate of an edit
_TRIES = 12
_CHUNK_SHARE = 0.4  # of the words with two edits: a learned group of letters for another one
_SAMPLE, _ROUNDS = 6000, 8  # words drawn in a round of fitting the mix
# How likely a word of running text is to be misspelt, by its length, against one of six or seven letters.
_BY_LENGTH = (0.0, 0.01, 0.04, 0.2, 0.5, 0.9, 1.0, 1.0, 1.2, 1.3, 1.4)
# The share of misspelt words by length, from two letters on: those of the lists are longer than those of text.
_LENGTHS = (0.01, 0.05, 0.11, 0.14, 0.14, 0.14, 0.12, 0.10, 0.08, 0.05, 0.03, 0.03)
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
        edits: "EditCounts",
        known: Mapping[str, Sequence[tuple[str, float]]],
        joined: Mapping[tuple[str, str], str],
        lexicon: Collection[str] = frozenset(),
        neighbours: Mapping[str, Sequence[str]] | None = None,
        mix: Mapping[str, float] = LEARNER_MIX,
        first: float = 0.05,
        two: float = 0.22,
        three: float = 0.035,
        neighbour_share: float = 0.25,
    ) -> None:
        if set(mix) != set(_KINDS):
            raise ValueError(f"Expected the mix to have the kinds {', '.join(_KINDS)}; found {', '.join(mix)}.")
        self.lexicon = frozenset(lexicon)
        self.neighbours = dict(neighbours or {})
        self.two, self.three, self.neighbour_share = two, three, neighbour_share
        self._known = {word: _cumulative(listed) for word, listed in known.items()}
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
        two: float = 0.22,
        three: float = 0.035,
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
        return None if listed is None or recase is None else recase(_drawn(listed, rng))

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
        typed = self.known(words[at], rng) if rng.random() < known else None
        if typed is not None:
            return Change(at, at + 1, typed, "known")
        typed = self.misspell(words[at], rng)
        return None if typed == words[at] else Change(at, at + 1, typed, "edits")

    def _draw_real(self, words: Sequence[str], free: Sequence[int], rng: random.Random) -> Change | None:
        """Draw a word that is often mixed up or, for the share of neighbours, any word that has some."""
        lists: Mapping[str, Sequence[str]] = confusions()
        if rng.random() < self.neighbour_share:
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
            return self._edit(word, rng)[0]
        if rng.random() < _CHUNK_SHARE:
            typed = self._edits.exchange(word, rng)
        else:
            typed = self._edit(self._edit(word, rng)[0], rng)[0]
        return self._edit(typed, rng)[0] if draw < self.three and len(word) > 5 else typed

    def _edit(self, word: str, rng: random.Random) -> tuple[str, str]:
        """Draw one edit by its weight and return the edited word with the edit's kind."""
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
        edit = min(bisect_right(site, draw - totals[i] + site[-1]), _NUM_EDITS - 1)
        if edit < _INSERT:
            typed = f"{word[: i - 1]}{_LETTERS[edit]}{word[i:]}"
        elif edit < _DELETE:
            typed = f"{word[:i]}{_LETTERS[edit - _INSERT]}{word[i:]}"
        elif edit == _DELETE:
            typed = word[: i - 1] + word[i:]
        else:
            typed = f"{word[: i - 1]}{word[i : i + 1]}{word[i - 1 : i]}{word[i + 1 :]}"
        return typed or word, _kind(edit, padded[i + 1], padded[i + 2])

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
                typed, kind = self._edit(word, rng)
                found[kind] += typed != word and typed not in self.lexicon
                typed = self._edited(word, rng)
                if typed != word and typed not in self.lexicon:
                    found["words"] += 1
                    found["first"] += typed[0] != word[0]
            total = sum(found[kind] for kind in _KINDS)
            for kind, share in mix.items():
                self._scales[kind] *= share * total / max(found[kind], 1)
            self._scales["first"] *= first * found["words"] / max(found["first"], 1)
        self._sites.clear()


class EditCounts:
    """Count single edits with the letter and the neighbour on either side, and groups of letters for others."""

    def __init__(self) -> None:
        self.words: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()  # letters, and pairs of letters
        self._edits: Counter[tuple[str, int]] = Counter()  # edit by letter
        self._left: Counter[tuple[str, int]] = Counter()  # edit by previous letter and letter
        self._right: Counter[tuple[str, int]] = Counter()  # edit by letter and following one
        self._kinds: Counter[int] = Counter()  # edits of any letter: substitute, insert, delete, swap
        self._chunks: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._drawn: dict[str, tuple[list[str], list[float]]] = {}
        self._rates: dict[str, list[tuple[float, str, bool]]] = {}

    def add(self, typed: str, meant: str, weight: int) -> None:
        """Count the one edit, or the one group of letters, that tells a misspelling from the word meant."""
        self.words[meant] += weight
        padded = f"~^{meant}$"
        for i in range(1, len(padded) - 1):
            self._seen[padded[i]] += weight
            self._seen[padded[i - 1 : i + 1]] += weight
        self._seen[padded[-2:]] += weight
        short = min(len(typed), len(meant))
        head = next((i for i in range(short) if typed[i] != meant[i]), short)
        tail = next((i for i in range(short - head) if typed[-1 - i] != meant[-1 - i]), short - head)
        wrong, right = typed[head : len(typed) - tail], meant[head : len(meant) - tail]
        at = head + 2  # of the first wrong letter in the padded word
        if len(wrong) == len(right) == 1:
            self._count(_LETTERS.index(wrong), padded, at, weight)
        elif len(wrong) == 1 and not right:
            self._count(_INSERT + _LETTERS.index(wrong), padded, at - 1, weight)
        elif len(right) == 1 and not wrong:
            # Of a doubled letter the common head has taken the first: the second is the one that is missing.
            self._count(_DELETE, padded, at - 1 if right == padded[at - 1] else at, weight)
        elif len(wrong) == len(right) == 2 and wrong == right[::-1]:
            self._count(_SWAP, padded, at, weight)
        elif 1 <= len(right) <= 3 and len(wrong) <= 3:
            self._chunks[right][wrong] += weight

    def _count(self, edit: int, padded: str, at: int, weight: int) -> None:
        self._edits[padded[at], edit] += weight
        self._left[padded[at - 1 : at + 1], edit] += weight
        self._right[padded[at : at + 2], edit] += weight
        self._kinds[_group(edit)] += weight

    def sample(self, rng: random.Random, count: int) -> list[str]:
        """Draw words that were misspelt, as long as those that people misspell."""
        by_length: defaultdict[int, list[str]] = defaultdict(list)
        for word in self.words:
            by_length[min(len(word), len(_LENGTHS) + 1)].append(word)
        lengths = [length for length in by_length if length > 1] or list(by_length)
        shares = [_LENGTHS[max(length - 2, 0)] for length in lengths]
        return [rng.choice(by_length[length]) for length in rng.choices(lengths, shares, k=count)]

    def rates(self, triple: str) -> list[tuple[float, str, bool]]:
        """Return how often each edit is made at the middle one of three letters, its kind, and if it hits the first."""
        rates = self._rates.get(triple)
        if rates is None:
            previous, letter, following = tuple(triple)
            total = max(sum(self._seen[x] for x in _LETTERS), 1)
            rates = self._rates[triple] = [
                (
                    self._rate(edit, previous, letter, following, total),
                    _kind(edit, letter, following),
                    _changes_first(edit, previous, letter, following),
                )
                for edit in range(_NUM_EDITS)
            ]
        return rates

    def _rate(self, edit: int, previous: str, letter: str, following: str, total: int) -> float:
        """Return the rate of an edit at a letter between two others; 0 where another edit does the same."""
        if letter == "^":
            if not _INSERT <= edit < _DELETE or _LETTERS[edit - _INSERT] == following:
                return 0.0
        elif (
            (edit < _INSERT and _LETTERS[edit] == letter)
            or (_INSERT <= edit < _DELETE and letter != following == _LETTERS[edit - _INSERT])
            or (edit == _DELETE and previous == letter)
            or (edit == _SWAP and (following in ("$", letter)))
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
        return (count + _SMOOTHING * max(prior, 1e-7)) / (seen + _SMOOTHING)

    def exchange(self, word: str, rng: random.Random) -> str:
        """Draw a group of up to three letters of the word and put in what was seen in its place."""
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
        return f"{word[:at]}{_drawn(self._chunk(chunk), rng)}{word[at + len(chunk) :]}" or word

    def _chunk(self, chunk: str) -> tuple[list[str], list[float]]:
        """Return what is typed for a group of letters, with weights by how often the group occurs."""
        drawn = self._drawn.get(chunk)
        if drawn is None:
            # A group of three is about as rare as its rarer pair of letters is.
            seen = min((self._seen[chunk[i : i + 2]] for i in range(len(chunk) - 1)), default=self._seen[chunk])
            listed = [(typed, count / (seen + _SMOOTHING)) for typed, count in self._chunks[chunk].items()]
            drawn = self._drawn[chunk] = _cumulative(listed)
        return drawn


@cache
def confusions() -> Mapping[str, tuple[str, ...]]:
    """Return the real words that are mixed up with each word, from the sets of `confusions.txt`."""
    others: defaultdict[str, list[str]] = defaultdict(list)
    for line in files("docsight_training.data").joinpath("confusions.txt").read_text(encoding="utf-8").splitlines():
        mixed = line.split("#")[0].split()
        for word in mixed:
            others[word] += [other for other in mixed if other != word and other not in others[word]]
    return {word: tuple(listed) for word, listed in others.items()}


def typed_words(words: Sequence[str], changes: Sequence[Change]) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the words as typed, and for each the places (start, stop) of the words that were meant."""
    typed: list[str] = []
    meant: list[tuple[int, int]] = []
    at = 0
    for change in changes:
        typed += words[at : change.start]
        meant += [(i, i + 1) for i in range(at, change.start)]
        pieces = change.typed.split(" ")
        typed += pieces
        meant += [(change.start, change.stop)] * len(pieces)
        at = change.stop
    return [*typed, *words[at:]], [*meant, *((i, i + 1) for i in range(at, len(words)))]


def recased(words: Sequence[str], rng: random.Random, *, lower: float = 0.13, upper: float = 0.04) -> list[str]:
    """Return the words of a sentence all in lower case, all in capitals or, mostly, as they are."""
    draw = rng.random()
    if draw < lower:
        return [word.lower() for word in words]
    if draw < lower + upper:
        return [word.upper() for word in words]
    return list(words)


def _kind(edit: int, letter: str, following: str) -> str:
    if edit < _INSERT:
        return "vowel" if letter in _VOWELS and _LETTERS[edit] in _VOWELS else "substitute"
    if edit < _DELETE:
        return "double" if _LETTERS[edit - _INSERT] == letter else "insert"
    if edit == _DELETE:
        return "undouble" if letter == following else "delete"
    return "swap"


def _group(edit: int) -> int:
    return 0 if edit < _INSERT else 1 if edit < _DELETE else edit


def _changes_first(edit: int, previous: str, letter: str, following: str) -> bool:
    if letter == "^":
        return True
    return previous == "^" and not _INSERT <= edit < _DELETE and not (edit == _DELETE and letter == following)


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


def _cumulative(listed: Iterable[tuple[str, float]]) -> tuple[list[str], list[float]]:
    texts, weights = zip(*listed, strict=True)
    return list(texts), list(accumulate(weights))


def _drawn(listed: tuple[list[str], list[float]], rng: random.Random) -> str:
    texts, weights = listed
    return texts[min(bisect_right(weights, rng.random() * weights[-1]), len(texts) - 1)]


_DRAWS = {"real": Noise._draw_real, "split": Noise._draw_split, "join": Noise._draw_join}
