"""The kinds of errors of spans."""

from docsight.tags import TagSpan
from docsight_training.span_comparison import SpanErrorKind, find_errors


def test_find_errors_pairs_each_span_once_and_skips_what_is_right():
    gold = [
        TagSpan(0, 2, "PER"),
        TagSpan(3, 5, "ORG"),
        TagSpan(6, 8, "LOC"),
        TagSpan(9, 12, "ORG"),
        TagSpan(20, 21, "PER"),
    ]
    found = [
        TagSpan(0, 2, "PER"),
        TagSpan(3, 5, "LOC"),
        TagSpan(7, 9, "LOC"),
        TagSpan(9, 10, "PER"),
        TagSpan(10, 12, "PER"),
        TagSpan(30, 31, "LOC"),
    ]
    assert find_errors(gold, found) == [
        (SpanErrorKind.LABEL, gold[1], found[1]),
        (SpanErrorKind.EDGES, gold[2], found[2]),
        (SpanErrorKind.LABEL_AND_EDGES, gold[3], found[3]),
        (SpanErrorKind.SPURIOUS, None, found[4]),
        (SpanErrorKind.MISSED, gold[4], None),
        (SpanErrorKind.SPURIOUS, None, found[5]),
    ]


def test_find_errors_prefers_the_same_label_where_several_spans_overlap():
    gold, found = [TagSpan(0, 5, "ORG")], [TagSpan(0, 2, "PER"), TagSpan(2, 4, "ORG")]
    assert [error.kind for error in find_errors(gold, found)] == [SpanErrorKind.SPURIOUS, SpanErrorKind.EDGES]
