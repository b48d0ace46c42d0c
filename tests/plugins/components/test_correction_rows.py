"""The rows of `doc._.corrections`."""

import json

import numpy as np
import pytest

from docsight.components.correction_rows import correction_row
from docsight.corrections import CONTEXT_REASON, UNKNOWN_WORD
from docsight.spelling.correction.corrector import Correction


@pytest.mark.parametrize(("min_score", "applied"), [(0.5, True), (0.51, False)])
def test_correction_row_is_applied_from_the_minimum_score_on(min_score: float, applied: bool) -> None:
    found = Correction(4, 7, [("the", np.float32(0.75)), ("tea", np.float32(0.25))], 0.5, False, ("a", "b"))
    row = correction_row(found, "teh", min_score=min_score)
    assert row == {
        "start": 4,
        "end": 7,
        "text": "teh",
        "suggestion": "the",
        "suggestions": [{"text": "the", "probability": 0.75}, {"text": "tea", "probability": 0.25}],
        "score": 0.5,
        "reason": UNKNOWN_WORD,
        "because": "a; b",
        "applied": applied,
    }
    assert json.dumps(row)  # the numbers are those of Python


def test_correction_row_without_a_suggestion_keeps_the_word() -> None:
    row = correction_row(Correction(0, 3, [], 0.9, True), "xyz", min_score=0.5)
    assert (row["suggestion"], row["applied"], row["reason"]) == ("xyz", False, CONTEXT_REASON)
