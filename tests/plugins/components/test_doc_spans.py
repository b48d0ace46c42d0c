"""Spans of words as spans of tokens, for rows with tokens in pieces."""

import pytest
import spacy

from docsight.components.doc_spans import spans_of_tokens
from docsight.components.token_splits import Cut, split_tokens
from docsight.components.word_rows import WordRow, collect_rows
from docsight.networks.spans import ScoredSpan
from docsight.vocab import Vocab

NLP = spacy.blank("en")
TEXT = "by [Ada Lindt](https://a.example) {Ivy{Ben|Rosa} ran"
# Words: by [ Ada Lindt ](https://a.example ) { Ivy { Ben | Rosa } ran


def _row(text: str) -> tuple[list[str], WordRow]:
    words, (row,) = collect_rows([NLP.make_doc(text)], Vocab([]), use_corrections=False, split_markup=True)
    return [words[at] for at in row.words], row


@pytest.mark.parametrize(
    ("spans", "texts", "cuts"),
    [
        ([], [], []),
        ([(0, 1)], ["by"], []),
        ([(2, 4)], ["Ada Lindt"], [Cut(3, 5)]),
        ([(2, 4), (7, 8)], ["Ada Lindt", "Ivy"], [Cut(3, 5), Cut(6, 3)]),
        ([(9, 10)], ["Ben"], [Cut(6, 4), Cut(6, 7)]),
        ([(11, 12)], ["Rosa"], [Cut(6, 8)]),
        ([(7, 12)], ["Ivy{Ben|Rosa"], []),
        (
            [(2, 4), (2, 3), (3, 4), (9, 12), (13, 14)],
            ["Ada Lindt", "Ada", "Lindt", "Ben|Rosa", "ran"],
            [Cut(3, 5), Cut(6, 4)],
        ),
    ],
)
def test_spans_keep_their_text_when_tokens_are_split(spans, texts, cuts):
    words, row = _row(TEXT)
    assert " ".join(words) == "by [ Ada Lindt ](https://a.example ) { Ivy { Ben | Rosa } ran"
    found = spans_of_tokens(row, [], [ScoredSpan(start, end, "PER", 0.5) for start, end in spans])
    assert list(found.cuts) == cuts
    doc = NLP.make_doc(TEXT)
    split_tokens(doc, found.cuts)
    assert [doc[span.start : span.end].text for span in found.likely] == texts


def test_spans_of_a_row_without_markup_are_those_of_its_tokens():
    _, row = _row("Rosa \n Lindt left")
    found = spans_of_tokens(row, [ScoredSpan(0, 2, "PER", 0.9)], [])
    assert found == ([ScoredSpan(0, 3, "PER", 0.9)], [], [])
