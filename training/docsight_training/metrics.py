"""Metrics: strict F1 of spans, F1 of classes, and the calibration error of probabilities."""

from collections import defaultdict
from collections.abc import Iterable

import torch
from spacy.scorer import PRFScore
from torch import Tensor

from docsight.tags import TagSpan


class SpanScore:
    """Precision, recall and F1 of spans, by label and micro-averaged.

    The definition of the CoNLL-2003 shared task (Tjong Kim Sang and De Meulder 2003): a span is right if its edges and
    its label are.
    """

    def __init__(self) -> None:
        self._by_label: defaultdict[str, PRFScore] = defaultdict(PRFScore)

    def add(self, gold: Iterable[TagSpan], predicted: Iterable[TagSpan]) -> None:
        gold_spans, predicted_spans = set(gold), set(predicted)
        for label in {span.label for span in gold_spans | predicted_spans}:
            self._by_label[label].score_set(
                {span for span in predicted_spans if span.label == label},
                {span for span in gold_spans if span.label == label},
            )

    def merge(self, other: "SpanScore") -> None:
        for label, score in other._by_label.items():
            self._by_label[label] += score

    def scores(self, label: str | None = None) -> dict[str, float]:
        """Return precision, recall and F1 from 0 to 1, of one label or of all; 0 where there is nothing to count."""
        chosen = [score for name, score in self._by_label.items() if label in (None, name)]
        score = sum(chosen, PRFScore())
        return {"precision": score.precision, "recall": score.recall, "f1": score.fscore}

    @property
    def labels(self) -> set[str]:
        """The labels that were annotated or predicted."""
        return set(self._by_label)

    @property
    def num_gold(self) -> int:
        return sum(self.support(label) for label in self._by_label)

    def support(self, label: str) -> int:
        """Return the number of annotated spans of a label."""
        return self._by_label[label].tp + self._by_label[label].fn if label in self._by_label else 0

    @property
    def f1(self) -> float:
        return self.scores()["f1"]


def f1_by_class(labels: Tensor, predicted: Tensor, classes: int) -> dict[int, float]:
    """Return the F1 of each of the `classes` that occurs among the labels, (images,); predicted classes likewise."""
    right = torch.bincount(labels[labels == predicted], minlength=classes)
    gold, found = torch.bincount(labels, minlength=classes), torch.bincount(predicted, minlength=classes)
    return {at: float(2 * right[at] / (gold[at] + found[at])) for at in range(classes) if gold[at]}


def calibration_error(probabilities: Tensor, labels: Tensor, *, bins: int = 15) -> float:
    """Return the `confidence_error` of classes: `probabilities` is (images, classes), `labels` (images,)."""
    confidence, predicted = probabilities.max(dim=1)
    return confidence_error(confidence, predicted == labels, bins=bins)


def confidence_error(confidence: Tensor, right: Tensor, *, bins: int = 15) -> float:
    """Return the expected calibration error: the mean gap between confidence and accuracy (Naeini et al. 2015).

    All bins of confidence have the same width (Guo et al. 2017). `confidence` is the probability of each prediction,
    `right` whether it is right, both (predictions,).
    """
    bin_of = (confidence * bins).long().clamp(max=bins - 1)
    counts = torch.bincount(bin_of, minlength=bins)
    sums_of_gaps = torch.bincount(bin_of, weights=right.to(confidence.dtype) - confidence, minlength=bins)
    return float(sums_of_gaps.abs().sum() / counts.sum().clamp(min=1))
