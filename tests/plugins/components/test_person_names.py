"""Persons that are completed, by spans over words; | stands for the end of a line."""

import pytest

from docsight.components.person_names import complete_persons
from docsight.networks.spans import ScoredSpan
from docsight.vocab import LINE_END


def _complete(text: str, spans: list[tuple[int, int]], breaks: frozenset[int] = frozenset()) -> list[str]:
    words = [LINE_END if word == "|" else word for word in text.split()]
    found = [ScoredSpan(start, end, "PER", 0.5 + start / 100) for start, end in spans]
    return [
        " ".join(words[span.start : span.end])
        for span in complete_persons(found, words.__getitem__, len(words), breaks=breaks)
    ]


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        # Suffixes.
        ("Tom Hale , Jr. and Ben", [(0, 2), (5, 6)], ["Tom Hale , Jr.", "Ben"]),
        ("Tom Hale , Jr. , Ben", [(0, 2), (3, 4), (5, 6)], ["Tom Hale , Jr.", "Ben"]),
        ("Tom Hale , Jr. , Ben Berg", [(0, 2), (3, 7)], ["Tom Hale , Jr.", "Ben Berg"]),
        ("Tom Hale Sr. spoke", [(0, 2)], ["Tom Hale Sr."]),
        ("Jr. spoke", [(0, 1)], []),
        ("Jr. Hale spoke", [(0, 2)], ["Hale"]),
        ("Tom Hale | Jr. High", [(0, 2)], ["Tom Hale"]),
        ("Ada Berg , Sr. Software Engineer", [(0, 2)], ["Ada Berg"]),
        ("Ada Berg , Sr . Software Engineer", [(0, 2)], ["Ada Berg"]),
        ("Tom Hale , Sr. | Bern", [(0, 2)], ["Tom Hale , Sr."]),
        # Two entities without a word between them.
        ("Ada Berg Maria Keller < a@b.example >", [(0, 2), (2, 4)], ["Ada Berg Maria Keller"]),
        ("Ada Maria Keller", [(0, 1), (1, 3)], ["Ada Maria Keller"]),
        ("Ada Berg Maria Keller and Tom", [(0, 2), (2, 4)], ["Ada Berg", "Maria Keller"]),
        ("by Ada Berg | Maria Keller", [(1, 3), (4, 6)], ["Ada Berg", "Maria Keller"]),
        ("Tom Tom Hale", [(0, 1), (1, 3)], ["Tom", "Tom Hale"]),
        ("@ tomh99 Ada Berg", [(1, 2), (2, 4)], ["tomh99", "Ada Berg"]),
        ("Ada Berg Maria Keller Tom Hale", [(0, 2), (2, 4), (4, 6)], ["Ada Berg", "Maria Keller", "Tom Hale"]),
        ("Tom Hale Jr. Ada Berg", [(0, 2), (3, 5)], ["Tom Hale Jr.", "Ada Berg"]),
        ("Tom Hale Jr. Ada Berg", [(0, 3), (3, 5)], ["Tom Hale Jr.", "Ada Berg"]),
        # Up to the address.
        ("Ada M Berg < ada@b.example >", [(0, 2)], ["Ada M Berg"]),
        ("Ada O'Hara-Berg < ada . b@c.example >", [(0, 1)], ["Ada O'Hara-Berg"]),
        ("Ada E < lt > ada@b.example E < gt >", [(0, 1)], ["Ada"]),
        ("Ada of Bern < ada@b.example >", [(0, 1)], ["Ada"]),
        ("Ada Berg < 3 and x@b.example", [(0, 2)], ["Ada Berg"]),
        ("Ada Berg", [(0, 1)], ["Ada"]),
        ("Bern", [], []),
    ],
)
def test_persons_are_completed(text, spans, expected):
    assert _complete(text, spans) == expected


def test_persons_end_at_breaks():
    assert _complete("Ada Maria Keller", [(0, 1), (1, 3)], frozenset([0])) == ["Ada", "Maria Keller"]
    assert _complete("Ada Berg , Jr.", [(0, 2)], frozenset([1])) == ["Ada Berg"]


def test_a_joined_person_has_the_lower_score_and_other_labels_stay():
    words = ["Ada", "Maria", "Keller", ",", "Jr."]
    spans = [ScoredSpan(0, 1, "PER", 0.9), ScoredSpan(1, 3, "PER", 0.4)]
    assert complete_persons(spans, words.__getitem__, 5) == [ScoredSpan(0, 5, "PER", 0.4)]
    places = [ScoredSpan(0, 1, "LOC", 0.9), ScoredSpan(1, 3, "LOC", 0.4)]
    assert complete_persons(places, words.__getitem__, 5) == places
