from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from docsight.errors import DataError
from docsight.spelling.lexicon.tables import KnownPairs, Lexicon, WordSource
from docsight.vocab import Vocab
from docsight_training.data.speller.lexicon import build_lexicon, read_pairs
from docsight_training.data.speller.scowl import british_forms

LISTS = {
    "english-words.10": "the a lot organize separate cat cat's turkey for four idea centre's",
    "american-words.35": "color center program organize",
    "british-words.35": "colour centre programme organise",
    "british_z-words.35": "colour centre organize",
    "english-words.70": "ocelot",
    "english-words.80": "quine qanat idaea",
    "english-words.95": "zzyzx",
    "variant_1-words.50": "ocelott",
    "english-upper.50": "Turkey Zürich",
    "english-contractions.10": "don't I'm",
    "english-abbreviations.80": "abbr",
    "australian-words.10": "arvo",
    "special-hacker.50": "grok",
}

FREQUENCIES = {
    "the": 0.05,
    "a": 0.02,
    "for": 0.01,
    "don't": 2e-3,
    "it's": 2e-3,
    "lot": 1e-3,
    "four": 1e-3,
    "idea": 1e-3,
    "separate": 1e-4,
    "color": 1e-4,
    "colour": 9e-5,
    "women's": 1e-5,
    "dont": 5e-5,
    "cats": 1e-6,
    "seperate": 1e-6,
    "qanat": 1e-8,
    "naïve": 1e-4,
    "mp3": 1e-4,
    "cat's": 1e-6,
}

COUNTS = {"hitherfoo": 5, "rarely": 4, "the": 1000}

PAIRS = [
    ("Seperate", "separate"),
    ("seprate", "separate"),
    ("alot", "a lot"),
    ("four", "for"),
    ("thx", "the x"),
    ("ocelit", "ocelot"),
    ("3d", "lot"),
]


