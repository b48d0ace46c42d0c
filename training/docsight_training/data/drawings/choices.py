"""Random choices for drawings, and invented words, sentences and numbers for their text."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np

T = TypeVar("T")

_ONSETS = "b br c ch d f fl g gr h j k kl l m n p pl qu r s sh st str t th tr v w z b c d f g h l m n p r s t"
_SYLLABLE_VOWELS = "a e i o u a e i o ai ea ee io ou oo ie y"
_CODAS = "l m n r s t x nd ng nt ck rt st ll"
_SYLLABLES = [onset + vowel for onset in _ONSETS.split() for vowel in _SYLLABLE_VOWELS.split()]
_SYLLABLE_ENDS = ["", "", "", "", *_CODAS.split()]


def chance(rng: np.random.Generator, probability: float) -> bool:
    return bool(rng.random() < probability)


def pick(rng: np.random.Generator, choices: Sequence[T]) -> T:
    return choices[int(rng.integers(len(choices)))]


def word(rng: np.random.Generator, *, max_syllables: int = 4) -> str:
    """Invent a lower-case word of one to `max_syllables` syllables."""
    count = 1 + int(rng.integers(max_syllables))
    return "".join(pick(rng, _SYLLABLES) + pick(rng, _SYLLABLE_ENDS) for _ in range(count))


def words(rng: np.random.Generator, count: int, *, max_syllables: int = 3) -> str:
    """Invent `count` capitalised words, as in a name or a label."""
    return " ".join(word(rng, max_syllables=max_syllables).capitalize() for _ in range(count))


def caption(rng: np.random.Generator, count: int) -> str:
    """Invent the text of a control or a menu entry: short words, most of them in lower case after the first."""
    lexicon = _lexicon()
    tokens = [lexicon[number] for number in rng.integers(len(lexicon), size=count).tolist()]
    text = " ".join(tokens)
    return text.title() if chance(rng, 0.3) else text.capitalize()


def sentence(rng: np.random.Generator, count: int) -> str:
    """Invent a sentence of `count` words with punctuation; some words are numbers."""
    lexicon = _lexicon()
    tokens = [lexicon[number] for number in rng.integers(len(lexicon), size=count).tolist()]
    draws = rng.random(count).tolist()
    for place in range(count - 1):
        if draws[place] < 0.08:
            tokens[place] += ",,,;:"[int(draws[place] * 60)]
        elif draws[place] > 0.97:
            tokens[place] = str(round(draws[place] * 1e5) % 2000)
    return " ".join(tokens).capitalize() + "....?!"[int(draws[-1] * 6)]


def amount(rng: np.random.Generator, *, highest: float = 100.0, decimals: int = 2) -> str:
    """Invent an amount of money; small amounts are more frequent."""
    return f"{highest * float(rng.random()) ** 3:.{decimals}f}"


def digits(rng: np.random.Generator, count: int) -> str:
    return "".join(map(str, rng.integers(10, size=count)))


@lru_cache(maxsize=1)
def _lexicon() -> list[str]:
    """Invent the 5,000 words of sentences; always the same ones, as new words for each sentence would be slow."""
    rng = np.random.default_rng(1)
    return [word(rng, max_syllables=(1, 1, 1, 2, 2, 3, 4)[number % 7]) for number in range(5000)]
