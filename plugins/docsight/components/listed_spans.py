"""Let `rnn_ner` list spans of low probability for a while, beside the entities."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from docsight.components.rnn_ner import RnnNer

if TYPE_CHECKING:
    from spacy.language import Language


@contextmanager
def listing_spans(nlp: "Language", spans_key: str, min_score: float) -> Iterator[None]:
    """Make each `rnn_ner` of a pipeline list spans of at least `min_score` under a key, as long as the block runs."""
    pipes = [pipe for _, pipe in nlp.pipeline if isinstance(pipe, RnnNer)]
    before = [(pipe.spans_key, pipe.min_score) for pipe in pipes]
    for pipe in pipes:
        pipe.spans_key, pipe.min_score = spans_key, min_score
    try:
        yield
    finally:
        for pipe, (key, score) in zip(pipes, before, strict=True):
            pipe.spans_key, pipe.min_score = key, score
