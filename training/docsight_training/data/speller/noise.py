"""Spelling mistakes in single words, as people make them: listed ones, learned edits, real words, split words."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from docsight.spelling.lexicon.dictionary import RARE
from docsight.spelling.lexicon.tables import ZIPF_STEPS, WordSource
from docsight_training.data.speller.confusions import confusion_sets, edit_neighbours
from docsight_training.data.speller.edit_sampler import EditSampler
from docsight_training.data.speller.edits import EditCounts, cumulative, drawn
from docsight_training.data.speller.lexicon import read_pairs

NEIGHBOUR_FRACTION = 0.25  # of the real words typed for another one: a neighbour, not one of a confusion set
_MAX_TRIES = 12
# Short words that people split off longer ones (a long, some times, with out); other parts must have four letters.
_PARTS = """
a all an any be by can day down every for her him how in it like man may mean more my no not off on one our out over own
self some the them there thing time to up way well what where while with your
"""
_SPLIT_PARTS = frozenset(_PARTS.split())
_MAX_JOINED_LETTERS = 14
_CONTRACTION_WEIGHT = 20  # the occurrences that a contraction without its apostrophe counts as
_FREQUENT_CONTRACTIONS = 20_000  # contractions are taken from this many of the most frequent words
_MIN_BASE_ZIPF = 2.0  # a rarer word of the base dictionaries may be a misspelling of another one


class Noise:
    """Draws misspellings of words.

    Only words of ASCII letters in lower case, capitals or with one capital in front are changed; `known` and `confuse`
    also accept an apostrophe where a list has the word. All other words, such as those with a hyphen, a digit or an
    accent, stay as they are. All draws use the generator that the caller passes, so a seed reproduces them.

    Args:
        pairs: (misspelling, correction, weight), of any case; pairs that cannot be used are skipped.
        lexicon: Words in lower case; a misspelling is never one of them.
        neighbours: By word, the real words close to it, such as those one edit away.
        mix: The arguments of `EditSampler` for the mix of edits.

    Raises:
        ValueError: No pair can be used, or the mix is incomplete.
    """

    def __init__(
        self,
        pairs: Iterable[tuple[str, str, int]],
        *,
        lexicon: Collection[str] = frozenset(),
        neighbours: Mapping[str, Sequence[str]] | None = None,
        **mix: Any,
    ) -> None:
        self.lexicon = frozenset(lexicon)
        self.neighbours = dict(neighbours or {})
        self.joined: dict[tuple[str, str], str] = {}  # by two words, what is typed for them as one
        edits = EditCounts()
        known: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for misspelling, correction, weight in pairs:
            typed, meant = misspelling.lower(), correction.lower()
            if typed == meant or not _is_plain(typed) or " " in typed:
                continue
            if " " in meant:
                left, _, right = meant.partition(" ")
                if typed == left + right:
                    self.joined[left, right] = typed
            elif _is_plain(meant):
                if typed not in self.lexicon:
                    known[meant][typed] += weight
                if typed.isalpha() and meant.isalpha():
                    edits.add(typed, meant, weight)
        if not edits.words:
            raise ValueError("Expected pairs of a misspelling and its correction; found none of ASCII letters.")
        self._edits = EditSampler(edits, lexicon=self.lexicon, **mix)
        self._known = {word: cumulative(listed.items()) for word, listed in known.items()}

    def misspell(self, word: str, rng: random.Random) -> str:
        """Return the word with learned edits, in its case; never the word itself or one of the lexicon."""
        recase = recase_like(word)
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
        listed = self._known.get(word.lower())
        recase = recase_like(word, apostrophe=True)
        return None if listed is None or recase is None else recase(drawn(listed, rng))

    def confuse(self, word: str, rng: random.Random) -> str | None:
        """Return another real word that is typed for this one by mistake, in its case, or None."""
        lower = word.lower()
        others: Sequence[str] = confusion_sets().get(lower, ())
        near = self.neighbours.get(lower, ())
        recase = recase_like(word, apostrophe=True)
        if recase is None or not (others or near):
            return None
        if near and (not others or rng.random() < NEIGHBOUR_FRACTION):
            others = near
        return recase(rng.choice(others))

    def split(self, word: str, rng: random.Random) -> str | None:
        """Return the word split into two words of the lexicon, such as some times, or None."""
        recase = recase_like(word)
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
        is_usual_case = (first[:1].islower() or len(first) == 1 or first.istitle()) and second.islower()
        is_word = typed.isascii() and typed.isalpha() and len(typed) <= _MAX_JOINED_LETTERS
        return typed if is_usual_case and is_word and typed.lower() not in self.lexicon else None

    def _is_part(self, part: str) -> bool:
        return part in _SPLIT_PARTS or (len(part) >= 4 and part in self.lexicon)


def _is_plain(word: str) -> bool:
    return word.isascii() and word.replace("'", "").replace(" ", "").isalpha()


def recase_like(word: str, *, apostrophe: bool = False) -> Callable[[str], str] | None:
    """Return a function that gives a typed word the case of this one, or None for a word that stays as it is."""
    letters = word.replace("'", "") if apostrophe else word
    if not (letters.isascii() and letters.isalpha()):
        return None
    if letters.islower():
        return str
    if letters[0].isupper() and (len(letters) == 1 or letters[1:].islower()):
        return lambda typed: typed[:1].upper() + typed[1:]
    return str.upper if letters.isupper() else None


def make_noise(words: Sequence[str], lexicon: Mapping[str, torch.Tensor], *, lists: Path) -> Noise:
    """Learn the noise of a speller's training text from the words by descending frequency, `Lexicon` and lists."""
    return learn_noise(read_pairs(lists), words, lexicon)


def learn_noise(
    pairs: Iterable[tuple[str, str, int]], words: Sequence[str], lexicon: Mapping[str, torch.Tensor]
) -> Noise:
    """Learn noise from misspellings, their corrections and their weights; the rest as for `make_noise`."""
    # A misspelling may be a rare word (wich, hous), but not a usual one.
    sources, zipf = lexicon["sources"][2:], lexicon["zipf"][2:]
    is_base = (sources & int(WordSource.US | WordSource.UK)) > 0
    is_usual = (is_base & (zipf >= _MIN_BASE_ZIPF * ZIPF_STEPS)) | (zipf >= RARE * ZIPF_STEPS)
    usual = frozenset(word for word, keep in zip(words, is_usual.tolist(), strict=True) if keep)
    rows = edit_neighbours(words, most=8, among=20_000)
    neighbours = {words[at - 2]: [words[other - 2] for other in row if other] for at, row in enumerate(rows) if row[0]}
    # Misspelling lists have too few contractions without their apostrophe.
    contractions = [
        (word.replace("'", ""), word, _CONTRACTION_WEIGHT) for word in words[:_FREQUENT_CONTRACTIONS] if "'" in word
    ]
    return Noise([*pairs, *contractions], lexicon=usual, neighbours=neighbours)
