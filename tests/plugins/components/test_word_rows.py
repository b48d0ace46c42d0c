"""Docs as rows of words, for networks that read the ends of lines and cells and for others."""

import numpy as np
import pytest
import spacy
from spacy.tokens import Doc

from docsight.components.word_rows import collect_rows
from docsight.vocab import CELL_END, LINE_END, Vocab

NLP = spacy.blank("en")
PLAIN, LAYOUT = Vocab(["the"]), Vocab(["the", LINE_END, CELL_END])


def _read(doc: Doc | str, vocab: Vocab) -> tuple[str, list[int], list[int], list[int]]:
    """Return the words of a row, their tokens, and the words that end or are outside of entities."""
    doc = NLP.make_doc(doc) if isinstance(doc, str) else doc
    words, (row,) = collect_rows([doc], vocab, use_corrections=True, split_markup=True)
    assert len(row.words) == len(row.tokens)
    for word, token in zip(row.words, row.tokens, strict=True):
        assert token < 0 or words[word] in (doc[int(token)].text, CELL_END)
    return " ".join(words[word] for word in row.words), row.tokens.tolist(), row.breaks, row.outside


@pytest.mark.parametrize(
    ("text", "plain", "breaks", "layout", "outside"),
    [
        ("Rosa Lindt\nBen", "Rosa Lindt Ben", [1], "Rosa Lindt ⏎ Ben", [2]),
        ("Rosa\n\n \nBen", "Rosa Ben", [0], "Rosa ⏎ Ben", [1]),
        ("Bern\tAlder Mills\t\tBen", "Bern Alder Mills Ben", [0, 2], "Bern ⇥ Alder Mills ⇥ Ben", [1, 4]),
        ("Bern\tAlder\n\tBen\n", "Bern Alder Ben", [0, 1], "Bern ⇥ Alder ⏎ Ben", [1, 3]),
        ("\n\nBern\t\nBen\n\n", "Bern Ben", [0], "Bern ⏎ Ben", [1]),
        ("was signed by van\nLindt", "was signed by van Lindt", [], "was signed by van Lindt", []),
        ("> was signed by van\n> Lindt", "was signed by van Lindt", [], "was signed by van Lindt", []),
        ("Ben:\n>> Rosa > Bern", "Ben : Rosa > Bern", [1], "Ben : ⏎ Rosa > Bern", [2]),
        ("", "", [], "", []),
        (" \n", "", [], "", []),
        ("> ", "", [], "", []),
    ],
)
def test_rows_end_lines_and_cells(text, plain, breaks, layout, outside):
    words, _, found, skipped = _read(text, PLAIN)
    assert (words, found, skipped) == (plain, breaks, [])
    words, tokens, found, skipped = _read(text, LAYOUT)
    assert (words, found, skipped) == (layout, [], outside)
    assert [at for at, token in enumerate(tokens) if token < 0] == outside


def test_rows_read_a_bar_as_the_end_of_a_cell():
    assert _read("| Rosa | Bern |", PLAIN) == ("| Rosa | Bern |", [0, 1, 2, 3, 4], [], [0, 2, 4])
    assert _read("| Rosa | Bern |", LAYOUT) == ("⇥ Rosa ⇥ Bern ⇥", [0, 1, 2, 3, 4], [], [0, 2, 4])
    assert _read("Rosa\tBen | Bern\nIvy", LAYOUT) == (
        "Rosa ⇥ Ben ⇥ Bern ⏎ Ivy",
        [0, -1, 2, 3, 4, -1, 6],
        [],
        [1, 3, 5],
    )


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        ("# Rosa.", [0]),
        ("### Rosa.", [0, 1, 2]),
        ("Ivy.\n\n## Rosa", [2, 3]),
        ("#Rosa", []),
        ("Ivy # Rosa", []),
        ("Ivy.\n#Rosa # Ben", []),
        ("#", []),
    ],
)
def test_marks_of_markdown_headings_are_in_no_entity(text, outside):
    assert _read(text, PLAIN)[3] == outside


def test_addresses_are_in_no_entity_if_they_are_skipped():
    doc = NLP.make_doc("Rosa.Lindt@Alder-Mills.EXAMPLE, see | x\nand {Ivy}@a.example")
    for skip, outside in ((False, ["|"]), (True, [*["Rosa", ".", "Lindt@Alder", "-", "Mills", ".", "EXAMPLE", "|"]])):
        words, (row,) = collect_rows([doc], PLAIN, use_corrections=False, split_markup=False, skip_addresses=skip)
        assert [words[row.words[at]] for at in row.outside] == outside


