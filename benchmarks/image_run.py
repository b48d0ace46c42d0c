"""The options of `images.py`, the images that its tables share, and the formatting of numbers."""

import argparse
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import image_sets
import numpy as np
import torch
from corruptions import CORRUPTIONS
from image_sets import Examples, drawn_from, read_split
from image_systems import Docsight, Predictions

from docsight_training.metrics import calibration_error

MAX_DRAWN = 2000  # images of each set that is drawn here


class Run:
    """The options, and the data and predictions that several tables need."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self._predictions: dict[tuple[int, str], Predictions] = {}

    @cached_property
    def digits(self) -> list[Docsight]:
        """The models that classify digits, one for each seed."""
        return [Docsight(model) for model in self.options.digits]

    @cached_property
    def figures(self) -> Docsight:
        """The model that classifies figures."""
        return Docsight(self.options.figures)

    def examples(self, name: str, split: str = "test") -> Examples:
        """Return a split, or a sample of it if the options limit its size."""
        return read_split(self.options.data / name, split).drawn(self.options.sample)

    @cached_property
    def mnist(self) -> Examples:
        """The test images of MNIST."""
        return self.examples("mnist")

    @cached_property
    def pixels(self) -> np.ndarray:
        """The test images of MNIST as pixels: uint8, (images, 28, 28)."""
        return image_sets.grey_pixels(self.mnist.images)

    @cached_property
    def corrupted(self) -> dict[str, Examples]:
        """The test images of MNIST by corruption."""
        return {
            name: drawn_from(corrupt(self.pixels, np.random.default_rng([at, 4])), self.mnist.labels)
            for at, (name, corrupt) in enumerate(CORRUPTIONS.items())
        }

    @cached_property
    def shifted(self) -> Examples:
        """The test images of MNIST, shifted by 3 pixels."""
        return drawn_from(image_sets.shifted(self.pixels, np.random.default_rng(3)), self.mnist.labels)

    @cached_property
    def as_scanned(self) -> Examples:
        """A sample of the test images of MNIST, as if cut from scans and photos."""
        sample = self.mnist.drawn(self.drawn)
        return image_sets.as_scanned(image_sets.grey_pixels(sample.images), sample.labels)

    @property
    def drawn(self) -> int:
        """The number of images that are drawn for a set."""
        return min(MAX_DRAWN, self.options.sample or MAX_DRAWN)

    def on_corrupted(self, at: int, name: str) -> Predictions:
        """Return the predictions of one of the digit models for a corruption; they are computed once."""
        if (at, name) not in self._predictions:
            self._predictions[at, name] = self.digits[at].classify(self.corrupted[name].images)
        return self._predictions[at, name]


def auroc(inside: np.ndarray, outside: np.ndarray) -> float:
    """Return how often an in-domain image scores above another one; a tie counts one half."""
    ranked = np.sort(outside)
    below = np.searchsorted(ranked, inside, "left") + np.searchsorted(ranked, inside, "right")
    return float(below.mean() / (2 * len(ranked)))


def calibration(labels: Sequence[str], probabilities: torch.Tensor, gold: Sequence[str]) -> float:
    """Return the expected calibration error; probabilities are (images, labels)."""
    return calibration_error(probabilities, torch.tensor([list(labels).index(label) for label in gold]))


def mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))


def short(model: str) -> str:
    """Return the name of a model; for a folder named model, the name of its run."""
    path = Path(model)
    return path.parent.name if path.name == "model" else path.name
