"""Strict span scores: a span counts where its edges and its label are right."""

from collections import Counter
from collections.abc import Iterable

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
