from docsight.spelling.keystrokes.kept_words import KeptWords


def test_learned_word_is_kept_in_any_case():
    kept = KeptWords()
    kept.learn("Teh")
    assert kept.keeps("teh")
    assert kept.keeps("TEH")
    assert not kept.keeps("te")


def test_word_whose_correction_was_taken_back_is_kept_until_another_word_begins():
    kept = KeptWords()
    kept.take_back("teh")
    assert not kept.keeps("hte")
    assert kept.keeps("teh")
    kept.begin_word()
    assert not kept.keeps("teh")


def test_word_that_is_typed_again_twice_is_learned():
    kept = KeptWords()
    for _ in range(2):
        kept.take_back("teh")
        assert kept.keeps("teh")
        kept.begin_word()
    assert kept.keeps("teh")
