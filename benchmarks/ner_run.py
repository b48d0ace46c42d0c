"""The options, systems and predictions that the tables of `ner.py` share, and the formatting of numbers."""

import argparse
from collections.abc import Sequence
from functools import cached_property

from markdown_tables import points
from ner_sets import LabelledSet, gold_spans
from ner_systems import Docsight, Flair, Gliner, SpacyPeer, System

from docsight.tags import TagSpan
from docsight_training.metrics import SpanScore

Spans = Sequence[TagSpan]
NOT_KNOWN = "-"  # of a label that a system does not predict, or that a corpus does not annotate


class Run:
    """The options, the systems, and their predictions on the sets that several tables need."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self._predictions: dict[tuple[str, str, str], list[list[TagSpan]]] = {}

    @cached_property
    def ours(self) -> Docsight:
        return Docsight(self.options.model, document_memory=self.options.memory)

    @cached_property
    def peers(self) -> list[System]:
        """The peers that are installed or whose weights are given."""
        peers: list[System] = []
        if not self.options.alone:
            if SpacyPeer.is_installed():
                peers.append(SpacyPeer())
            else:
                print(f"Skipped {SpacyPeer.name}: expected the package {SpacyPeer.package}; pip install '.[dev]'.\n")
        if self.options.gliner:
            peers.append(Gliner(self.options.gliner))
        if self.options.flair:
            peers.append(Flair(self.options.flair))
        return peers

    @property
    def systems(self) -> list[System]:
        return [self.ours, *self.peers]

    def score(self, system: System, labelled: LabelledSet, labels: Sequence[str]) -> SpanScore:
        """Score a system on a set; the predictions on each part of each corpus are computed once."""
        key = system.name, labelled.name, labelled.role
        if key not in self._predictions:
            self._predictions[key] = list(system.tag(labelled.documents))
        return count([gold_spans(document) for document in labelled.documents], self._predictions[key], labels)


def count(gold: Sequence[Spans], predicted: Sequence[Spans], labels: Sequence[str]) -> SpanScore:
    """Compare the spans of documents or texts, of these labels only."""
    score = SpanScore()
    for wanted, found in zip(gold, predicted, strict=True):
        score.add([span for span in wanted if span.label in labels], [span for span in found if span.label in labels])
    return score


def merged(scores: Sequence[SpanScore]) -> SpanScore:
    """Add up the counts of scores."""
    total = SpanScore()
    for score in scores:
        total.merge(score)
    return total


def f1(score: SpanScore, label: str | None = None) -> str:
    return points(score.scores(label)["f1"])


def prf(score: SpanScore, label: str | None = None) -> list[str]:
    """Format precision, recall and F1."""
    return [points(score.scores(label)[name]) for name in ("precision", "recall", "f1")]
