"""Make up words, sentences and numbers for drawings."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")

_ONSETS = (
    "b br c ch d f fl g gr h j k kl l m n p pl qu r s sh st str t th tr v w z " + " ".join("bcdfghlmnprst")
).split()
_VOWELS = "a e i o u a e i o ai ea ee io ou oo ie y".split()
_CODAS = ["", "", "", "", *"l m n r s t x nd ng nt ck rt st ll".split()]


def chance(rng: np.random.Generator, probability: float) -> bool:
    """Say yes with a probability."""
    return bool(rng.random() < probability)


def pick(rng: np.random.Generator, choices: Sequence[T]) -> T:
    """Choose one, each as likely."""
    return choices[int(rng.integers(len(choices)))]


def word(rng: np.random.Generator, *, longest: int = 4) -> str:
    """Make up a word of one to `longest` syllables, in small letters."""
    return "".join(
        pick(rng, _ONSETS) + pick(rng, _VOWELS) + pick(rng, _CODAS) for _ in range(1 + int(rng.integers(longest)))
    )


def words(rng: np.random.Generator, count: int, *, longest: int = 3) -> str:
    """Make up some words with capital letters, as a name or a label has them."""
    return " ".join(word(rng, longest=longest).capitalize() for _ in range(count))


def sentence(rng: np.random.Generator, count: int) -> str:
    """Make up a sentence of `count` words, short ones among them, with its marks."""
    made = []
    for place in range(count):
        made.append(word(rng, longest=1 if chance(rng, 0.4) else 4))
        if place + 1 < count and chance(rng, 0.08):
            made[-1] += pick(rng, [",", ",", ",", ";", ":"])
        elif chance(rng, 0.04):
            made[-1] = str(rng.integers(2000))
    return " ".join(made).capitalize() + pick(rng, [".", ".", ".", ".", "?", "!"])


def amount(rng: np.random.Generator, *, highest: float = 100.0, decimals: int = 2) -> str:
    """Make up an amount; small ones are more frequent."""
    return f"{highest * float(rng.random()) ** 3:.{decimals}f}"


def digits(rng: np.random.Generator, count: int) -> str:
    """Make up a number of so many digits."""
    return "".join(map(str, rng.integers(10, size=count)))
