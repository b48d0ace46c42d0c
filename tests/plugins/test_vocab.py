import pytest

from docsight.vocab import CASINGS, PAD, UNK, Vocab, casing, char_vocab, pad_rows


def test_vocab_numbers_entries_after_padding_and_unknown():
    vocab = Vocab(["the", "roosevelt"])
    assert (vocab.id("the"), vocab.id("roosevelt"), vocab.id("quux"), len(vocab)) == (2, 3, UNK, 4)


def test_vocab_refuses_a_repeated_entry():
    with pytest.raises(ValueError, match="'b' occurs more than once"):
        Vocab(["a", "b", "c", "b"])


def test_vocab_word_id_falls_back_to_lower_case_and_to_zeros():
    vocab = Vocab(["in", "1996", "00-00"])
    assert vocab.word_id("IN") == vocab.id("in")
    assert vocab.word_id("1996") == vocab.id("1996")
    assert vocab.word_id("12-34") == vocab.id("00-00")
    assert vocab.word_id("1997") == UNK


def test_vocab_char_ids_keep_head_and_tail_of_a_long_word():
    vocab = Vocab("abcdef")
    assert vocab.char_ids("abcdef", 4) == [vocab.id(c) for c in "abef"]
    assert vocab.char_ids("ab", 4) == [vocab.id("a"), vocab.id("b")]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("word", "lower"),
        ("Word", "title"),
        ("NATO", "upper"),
        ("J.", "initial"),
        ("McDonald", "mixed"),
        ("iPhone", "mixed"),
        ("1996", "digits"),
        ("12-34", "digits"),
        ("A4", "alphanumeric"),
        ("--", "symbol"),
        ("", "symbol"),
        ("don't", "lower"),
        ("Ö", "initial"),
    ],
)
def test_casing_returns_the_class_of_a_word(word, expected):
    assert CASINGS[casing(word)] == expected


def test_char_vocab_omits_rare_characters():
    assert char_vocab(["ab", "ac"], min_count=2).entries == ("a",)


def test_pad_rows_makes_one_width_of_at_least_one():
    assert pad_rows([[5, 6], [7]]) == [[5, 6], [7, PAD]]
    assert pad_rows([[]]) == [[PAD]]
