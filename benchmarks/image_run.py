"""The options of `images.py`, the pictures that its tables share, and how figures are written."""

import argparse
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import image_sets
import numpy as np
import torch
from corruptions import CORRUPTIONS
from image_sets import Examples, drawn_from, read_split
from image_systems import Docsight, Readings

from docsight_training.metrics import calibration_error

DRAWN = 2000  # pictures of each set that is drawn here


class Run:
    """The options, and what several tables need."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self._readings: dict[tuple[int, str], Readings] = {}

    @cached_property
    def digits(self) -> list[Docsight]:
        """The models of digits."""
        return [Docsight(model) for model in self.options.digits]

    @cached_property
    def figures(self) -> Docsight:
        """The model of figures."""
        return Docsight(self.options.figures)

    def examples(self, name: str, split: str = "test") -> Examples:
        """Return a split, or as much of it as was asked for."""
        return read_split(self.options.data / name, split).drawn(self.options.sample)

    @cached_property
    def mnist(self) -> Examples:
        """MNIST's test pictures."""
        return self.examples("mnist")

    @cached_property
    def pixels(self) -> np.ndarray:
        """The same as pixels, uint8 (pictures, 28, 28)."""
        return image_sets.grey_pixels(self.mnist.pictures)

    @cached_property
    def corrupted(self) -> dict[str, Examples]:
        """The same, corrupted in each way."""
        return {
            name: drawn_from(corrupt(self.pixels, np.random.default_rng([at, 4])), self.mnist.labels)
            for at, (name, corrupt) in enumerate(CORRUPTIONS.items())
        }

    @cached_property
    def shifted(self) -> Examples:
        """The same, moved by 3 pixels."""
        return drawn_from(image_sets.shifted(self.pixels, np.random.default_rng(3)), self.mnist.labels)

    @cached_property
    def as_they_come(self) -> Examples:
        """Some of them as cuts from scans and photos have them."""
        few = self.mnist.drawn(self.drawn)
        return image_sets.as_they_come(image_sets.grey_pixels(few.pictures), few.labels)

    @property
    def drawn(self) -> int:
        """How many pictures are drawn for a set."""
        return min(DRAWN, self.options.sample or DRAWN)

    def on_corrupted(self, at: int, name: str) -> Readings:
        """Return what a model of digits, by its number, makes of a corruption; it is read once."""
        if (at, name) not in self._readings:
            self._readings[at, name] = self.digits[at].read(self.corrupted[name].pictures)
        return self._readings[at, name]


def auroc(inside: np.ndarray, outside: np.ndarray) -> float:
    """Return how often a picture of the known kind scores above another; a tie counts one half."""
    ranked = np.sort(outside)
    below = np.searchsorted(ranked, inside, "left") + np.searchsorted(ranked, inside, "right")
    return float(below.mean() / (2 * len(ranked)))


def calibration(labels: Sequence[str], probabilities: torch.Tensor, gold: Sequence[str]) -> float:
    """Return the expected calibration error; probabilities are (pictures, labels)."""
    return calibration_error(probabilities, torch.tensor([list(labels).index(label) for label in gold]))


def mean(values: Iterable[float]) -> float:
    """Return the mean."""
    return float(np.mean(list(values)))


def percent(share: float) -> str:
    """Write a share."""
    return f"{100 * share:.2f} %"


def short(model: str) -> str:
    """Return the name of a model: of a folder called model, that of its run."""
    path = Path(model)
    return path.parent.name if path.name == "model" else path.name


def print_row(*cells: str) -> None:
    """Print a row of a table."""
    print(f"| {' | '.join(cells)} |", flush=True)
