"""Titles that persons begin with, by spans over words."""

import pytest

from docsight.components.person_titles import trim_titles
from docsight.networks.spans import ScoredSpan


def _trim(text: str, spans: list[tuple[int, int]], label: str = "PER") -> list[str]:
    words = text.split()
    found = [ScoredSpan(start, end, label, 0.5) for start, end in spans]
    return [" ".join(words[span.start : span.end]) for span in trim_titles(found, words.__getitem__, len(words))]


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("Cllr . R. Hargreaves", [(0, 4)], ["R. Hargreaves"]),
        ("Cllr Janet Buchan", [(0, 3)], ["Janet Buchan"]),
        ("Prof. Dr. Sabine Berg", [(0, 4)], ["Sabine Berg"]),
        ("Frau Schneider", [(0, 2)], ["Schneider"]),
        ("Col . Frank Coles", [(0, 1), (2, 4)], ["Frank Coles"]),
        ("Cllr . Mrs. P. Dunmore", [(0, 1), (3, 5)], ["P. Dunmore"]),
        ("Cllr", [(0, 1)], []),
        ("Lt. Col. Anna Reyes", [(0, 4)], ["Anna Reyes"]),
        ("Rt. Hon. Mister Hale and Senator", [(0, 4), (5, 6)], ["Hale"]),
        ("Ambassador Reyes and President Hale", [(0, 2), (3, 5)], ["Reyes", "Hale"]),
        ("Captain Reyes , Gov. Lindt", [(0, 2), (3, 5)], ["Reyes", "Lindt"]),
        # Names.
        ("President and Chancellor", [(0, 1), (2, 3)], ["President", "Chancellor"]),
        ("Lady Lindt and Rep Hale", [(0, 2), (3, 5)], ["Lady Lindt", "Rep Hale"]),
        ("Col Needham and Gen Kitahara", [(0, 2), (3, 5)], ["Col Needham", "Gen Kitahara"]),
        ("Maria Miss", [(0, 2)], ["Maria Miss"]),
        ("Rosa Lindt", [(0, 2)], ["Rosa Lindt"]),
        ("", [], []),
    ],
)
def test_titles_are_no_part_of_names(text, spans, expected):
    assert _trim(text, spans) == expected


def test_titles_in_names_of_organisations_stay():
    assert _trim("Dr Martens", [(0, 2)], "ORG") == ["Dr Martens"]
