"""The page of a review: each text with its spans, and how sure the model is of each of them."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from docsight.documents.report.page import label_colours
from docsight.tags import TagSpan
from docsight_training.pages.page_template import render_page, script_json
from docsight_training.pages.review_texts import MIN_POSTERIOR, ReviewText
from docsight_training.span_comparison import find_errors, overlaps

_MIN_SUGGESTED = 0.1  # posterior of a span that the page suggests although it is on no best tag sequence
_MIN_ALTERNATIVE = 0.05  # posterior of a span that the page offers instead of another one
_AGREEMENT = "agree"  # the relation of a span that model and annotation have


class ListedSpan(NamedTuple):
    """A span of the queue.

    Args:
        span: The span, in tokens.
        posterior: Its probability; None if the model finds it unlikely.
        is_on: Whether it is a span of the text as long as nobody decides otherwise. The others are suggestions.
        relation: How it differs from the annotation, or from the model; empty without annotation.
    """

    span: TagSpan
    posterior: float | None
    is_on: bool
    relation: str

    @property
    def certainty(self) -> float:
        """The probability that it is right to have this span, or not to have it."""
        posterior = self.posterior or 0.0
        return posterior if self.is_on else 1 - posterior


def list_spans(text: ReviewText, *, is_annotated: bool) -> Iterator[ListedSpan]:
    """Yield the spans of a text: those of the annotation, or else of the model; and further ones that are likely."""
    chosen, others = (text.gold, text.entities) if is_annotated else (text.entities, ())
    relations = _relations(text) if is_annotated else {}
    same = _AGREEMENT if is_annotated else ""
    for span in chosen:
        yield ListedSpan(span, _posterior(text, span), True, relations.get(span, same))
    listed = [*chosen, *others]
    for span in set(others) - set(chosen):
        yield ListedSpan(span, _posterior(text, span), False, relations.get(span, same))
    for span in sorted(text.posteriors, key=lambda span: (-text.posteriors[span], span)):
        if text.posteriors[span] >= _MIN_SUGGESTED and not any(overlaps(span, other) for other in listed):
            listed.append(span)
            yield ListedSpan(span, text.posteriors[span], False, same)


def render_review(texts: Sequence[ReviewText], *, labels: Iterable[str], model: str, source: str, name: str) -> str:
    """Return the page as HTML.

    Args:
        texts: The texts. If one of them has annotated spans, all of them count as annotated.
        labels: The labels of the model; those of the annotation are added.
        model: The name of the model, for the title.
        source: The name of the data, for the title.
        name: The name of the file that the page saves.
    """
    is_annotated = any(text.gold for text in texts)
    names = list(dict.fromkeys([*labels, *sorted({span.label for text in texts for span in text.gold})]))
    content = {
        "annotated": is_annotated,
        "file": name,
        "minPosterior": MIN_POSTERIOR,
        "labels": names,
        "colours": {label: colour for label, colour in label_colours(names).items() if label in names},
        "documents": [_document(text, is_annotated=is_annotated) for text in texts],
    }
    # The changes that a browser keeps belong to this content.
    key = hashlib.sha256(script_json(content).encode()).hexdigest()[:16]
    values = {
        "content": script_json(content | {"key": key}),
        "is_annotated": is_annotated,
        "labels": names,
        "model": model,
        "source": source,
        "num_texts": len(texts),
    }
    return render_page("review.html.jinja", values, style="review.css", script="review.js")


def _document(text: ReviewText, *, is_annotated: bool) -> dict[str, Any]:
    listed = sorted(list_spans(text, is_annotated=is_annotated), key=lambda one: one.span)
    return {
        "text": text.text.text,
        "place": text.text.place,
        "id": text.text.document,
        "tokens": _gaps_and_lengths(text.tokens),
        "spans": [
            [*one.span, _round(one.posterior), one.is_on, one.relation, round(one.certainty, 4)] for one in listed
        ],
        "others": [
            [*span, _round(posterior)]
            for span, posterior in text.posteriors.items()
            if posterior >= _MIN_ALTERNATIVE and any(one.span != span and overlaps(span, one.span) for one in listed)
        ],
    }


def _gaps_and_lengths(tokens: Sequence[tuple[int, int]]) -> list[int]:
    """Return for each token the characters since the one before, and its own: less than half as long as offsets."""
    numbers: list[int] = []
    last = 0
    for start, end in tokens:
        numbers += [start - last, end - start]
        last = end
    return numbers


def _relations(text: ReviewText) -> dict[TagSpan, str]:
    errors = find_errors(text.gold, text.entities)
    return {span: error.kind.value for error in errors for span in (error.gold, error.predicted) if span is not None}


def _posterior(text: ReviewText, span: TagSpan) -> float | None:
    return text.posteriors.get(span)


def _round(posterior: float | None) -> float | None:
    return None if posterior is None else round(posterior, 4)
