import time

import numpy as np
import pytest

from docsight.bundle import load_folder
from docsight.spelling.arrays import starts_of
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.features import CandidateGroups
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.lexicon.tables import WordSource


@pytest.fixture(scope="module")
def bundle(tiny_speller):
    return load_folder(tiny_speller, kind="speller")


@pytest.fixture
def dictionary(bundle) -> Dictionary:
    return Dictionary(bundle.vocabularies["words"], bundle.network.lexicon)


@pytest.fixture
def with_words(bundle):
    return lambda *words: Dictionary(bundle.vocabularies["words"], bundle.network.lexicon, words)


def _surfaces(reading: TokenBatch, wanted) -> list[str]:
    return [reading.types.surfaces[token] for token, here in zip(reading.tokens, wanted, strict=True) if here]


def _open(text: str, dictionary: Dictionary, **options) -> str:
    reading = TokenBatch([text], dictionary, **options)
    return " ".join(_surfaces(reading, reading.open))


def _column(text: str, dictionary: Dictionary, name: str) -> list:
    """Return what `PlaceFacts` says of the words of a text, one place for each token."""
    reading = TokenBatch([text], dictionary)
    count = len(reading.tokens)
    ones, none = np.ones(count, np.int64), np.zeros(count, np.int64)
    groups = CandidateGroups(
        np.arange(count), ones, starts_of(ones), reading.ids, none, ones > 0, none.astype("f4"), none
    )
    return getattr(reading.places(groups), name).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://teh.example/wich?dont=1 now", "see now"),
        ("see www.teh.org, teh.co.uk or TEH.ORG now", "see or now"),
        ("mail wich@teh.org and teh", "mail and teh"),
        ("open teh.txt or C:\\wich or /teh/wich now", "open or or now"),
        ("the #freind of @wich and a_teh", "the of and"),
        ("the 12th A4x v2 of 3 and 1,234.5", "the of and"),
        ("50% of 3*teh and $teh ~wich a=b <teh> x^y", "of and"),
        ("na\u00efve caf\u00e9s and \u041f\u0440\u0438\u0432\u0435\u0442 te\u0301h \u65e5\u672cteh teh", "and teh"),
        ("teh\u200dteh teh\U0001f600 teh\x00 teh", "teh teh"),
        ("\u201cTeh\u201d \u2018wich\u2019 teh\u2026 teh\u2014wich \u00abteh\u00bb", "Teh wich teh teh wich teh"),
        ('well-known teh-wich (teh) [wich]; "teh"', "well known teh wich teh wich teh"),
        ("It was teh.The wich", "It was teh The wich"),
        ("e.g. teh", "e g teh"),
        ("McTeh iPhone tEH TEH Teh", "TEH Teh"),
        ("a\u00a0teh\u3000wich b\u2003teh", "a teh wich b teh"),
    ],
)
def test_reading_leaves_alone_what_is_no_plain_english_word(dictionary, text, expected):
    # A word a line: a sentence of strange words would be taken for another language.
    assert _open(text.replace(" ", "\n"), dictionary) == expected


def test_reading_opens_words_of_32_letters_and_no_longer_ones(dictionary):
    assert _open(f"{'a' * 32} {'b' * 33}", dictionary) == "a" * 32


def test_reading_leaves_a_cut_off_nt_and_its_verb_alone(dictionary):
    assert _open("I do n't\nca n\u2019t teh", dictionary) == "I teh"
    assert _open("n't", dictionary) == ""


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], "teh wich freind"),
        ([(0, 3)], "wich freind"),
        ([(4, 8)], "teh freind"),
        ([(3, 4)], "teh wich freind"),  # a space alone
        ([(2, 5)], "freind"),
        ([(7, 8)], "teh freind"),  # a part of a word is the word
        ([(0, 6), (1, 2), (0, 6)], "freind"),
        ([(9, 15), (0, 1)], "wich"),
        ([(-9, 1)], "wich freind"),
        ([(-9, -1), (15, 99), (0, 0), (3, 3)], "teh wich freind"),
        ([(-(2**40), 2**40)], ""),
        ([(1, 1), (6, 6)], "teh wich freind"),  # nothing at all
        ([(8, 1), (0, 15), (15, 0)], ""),  # an end before its start is nothing, and takes nothing back
    ],
)
def test_reading_protects_whatever_a_span_touches(dictionary, spans, expected):
    assert _open("teh wich freind", dictionary, protected=[spans]) == expected


def test_reading_protects_each_text_by_its_own_spans(dictionary):
    reading = TokenBatch(["teh", "", "teh wich"], dictionary, [[(0, 3)], [(0, 9)], [(4, 8)]])
    assert reading.open.tolist() == [False, True, False]


