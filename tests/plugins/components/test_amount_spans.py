import pytest

from docsight.components.amount_spans import remove_false_amounts
from docsight.networks.spans import ScoredSpan


@pytest.mark.parametrize(
    "text",
    [
        "$ 5 million", "US$5", "EUR20", "Rs.500", "thousands of dollars", "a dollar", "12 %", "five per cent",
        "10 a.m.", "2:00p.m.", "noon", "half past nine", "5 o'clock", "12 km", "25 \u00b0 C", "20x30 cm", "3 km2",
        "36-foot", "two-mile", "half a mile", "40GB", "302.6 MB/s",
    ],
)  # fmt: skip
def test_amounts_are_kept(text):
    words = text.split()
    spans = [ScoredSpan(0, len(words), "QUANTITY", 0.9)]
    assert remove_false_amounts(spans, words.__getitem__, labels=["QUANTITY"]) == spans


@pytest.mark.parametrize(
    "text", ["df7a", "907a", "00005beb", "58d3", "h3i4gel", "%%", "$$", "% %", "the %", "2 df7a", ""]
)
def test_code_and_what_has_no_number_is_removed(text):
    words = text.split() or [""]
    spans = [ScoredSpan(0, len(words), "QUANTITY", 0.9)]
    assert remove_false_amounts(spans, words.__getitem__, labels=["MONEY", "QUANTITY"]) == []
    assert remove_false_amounts(spans, words.__getitem__, labels=["MONEY"]) == spans
