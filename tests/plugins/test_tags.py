import pytest

from docsight.tags import TagSpan, iobes_from_spans, iobes_rules, iobes_tags, spans_from_iob2


def test_spans_from_iob2_reads_neighbouring_spans_of_one_label():
    tags = ["B-PER", "I-PER", "B-PER", "O", "B-LOC"]
    assert spans_from_iob2(tags) == [TagSpan(0, 2, "PER"), TagSpan(2, 3, "PER"), TagSpan(4, 5, "LOC")]


def test_spans_from_iob2_refuses_iob1():
    with pytest.raises(ValueError, match=r"'I-PER' at token 1 must follow B-PER or I-PER, but follows 'O'"):
        spans_from_iob2(["O", "I-PER"])


@pytest.mark.parametrize("tag", ["PER", "E-PER", "B-", "b-PER", ""])
def test_spans_from_iob2_reports_an_invalid_tag(tag):
    with pytest.raises(ValueError, match=f"found {tag!r} at token 0"):
        spans_from_iob2([tag])


def test_iobes_from_spans_tags_each_token():
    spans = [TagSpan(0, 1, "PER"), TagSpan(1, 4, "LOC"), TagSpan(5, 7, "PER")]
    assert iobes_from_spans(spans, 8) == ["S-PER", "B-LOC", "I-LOC", "E-LOC", "O", "B-PER", "E-PER", "O"]


def test_iobes_rules_admit_exactly_the_well_formed_steps():
    tags = iobes_tags(["A", "B"])
    follows, first, last = iobes_rules(tags)
    allowed = {(a, b) for i, a in enumerate(tags) for j, b in enumerate(tags) if follows[i][j]}
    free = {"O", "B-A", "S-A", "B-B", "S-B"}
    closed = {"O", "E-A", "S-A", "E-B", "S-B"}
    inside = {(f"{p}-{x}", f"{q}-{x}") for p in "BI" for q in "IE" for x in "AB"}
    assert allowed == {(a, b) for a in closed for b in free} | inside
    assert {tag for tag, ok in zip(tags, first, strict=True) if ok} == free
    assert {tag for tag, ok in zip(tags, last, strict=True) if ok} == closed