def test_reading_takes_an_s_off_unknown_words_alone(dictionary):
    reading = TokenBatch(["teh's house's it's 's TEH\u2019S"], dictionary)
    types = reading.types
    found = {s: (k, p) for s, k, p in zip(types.surfaces, types.keys, types.possessive.tolist(), strict=True)}
    assert found == {
        "teh's": ("teh", True),
        "house's": ("house", True),
        "it's": ("it's", False),
        "'": ("'", False),
        "s": ("s", False),
        "TEH\u2019S": ("teh", True),
    }
    assert types.known[types.surfaces.index("house's")]


def test_reading_knows_words_in_any_case_and_tells_the_suspicious_ones(dictionary):
    reading = TokenBatch(["The HOUSE house Teh tEh"], dictionary)
    assert _surfaces(reading, reading.types.known[reading.tokens]) == ["The", "HOUSE", "house"]
    assert _surfaces(reading, reading.suspicious) == ["Teh"]


def test_reading_numbers_unknown_words_behind_the_dictionary(dictionary):
    reading = TokenBatch(["teh wich Teh house"], dictionary)
    size = dictionary.size
    assert reading.types.unknown == ["teh", "wich"]
    assert reading.ids.tolist() == [size, size + 1, size, dictionary.ids["house"]]


def test_reading_words_of_the_user_are_not_corrected(with_words):
    assert _open("A freind Freind FREIND of wich", with_words("freind")) == "A of wich"
    assert "Zorblat" not in _open("Zorblat met Zorblat's", with_words("Zorblat"))
    assert _open("don\u2019t dnt", with_words("dnt")) == "don\u2019t"


def test_reading_glues_words_with_one_space_between_them(dictionary):
    reading = TokenBatch(["fam ily  of\nthe big, red A. The house", "end the"], dictionary)
    # Not before a line break, two spaces or the end of a sentence, and not where no space is.
    assert _surfaces(reading, reading.glued) == ["fam", "the", ",", "red", "The", "end"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("first_of_sentence", 'The house. "The house', [1, 0, 0, 0, 1, 0]),
        ("upper_sentence", "THE HOUSE I\nThe HOUSE\nA", [1, 1, 1, 0, 0, 0]),
        ("lower_sentence", "the house\nThe house\nhouse", [1, 1, 0, 0, 0]),
        ("alone", "house\nthe house\n(house).", [1, 0, 0, 1, 1, 1, 1]),
        ("beside_title", "The old Jane met her", [0, 1, 0, 1, 0]),
        ("beside_title", "He met Jane\nmy house", [0, 1, 0, 0, 0]),
        ("repeats", "The Jane and Jane saw jane", [0, 1, 0, 1, 0, 2]),
        ("letters", "don't teh's a", [5, 3, 1]),
    ],
)
def test_reading_tells_where_a_word_stands(dictionary, name, text, expected):
    assert [int(value) for value in _column(text, dictionary, name)] == expected


def test_reading_counts_names_by_text(dictionary):
    one = _column("The Jane and Jane", dictionary, "repeats")
    assert one == [0, 1, 0, 1]
    reading = TokenBatch(["The Jane", "The Jane"], dictionary)
    assert reading._repeats.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "dialect", "variety"),
    [
        ("my colour", "auto", WordSource.UK),
        ("My Color", "auto", WordSource.US),
        ("color colour", "auto", 0),
        ("color colour colour colour", "auto", WordSource.UK),
        ("the house", "auto", 0),
        ("", "auto", 0),
        ("my colour", "us", WordSource.US),
        ("my color", "uk", WordSource.UK),
    ],
)
def test_reading_sees_the_variety_of_english(dictionary, text, dialect, variety):
    assert TokenBatch([text], dictionary, dialect=dialect).variety.tolist() == [int(variety)]


def test_reading_sees_the_variety_of_each_text(dictionary):
    reading = TokenBatch(["my colour", "", "my color"], dictionary)
    assert reading.variety.tolist() == [int(WordSource.UK), 0, int(WordSource.US)]


def test_reading_of_nothing_is_empty(dictionary):
    for texts in ([], [""], ["", " \n"]):
        reading = TokenBatch(texts, dictionary)
        assert len(reading.tokens) == 0
        assert reading.bounds.tolist() == [0]
        assert len(reading.variety) == len(texts)


@pytest.mark.parametrize(
    "piece",
    [
        *("a", "a.", "A.", "Ab", "/", "-", "a-", "a'", "'a", ".", '!"', "www", "www.", "a.b!", "\u2019", "\u00ad"),
        *("\u00e9", "@", "1", "a\u3000", "\n", "teh. "),
    ],
)
def test_reading_takes_time_linear_in_a_stretch_without_spaces(dictionary, piece):
    text = (piece * 100_000)[:100_000]
    start = time.process_time()
    TokenBatch([text], dictionary)
    assert time.process_time() - start < 4.0  # a twentieth of it when idle; quadratic would be an hour
