import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docsight.spelling.candidates.index import CandidateIndex, edit_distances, phonetic_keys
from docsight.spelling.lexicon.hashing import HashTable, deletion_hashes, encode_words, hash_words, prefix_hashes
from docsight.spelling.lexicon.tables import KnownPairs

WORDS = [
    "the",
    "because",
    "night",
    "definitely",
    "then",
    "necessary",
    "separate",
    "phonetic",
    "ten",
    "lecherous",
    "i'm",
]
ZIPF = [7.7, 5.9, 5.6, 4.9, 6.0, 4.8, 4.6, 3.0, 5.5, 2.0, 6.4]

LETTERS = st.text("abcd'", min_size=1, max_size=6)


@pytest.fixture(scope="module")
def index() -> CandidateIndex:
    return CandidateIndex(WORDS, ZIPF)


def _found(index: CandidateIndex, typed: str) -> list[str]:
    _, words = index.search([typed])
    return [WORDS[word - 2] for word in words]


def _distance(a: str, b: str) -> int:
    """The optimal string alignment by its definition."""
    table = np.add.outer(np.arange(len(a) + 1), np.arange(len(b) + 1))
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            steps = [table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a[i - 1] != b[j - 1])]
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                steps.append(table[i - 2, j - 2] + 1)
            table[i, j] = min(steps)
    return int(table[-1, -1])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("teh", "the"),
        ("seperate", "separate"),
        ("sprate", "separate"),  # two letters missing
        ("neccesary", "necessary"),
        ("fonetik", "phonetic"),  # three edits away, and the same in sound
        ("definatly", "definitely"),
        ("lecherus", "lecherous"),  # a rare word, one edit away
        ("im", "i'm"),
    ],
)
def test_search_ranks_the_meant_word_first(index, typed, meant):
    assert _found(index, typed)[0] == meant


def test_search_finds_rare_words_only_one_edit_away(index):
    assert _found(index, "lchrous") == []


def test_search_returns_each_word_once_and_never_the_typed_one(index):
    found = _found(index, "then")
    assert found[:2] == ["the", "ten"]
    assert len(set(found)) == len(found)
    assert "then" not in found


def test_search_of_many_words_equals_single_searches_in_order(index):
    typed = ["teh", "xqzzzk", "becuse", "tehn"] * 300
    row, word = index.search(typed)
    assert (np.diff(row) >= 0).all()
    for at in (0, 1, 2, 3, 1100):
        assert word[row == at].tolist() == index.search([typed[at]])[1].tolist()


def test_search_keeps_the_likeliest():
    index = CandidateIndex(WORDS, ZIPF, max_candidates=1)
    assert [WORDS[word - 2] for word in index.search(["thn", "becose"])[1]] == ["the", "because"]


@pytest.mark.parametrize("typed", [[], ["a"], ["'"], ["z" * 32]])
def test_search_of_very_short_or_long_words_finds_nothing(index, typed):
    row, word = index.search(typed)
    assert row.dtype == word.dtype == np.int64
    assert len(row) == len(word) == 0


def test_index_requires_a_frequency_for_each_word():
    with pytest.raises(ValueError, match=r"Expected 11 Zipf frequencies, one for each word; found 1"):
        CandidateIndex(WORDS, [1.0])


@settings(max_examples=30, deadline=None)
@given(st.lists(LETTERS, min_size=1, max_size=8), st.lists(LETTERS, min_size=1, max_size=8))
def test_edit_distances_equal_the_definition(typed, words):
    row, word = (grid.ravel() for grid in np.meshgrid(np.arange(len(typed)), np.arange(len(words))))
    found = edit_distances(*encode_words(typed), *encode_words(words), row, word)
    assert found.tolist() == [_distance(typed[i], words[j]) for i, j in zip(row, word, strict=True)]


