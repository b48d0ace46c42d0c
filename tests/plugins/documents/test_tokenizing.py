"""Tokenizing texts with long strings."""

import time

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from docsight.documents import read
from docsight.documents.tokenizing import tokenize

NLP = spacy.blank("en")


@pytest.mark.parametrize(
    "text",
    ["", "Ada Lovelace didn't go.", "  two  spaces \n\n here ", "x" * 400, "He said " + "(" * 300 + " and left."],
)
def test_tokenize_equals_the_tokenizer_without_long_strings(text):
    expected, found = NLP.tokenizer(text), tokenize(NLP, text)
    assert [token.text_with_ws for token in found] == [token.text_with_ws for token in expected]


@pytest.mark.parametrize("unit", ["(", "=", "'s", ";)", "$", "x", "a(", "\u6771", "\U0001f600", "http://a.b/"])
def test_tokenize_takes_linear_time(unit):
    text = f"Ada didn't go. {unit * 20_000} Then  Ada left.\n{unit * 500}"
    started = time.process_time()
    doc = tokenize(NLP, text)
    assert time.process_time() - started < 15  # without splitting, minutes to hours
    assert doc.text == text
    assert [token.norm_ for token in doc[:4]] == [token.norm_ for token in NLP.tokenizer("Ada didn't go.")[:4]]


@given(
    st.lists(
        st.tuples(st.sampled_from(["(", "ab", "'s", " ", "\n", "\u00a0", "x.", "\x1c"]), st.integers(1, 700)),
        max_size=6,
    )
)
def test_tokenize_keeps_every_character(parts):
    text = "".join(unit * count for unit, count in parts)
    assert tokenize(NLP, text).text == text


def test_tokenize_uses_other_tokenizers_as_they_are():
    nlp = spacy.blank("en")
    nlp.tokenizer = lambda text: NLP.make_doc("another")
    assert tokenize(nlp, "x" * 1000).text == "another"


def test_read_tokenizes_long_strings_fast(tmp_path):
    (tmp_path / "a.txt").write_text("(" * 50_000)
    started = time.process_time()
    (doc,) = read(tmp_path)
    assert len(doc.text) == 50_000
    assert time.process_time() - started < 30
