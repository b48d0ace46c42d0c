"""Scores of `rnn_speller`: applied corrections against those of reference Docs."""

from collections.abc import Iterable
from typing import Any

from spacy.training import Example
from spacy.util import registry

from docsight import attributes
from docsight.components.base import Scorer
from docsight.corrections import score_corrections

CORRECTIONS_SCORER = "docsight.corrections_scorer.v1"


@registry.scorers(CORRECTIONS_SCORER)  # type: ignore[untyped-decorator]  # catalogue
def make_corrections_scorer() -> Scorer:
    """Return the default scorer of `rnn_speller`."""
    return score_doc_corrections


def score_doc_corrections(examples: Iterable[Example], **_: Any) -> dict[str, Any]:
    """Score the applied corrections against those of the reference Docs; see `score_corrections`."""
    return score_corrections(
        (attributes.corrections(example.predicted), attributes.get_corrections(example.reference))
        for example in examples
    )
