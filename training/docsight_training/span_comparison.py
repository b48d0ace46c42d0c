"""Comparison of the spans of a model with those of an annotation: what is right, and what kind of error the rest is."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from docsight.tags import TagSpan


class SpanErrorKind(StrEnum):
    """How a span of one side differs from the span of the other side that it overlaps."""

    LABEL = "label"
    EDGES = "edges"
    LABEL_AND_EDGES = "label and edges"
    MISSED = "missed"  # only the annotation has a span there
    SPURIOUS = "spurious"  # only the model has one


class SpanError(NamedTuple):
    """Spans that differ; None if one side has no span there."""

    kind: SpanErrorKind
    gold: TagSpan | None
    predicted: TagSpan | None


def find_errors(gold: Iterable[TagSpan], predicted: Iterable[TagSpan]) -> list[SpanError]:
    """Pair the spans that differ, each with at most one of the other side, in the order of the text.

    Spans with the same edges are paired first, then overlapping ones with the same label, then other overlapping ones.
    """
    left = sorted(set(gold) - set(predicted))
    right = sorted(set(predicted) - set(gold))
    errors = [*_take_pairs(left, right, SpanErrorKind.LABEL)]
    errors += _take_pairs(left, right, SpanErrorKind.EDGES)
    errors += _take_pairs(left, right, SpanErrorKind.LABEL_AND_EDGES)
    errors += [SpanError(SpanErrorKind.MISSED, span, None) for span in left]
    errors += [SpanError(SpanErrorKind.SPURIOUS, None, span) for span in right]
    return sorted(errors, key=lambda error: tuple(error.gold or error.predicted or ()))


def overlaps(one: TagSpan, other: TagSpan) -> bool:
    """Return whether two spans have a token in common."""
    return one.start < other.end and other.start < one.end


def _take_pairs(gold: list[TagSpan], predicted: list[TagSpan], kind: SpanErrorKind) -> Iterator[SpanError]:
    """Remove the pairs of a kind from both lists, and yield them."""
    for span in list(gold):
        match = next((other for other in predicted if _is_pair(span, other, kind)), None)
        if match is not None:
            gold.remove(span)
            predicted.remove(match)
            yield SpanError(kind, span, match)


def _is_pair(gold: TagSpan, predicted: TagSpan, kind: SpanErrorKind) -> bool:
    if kind == SpanErrorKind.LABEL:
        return gold[:2] == predicted[:2]
    return overlaps(gold, predicted) and (kind != SpanErrorKind.EDGES or gold.label == predicted.label)
