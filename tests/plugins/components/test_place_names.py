"""Countries that are completed, by spans over words; | stands for the end of a line, || for that of a cell."""

import pytest

from docsight.components.place_names import complete_places
from docsight.networks.spans import ScoredSpan
from docsight.vocab import CELL_END, LINE_END


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("in Bosnia and Herzegovina now", [(1, 2), (3, 4)], ["Bosnia and Herzegovina"]),
        ("Trinidad and Tobago", [(0, 1)], ["Trinidad and Tobago"]),
        ("Saint Kitts and Nevis", [(0, 2)], ["Saint Kitts and Nevis"]),
        ("Bosnia and Bern", [(0, 1), (2, 3)], ["Bosnia", "Bern"]),
        ("Bosnia and", [(0, 1)], ["Bosnia"]),
        ("Korea , Republic of | Kuwait", [(0, 1), (2, 4), (5, 6)], ["Korea , Republic of", "Kuwait"]),
        ("KR || Korea , Republic of || 410", [(2, 3)], ["Korea , Republic of"]),
        ("Congo , The Democratic Republic of the", [(0, 1), (4, 5)], ["Congo , The Democratic Republic of the"]),
        # Not the whole line, or not the title of a state.
        ("in Korea , Republic of", [(1, 2)], ["Korea"]),
        ("Korea , Republic of the people | Bern", [(0, 1), (7, 8)], ["Korea", "Bern"]),
        ("Bern , Bank of", [(0, 1)], ["Bern"]),
        ("Bern ,", [(0, 1)], ["Bern"]),
        ("", [], []),
    ],
)
def test_countries_are_completed(text, spans, expected):
    words = [{"|": LINE_END, "||": CELL_END}.get(word, word) for word in text.split()]
    found = [ScoredSpan(start, end, "LOC", 0.5) for start, end in spans]
    completed = complete_places(found, words.__getitem__, len(words))
    assert [" ".join(words[span.start : span.end]) for span in completed] == expected


def test_a_joined_country_has_the_lower_score_and_other_labels_stay():
    words = ["Bosnia", "and", "Herzegovina"]
    spans = [ScoredSpan(0, 1, "LOC", 0.9), ScoredSpan(2, 3, "LOC", 0.4)]
    assert complete_places(spans, words.__getitem__, 3) == [ScoredSpan(0, 3, "LOC", 0.4)]
    teams = [span._replace(label="ORG") for span in spans]
    assert complete_places(teams, words.__getitem__, 3) == teams
