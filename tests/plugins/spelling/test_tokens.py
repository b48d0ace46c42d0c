import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docsight.spelling.tokens import MAX_SENTENCE, is_key, key_of, read_tokens

LETTERS = "aA \n.'\u2019!?\"(1,-_\u00e9\u0301\u200d\ud800\U0001f600\x00\u0416"


def _sentences(text: str) -> list[list[str]]:
    read = read_tokens(text)
    return [read.surfaces[start:end] for start, end in zip(read.bounds[:-1], read.bounds[1:], strict=True)]


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("", []),
        (" \n\t ", []),
        ("don't", ["don't"]),
        ("don\u2019t 'tis dogs'", ["don\u2019t", "'", "tis", "dogs", "'"]),
        ("o'clock'n'roll a''b", ["o'clock'n'roll", "a", "'", "'", "b"]),
        ("well-known", ["well", "-", "known"]),
        ("1,234.5 and 3.", ["1,234.5", "and", "3", "."]),
        ("12th A4x", ["12", "th", "A", "4", "x"]),
        ("a_b", ["a", "_", "b"]),
        ("na\u00efve Stra\u00dfe", ["na\u00efve", "Stra\u00dfe"]),
        ("te\u0301h", ["te", "\u0301", "h"]),
        ("\u041f\u0440\u0438\u0432\u0435\u0442!", ["\u041f\u0440\u0438\u0432\u0435\u0442", "!"]),
        ("...", [".", ".", "."]),
        ("a\ud800b", ["a", "\ud800", "b"]),
        ("a\u200db\x00c", ["a", "\u200d", "b", "\x00", "c"]),
    ],
)
def test_read_tokens_finds_words_numbers_and_punctuation(text, surfaces):
    assert read_tokens(text).surfaces == surfaces


@given(st.text(max_size=80) | st.text(alphabet=LETTERS, max_size=200))
def test_read_tokens_offsets_give_back_the_surfaces_and_leave_only_spaces(text):
    read = read_tokens(text)
    assert len(read.starts) == len(read.surfaces)
    done = 0
    for surface, start in zip(read.surfaces, read.starts.tolist(), strict=True):
        assert text[start : start + len(surface)] == surface
        assert not text[done:start].strip()
        done = start + len(surface)
    assert not text[done:].strip()


def test_read_tokens_ends_sentences_where_the_caller_knows_that_they_end():
    text = "one | two\nand three. Four"
    read = read_tokens(text, [9, 6, 6, 0, len(text)])
    assert read.bounds.tolist() == [0, 2, 3, 6, 7]


@given(st.text(alphabet=LETTERS, max_size=200) | st.text(alphabet="a. A", min_size=200, max_size=600))
def test_read_tokens_sentences_tile_the_tokens(text):
    read = read_tokens(text)
    sizes = np.diff(read.bounds)
    assert read.bounds[0] == 0
    assert read.bounds[-1] == len(read.surfaces)
    assert bool((sizes > 0).all())
    assert bool((sizes <= MAX_SENTENCE).all())


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It is. It was", ["It is .", "It was"]),
        ("It is. it was", ["It is . it was"]),
        ("Is it? Yes! No", ["Is it ?", "Yes !", "No"]),
        ('He said "No." She left.', ['He said " No . "', "She left ."]),
        ('It is. "Yes"', ["It is .", '" Yes "']),
        ("one\ntwo\n\n three", ["one", "two", "three"]),
        ("It is.It was", ["It is . It was"]),
    ],
)
def test_read_tokens_ends_sentences_at_stops_before_capitals_and_at_line_breaks(text, sentences):
    assert [" ".join(words) for words in _sentences(text)] == sentences


def test_read_tokens_cuts_very_long_sentences():
    assert [len(words) for words in _sentences("a " * 200)] == [MAX_SENTENCE, MAX_SENTENCE, 40]
    assert [len(words) for words in _sentences("a " * 80)] == [80]
    assert [len(words) for words in _sentences("A b. " + "a " * 81 + "\n\nc")] == [84 - 4, 4, 1]


@pytest.mark.parametrize(
    ("surface", "key"),
    [
        ("Don\u2019t", "don't"),
        ("TEH", "teh"),
        ("1,234", "0"),
        ("7", "0"),
        (".", "."),
        ("\u0660", "0"),
        ("\u00c9", "\u00e9"),
    ],
)
def test_key_of_is_in_lower_case_with_straight_apostrophes_and_one_number(surface, key):
    assert key_of(surface) == key


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("teh", True),
        ("don't", True),
        ("a" * 32, True),
        *((key, False) for key in ("a" * 33, "", "\u00e9", "A", "a-b", "0", "a b", "teh\n")),
    ],
)
def test_is_key_accepts_what_a_lexicon_can_hold(key, expected):
    assert is_key(key) is expected


@pytest.mark.parametrize(
    "piece",
    ["a", "a.", "A. ", "a'", "'a", "a\u2019", ".", '!"', "! ", ".\n", "\n", " ", "1,", "1.", "-", "\u0301", '"('],
)
def test_read_tokens_takes_time_linear_in_the_text(piece):
    text = (piece * 100_000)[:100_000]
    start = time.process_time()
    read_tokens(text)
    read_tokens("." + text)
    assert time.process_time() - start < 2.0  # a tenth of it when idle; quadratic would be minutes
