"""Scores: strict ones of spans, macro-averaged ones of classes, and how far confidence can be trusted."""

from collections import Counter
from collections.abc import Iterable

import torch
from torch import Tensor

from docsight.tags import TagSpan


class SpanScore:
    """Count spans that are found, missed and wrong; precision, recall and F1 by label and micro-averaged.

    The definition of the CoNLL-2003 shared task (Tjong Kim Sang and De Meulder 2003).
    """

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.predicted: Counter[str] = Counter()
        self.gold: Counter[str] = Counter()

    def add(self, gold: Iterable[TagSpan], predicted: Iterable[TagSpan]) -> None:
        """Count the spans of one document or sentence."""
        true, guess = set(gold), set(predicted)
        self.gold.update(span.label for span in true)
        self.predicted.update(span.label for span in guess)
        self.right.update(span.label for span in true & guess)

    def merge(self, other: "SpanScore") -> None:
        """Add the counts of another."""
        self.gold.update(other.gold)
        self.predicted.update(other.predicted)
        self.right.update(other.right)

    def scores(self, label: str | None = None) -> dict[str, float]:
        """Return precision, recall and F1 from 0 to 1, of one label or of all; 0 where there is nothing to count."""
        right, predicted, gold = (
            (counts.total() if label is None else counts[label]) for counts in (self.right, self.predicted, self.gold)
        )
        precision = right / predicted if predicted else 0.0
        recall = right / gold if gold else 0.0
        f1 = 2 * precision * recall / (precision + recall) if right else 0.0
        return {"precision": precision, "recall": recall, "f1": f1}

    @property
    def f1(self) -> float:
        """The micro-averaged F1."""
        return self.scores()["f1"]


def macro_f1(labels: Tensor, guesses: Tensor, classes: int) -> float:
    """Return the mean F1 over the classes that occur among the labels; each counts the same, however rare.

    Args:
        labels: (pictures,), the right classes.
        guesses: (pictures,), those predicted.
        classes: How many classes there are.
    """
    scores = f1_by_class(labels, guesses, classes)
    return sum(scores.values()) / max(1, len(scores))


def f1_by_class(labels: Tensor, guesses: Tensor, classes: int) -> dict[int, float]:
    """Return the F1 of each class that occurs among the labels; arguments as `macro_f1`."""
    right = torch.bincount(labels[labels == guesses], minlength=classes)
    gold, guessed = torch.bincount(labels, minlength=classes), torch.bincount(guesses, minlength=classes)
    return {at: float(2 * right[at] / (gold[at] + guessed[at])) for at in range(classes) if gold[at]}


def calibration_error(probabilities: Tensor, labels: Tensor, *, bins: int = 15) -> float:
    """Return the expected calibration error: how far confidence and accuracy lie apart (Naeini et al. 2015).

    Args:
        probabilities: (pictures, classes).
        labels: (pictures,), the right classes.
        bins: The number of stretches of equal width that confidences are counted in.
    """
    confidence, guesses = probabilities.max(dim=1)
    right = (guesses == labels).float()
    stretch = (confidence * bins).long().clamp(max=bins - 1)
    counts = torch.bincount(stretch, minlength=bins)
    apart = torch.bincount(stretch, weights=right - confidence, minlength=bins)  # summed over each stretch
    return float(apart.abs().sum() / counts.sum().clamp(min=1))
