"""Calibration of a tagger: fit the maps of `docsight.networks.calibration` to judged spans, and measure the error.

The spans are those of the best tag sequence, the entities, and all others with at least `MIN_SCORE`, which `spans_key`
can list. A map that is fitted to entities alone is far off for the others (docs/ner.md).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from docsight.networks.calibration import (
    EDGE,
    MAX_SHIFT,
    MAX_SLOPE,
    MIN_SLOPE,
    BetaCalibration,
    Calibration,
    calibrate,
)
from docsight.networks.document_memory import DOCUMENT_MEMORY
from docsight.networks.spans import RowSpans, ScoredSpan, search_rows
from docsight.networks.tagger import Tagger
from docsight_training.data.ner.ner_batches import NerDocument
from docsight_training.metrics import confidence_error
from docsight_training.plots import plot_reliability

MIN_SCORE = 0.02  # of the spans that are judged; below the 0.05 of `spans_key`, because a map may raise scores
MIN_SPANS = 50  # judged spans of a label; with fewer it keeps its posteriors
MAX_ERROR = 0.02  # of the method that is chosen, if the errors allow
FOLDS = 5
BINS = 15


# Returns rows of inputs of the encoder's layers, (rows, input), and for each token of the document its row, (tokens,).
Encode = Callable[[NerDocument], tuple[Tensor, Tensor]]


class JudgedSpan(NamedTuple):
    """A span that was found in a document, and whether the annotation has it."""

    span: ScoredSpan
    is_right: bool
    is_entity: bool  # whether it is on the best tag sequence
    document: int  # the number of the document


def search_documents(
    network: Tagger, documents: Sequence[NerDocument], encode: Encode, *, min_score: float | None = None
) -> list[RowSpans]:
    """Find the spans of documents as the component does by default; see `search_rows`."""
    inputs = [encode(document) for document in documents]
    starts = accumulate((len(encoded) for encoded, _ in inputs), initial=0)
    return search_rows(
        network,
        torch.cat([encoded for encoded, _ in inputs]),
        [index + start for (_, index), start in zip(inputs, starts, strict=False)],
        breaks=[document.breaks for document in documents],
        min_score=min_score,
        memory=DOCUMENT_MEMORY,
        words=[document.index for document in documents],
    )


def judge_network(network: Tagger, groups: Sequence[Sequence[NerDocument]], encode: Encode) -> list[JudgedSpan]:
    """Find the spans of documents and judge them.

    Args:
        network: The tagger, in evaluation mode.
        groups: The documents, as many together as fit into memory.
        encode: Encodes the words of a document, as `NerModule.encode` does.
    """
    documents = [document for group in groups for document in group]
    entities: list[list[ScoredSpan]] = []
    spans: list[list[ScoredSpan]] = []
    for group in groups:
        found = search_documents(network, group, encode, min_score=MIN_SCORE)
        entities += [row.best for row in found]
        spans += [row.likely for row in found]
    return judge_spans(documents, entities, spans)


def judge_spans(
    documents: Sequence[NerDocument],
    entities: Sequence[Sequence[ScoredSpan]],
    spans: Sequence[Sequence[ScoredSpan]],
) -> list[JudgedSpan]:
    """Compare entities and all spans of documents with the annotation; labels that a corpus lacks are not judged."""
    judged = []
    for n, (document, chosen, others) in enumerate(zip(documents, entities, spans, strict=True)):
        gold, places = set(document.spans), {span[:3] for span in chosen}
        found = [(span, True) for span in chosen] + [(span, False) for span in others if span[:3] not in places]
        judged += [
            JudgedSpan(span, span[:3] in gold, is_entity, n)
            for span, is_entity in found
            if span.label not in document.unannotated
        ]
    return judged


def fit_beta(scores: Tensor, right: Tensor, *, one_slope: bool = False, shift: bool = True) -> BetaCalibration:
    """Fit the map with the lowest log loss.

    Args:
        scores: The posteriors, (spans,).
        right: Whether each span is right, (spans,), bool.
        one_slope: Whether both slopes are the same: Platt scaling.
        shift: Whether there is a shift; without one, and with one slope, it is temperature scaling.
    """
    scores = scores.double().clamp(EDGE, 1 - EDGE)
    inputs = torch.stack([scores.log(), -(-scores).log1p(), torch.ones_like(scores)])  # (3, spans)
    # Targets of Platt (1999): with 0 and 1, a label whose spans are all right would get endless slopes.
    num_right, num_wrong = float(right.sum()), float((~right).sum())
    targets = torch.where(right, (num_right + 1) / (num_right + 2), 1 / (num_wrong + 2)).double()
    free = torch.zeros(3, dtype=torch.double, requires_grad=True)  # the logarithms of the slopes, and the shift

    def weights() -> Tensor:
        slopes = free[:1].exp().expand(2) if one_slope else free[:2].exp()
        slopes = slopes.clamp(MIN_SLOPE, MAX_SLOPE)
        return torch.cat([slopes, free[2:].clamp(-MAX_SHIFT, MAX_SHIFT) * shift])

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = F.binary_cross_entropy_with_logits(weights() @ inputs, targets)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer = torch.optim.LBFGS([free], max_iter=100, line_search_fn="strong_wolfe")
    with torch.enable_grad():
        optimizer.step(loss)  # type: ignore[no-untyped-call]
    low, high, offset = (round(value, 4) for value in weights().tolist())
    return BetaCalibration(low=low, high=high, shift=offset)


# The simplest first.
METHODS: Mapping[str, Callable[[Tensor, Tensor], BetaCalibration]] = {
    "temperature": partial(fit_beta, one_slope=True, shift=False),
    "platt": partial(fit_beta, one_slope=True),
    "beta": fit_beta,
}


def fit_labels(judged: Sequence[JudgedSpan], method: str) -> dict[str, BetaCalibration]:
    """Fit a map for each label that has enough spans, right ones and wrong ones."""
    fitted = {}
    for label in sorted({one.span.label for one in judged}):
        scores, right = tensors_of([one for one in judged if one.span.label == label])
        if len(scores) >= MIN_SPANS and 0 < right.sum() < len(right):
            fitted[label] = METHODS[method](scores, right)
    return fitted


def compare_methods(judged: Sequence[JudgedSpan]) -> dict[str, dict[str, float]]:
    """Return the errors of each method on held-out documents, by cross-validation.

    For each method and for `none`: the calibration errors of `entities` and of `other_spans`, and the `log_loss`.
    """
    held_out: dict[str, list[JudgedSpan]] = {name: [] for name in ("none", *METHODS)}
    for fold in range(FOLDS):
        part = [one for one in judged if one.document % FOLDS == fold]
        rest = [one for one in judged if one.document % FOLDS != fold]
        held_out["none"] += part
        for name in METHODS:
            held_out[name] += calibrate_judged(part, fit_labels(rest, name))
    return {name: _errors(part) for name, part in held_out.items()}


def choose_method(errors: Mapping[str, Mapping[str, float]]) -> str:
    """Return the simplest method with calibration errors of at most `MAX_ERROR`, or that with the lowest log loss."""
    for name in METHODS:
        if max(errors[name]["entities"], errors[name]["other_spans"]) <= MAX_ERROR:
            return name
    return min(METHODS, key=lambda name: errors[name]["log_loss"])


def calibrate_judged(judged: Sequence[JudgedSpan], calibration: Calibration) -> list[JudgedSpan]:
    spans = calibrate([one.span for one in judged], calibration)
    return [one._replace(span=span) for one, span in zip(judged, spans, strict=True)]


def write_calibration(
    folder: Path,
    judged: Sequence[JudgedSpan],
    calibration: Calibration,
    methods: Mapping[str, Mapping[str, float]],
    *,
    part: str,
) -> None:
    """Write calibration.json, and with matplotlib reliability.png.

    Args:
        folder: The folder of the run.
        judged: Spans with their posteriors.
        calibration: The maps.
        methods: The errors of the methods that were compared, see `compare_methods`.
        part: The part of the data that the spans are of, validation or test.
    """
    calibrated = calibrate_judged(judged, calibration)
    report = {
        "bins": BINS,
        "methods": methods,
        "method": choose_method(methods),
        "calibration": {label: curve.to_config() for label, curve in calibration.items()},
        part: {
            kind: error_figures(
                [one for one in judged if one.is_entity == is_entity],
                [one for one in calibrated if one.is_entity == is_entity],
            )
            for kind, is_entity in (("entities", True), ("other_spans", False))
        },
    }
    (folder / "calibration.json").write_text(json.dumps(report, indent=2) + "\n")
    draw_reliability(folder / "reliability.png", {"posterior": judged, "calibrated": calibrated})


def error_figures(judged: Sequence[JudgedSpan], calibrated: Sequence[JudgedSpan]) -> dict[str, dict[str, float]]:
    """Return the number of spans, the fraction that is right and the calibration errors, by label and of all."""
    figures = {}
    for label in ("all", *sorted({one.span.label for one in judged})):
        before, after = ([one for one in spans if label in ("all", one.span.label)] for spans in (judged, calibrated))
        figures[label] = {
            "spans": len(before),
            "right": round(sum(one.is_right for one in before) / max(1, len(before)), 4),
            "error_posterior": round(span_error(before), 4),
            "error_calibrated": round(span_error(after), 4),
        }
    return figures


def draw_reliability(path: Path, curves: Mapping[str, Sequence[JudgedSpan]]) -> None:
    """Draw how many entities of each probability are right, by label and of all, if matplotlib is installed."""
    entities = {name: [one for one in spans if one.is_entity] for name, spans in curves.items()}
    labels = sorted({one.span.label for spans in entities.values() for one in spans})
    panels = {
        label: {
            name: tensors_of([one for one in spans if label in ("all", one.span.label)])
            for name, spans in entities.items()
        }
        for label in ("all", *labels)
    }
    plot_reliability(path, panels, bins=BINS)


def span_error(judged: Sequence[JudgedSpan]) -> float:
    """Return the expected calibration error of spans, 0 if there are none."""
    scores, right = tensors_of(judged)
    return confidence_error(scores, right, bins=BINS)


def tensors_of(judged: Sequence[JudgedSpan]) -> tuple[Tensor, Tensor]:
    """Return the scores, (spans,), float64, and whether each span is right, (spans,), bool."""
    scores = torch.tensor([one.span.score for one in judged], dtype=torch.double)
    return scores, torch.tensor([one.is_right for one in judged], dtype=torch.bool)


def _errors(judged: Sequence[JudgedSpan]) -> dict[str, float]:
    scores, right = tensors_of(judged)
    loss = F.binary_cross_entropy(scores.clamp(EDGE, 1 - EDGE), right.double()) if judged else torch.zeros(())
    return {
        "entities": round(span_error([one for one in judged if one.is_entity]), 4),
        "other_spans": round(span_error([one for one in judged if not one.is_entity]), 4),
        "log_loss": round(float(loss), 4),
    }
