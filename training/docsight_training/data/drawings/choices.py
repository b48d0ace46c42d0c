"""Random choices, the smallest step of every drawing."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def chance(rng: np.random.Generator, probability: float) -> bool:
    """Return True with the given probability."""
    return bool(rng.random() < probability)


def pick(rng: np.random.Generator, choices: Sequence[T]) -> T:
    """Choose one item; all are equally likely."""
    return choices[int(rng.integers(len(choices)))]
