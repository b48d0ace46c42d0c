from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from docsight.bundle import load_folder
from docsight.networks import word_vectors
from docsight.networks.spans import encode_words, word_types
from docsight.networks.word_vectors import WordVectors
from docsight.vector_cache import VectorCache
from docsight.vocab import PAD

WORDS = ["Ada", "Lovelace", "met", "Charles", "in", "London", ".", "Ada"[::-1], "\u00e9t\u00e9", "x" * 40]


@pytest.fixture
def vectors(tiny_model):
    bundle = load_folder(tiny_model, kind="tagger")
    network = bundle.network.eval()
    with torch.no_grad():
        network.encoder.encode_chars.embed.weight[PAD] = 0  # as in a trained model; that of this one is random
    return WordVectors(network, *map(bundle.vocabularies.get, ("words", "chars")), torch.device("cpu"))


@pytest.fixture
def expected(vectors):
    types = word_types(WORDS, vocab=vectors._words, chars=vectors._chars)
    return dict(zip(WORDS, encode_words(vectors.network, types), strict=True))


def _assert_equal(found, words, expected):
    assert torch.allclose(found, torch.stack([expected[word] for word in words]), atol=1e-6)


@pytest.mark.parametrize("words", [WORDS, WORDS[:1], WORDS[2:5][::-1]])
def test_word_vectors_are_those_of_the_tagger_the_first_time_and_later(vectors, expected, words):
    first = vectors(words)
    _assert_equal(first, words, expected)
    assert torch.equal(vectors(words), first)
    _assert_equal(vectors(WORDS), WORDS, expected)


def test_word_vectors_encode_each_word_once(vectors, monkeypatch):
    encoded = []
    encode = vectors._encode
    monkeypatch.setattr(vectors, "_encode", lambda words: encoded.extend(words) or encode(words))
    vectors(WORDS[:4])
    vectors(WORDS[2:6])
    vectors(WORDS[:6])
    assert sorted(set(encoded)) == sorted(WORDS[:6])
    assert len(encoded) == len(WORDS[:6]) + 2  # the first word of each call that encodes is encoded with itself


def test_word_vectors_keep_a_bounded_number(vectors, expected, monkeypatch):
    monkeypatch.setattr(vectors, "_kept", VectorCache(3))
    for at in range(len(WORDS) - 1):
        _assert_equal(vectors(WORDS[at : at + 2]), WORDS[at : at + 2], expected)
        assert len(vectors._kept) <= 3
    _assert_equal(vectors(WORDS), WORDS, expected)
    assert len(vectors._kept) == 3


def test_word_vectors_of_many_words_are_not_kept(vectors, expected, monkeypatch):
    monkeypatch.setattr(word_vectors, "MAX_LOOKED_UP", 4)
    _assert_equal(vectors(WORDS), WORDS, expected)
    assert not vectors._kept


def test_word_vectors_are_right_in_several_threads(vectors, expected, monkeypatch):
    monkeypatch.setattr(vectors, "_kept", VectorCache(2))
    calls = [WORDS[at % 8 : at % 8 + 3] for at in range(200)]
    with ThreadPoolExecutor(4) as pool:
        for words, found in zip(calls, pool.map(vectors, calls), strict=True):
            _assert_equal(found, words, expected)
