import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from docsight.tags import TagSpan, iobes_from_spans, spans_from_iob2
from docsight_training.metrics import SpanScore, calibration_error, confidence_error

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
    assert SpanScore().labels == set()
    assert SpanScore().scores() == {"precision": 0.0, "recall": 0.0, "f1": 0.0}


def test_iobes_of_no_spans_is_outside():
    assert iobes_from_spans([], 3) == ["O", "O", "O"]


def test_confidence_error_weighs_the_gap_of_each_bin_by_its_size():
    confidence = torch.tensor([0.85, 0.85, 0.85, 0.85, 0.15])
    right = torch.tensor([True, True, True, False, False])
    # Four predictions with a gap of 0.1, and one with a gap of 0.15.
    assert confidence_error(confidence, right, bins=10) == pytest.approx(0.8 * 0.1 + 0.2 * 0.15)


def test_confidence_error_is_0_of_nothing_and_1_of_certain_mistakes():
    assert confidence_error(torch.zeros(0), torch.zeros(0, dtype=torch.bool)) == 0.0
    assert confidence_error(torch.tensor([1.0, 0.0]), torch.tensor([False, True])) == 1.0


def test_calibration_error_judges_the_most_probable_class():
    probabilities = torch.tensor([[0.9, 0.1], [0.3, 0.7]])
    assert calibration_error(probabilities, torch.tensor([0, 0])) == pytest.approx((0.1 + 0.7) / 2)