@pytest.fixture
def scowl(tmp_path: Path) -> Path:
    for name, entries in LISTS.items():
        (tmp_path / name).write_text("\n".join(entries.split()) + "\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def built(scowl: Path) -> tuple[Vocab, Lexicon, KnownPairs]:
    words, lexicon, known = build_lexicon(scowl, frequencies=FREQUENCIES, counts=COUNTS, pairs=PAIRS)
    return Vocab(words), lexicon, known


def _sources(built: tuple[Vocab, Lexicon, KnownPairs], word: str) -> WordSource:
    vocab, lexicon, _ = built
    return WordSource(int(lexicon.sources[vocab.id(word)])) if word in vocab else WordSource(0)


def test_lexicon_is_in_order_of_frequency(built):
    vocab, lexicon, _ = built
    assert vocab.entries[:3] == ("the", "a", "for")
    assert (lexicon.zipf[2:].int().diff() <= 0).all()
    assert len(lexicon.zipf) == len(vocab)


def test_lexicon_records_the_sources_of_a_word(built):
    assert _sources(built, "color") == WordSource.US | WordSource.LOWER | WordSource.FREQUENCY
    assert _sources(built, "organise") == WordSource.UK | WordSource.LOWER
    assert _sources(built, "organize") == WordSource.US | WordSource.UK | WordSource.LOWER
    assert _sources(built, "ocelot") == WordSource.LARGE | WordSource.LOWER
    assert _sources(built, "ocelott") == WordSource.LARGE | WordSource.LOWER
    assert _sources(built, "turkey") == WordSource.US | WordSource.UK | WordSource.LOWER | WordSource.PROPER
    assert _sources(built, "cats") == WordSource.FREQUENCY
    assert _sources(built, "hitherfoo") == WordSource.CORPUS


def test_lexicon_holds_only_keys(built):
    vocab, _, _ = built
    assert "zurich" in vocab
    assert "i'm" in vocab
    assert not {"naïve", "naive", "mp3", "Turkey", "rarely"} & set(vocab.entries)


def test_lexicon_leaves_the_other_lists_out(built):
    assert not {"zzyzx", "abbr", "arvo", "grok"} & set(built[0].entries)


def test_lexicon_leaves_out_rare_words_that_no_text_has(built):
    assert "qanat" in built[0]
    assert "quine" not in built[0]


def test_lexicon_holds_contractions_but_no_possessives(built):
    assert _sources(built, "it's") & (WordSource.US | WordSource.LOWER)
    assert "cat's" not in built[0]
    assert "cat" in built[0]


def test_lexicon_holds_possessives_that_are_no_words_without_apostrophe(scowl):
    (scowl / "english-words.20").write_text("women\n")
    words, _, _ = build_lexicon(scowl, frequencies=FREQUENCIES, counts={}, pairs=[])
    assert "women's" in words


def test_lexicon_leaves_out_listed_misspellings_that_only_texts_have(built):
    assert "seperate" not in built[0]
    assert "dont" not in built[0]  # of a contraction, listed or not
    assert "four" in built[0]


@pytest.mark.parametrize(
    ("word", "variant"), [("color", "colour"), ("organise", "organize"), ("centre", "center"), ("program", "programme")]
)
def test_lexicon_knows_the_variants_of_both_varieties(built, word, variant):
    vocab, lexicon, _ = built
    assert lexicon.variant[vocab.id(word)] == vocab.id(variant)
    assert lexicon.variant[vocab.id(variant)] == vocab.id(word)


@pytest.mark.parametrize("word", ["for", "four", "the", "idea"])
def test_lexicon_has_no_variants_for_words_of_both_varieties(built, word):
    assert built[1].variant[built[0].id(word)] == 0


def test_known_pairs_hold_only_useful_pairs(built):
    vocab, _, known = built
    row, first, second = known.lookup(["seperate", "seprate", "alot", "dont", "four", "ocelit", "thx"])
    a, lot = vocab.id("a"), vocab.id("lot")
    separate = vocab.id("separate")
    assert row.tolist() == [0, 1, 2, 3]
    assert first.tolist() == [separate, separate, a, vocab.id("don't")]
    assert second.tolist() == [0, 0, lot, 0]


def test_build_reads_lists_in_latin_1(scowl):
    (scowl / "english-upper.60").write_bytes("Besançon\n".encode("latin-1"))
    words, _, _ = build_lexicon(scowl, frequencies={}, counts={}, pairs=[])
    assert "besancon" in words


def test_build_reports_a_missing_folder(tmp_path):
    with pytest.raises(DataError, match=r"expected SCOWL's lists"):
        build_lexicon(tmp_path, frequencies={}, counts={}, pairs=[])
    with pytest.raises(DataError, match=r"expected SCOWL's lists"):
        build_lexicon(tmp_path / "missing", frequencies={}, counts={}, pairs=[])


def test_read_pairs_reads_every_list(tmp_path):
    for name in ("typos", "toefl"):
        (tmp_path / name).mkdir()
        table = pa.table({"count": [2], "misspelling": ["teh"], "correction": [name]})
        parquet.write_table(table, tmp_path / name / "data.parquet")
    assert read_pairs(tmp_path, ["typos", "toefl"]) == [("teh", "typos", 2), ("teh", "toefl", 2)]


def test_read_pairs_reports_an_invalid_file(tmp_path):
    with pytest.raises(DataError, match=r"codespell.*columns misspelling, correction, count"):
        read_pairs(tmp_path, ["codespell"])


@pytest.mark.parametrize(
    ("american", "british"),
    [
        ("organizations", "organisations"),
        ("analyze", "analyse"),
        ("centered", "centred"),
        ("traveling", "travelling"),
        ("fulfill", "fulfil"),
        ("anesthesia", "anaesthesia"),
        ("diarrhea", "diarrhoea"),
        ("defense", "defence"),
        ("catalogs", "catalogues"),
        ("toward", "towards"),
        ("grayish", "greyish"),
        ("molding", "moulding"),
        ("practicing", "practising"),
        ("behavioral", "behavioural"),
        ("learned", "learnt"),
    ],
)
def test_british_forms_know_the_rules(american, british):
    assert british in british_forms(american)


@pytest.mark.parametrize("word", ["prize", "size", "her", "them", "the"])
def test_british_forms_leave_short_words(word):
    assert list(british_forms(word)) == []
