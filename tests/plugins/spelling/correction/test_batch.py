import time

import pytest

from docsight.bundle import load_folder
from docsight.spelling.correction.batch import TokenBatch
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


def _surfaces(batch: TokenBatch, wanted) -> list[str]:
    return [batch.types.surfaces[token] for token, here in zip(batch.tokens, wanted, strict=True) if here]


def _open(text: str, dictionary: Dictionary, **options) -> str:
    batch = TokenBatch([text], dictionary, **options)
    return " ".join(_surfaces(batch, batch.open))


def _column(text: str, dictionary: Dictionary, name: str) -> list:
    """Return an attribute of each token of a text."""
    batch = TokenBatch([text], dictionary)
    values = batch.types.letters[batch.tokens] if name == "letters" else getattr(batch, name)
    return values.tolist()


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
def test_batch_protects_what_is_not_a_plain_english_word(dictionary, text, expected):
    # One word per line: a sentence of unknown words would count as another language.
    assert _open(text.replace(" ", "\n"), dictionary) == expected


@pytest.mark.parametrize(
    ("line", "is_open"),
    [
        ("$ make teh", False),
        ("  $ ./run teh", False),
        ("me@host:~/src$ make teh", False),
        ("$ 5 for teh", True),
        ("make $ teh", True),
        ("$make teh", True),
    ],
)
def test_batch_protects_commands_at_a_prompt(dictionary, line, is_open):
    assert _open(f"it is wich\n{line}\nwich", dictionary).count("teh") == is_open


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a teh-\nwich and", "a and"),
        ("> a teh\u2010 \r\n> > wich and", "a and"),
        ("a teh-\nWich and", "a teh Wich and"),  # a name or a new item
        ("a teh -\nwich and", "a teh wich and"),  # a dash
        ("a teh-\n\nwich and", "a teh wich and"),
        ("a teh-wich and", "a teh wich and"),
    ],
)
def test_batch_protects_the_halves_of_a_word_that_a_line_end_divides(dictionary, text, expected):
    assert _open(text, dictionary) == expected


def test_batch_opens_words_of_32_letters_and_no_longer_ones(dictionary):
    assert _open(f"{'a' * 32} {'b' * 33}", dictionary) == "a" * 32


def test_batch_does_not_open_a_separate_nt_and_its_verb(dictionary):
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
def test_batch_protects_tokens_that_overlap_a_span(dictionary, spans, expected):
    assert _open("teh wich freind", dictionary, protected=[spans]) == expected


def test_batch_protects_each_text_by_its_own_spans(dictionary):
    batch = TokenBatch(["teh", "", "teh wich"], dictionary, [[(0, 3)], [(0, 9)], [(4, 8)]])
    assert batch.open.tolist() == [False, True, False]


def test_batch_strips_a_possessive_s_only_from_unknown_words(dictionary):
    batch = TokenBatch(["teh's house's it's 's TEH\u2019S"], dictionary)
    types = batch.types
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


def test_batch_knows_words_in_any_case_and_finds_the_suspicious_ones(dictionary):
    batch = TokenBatch(["The HOUSE house Teh tEh"], dictionary)
    assert _surfaces(batch, batch.types.known[batch.tokens]) == ["The", "HOUSE", "house"]
    assert _surfaces(batch, batch.suspicious) == ["Teh"]


def test_batch_numbers_unknown_words_after_the_dictionary(dictionary):
    batch = TokenBatch(["teh wich Teh house"], dictionary)
    size = dictionary.size
    assert batch.types.unknown == ["teh", "wich"]
    assert batch.ids.tolist() == [size, size + 1, size, dictionary.ids["house"]]


def test_batch_words_of_the_user_are_not_corrected(with_words):
    assert _open("A freind Freind FREIND of wich", with_words("freind")) == "A of wich"
    assert "Zorblat" not in _open("Zorblat met Zorblat's", with_words("Zorblat"))
    assert _open("don\u2019t dnt", with_words("dnt")) == "don\u2019t"


def test_batch_finds_tokens_before_one_space(dictionary):
    batch = TokenBatch(["fam ily  of\nthe big, red A. The house", "end the"], dictionary)
    # Not before a line break, two spaces or the end of a sentence, and not where no space is.
    assert _surfaces(batch, batch.before_space) == ["fam", "the", ",", "red", "The", "end"]


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
def test_batch_has_the_facts_of_each_place(dictionary, name, text, expected):
    assert [int(value) for value in _column(text, dictionary, name)] == expected


def test_batch_counts_names_by_text(dictionary):
    one = _column("The Jane and Jane", dictionary, "repeats")
    assert one == [0, 1, 0, 1]
    batch = TokenBatch(["The Jane", "The Jane"], dictionary)
    assert batch.repeats.tolist() == [0, 0, 0, 0]


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
def test_batch_detects_the_variety_of_english(dictionary, text, dialect, variety):
    assert TokenBatch([text], dictionary, dialect=dialect).variety.tolist() == [int(variety)]


def test_batch_detects_the_variety_of_each_text(dictionary):
    batch = TokenBatch(["my colour", "", "my color"], dictionary)
    assert batch.variety.tolist() == [int(WordSource.UK), 0, int(WordSource.US)]


def test_batch_of_no_text_is_empty(dictionary):
    for texts in ([], [""], ["", " \n"]):
        batch = TokenBatch(texts, dictionary)
        assert len(batch.tokens) == 0
        assert batch.bounds.tolist() == [0]
        assert len(batch.variety) == len(texts)


@pytest.mark.parametrize(
    "piece",
    [
        *("a", "a.", "A.", "Ab", "/", "-", "a-", "a'", "'a", ".", '!"', "www", "www.", "a.b!", "\u2019", "\u00ad"),
        *("\u00e9", "@", "1", "a\u3000", "\n", "teh. ", "a-\n", "a-\n>"),
    ],
)
def test_batch_takes_time_linear_in_text_without_spaces(dictionary, piece):
    text = (piece * 100_000)[:100_000]
    start = time.process_time()
    TokenBatch([text], dictionary)
    assert time.process_time() - start < 4.0  # a twentieth of it when idle; quadratic would be an hour


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("We saw London and london and LONDON.", ["London"]),
        ("London is big.", []),  # at the start of a sentence, any word has a capital
        ("London Bridge is big.", ["London"]),
        ("The House is big.", []),
        ("Mr Teh met Mrs. Wich and Ms wich.", ["Teh", "Wich"]),
        ("Teh Dr. teh.", []),
        ("", []),
    ],
)
def test_names_are_capitalised_and_known_or_after_an_honorific(dictionary, text, names):
    batch = TokenBatch([text], dictionary)
    assert _surfaces(batch, batch.is_name) == names