def test_edit_distances_of_the_longest_words():
    typed, words = ["ab" * 16, "a" * 32], ["ba" * 16, "b" * 32]
    found = edit_distances(*encode_words(typed), *encode_words(words), np.array([0, 1]), np.array([0, 1]))
    assert found.tolist() == [_distance("ab" * 16, "ba" * 16), 32]


@settings(max_examples=30, deadline=None)
@given(st.lists(LETTERS, min_size=1, max_size=5))
def test_deletion_hashes_equal_hashes_of_the_shortened_words(words):
    codes, lengths = encode_words(words)
    for letters in (1, 2):
        row, hashes = deletion_hashes(prefix_hashes(codes), lengths, letters)
        found = sorted(zip(row.tolist(), hashes.tolist(), strict=True))
        left = [
            (at, without) for at, word in enumerate(words) for without in _without(word, letters) if len(word) > letters
        ]
        wanted = hash_words([without for _, without in left]).tolist()
        assert found == sorted(zip((at for at, _ in left), wanted, strict=True))


def _without(word: str, letters: int) -> list[str]:
    shorter = [word[:i] + word[i + 1 :] for i in range(len(word))]
    if letters == 1:
        return shorter
    return [short[:j] + short[j + 1 :] for i, short in enumerate(shorter) for j in range(i, len(short))]


def test_hashes_of_words_never_change():
    assert hash_words(["a", "teh"]).tolist() == [7247738914666652423, 2854684703758535699]


def test_hash_table_finds_every_value_of_a_hash():
    hashes = np.array([7, 2**63 + 1, 7, 0], dtype=np.uint64)
    at, value = HashTable(hashes, np.array([10, 11, 12, 13])).find(np.array([5, 7, 2**63 + 1], dtype=np.uint64))
    assert sorted(zip(at.tolist(), value.tolist(), strict=True)) == [(1, 10), (1, 12), (2, 11)]


def test_known_pairs_return_all_corrections():
    known = KnownPairs.from_pairs([("alot", 5, 9), ("thier", 3, 0), ("alot", 4, 0)])
    row, first, second = known.lookup(["alot", "the", "thier"])
    assert sorted(zip(row.tolist(), first.tolist(), second.tolist(), strict=True)) == [(0, 4, 0), (0, 5, 9), (2, 3, 0)]
    assert row.tolist() == [0, 0, 2]


def test_known_pairs_survive_a_state_dict():
    known = KnownPairs.from_pairs([("alot", 5, 9), ("thier", 3, 0)])
    loaded = KnownPairs(num_pairs=2)
    loaded.load_state_dict(known.state_dict())
    assert [found.tolist() for found in loaded.lookup(["thier"])] == [[0], [3], [0]]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nite", "night"),
        ("fonetic", "phonetic"),
        ("definatly", "definitely"),
        ("becuse", "because"),
        ("skool", "school"),
        ("recieve", "receive"),
        ("akshun", "action"),
        ("nolege", "knowledge"),
        ("sychology", "psychology"),
        ("rite", "write"),
        ("exsept", "except"),
        ("desided", "decided"),
        ("comittee", "committee"),
        ("rythm", "rhythm"),
        ("im", "i'm"),
    ],
)
def test_phonetic_keys_are_equal_for_homophones(typed, meant):
    ours, theirs = phonetic_keys([typed, meant])
    assert ours == theirs != ""


def test_phonetic_keys_distinguish_words():
    keys = phonetic_keys(["night", "neck", "school", "shoal", "action", "auction", "ask", "sack"])
    assert keys == ["nt", "nk", "skl", "Cl", "AkCn", "AkCn", "Ask", "sk"]


def test_phonetic_keys_do_not_depend_on_their_neighbours():
    words = ["x", "knee", "lamb", "who", "sign", "psalm", "a"]
    assert phonetic_keys(words) == [phonetic_keys([word])[0] for word in words]


def test_index_works_with_a_single_word():
    row, word = CandidateIndex(["docsight"], [3.0]).search(["docsigth", "the"])
    assert (row.tolist(), word.tolist()) == ([0], [2])
