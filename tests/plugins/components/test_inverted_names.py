"""Names with the family name first, by spans over words; | stands for the end of a line, || for that of a cell."""

import pytest

from docsight.components.inverted_names import join_inverted_names
from docsight.networks.spans import ScoredSpan
from docsight.vocab import CELL_END, LINE_END


def _join(text: str, spans: list[tuple[int, int]], label: str = "PER") -> list[str]:
    words = [{"|": LINE_END, "||": CELL_END}.get(word, word) for word in text.split()]
    found = [ScoredSpan(start, end, label, 0.5 + start / 100) for start, end in spans]
    joined = join_inverted_names(found, words.__getitem__, len(words))
    return [" ".join(words[span.start : span.end]) for span in joined]


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("Name : Keller , Maria", [(2, 3), (4, 5)], ["Keller , Maria"]),
        ("Name : Keller , Maria Anna | Born 1950", [(2, 3), (4, 6)], ["Keller , Maria Anna"]),
        ("Name : Keller , Maria ( 2019 )", [(2, 3), (4, 5)], ["Keller , Maria"]),
        ("Keller , Maria ; Hale , Tom", [(0, 1), (2, 3), (4, 5), (6, 7)], ["Keller , Maria", "Hale , Tom"]),
        ("Keller , Maria | Hale , Tom", [(0, 1), (2, 3), (4, 7)], ["Keller , Maria", "Hale , Tom"]),
        ("Berg , Ada | Keller , Maria", [(0, 3), (4, 5), (6, 7)], ["Berg , Ada", "Keller , Maria"]),
        ("Name : || Keller , Maria", [(3, 4), (5, 6)], ["Keller , Maria"]),
        ('From : " Keller , Maria " < a@b.de >', [(3, 4), (5, 6)], ["Keller , Maria"]),
        ("De Smet , Ann | Hale , Tom", [(0, 2), (3, 4), (5, 8)], ["De Smet , Ann", "Hale , Tom"]),
        ("Name : van der Berg , Ada", [(2, 5), (6, 7)], ["van der Berg , Ada"]),
        (
            "Keller , Maria | Leeds || 4 | Hale , Tom",
            [(0, 1), (2, 3), (4, 5), (8, 11)],
            ["Keller , Maria", "Leeds", "Hale , Tom"],
        ),
        # In mail headers.
        ("To : Keller , Maria ; a@b.de", [(2, 3), (4, 5)], ["Keller , Maria"]),
        ("CC : || Keller , Maria ;", [(3, 4), (5, 6)], ["Keller , Maria"]),
        (
            "To : Keller , Maria ; Hale , Tom | Cc : Anna , Ben",
            [(2, 3), (4, 5), (6, 7), (8, 9), (12, 13), (14, 15)],
            ["Keller , Maria", "Hale , Tom", "Anna", "Ben"],
        ),
        ("To : Keller , Maria | Cc : Hale , Tom", [(2, 3), (4, 5), (8, 11)], ["Keller , Maria", "Hale , Tom"]),
        ("To : Anna , Tom", [(2, 3), (4, 5)], ["Anna", "Tom"]),
        ("To : || Anna , Tom", [(3, 4), (5, 6)], ["Anna", "Tom"]),
        ("cc : Anna , Tom | Subject : Lunch", [(2, 3), (4, 5)], ["Anna", "Tom"]),
        ("BCC : Anna , Tom", [(2, 3), (4, 5)], ["Anna", "Tom"]),
        ("From : Keller , Maria", [(2, 3), (4, 5)], ["Keller , Maria"]),  # the sender is one person
        # In lists of references.
        (
            "by Berg , A. and De Smet , M. J. in 1999",
            [(1, 2), (3, 4), (5, 7), (8, 10)],
            ["Berg , A.", "De Smet , M. J."],
        ),
        ("[ 1 ] Keller , Maria A. , and Tom Hale", [(3, 4), (5, 7), (9, 11)], ["Keller , Maria A.", "Tom Hale"]),
        ("text | Keller , Maria . 1999", [(2, 3), (4, 5)], ["Keller , Maria"]),
        ("[ 1 ] Keller , Maria ( 1999a )", [(3, 4), (5, 6)], ["Keller , Maria"]),
        ("| 12. Keller , Maria , 2004", [(2, 3), (4, 5)], ["Keller , Maria"]),
        ("by Keller , Maria . 1999", [(1, 2), (3, 4)], ["Keller", "Maria"]),
        ("met . Keller , Maria ( 1999 )", [(2, 3), (4, 5)], ["Keller", "Maria"]),
        ("Keller , M. Hale", [(0, 1), (2, 4)], ["Keller", "M. Hale"]),
        ("Ada Keller , M.", [(0, 2), (3, 4)], ["Ada Keller", "M."]),
        # Lists of persons.
        ("Attendees : Tom , Maria", [(2, 3), (4, 5)], ["Tom", "Maria"]),
        ("Tom , Maria", [(0, 1), (2, 3)], ["Tom", "Maria"]),
        ("Tom , Maria , Ada", [(0, 1), (2, 3), (4, 5)], ["Tom", "Maria", "Ada"]),
        ("Tom , Maria | Berlin", [(0, 1), (2, 3)], ["Tom", "Maria"]),
        ("Name : Ada Berg , Tom", [(2, 4), (5, 6)], ["Ada Berg", "Tom"]),
        ("Name : Keller , Maria from Leeds", [(2, 3), (4, 5)], ["Keller", "Maria"]),
        ("Name : Keller , Ada Maria Anna", [(2, 3), (4, 7)], ["Keller", "Ada Maria Anna"]),
        ("Name : Keller ; Maria", [(2, 3), (4, 5)], ["Keller", "Maria"]),
        (": Keller , Maria", [(1, 2), (3, 4)], ["Keller", "Maria"]),
        ("", [], []),
    ],
)
def test_inverted_names_are_joined_where_the_layout_shows_them(text, spans, expected):
    assert _join(text, spans) == expected


def test_only_persons_are_joined():
    assert _join("City : Springfield , Illinois", [(2, 3), (4, 5)], "LOC") == ["Springfield", "Illinois"]


def test_a_joined_name_has_the_lower_score():
    words = ["Name", ":", "Keller", ",", "Maria"]
    spans = [ScoredSpan(2, 3, "PER", 0.9), ScoredSpan(4, 5, "PER", 0.4)]
    assert join_inverted_names(spans, words.__getitem__, 5) == [ScoredSpan(2, 5, "PER", 0.4)]
