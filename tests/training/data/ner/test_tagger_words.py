"""The vocabularies of a tagger: its own words first, then those of GloVe, with their vectors."""

import numpy as np
import pytest

from docsight_training.data.ner import tagger_words
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.tagger_words import make_vocabularies

TRAIN = [Document("a", [Sentence(["Ada", "met", "ada", "there"], [])])]


def test_words_that_are_frequent_or_of_the_layout_come_first(monkeypatch: pytest.MonkeyPatch):
    vectors = np.array([[1, 2], [3, 4]], dtype=np.float32)
    monkeypatch.setattr(tagger_words, "load_vectors", lambda path, *, max_words: (["ada", "river"], vectors))
    vocabularies, pretrained = make_vocabularies(TRAIN, min_count=2, glove_words=2, layout_words=["<line>"])
    assert vocabularies.words.entries == ("<line>", "ada", "river")
    assert vocabularies.tuned_words == 4  # with the two reserved ids
    assert pretrained is not None
    assert pretrained.tolist() == [[0, 0], [0, 0], [0, 0], [1, 2], [3, 4]]


def test_without_glove_only_own_words_and_no_vectors_remain():
    vocabularies, pretrained = make_vocabularies(TRAIN, min_count=1, glove_words=0)
    assert vocabularies.words.entries == ("ada", "met", "there")
    assert vocabularies.chars.entries == ("a", "d", "e", "t")
    assert pretrained is None
