"""Cutting long texts."""

import random

import pytest

from docsight.documents.problem import Problem
from docsight.documents.reading import Document
from docsight.documents.runner.annotate import Chunk
from docsight.documents.runner.chunking import cut
from docsight.documents.runner.worker import cut_documents, make_batches
from docsight.errors import ConfigError


def pieces(text: str, max_chars: int) -> list[str]:
    return [text[start:end] for start, end in cut(text, max_chars)]


def test_cut_loses_nothing_and_keeps_the_limit() -> None:
    random.seed(1)
    for length in (0, 1, 7, 100, 1000):
        text = "".join(random.choices("ab. \n", k=length))
        for max_chars in (1, 2, 3, 10, 99, 100, 101):
            parts = pieces(text, max_chars)
            assert "".join(parts) == text
            assert all(len(part) <= max_chars for part in parts)
            assert all(parts) or text == ""


def test_cut_leaves_a_short_text_whole() -> None:
    assert list(cut("One. Two.", 9)) == [(0, 9)]
    assert list(cut("", 9)) == [(0, 0)]


def test_cut_prefers_paragraphs_to_sentences_to_lines_to_spaces() -> None:
    assert pieces("First one.\n\nSecond one. Third", 26)[0] == "First one.\n\nSecond one. "
    assert pieces("Start here.\n\nSecond one.", 20)[0] == "Start here.\n\n"
    assert pieces("Met Ada.\nIn the town hall", 16)[0] == "Met Ada.\n"
    assert pieces("some words\nmore words", 16)[0] == "some words\n"
    assert pieces("somewhat longer words", 18)[0] == "somewhat longer "


def test_cut_does_not_take_initials_and_titles_for_sentence_ends() -> None:
    assert pieces("The paper by J. K. Mueller", 20)[0] == "The paper by J. K. "
    assert pieces("It was all quite fine. Dear Mr. Smith", 33)[0] == "It was all quite fine. "


def test_cut_of_a_text_without_spaces_is_at_the_limit() -> None:
    assert pieces("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


def test_cut_refuses_an_impossible_limit() -> None:
    with pytest.raises(ConfigError, match="max_chars"):
        list(cut("text", 0))


def make_document(text: str) -> Document:
    return Document(text=text, path="", file="", part="", format="text", encoding="utf-8", title="", size=0)


def test_batches_are_bounded_and_problems_keep_their_places() -> None:
    problem = Problem(path="a", error="DataError", message="damaged")
    items = [problem, make_document("a" * 25), problem, problem, make_document(""), make_document("b"), problem]
    batches = list(make_batches(cut_documents(items, max_chars=10), size=3, max_chars=20))
    assert [[part.size if isinstance(part, Chunk) else "!" for part in batch] for batch in batches] == [
        ["!"],
        [10, 10],
        [5, "!", "!", 0, 1, "!"],
    ]
