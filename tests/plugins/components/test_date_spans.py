"""Dates: numbers that are none, and weekdays before dates; | stands for the end of a line."""

import pytest

from docsight.components.date_spans import could_be_date, remove_weekdays_of_dates, repair_dates
from docsight.networks.spans import ScoredSpan
from docsight.vocab import LINE_END


def _repair(text: str, spans: list[tuple[int, int]], label: str = "DATE") -> list[str]:
    words = [LINE_END if word == "|" else word for word in text.split()]
    found = [ScoredSpan(start, end, label, 0.9 - start / 100) for start, end in spans]
    return [" ".join(words[span.start : span.end]) for span in repair_dates(found, words.__getitem__, label="DATE")]


@pytest.mark.parametrize(
    "text",
    [
        "10178",
        "2207",
        "0182",
        "01603",
        "123456789",
        "20130554",
        "123456",
        "603417",
        "NR2 1PD",
        "-0700",
        "+0530",
        "EW/20193",
        "412/1/7",
        "412/3",
    ],
)
def test_postcodes_references_and_telephone_numbers_are_no_dates(text):
    assert not could_be_date(text.split())
    assert _repair(f"Ref {text}", [(1, 1 + len(text.split()))]) == []


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1851",
            "1066",
            "2031",
            "79",
            "1960s",
            "14th",
            "30.09",
            "31.08.2021",
            "12-Mar-2018",
            "2018-03-19",
            "20130415",
        ),
        *(
            "15042013",
            "30/04/2013",
            "4/4/12",
            "2012/04/05",
            "12/2012",
            "1939/1945",
            "1998/99",
            "98/99",
            "9/11",
            "1914-18",
        ),
        *("10000 years", "3 March 2019", "Q1 2021", "2018-03-19T10:00", "10000 BC", "10000 B.C.", "199904"),
        *("99/00", "1999/00", "990405", "050499"),
    ],
)
def test_dates_and_years_stay(text):
    assert could_be_date(text.split())
    assert _repair(f"on {text}", [(1, 1 + len(text.split()))]) == [text]


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("Friday , April 5 , 2002", [(0, 1), (2, 6)], ["Friday , April 5 , 2002"]),
        ("died Sunday , Feb. 2", [(1, 2), (3, 5)], ["Sunday , Feb. 2"]),
        ("Mon , 4 Nov 2019", [(2, 5)], ["Mon , 4 Nov 2019"]),
        ("Thu 6 Oct | Sat 22 Oct", [(1, 3), (5, 7)], ["Thu 6 Oct", "Sat 22 Oct"]),
        ("FRIDAY , NOVEMBER 8 , 1912", [(0, 1), (2, 6)], ["FRIDAY , NOVEMBER 8 , 1912"]),
        ("On Wed , 4/4/12", [(3, 4)], ["Wed , 4/4/12"]),
        ("Mon . 5 May", [(2, 4)], ["Mon . 5 May"]),
        ("Mon . , April 5", [(0, 1), (3, 5)], ["Mon . , April 5"]),
        ("Sunday the 5th of March", [(0, 1), (2, 5)], ["Sunday the 5th of March"]),
        ("on monday , 5 May", [(1, 2), (3, 5)], ["monday , 5 May"]),
        ("on Sun , 5 May", [(3, 5)], ["Sun , 5 May"]),
        # Two dates, or no weekday.
        ("The Sun , 5 May 2001", [(3, 6)], ["5 May 2001"]),
        (". , 5 May", [(2, 4)], ["5 May"]),
        ("closed on Friday . 5 May is", [(2, 3), (4, 6)], ["Friday", "5 May"]),
        ("Friday , 2002", [(0, 1), (2, 3)], ["Friday", "2002"]),
        ("Monday , Tuesday", [(0, 1), (2, 3)], ["Monday", "Tuesday"]),
        ("Friday | April 5", [(0, 1), (2, 4)], ["Friday", "April 5"]),
        ("May , 6 June", [(0, 1), (2, 4)], ["May", "6 June"]),
        ("The sat 22 Oct", [(2, 4)], ["22 Oct"]),
        (", 6 June", [(1, 3)], ["6 June"]),
    ],
)
def test_a_weekday_is_part_of_the_date_after_it(text, spans, expected):
    assert _repair(text, spans) == expected


def test_a_joined_date_has_the_lower_score_and_other_entities_stay():
    words = ["Tom", "Friday", ",", "April", "5"]
    spans = [ScoredSpan(0, 1, "PER", 0.4), ScoredSpan(1, 2, "DATE", 0.6), ScoredSpan(3, 5, "DATE", 0.8)]
    assert repair_dates(spans, words.__getitem__, label="DATE") == [spans[0], ScoredSpan(1, 5, "DATE", 0.6)]


def test_a_weekday_in_another_entity_stays_there():
    words = ["Black", "Friday", ",", "April", "5"]
    spans = [ScoredSpan(0, 2, "ORG", 0.6), ScoredSpan(3, 5, "DATE", 0.8)]
    assert repair_dates(spans, words.__getitem__, label="DATE") == spans


def test_only_the_weekday_of_a_date_is_no_likely_name():
    words = ["Tue", "met", "Sun", "Microsystems", "Tue", ",", "14", "May", "on", "Sunday"]
    dates = [ScoredSpan(4, 8, "DATE", 0.8), ScoredSpan(9, 10, "DATE", 0.8)]
    stay = [
        ScoredSpan(0, 1, "PER", 0.9),
        ScoredSpan(2, 3, "ORG", 0.1),
        ScoredSpan(4, 6, "PER", 0.1),
        ScoredSpan(7, 8, "PER", 0.1),
        ScoredSpan(9, 10, "LOC", 0.1),
        *dates,
    ]
    weekday = ScoredSpan(4, 5, "PER", 0.1)
    likely = sorted([*stay, weekday])
    assert remove_weekdays_of_dates(likely, dates, words.__getitem__, label="DATE") == sorted(stay)


def test_numbers_of_other_labels_stay():
    assert _repair("Boeing 10178", [(1, 2)], "ORG") == ["10178"]
