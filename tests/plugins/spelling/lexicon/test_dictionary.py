import numpy as np
import torch

from docsight.spelling.lexicon.dictionary import LISTED, RARE, Dictionary
from docsight.spelling.lexicon.tables import ZIPF_STEPS, Lexicon, WordSource
from docsight.vocab import Vocab

WORDS = ["the", "colour", "color", "paris", "untill", "alot", "gnu", "it's"]
SOURCES = [
    WordSource.US | WordSource.UK | WordSource.LOWER,
    WordSource.UK | WordSource.LOWER,
    WordSource.US | WordSource.LOWER,
    WordSource.US | WordSource.UK | WordSource.PROPER,
    WordSource.FREQUENCY,
    WordSource.FREQUENCY | WordSource.CORPUS,
    WordSource.LARGE | WordSource.LOWER,
    WordSource.US | WordSource.UK | WordSource.LOWER,
]
ZIPF = [7.0, 4.0, 5.0, 4.0, LISTED - 0.1, LISTED, RARE - 0.1, 5.0]
LOWER, TITLE = 1, 2


def _dictionary(*user_words: str) -> Dictionary:
    lexicon = Lexicon(num_words=len(WORDS) + 2)
    lexicon.sources[2:] = torch.tensor([int(source) for source in SOURCES])
    lexicon.zipf[2:] = (torch.tensor(ZIPF) * ZIPF_STEPS).round()
    lexicon.variant[3], lexicon.variant[4] = 4, 3
    return Dictionary(Vocab(WORDS), lexicon, user_words)


def _ids(dictionary: Dictionary, *words: str) -> np.ndarray:
    return np.array([dictionary.ids.get(word, dictionary.size + 7) for word in words])


def test_dictionary_knows_dictionary_words_frequent_words_and_names():
    dictionary = _dictionary()
    ids = _ids(dictionary, *WORDS, "teh")
    assert dictionary.known(ids, np.full(9, LOWER)).tolist() == [True] * 4 + [False, True, True, True, False]
    assert dictionary.known(ids, np.full(9, TITLE)).tolist() == [True] * 8 + [False]


def test_dictionary_does_not_know_padding_and_unknown():
    assert _dictionary().known(np.array([0, 1]), np.array([TITLE, TITLE])).tolist() == [False, False]


def test_dictionary_finds_rare_words_and_variants():
    dictionary = _dictionary()
    ids = _ids(dictionary, "the", "gnu", "colour", "color", "teh")
    assert dictionary.rare(ids).tolist() == [False, True, False, False, True]
    assert dictionary.variant_of(ids).tolist() == [0, 0, 4, 3, 0]


def test_dictionary_numbers_user_words_after_the_lexicon():
    dictionary = _dictionary("zorblat", "Freind", "gnu", "don\u2019t", "na\u00efve", "b2b", "a-b")
    assert dictionary.fresh == ["don't", "freind", "zorblat"]
    assert dictionary.lexicon_size == len(WORDS) + 2
    assert dictionary.size == dictionary.lexicon_size + 3
    assert dictionary.ids["zorblat"] == dictionary.size - 1
    ids = _ids(dictionary, "zorblat", "don't")
    assert dictionary.known(ids, np.full(2, LOWER)).tolist() == [True, True]
    assert dictionary.user_words == {"zorblat", "Freind", "gnu", "don\u2019t", "na\u00efve", "b2b", "a-b"}


def test_dictionary_knows_user_words_with_capitals_only_as_written():
    dictionary = _dictionary("freind", "Zorblat")
    assert [dictionary.is_users(word) for word in ("freind", "Freind", "FREIND")] == [True, True, True]
    assert [dictionary.is_users(word) for word in ("Zorblat", "zorblat", "ZORBLAT")] == [True, False, False]


def test_dictionary_writes_words_in_their_own_case():
    dictionary = _dictionary("iPhone", "zorblat", "GNU")
    ids = _ids(dictionary, "the", "paris", "untill", "iphone", "zorblat", "gnu")
    assert [dictionary.own_case(at) for at in ids] == ["the", "Paris", "untill", "iPhone", "zorblat", "GNU"]


def test_dictionary_facts_have_the_unknown_words_of_the_texts_last():
    dictionary = _dictionary("zorblat")
    facts = dictionary.facts(["teh", "na\u00efve", "x" * 40, "its"])
    size = dictionary.size
    unknown = np.arange(size, size + 4)
    assert facts.letters[unknown].tolist() == [3, 5, 40, 3]
    assert facts.zipf[unknown].tolist() == [0.0] * 4
    assert facts.sources[unknown].tolist() == [0] * 4
    the, its = dictionary.ids["the"], dictionary.ids["it's"]
    assert facts.initial[np.array([the, size])].tobytes() == b"tt"
    teh, its_typed, *listed = facts.bare[np.array([size, size + 3, the, its])].tolist()
    assert its_typed == listed[1]
    assert teh != listed[0]
    assert dictionary.facts([]).letters[np.array([the])].tolist() == [3]
