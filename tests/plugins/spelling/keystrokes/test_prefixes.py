import pytest

from docsight.spelling.keystrokes.prefixes import PrefixIndex, Span

WORDS = ["the", "then", "they", "don't", "done", "a"]
ZIPF = [7.0, 5.0, 6.0, 5.0, 4.0, 0.0]


@pytest.fixture
def index() -> PrefixIndex:
    return PrefixIndex(WORDS, ZIPF)


def test_prefixes_narrow_to_the_words_with_a_prefix(index):
    span = index.narrow(index.all, "th")
    assert index.words[span.start : span.end] == ["the", "then", "they"]
    assert index.words[index.narrow(span, "they").start] == "they"
    assert index.words[slice(*index.narrow(index.all, "don"))] == ["don't", "done"]


def test_prefixes_of_no_word_are_empty(index):
    span = index.narrow(index.all, "x")
    assert span.start == span.end
    assert index.mass(span) == 0
    assert not index.is_word(span, "x")


def test_prefixes_distinguish_words_from_prefixes(index):
    assert index.is_word(index.narrow(index.all, "the"), "the")
    assert not index.is_word(index.narrow(index.all, "th"), "th")


def test_prefixes_mass_is_the_total_frequency_of_the_words(index):
    assert index.mass(index.narrow(index.all, "the")) == pytest.approx(1e7 + 1e5 + 1e6)
    assert index.mass(index.narrow(index.all, "a")) == pytest.approx(10)  # a word without a frequency is a word


def test_prefixes_best_are_the_most_frequent(index):
    assert [index.words[at] for at in index.best(index.all, 2)] == ["the", "they"]
    assert [index.words[at] for at in index.best(index.narrow(index.all, "don"), 9)] == ["don't", "done"]
    assert index.best(Span(2, 2), 3) == []


def test_prefixes_best_of_many_words_are_the_same_in_a_second_call():
    words = [f"{a}{b}{c}" for a in "abcdefgh" for b in "abcdefgh" for c in "abcdefgh"]
    index = PrefixIndex(words, [(n * 37 % 101) / 20 for n in range(len(words))])
    counts = sorted((index.count(at) for at in range(len(words))), reverse=True)
    for _ in range(2):
        assert [index.count(at) for at in index.best(index.all, 5)] == pytest.approx(counts[:5])
