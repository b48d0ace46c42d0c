"""The errors of a tagger on annotated text: confusions, wrong edges, missed and spurious spans, the worst sentences."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from docsight.tags import TagSpan
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.metrics import SpanScore
from docsight_training.pages.error_page import render_errors
from docsight_training.span_comparison import SpanError, SpanErrorKind, find_errors

_MAX_ERRORS = 500  # of each kind
_MAX_WORST_SENTENCES = 50


class JudgedSentence(NamedTuple):
    """A sentence, the spans that were found in it, and its loss: the negative log-likelihood of its annotation."""

    sentence: Sentence
    found: list[TagSpan]
    loss: float


def judge_sentences(
    documents: Sequence[Document], found: Sequence[Sequence[TagSpan]], losses: Sequence[float]
) -> Iterator[JudgedSentence]:
    """Divide what was found in documents among their sentences; no span continues over the end of one.

    Args:
        documents: The documents.
        found: The spans of each document, in tokens of the document.
        losses: The loss of each sentence of all documents.
    """
    left = iter(losses)
    for document, spans in zip(documents, found, strict=True):
        starts = accumulate((len(sentence.tokens) for sentence in document.sentences), initial=0)
        for sentence, start in zip(document.sentences, starts, strict=False):
            end = start + len(sentence.tokens)
            inside = [TagSpan(s - start, e - start, label) for s, e, label in spans if start <= s < end]
            yield JudgedSentence(sentence, inside, next(left))


def error_report(judged: Sequence[JudgedSentence], *, part: str) -> dict[str, Any]:
    """Count and list errors, as plain JSON.

    Args:
        judged: The sentences.
        part: The part of the data that they are of, validation or test.
    """
    score = SpanScore()
    found: list[tuple[Sentence, SpanError]] = []
    for sentence, spans, _ in judged:
        score.add(sentence.spans, spans)
        found += [(sentence, error) for error in find_errors(sentence.spans, spans)]
    kinds = Counter(error.kind for _, error in found)
    confusions = Counter(
        (error.gold.label, error.predicted.label)
        for _, error in found
        if error.gold and error.predicted and error.gold.label != error.predicted.label
    )
    right = sum(len(set(sentence.spans) & set(spans)) for sentence, spans, _ in judged)
    return {
        "part": part,
        "counts": {"right": right} | {kind.value: kinds[kind] for kind in SpanErrorKind},
        "labels": {
            label: {name: round(value, 4) for name, value in score.scores(label).items()}
            | {"support": score.support(label)}
            for label in sorted(score.labels)
        },
        "confusions": [
            {"gold": gold, "predicted": predicted, "count": count}
            for (gold, predicted), count in confusions.most_common()
        ],
        "errors": {
            kind.value: [_error(*each) for each in found if each[1].kind == kind][:_MAX_ERRORS]
            for kind in SpanErrorKind
        },
        "worst_sentences": [
            {
                "loss": round(one.loss, 4),
                "place": one.sentence.place,
                "tokens": one.sentence.tokens,
                "gold": one.sentence.spans,
                "predicted": one.found,
            }
            for one in sorted(judged, key=lambda one: -one.loss)[:_MAX_WORST_SENTENCES]
        ],
    }


def write_ner_errors(folder: Path, judged: Sequence[JudgedSentence], *, part: str) -> None:
    """Write errors.json, and errors.html, which shows it."""
    report = error_report(judged, part=part)
    (folder / "errors.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page = render_errors(report)
    (folder / "errors.html").write_text(page, encoding="utf-8")


def _error(sentence: Sentence, error: SpanError) -> dict[str, Any]:
    return {
        "place": sentence.place,
        "tokens": sentence.tokens,
        "gold": [] if error.gold is None else [error.gold],
        "predicted": [] if error.predicted is None else [error.predicted],
    }
