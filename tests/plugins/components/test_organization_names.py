"""Organizations that are completed, by spans over words."""

import pytest

from docsight.components.organization_names import complete_organizations
from docsight.networks.spans import ScoredSpan

ORG, LOC = "ORG", "LOC"


def _complete(text: str, spans: list[tuple[int, int, str]], breaks: frozenset[int] = frozenset()) -> list[str]:
    words = text.split()
    found = [ScoredSpan(*span, 0.5 + span[0] / 100) for span in spans]
    completed = complete_organizations(found, words.__getitem__, breaks=breaks)
    assert all(span.score == found[0].score for span in completed[:1])
    return [f"{' '.join(words[span.start : span.end])}/{span.label}" for span in completed]


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("University of Kent at Canterbury", [(0, 3, ORG), (4, 5, LOC)], ["University of Kent at Canterbury/ORG"]),
        ("University of Kent at Canterbury", [(0, 3, ORG), (4, 5, ORG)], ["University of Kent at Canterbury/ORG"]),
        ("University of Kent at Alder City", [(0, 3, ORG), (4, 6, ORG)], ["University of Kent/ORG", "Alder City/ORG"]),
        ("the University at Alder", [(1, 2, ORG), (3, 4, ORG)], ["University/ORG", "Alder/ORG"]),
        ("University of Kent in Canterbury", [(0, 3, ORG), (4, 5, LOC)], ["University of Kent/ORG", "Canterbury/LOC"]),
        ("Alder Mills at Canterbury", [(0, 2, ORG), (3, 4, LOC)], ["Alder Mills/ORG", "Canterbury/LOC"]),
        ("the Dept. of Mathematics here", [(3, 4, ORG)], ["Dept. of Mathematics/ORG"]),
        ("Dept . of Mathematics", [(3, 4, ORG)], ["Dept . of Mathematics/ORG"]),
        ("Bern Office of Trade", [(0, 1, LOC), (3, 4, ORG)], ["Bern/LOC", "Office of Trade/ORG"]),
        ("Bern Office of Trade", [(0, 2, ORG), (3, 4, ORG)], ["Bern Office/ORG", "Trade/ORG"]),
        ("head of Trade", [(2, 3, ORG)], ["Trade/ORG"]),
        ("Department of Bern", [(2, 3, LOC)], ["Bern/LOC"]),
        (". of Trade", [(2, 3, ORG)], ["Trade/ORG"]),
    ],
)
def test_organizations_are_completed(text, spans, expected):
    assert _complete(text, spans) == expected


def test_organizations_end_at_breaks():
    spans = [(0, 3, ORG), (4, 5, LOC)]
    for at in (2, 3):
        found = _complete("University of Kent at Canterbury", spans, frozenset([at]))
        assert found == ["University of Kent/ORG", "Canterbury/LOC"]
    assert _complete("Dept of Trade", [(2, 3, ORG)], frozenset([0])) == ["Trade/ORG"]
    assert complete_organizations([], str) == []
