import pytest
import torch

from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.lexicon.tables import ZIPF_STEPS, Lexicon, TechnicalText, WordSource
from docsight.spelling.lexicon.word_forms import WordForms
from docsight.vocab import Vocab

WORDS = Vocab(
    [
        "stage",
        "staged",
        "archive",
        "rely",
        "happy",
        "plan",
        "file",
        "system",
        "read",
        "class",
        "box",
        "fish",
        "run",
        "note",
    ]
)


@pytest.fixture(scope="module")
def forms() -> WordForms:
    lexicon = Lexicon(num_words=len(WORDS))
    lexicon.sources[2:] = int(WordSource.US | WordSource.UK | WordSource.LOWER)
    lexicon.zipf.copy_(torch.full((len(WORDS),), 4 * ZIPF_STEPS, dtype=torch.uint8))
    return WordForms(Dictionary(WORDS, lexicon))


@pytest.mark.parametrize(
    "word",
    [
        "unstaged",
        "archiver",
        "archivers",
        "archivable",
        "reliable",
        "happiness",
        "unhappiness",
        "planner",
        "planning",
        "rereads",
        "classes",
        "boxes",
        "fishless",
        "runner",
        "fileless",
        "prerun",
        "archiving",
    ],
)
def test_word_forms_recognize_derived_words(forms, word):
    assert forms.is_derived(word)


@pytest.mark.parametrize(
    "word",
    [
        "planer",
        "runing",
        "archve",
        "happyness",
        "stge",
        "boxs",
        "classs",
        "relyable",
        "xyz",
        "un",
        "reing",
    ],
)
def test_word_forms_do_not_take_misspellings_for_derived_words(forms, word):
    assert not forms.is_derived(word)


def test_word_forms_recognize_compounds(forms):
    assert forms.is_compound("filesystem")
    assert forms.is_compound("readnote")
    assert not forms.is_compound("filesystm")
    assert not forms.is_compound("file")


def test_technical_text_finds_terms_and_pairs():
    table = TechnicalText.from_counts(["zlib", "sgid", "zlib"], {("man", "page"): 300, ("base", "ten"): 4})
    assert table.has(["zlib", "sgid", "house", "", "Umlaut-\u00e4"]).tolist() == [True, True, False, False, False]
    counts = table.count_pairs(["man", "base", "page", "man"], ["page", "ten", "man", ""])
    assert counts.tolist() == [255, 4, 0, 0]
    assert len(table.terms) == 2


def test_technical_text_may_be_empty():
    table = TechnicalText.from_counts([], {})
    assert table.has(["zlib"]).tolist() == [False]
    assert table.count_pairs(["a"], ["b"]).tolist() == [0]
    assert table.has([]).tolist() == []
