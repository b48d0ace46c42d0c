"""`VectorCache`: what it encodes, keeps and drops."""

import threading

import pytest
import torch
from torch import Tensor

from docsight.vector_cache import VectorCache


class _Encoder:
    """Encodes a word as its length, and notes which words it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def look_up(self, cache: VectorCache, *words: str) -> list[float]:
        def encode(indices: list[int]) -> Tensor:
            self.asked += [words[at] for at in indices]
            return torch.tensor([[float(len(words[at]))] for at in indices])

        return cache.look_up(words, encode).flatten().tolist()


@pytest.fixture
def encoder() -> _Encoder:
    return _Encoder()


def test_vector_cache_encodes_only_new_words(encoder):
    cache = VectorCache(10)
    assert encoder.look_up(cache, "a", "bb") == [1, 2]
    assert encoder.look_up(cache, "ccc", "bb", "a") == [3, 2, 1]
    assert encoder.asked == ["a", "bb", "ccc"]


def test_vector_cache_drops_the_oldest(encoder):
    cache = VectorCache(2)
    assert encoder.look_up(cache, "a", "bb", "ccc") == [1, 2, 3]
    assert len(cache) == 2
    assert encoder.look_up(cache, "bb", "a") == [2, 1]
    assert encoder.asked == ["a", "bb", "ccc", "a"]


def test_vector_cache_keeps_no_view_of_what_was_encoded():
    cache = VectorCache(2)
    encoded = torch.ones(2, 1)
    cache.look_up(["a", "bb"], lambda _: encoded)
    encoded.zero_()
    assert cache.look_up(["a", "bb"], lambda _: torch.zeros(0, 1)).tolist() == [[1], [1]]


def test_vector_cache_does_not_keep_words_whose_encoding_fails(encoder):
    cache = VectorCache(2)

    def fail(_: list[int]) -> Tensor:
        raise RuntimeError("no memory")

    with pytest.raises(RuntimeError, match="no memory"):
        cache.look_up(["a"], fail)
    assert len(cache) == 0
    assert encoder.look_up(cache, "a") == [1]


@pytest.mark.parametrize("max_vectors", [0, 1, 3])
def test_vector_cache_serves_several_threads(max_vectors):
    cache = VectorCache(max_vectors)
    found: list[bool] = []

    def read(offset: int) -> None:
        encoder = _Encoder()
        for start in range(offset, offset + 200):
            words = ["x" * (1 + (start + n) % 7) for n in range(3)]
            found.append(encoder.look_up(cache, *words) == [len(word) for word in words])

    threads = [threading.Thread(target=read, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 800
    assert all(found)
