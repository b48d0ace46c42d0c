import pytest
from hypothesis import given
from hypothesis import strategies as st

from docsight.tags import TagSpan
from docsight_training.data.ner.amounts import AMOUNT_LABELS, add_amounts, find_amounts, may_be_amount
from docsight_training.data.ner.annotated_documents import Sentence

LABELS = {label[0]: label for label in AMOUNT_LABELS}
# Tokens by spaces; the amounts are in brackets, and the first letter of the label follows.
AMOUNTS = """
It cost [$ 5 million]M , [US$ 3.5 bn]M , [$5]M or [€3.50]M , not [20 euros]M or [£ 20m]M .
He earns [five dollars]M a day , [USD 12,000]M a year or [300 yen]M ; [12,000 EUR]M .
[half a million US dollars]M , a [ten - dollar]M bill , [KRW 298.945 trillion]M , [10,000€]M and [fifty cents]M .
From [$ 5]M to [$ 10]M , [50 pounds sterling]M , [$ 415 million]M in equity .
[US $ 10,000]M and [one million Swiss francs]M
It rose [12 %]P to [3.5 percent]P , by [five per cent]P , [10-15 %]P , [10 to 15 percent]P , [5%]P , [-2 %]P .
up [two percentage points]P , [13,2 %]P , a [9-percent]P swing
At [10 a.m.]T and at [14:30]T , at [noon]T , [half past nine]T , by [midnight]T , [5 o'clock]T , [4:30 pm EST]T .
between [10:30]T and [11:15]T , from [7 am]T to [7pm]T , [a quarter to six]T , [0900 hours]T , [08:30 UTC]T
[12 km]Q and [five miles]Q , [3.5 kg]Q , [200 square metres]Q , [80 mph]Q , [25 °C]Q , [40 GB]Q and [40GB]Q .
[5 feet 10 inches]Q , a [36-foot]Q telescope , a [two - mile]Q walk , [twenty - one miles]Q , [4 \u00d7 100 metre]Q
[half a mile]Q , [a quarter of a mile]Q , [one - and - a - half miles]Q , [1,070 feet]Q ( [326 m]Q ) , [5 ft 3 in]Q
[100 km / h]Q , [60 miles per hour]Q , [35 million metric tons]Q , [25 degrees Celsius]Q , [9 km]Q south , [12 in]Q )
""".strip().splitlines()
NO_AMOUNTS = """
They won 5 million copies in 3 days and 12 hours , 2 to 3 , in May 5 , 1999 , on page 12 of version 3.5 .
He lost 20 pounds ; she won 20 pounds ; the real mark of 5 marks .
Romans 3:16 and a score of 4:1 ; at five he was 6 years old .
It was the 3000 Miles to Graceland , the Million Dollar Pool and one M2 Browning .
25 - Percentage of it ; in one point ; 5 m copies ; in 2002 she won the race .
""".strip().splitlines()


def _parse(marked: str) -> tuple[list[str], list[TagSpan]]:
    tokens: list[str] = []
    spans = []
    for word in marked.split():
        if word.startswith("["):
            start = len(tokens)
        text, closed, label = word.lstrip("[").partition("]")
        tokens.append(text)
        if closed:
            spans.append(TagSpan(start, len(tokens), LABELS[label]))
    return tokens, spans


@pytest.mark.parametrize("marked", [*AMOUNTS, *NO_AMOUNTS])
def test_find_amounts_finds_only_the_marked_spans(marked: str):
    tokens, expected = _parse(marked)
    assert find_amounts(tokens) == expected


@pytest.mark.parametrize(
    ("label", "sentence", "admitted"),
    [
        ("MONEY", "He left her 20 pounds of sugar", ["20", "pounds"]),
        ("QUANTITY", "He left her 20 pounds of sugar", ["20", "pounds"]),
        ("QUANTITY", "It cost $ 20 or 5 W", ["5", "W"]),
        ("MONEY", "the dollar fell by millions of yen", ["millions", "of", "yen"]),
        ("TIME", "see you at ten or 14:30", ["ten", "14:30"]),
        ("TIME", "it was 3 to 5 in 1999", []),
        ("PERCENT", "he won 20 of 30 games", []),
    ],
)
def test_may_be_amount_admits_the_words_of_amounts_and_no_others(label: str, sentence: str, admitted: list[str]):
    tokens = sentence.split()
    possible = may_be_amount(tokens, label)
    assert [token for token, may_be in zip(tokens, possible, strict=True) if may_be] == admitted


WORDS = [*{token for marked in [*AMOUNTS, *NO_AMOUNTS] for token in _parse(marked)[0]}, "", "\n"]


@given(st.lists(st.sampled_from(WORDS)))
def test_may_be_amount_admits_all_that_find_amounts_finds(tokens: list[str]):
    for label in AMOUNT_LABELS:
        possible = may_be_amount(tokens, label)
        assert len(possible) == len(tokens)
        for start, end, found in find_amounts(tokens):
            assert all(may_be == (found == label) for may_be in possible[start:end])


def test_add_amounts_keeps_spans_and_makes_times_of_dates():
    tokens = ["On", "Monday", "at", "5", "pm", "Acme", "paid", "$", "5", "and", "10", "%", "to", "3", "Miles"]
    spans = [TagSpan(1, 2, "DATE"), TagSpan(3, 5, "DATE"), TagSpan(9, 12, "ORG")]
    sentence = Sentence(tokens, spans)
    added = add_amounts(sentence, ["MONEY", "TIME", "PERCENT"], date_label="DATE")
    assert added.spans == [
        TagSpan(1, 2, "DATE"), TagSpan(3, 5, "TIME"), TagSpan(7, 9, "MONEY"), TagSpan(9, 12, "ORG")
    ]  # fmt: skip
    assert add_amounts(sentence, ["MONEY"], date_label="DATE").spans == [*spans[:2], TagSpan(7, 9, "MONEY"), spans[2]]
    assert add_amounts(sentence, []) is sentence