def test_all_pieces_of_a_token_in_an_address_are_in_no_entity():
    doc = NLP.make_doc("see https://a.example/~Ada=Lindt/x/Ivy~Berg now")
    words, (row,) = collect_rows([doc], PLAIN, use_corrections=False, split_markup=True, skip_addresses=True)
    assert "".join(words[row.words[at]] for at in row.outside) == "https://a.example/~Ada=Lindt/x/Ivy~Berg"


def test_hashes_of_docs_that_were_made_of_words_are_words():
    assert _read(Doc(NLP.vocab, words=["#", "Rosa", "spoke"]), PLAIN)[3] == []


@pytest.mark.parametrize("vocab", [PLAIN, LAYOUT])
def test_rows_break_at_sentences_beside_the_ends_of_lines(vocab):
    doc = NLP.make_doc("Rosa came\nBen left Ivy ran")
    doc[3].is_sent_start = doc[5].is_sent_start = True
    words, _, breaks, outside = _read(doc, vocab)
    ends = [word for word in range(len(words.split())) if word in breaks or word in outside]
    assert words.replace(" ⏎", "") == "Rosa came Ben left Ivy ran"
    assert ends == ([1, 3] if vocab is PLAIN else [1, 2, 4])
    assert outside == ([] if vocab is PLAIN else [2])


def test_rows_of_docs_with_unusual_tokens():
    words = ["Rosa", "\n", "\n", "Ben\nIvy", "a", "\t\n \n", "b", ">", "c"]
    doc = Doc(NLP.vocab, words=words, spaces=[False] * len(words))
    # The line that ends within a token ends after it.
    assert _read(doc, LAYOUT) == ("Rosa ⏎ Ben\nIvy ⏎ a ⏎ b > c", [0, -1, 3, -1, 4, -1, 6, 7, 8], [], [1, 3, 5])


def test_rows_of_several_docs_share_their_words():
    texts = ["Rosa Lindt\nBen", "", "Ben Rosa", "\n"]
    words, rows = collect_rows([NLP.make_doc(text) for text in texts], LAYOUT, use_corrections=False, split_markup=True)
    assert [" ".join(words[at] for at in row.words) for row in rows] == ["Rosa Lindt ⏎ Ben", "", "Ben Rosa", ""]
    assert len(np.unique(np.concatenate([row.words for row in rows]))) == 4


def test_rows_read_tokens_with_markup_in_pieces():
    doc = NLP.make_doc("by [Ada Lindt](https://a.example)\n\n\\cmd{Ivy} ran")
    words, (row,) = collect_rows([doc], LAYOUT, use_corrections=False, split_markup=True)
    read = [words[at] for at in row.words]
    assert read == ["by", "[", "Ada", "Lindt", "](https://a.example", ")", "⏎", "\\cmd{", "Ivy", "}", "ran"]
    assert [doc[int(token)].text for token in row.tokens[[3, 4, 7, 8]]] == [doc[3].text] * 2 + [doc[6].text] * 2
    assert row.outside == [4, 6, 7]
    assert row.pieces == {3: (0, 5, False), 4: (5, 24, True), 7: (0, 5, True), 8: (5, 8, False)}
    _, (whole,) = collect_rows([doc], LAYOUT, use_corrections=False, split_markup=False)
    assert not whole.pieces
    assert len(whole.words) == len(read) - 2


def test_rows_break_after_the_last_piece_of_a_token():
    doc = NLP.make_doc("{Rosa{Ben Ivy")
    doc[2].is_sent_start = True
    words, (row,) = collect_rows([doc], PLAIN, use_corrections=False, split_markup=True)
    assert [words[at] for at in row.words] == ["{", "Rosa", "{", "Ben", "Ivy"]
    assert (row.breaks, row.outside) == ([3], [2])


def test_rows_leave_the_tokens_of_a_doc_made_of_words_whole():
    words = ["by", "Lindt](https", "and", "{Ivy"]
    _, (whole,) = collect_rows([Doc(NLP.vocab, words=words)], PLAIN, use_corrections=False, split_markup=True)
    assert (len(whole.words), whole.pieces) == (4, {})
    spaces = [True, False, True, False]
    _, (split,) = collect_rows([Doc(NLP.vocab, words, spaces)], PLAIN, use_corrections=False, split_markup=True)
    assert len(split.words) == 6
