"""The spelling mistakes of sentences and texts: which words are wrong, and in which way."""

import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from docsight.spelling.tokens import read_tokens
from docsight_training.data.speller.confusions import confusion_sets
from docsight_training.data.speller.noise import NEIGHBOUR_FRACTION, Noise, recase_like

USUAL_RATE = 0.02, 0.15  # the fraction of wrong words in a sentence of a learner
# Fractions of the mistakes of a sentence; the rest are misspellings.
_KIND_FRACTIONS = {"real": 0.25, "split": 0.01, "join": 0.01}
_LISTED_FRACTION = 1 / 3  # of the misspellings, if lists have any of the word
# How likely a word of running text is misspelled, by its length, relative to a word of six or seven letters.
_RATE_BY_LENGTH = (0.0, 0.01, 0.03, 0.1, 0.4, 0.8, 1.0, 1.2, 1.5, 1.9, 2.4)
# Words so frequent that they would be most of the confused words if all places were equally likely.
_FREQUENT = frozenset(("the", "a", "an", "in", "of", "and", "is", "it", "that", "for", "on", "as", "was", "with", "be"))
_FREQUENT_WEIGHT = 0.15
# A text is brought to lower case if a uniform draw is below the first number, to capitals if it is below the second.
_LOWER_BELOW, _UPPER_BELOW = 0.13, 0.17


class Change(NamedTuple):
    """What is typed in place of the words from `start` up to `stop`.

    `kind` is one of known, edits, real, split and join; a split's `typed` holds a space.
    """

    start: int
    stop: int
    typed: str
    kind: str


class SentenceNoise:
    """Draws the mistakes of sentences, in the mix that learners make if no other is given.

    Args:
        words: Misspells single words.
        kinds: The fractions of the mistakes that are real words, splits and joins; the rest are misspellings.
    """

    def __init__(self, words: Noise, kinds: Mapping[str, float] = _KIND_FRACTIONS) -> None:
        self.words, self.kinds = words, kinds

    def noisy(
        self,
        words: Sequence[str],
        rng: random.Random,
        *,
        clean: float = 1 / 3,
        rate: tuple[float, float] = USUAL_RATE,
    ) -> list[Change]:
        """Draw the mistakes of a sentence, by ascending `start`; no word is in two of them.

        Entries that are not words, such as commas, are kept. In all sentences but the fraction `clean`, the fraction of
        wrong words is drawn uniformly within `rate`. A fraction of a word is a probability, so a short sentence can
        stay without mistakes, too.
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
        for kind, fraction in self.kinds.items():
            draw -= fraction
            if draw < 0:
                change = _DRAWS[kind](self, words, free, rng)
                if change is not None:
                    return change
                break
        weights = list(accumulate(_RATE_BY_LENGTH[min(len(words[i]), 10)] for i in free))
        at = free[min(bisect_right(weights, rng.random() * weights[-1]), len(free) - 1)]
        # The letters of a word with an apostrophe are not edited: the mistake is in the apostrophe, as lists have it.
        typed = self.words.known(words[at], rng) if rng.random() < _LISTED_FRACTION or "'" in words[at] else None
        if typed is not None:
            return Change(at, at + 1, typed, "known")
        typed = self.words.misspell(words[at], rng)
        return None if typed == words[at] else Change(at, at + 1, typed, "edits")

    def _draw_real(self, words: Sequence[str], free: Sequence[int], rng: random.Random) -> Change | None:
        """Draw a word of a confusion set or, for the fraction of neighbours, any word that has some."""
        candidates: Mapping[str, Sequence[str]] = confusion_sets()
        if self.words.neighbours and rng.random() < NEIGHBOUR_FRACTION:
            candidates = self.words.neighbours
        places = [i for i in free if words[i].lower() in candidates]
        if not places:
            return None
        weights = [_FREQUENT_WEIGHT if words[i].lower() in _FREQUENT else 1.0 for i in places]
        at = rng.choices(places, weights)[0]
        recase = recase_like(words[at], apostrophe=True)
        if recase is None:
            return None
        return Change(at, at + 1, recase(rng.choice(candidates[words[at].lower()])), "real")

    def _draw_split(self, words: Sequence[str], free: Sequence[int], rng: random.Random) -> Change | None:
        for at in rng.sample(free, len(free)):
            typed = self.words.split(words[at], rng)
            if typed is not None:
                return Change(at, at + 1, typed, "split")
        return None

    def _draw_join(self, words: Sequence[str], free: Sequence[int], rng: random.Random) -> Change | None:
        """Draw two words that a list has as one, or else any two short ones."""
        places = set(free)
        pairs = [(i, words[i], words[i + 1]) for i in free if i + 1 in places]
        listed = [i for i, first, second in pairs if (first.lower(), second.lower()) in self.words.joined]
        short = [i for i, first, second in pairs if len(first) + len(second) <= 8]
        if not listed and not short:
            return None
        at = rng.choice(listed or short)
        typed = self.words.join(words[at], words[at + 1])
        return None if typed is None else Change(at, at + 2, typed, "join")


_DRAWS = {"real": SentenceNoise._draw_real, "split": SentenceNoise._draw_split, "join": SentenceNoise._draw_join}


@dataclass
class NoisyText:
    text: str
    meant: dict[tuple[int, int], str]  # by start and end of what was typed


def make_mistakes(
    sentences: Sequence[str],
    noise: SentenceNoise,
    rng: random.Random,
    *,
    clean: float = 1 / 3,
    rate: tuple[float, float] = USUAL_RATE,
    separator: str = " ",
    recase: bool = True,
) -> NoisyText:
    """Insert mistakes into all but the fraction `clean` of sentences, after bringing some texts to another case.

    Args:
        sentences: The sentences, or the lines of a document.
        noise: Draws the mistakes.
        rng: The source of all draws.
        clean: The fraction of sentences without mistakes.
        rate: The range of the fraction of wrong words in a sentence.
        separator: What stands between two sentences.
        recase: Whether some texts are brought to another case.
    """
    draw = rng.random() if recase else 1.0
    change_case = str.lower if draw < _LOWER_BELOW else str.upper if draw < _UPPER_BELOW else str
    text, meant = "", {}
    for number, sentence in enumerate(sentences):
        written = change_case(sentence)
        tokens = read_tokens(written)
        done = 0
        text += separator if number else ""
        for change in noise.noisy(tokens.surfaces, rng, clean=clean, rate=rate):
            last = change.stop - 1
            start = int(tokens.starts[change.start])
            end = int(tokens.starts[last]) + len(tokens.surfaces[last])
            text += written[done:start]
            meant[len(text), len(text) + len(change.typed)] = written[start:end]
            text += change.typed
            done = end
        text += written[done:]
    return NoisyText(text, meant)


def draw_isolated_words(documents: Sequence[Sequence[str]], count: int, rng: random.Random) -> list[list[str]]:
    """Draw words as separate texts; the probability of a word is proportional to the root of its count."""
    counts = Counter(
        word for sentences in documents for sentence in sentences for word in read_tokens(sentence).surfaces
    )
    words = [word for word in counts if word.isascii() and word.isalpha()]
    weights = [counts[word] ** 0.5 for word in words]
    return [[word] for word in rng.choices(words, weights, k=count)] if words else []
