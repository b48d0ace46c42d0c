"""Entities and corrections of short texts, as plain data in the form of `documents.jsonl`."""

import math
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docsight.attributes import span_score
from docsight.components.listed_spans import listing_spans
from docsight.components.rnn_speller import THRESHOLDS
from docsight.corrections import applied_rows, correct_text
from docsight.documents.runner.annotate import correction_rows, entity_rows, raising
from docsight.documents.tokenizing import tokenize

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

MIN_SPAN_SCORE = 0.05  # of listed spans: below it, listing them takes longer than everything else
_LISTED_SPANS = "docsight_serve"


@dataclass(frozen=True)
class TextItem:
    """A text to annotate.

    Args:
        text: The text.
        min_score: List all spans of at least this probability; None to list none.
        setting: Which corrections are applied, instead of those that the speller applied.
    """

    text: str
    min_score: float | None = None
    setting: str | None = None


class TextAnnotator:
    """Annotates texts with a pipeline. Only one thread may call it: its Docs share a memory zone."""

    def __init__(self, nlp: "Language") -> None:
        self._nlp = nlp

    def __call__(self, items: Sequence[TextItem]) -> list[dict[str, Any] | Exception]:
        """Return the record of each text, or the exception of the component that failed."""
        nlp = self._nlp
        with_spans = any(item.min_score is not None for item in items)
        listing = listing_spans(nlp, _LISTED_SPANS, MIN_SPAN_SCORE) if with_spans else nullcontext()
        with raising(nlp), nlp.memory_zone(), listing:
            try:
                docs: Sequence[Doc | Exception] = list(
                    nlp.pipe((tokenize(nlp, item.text) for item in items), batch_size=len(items))
                )
            except Exception:  # noqa: BLE001 - found again below, for the text that caused it
                docs = [self._annotate_alone(item) for item in items]
            return [
                doc if isinstance(doc, Exception) else _record(doc, item) for doc, item in zip(docs, items, strict=True)
            ]

    def _annotate_alone(self, item: TextItem) -> "Doc | Exception":
        try:
            return self._nlp(tokenize(self._nlp, item.text))
        except Exception as err:  # noqa: BLE001 - only this text fails
            return err


def _record(doc: "Doc", item: TextItem) -> dict[str, Any]:
    corrections = correction_rows(doc, 0)
    if item.setting is not None:
        min_score = THRESHOLDS.get(item.setting, math.inf)
        for row in corrections:
            row["applied"] = bool(row["suggestions"]) and row["score"] >= min_score
    text = item.text
    entities = entity_rows(doc, 0)
    for row in entities:
        row["text"] = text[row["start"] : row["end"]]
    return {
        "text": text,
        "corrected_text": correct_text(text, applied_rows(corrections, len(text))),
        "entities": entities,
        "spans": [] if item.min_score is None else _span_rows(doc, item.min_score),
        "corrections": corrections,
    }


def _span_rows(doc: "Doc", min_score: float) -> list[dict[str, Any]]:
    """Return the listed spans and the entities, which may be less probable, in text order."""
    group = doc.spans.get(_LISTED_SPANS)
    spans: list[Span] = list(group) if group is not None else []
    scores = list(map(float, group.attrs["scores"])) if group is not None else []
    rows = {}
    for span, score in (*((ent, span_score(ent) or 0.0) for ent in doc.ents), *zip(spans, scores, strict=True)):
        if score >= min_score:
            rows[span.start_char, span.end_char, span.label_] = round(float(score), 6)
    return [
        {"start": start, "end": end, "label": label, "text": doc.text[start:end], "score": score}
        for (start, end, label), score in sorted(rows.items())
    ]
