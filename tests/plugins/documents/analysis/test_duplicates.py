"""Files with the same text, and near-duplicates."""

import random

import pytest

from docsight.documents.analysis.duplicates import (
    add_hashes,
    add_minhash,
    add_text_hash,
    first_near_duplicates,
    first_with_the_same,
    merge_minhashes,
)


def words(seed: int, count: int = 300) -> list[str]:
    chosen = random.Random(seed)
    return [f"word{chosen.randrange(3000)}" for _ in range(count)]


def changed(text: list[str], count: int) -> list[str]:
    return [f"new{at}" if at < count * 20 and at % 20 == 0 else word for at, word in enumerate(text)]


def test_text_hashes_can_be_added_in_any_order() -> None:
    one, two = add_text_hash("", "Some text"), add_text_hash("", "More")
    assert add_hashes([one, two]) == add_hashes([two, "", one]) == add_text_hash(one, "More")
    assert add_text_hash("", " Some\n text ") == one != two
    assert add_text_hash("", " \n") == add_hashes([]) == ""


def test_first_with_the_same_is_the_first_by_name() -> None:
    assert first_with_the_same({"c": "1", "a": "1", "b": "2", "d": "", "e": ""}) == {"c": "a"}


def test_near_duplicates_do_not_depend_on_the_order() -> None:
    pytest.importorskip("rensa")
    texts = {f"{seed}": words(seed) for seed in range(12)}
    texts |= {f"{seed}-copy": changed(texts[f"{seed}"], 3) for seed in range(4)}  # similar by about 0.94
    texts |= {"0-far": changed(texts["0"], 15), "short": ["too", "short"], "short-copy": ["too", "short"]}
    signatures = {name: add_minhash("", " ".join(text)) for name, text in texts.items()}
    expected = {f"{seed}-copy": f"{seed}" for seed in range(4)}
    shuffled = list(signatures.items())
    for seed in range(3):
        random.Random(seed).shuffle(shuffled)
        assert first_near_duplicates(dict(shuffled)) == expected


def test_near_duplicates_in_a_script_without_spaces() -> None:
    pytest.importorskip("rensa")
    text = "これは日本語の文章です。鉄道博物館は来年の春に再開される予定です。" * 3
    signatures = {name: add_minhash("", written) for name, written in {"a": text, "b": f"{text}終"}.items()}
    assert first_near_duplicates(signatures) == {"b": "a"}


def test_minhashes_of_parts_are_that_of_the_whole() -> None:
    pytest.importorskip("rensa")
    one, two = " ".join(words(1)), " ".join(words(2))
    signatures = [add_minhash("", one), add_minhash("", two)]
    assert merge_minhashes(signatures) == merge_minhashes(signatures[::-1]) == add_minhash(signatures[0], two)
    assert merge_minhashes([]) == add_minhash("", "short") == ""


def test_many_near_duplicates_take_little_time() -> None:
    pytest.importorskip("rensa")
    text = words(0)
    signatures = {f"{number:05}": add_minhash("", " ".join(changed(text, number % 3))) for number in range(300)}
    assert len(first_near_duplicates(signatures)) == 299
