import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docsight.tags import TagSpan, iobes_from_spans, spans_from_iob2
from docsight_training.metrics import SpanScore

LABELS = ["PER", "ORG", "LOC"]


@st.composite
def _iob2(draw, length):
    """Draw well-formed IOB2 tags."""
    tags, before = [], "O"
    for _ in range(length):
        choices = ["O", *(f"B-{label}" for label in LABELS)]
        if before != "O":
            choices.append(f"I-{before[2:]}")
        before = draw(st.sampled_from(choices))
        tags.append(before)
    return tags


@settings(deadline=None)  # seqeval is slow to start
@given(st.data())
def test_span_score_equals_seqeval(data):
    seqeval = pytest.importorskip("seqeval.metrics")
    lengths = data.draw(st.lists(st.integers(1, 12), min_size=1, max_size=6))
    gold = [data.draw(_iob2(n)) for n in lengths]
    guess = [data.draw(_iob2(n)) for n in lengths]
    score = SpanScore()
    for true, predicted in zip(gold, guess, strict=True):
        score.add(spans_from_iob2(true), spans_from_iob2(predicted))
    for name in ("precision", "recall", "f1"):
        theirs = getattr(seqeval, f"{name}_score")(gold, guess, zero_division=0)
        assert score.scores()[name] == pytest.approx(theirs)
    report = seqeval.classification_report(gold, guess, output_dict=True, zero_division=0)
    for label in LABELS:
        if label in report:
            assert score.scores(label)["f1"] == pytest.approx(report[label]["f1-score"])


def test_span_score_requires_exact_edges_and_label():
    score = SpanScore()
    score.add([TagSpan(0, 2, "PER"), TagSpan(3, 4, "LOC")], [TagSpan(0, 1, "PER"), TagSpan(3, 4, "ORG")])
    assert score.f1 == 0.0
    score.add([TagSpan(0, 2, "PER")], [TagSpan(0, 2, "PER")])
    assert score.scores() == pytest.approx({"precision": 1 / 3, "recall": 1 / 3, "f1": 1 / 3})


def test_span_score_of_nothing_is_zero():
    assert SpanScore().scores() == {"precision": 0.0, "recall": 0.0, "f1": 0.0}


def test_iobes_of_no_spans_is_outside():
    assert iobes_from_spans([], 3) == ["O", "O", "O"]
