"""Make up words, sentences and numbers for drawings."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np

T = TypeVar("T")

_ONSETS = "b br c ch d f fl g gr h j k kl l m n p pl qu r s sh st str t th tr v w z b c d f g h l m n p r s t"
_VOWELS = "a e i o u a e i o ai ea ee io ou oo ie y"
_CODAS = "l m n r s t x nd ng nt ck rt st ll"
_SYLLABLES = [onset + vowel for onset in _ONSETS.split() for vowel in _VOWELS.split()]
_ENDS = ["", "", "", "", *_CODAS.split()]


def chance(rng: np.random.Generator, probability: float) -> bool:
    """Say yes with a probability."""
    return bool(rng.random() < probability)


def pick(rng: np.random.Generator, choices: Sequence[T]) -> T:
    """Choose one, each as likely."""
    return choices[int(rng.integers(len(choices)))]


def word(rng: np.random.Generator, *, longest: int = 4) -> str:
    """Make up a word of one to `longest` syllables, in small letters."""
    return "".join(pick(rng, _SYLLABLES) + pick(rng, _ENDS) for _ in range(1 + int(rng.integers(longest))))


def words(rng: np.random.Generator, count: int, *, longest: int = 3) -> str:
    """Make up some words with capital letters, as a name or a label has them."""
    return " ".join(word(rng, longest=longest).capitalize() for _ in range(count))


def sentence(rng: np.random.Generator, count: int) -> str:
    """Make up a sentence of `count` words, short ones among them, with its marks."""
    lexicon = _lexicon()
    made = [lexicon[number] for number in rng.integers(len(lexicon), size=count).tolist()]
    marks = rng.random(count).tolist()
    for place in range(count - 1):
        if marks[place] < 0.08:
            made[place] += ",,,;:"[int(marks[place] * 60)]
        elif marks[place] > 0.97:
            made[place] = str(round(marks[place] * 1e5) % 2000)
    return " ".join(made).capitalize() + "....?!"[int(marks[-1] * 6)]


def amount(rng: np.random.Generator, *, highest: float = 100.0, decimals: int = 2) -> str:
    """Make up an amount; small ones are more frequent."""
    return f"{highest * float(rng.random()) ** 3:.{decimals}f}"


def digits(rng: np.random.Generator, count: int) -> str:
    """Make up a number of so many digits."""
    return "".join(map(str, rng.integers(10, size=count)))


@lru_cache(maxsize=1)
def _lexicon() -> list[str]:
    """Make up the words of sentences, the same ones always: quicker than new ones each time."""
    rng = np.random.default_rng(1)
    return [word(rng, longest=(1, 1, 1, 2, 2, 3, 4)[number % 7]) for number in range(5000)]
