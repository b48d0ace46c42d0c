"""`Corrector` on the tiny speller, also with hostile texts."""

import random
import time

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docsight.bundle import load_folder
from docsight.networks.ranker import FEATURES
from docsight.spelling.correction import candidate_finder, corrector
from docsight.spelling.correction.corrector import MAX_SUGGESTIONS, Correction, Corrector


@pytest.fixture(scope="module")
def bundle(tiny_speller):
    return load_folder(tiny_speller, kind="speller")


@pytest.fixture
def speller(bundle) -> Corrector:
    return Corrector(bundle.network, bundle.vocabularies, device=torch.device("cpu"))


def _corrections(speller: Corrector, text: str, **options) -> list[tuple[str, str]]:
    """Return what is corrected with the first suggestion."""
    corrections = speller.correct([text], **options)[0]
    return [
        (text[correction.start : correction.end], correction.suggestions[0][0] if correction.suggestions else "")
        for correction in corrections
    ]


def _words(correction: Correction) -> list[str]:
    return [word for word, _ in correction.suggestions]


@pytest.mark.parametrize(("capabilities", "is_fast"), [({"avx512_bf16": True}, True), ({"avx2": True}, False)])
def test_corrector_computes_in_bfloat16_only_where_that_is_fast(bundle, capabilities, is_fast, monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)
    context, in_bfloat16 = bundle.network.context, []

    def spy_on(compute):
        def spy(*args):
            in_bfloat16.append(torch.is_autocast_enabled("cpu"))
            with torch.autocast("cpu", enabled=False):  # this processor may lack bfloat16
                return compute(*args)

        return spy

    for name in ("encode", "read"):
        monkeypatch.setattr(context, name, spy_on(getattr(context, name)))
    Corrector(bundle.network, bundle.vocabularies, device=torch.device("cpu")).correct(["I went to teh house."])
    assert set(in_bfloat16) == {is_fast}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("teh", "the"),
        ("Teh", "The"),
        ("TEH", "THE"),
        ("dont", "don't"),
        ("Dont", "Don't"),
        ("DONT", "DON'T"),
        ("lonodn", "London"),
        ("Lonodn", "London"),
        ("LONODN", "LONDON"),
        ("hosue's", "house's"),
        ("Hosue's", "House's"),
        ("HOSUE'S", "HOUSE'S"),
        ("hosue\u2019s", "house\u2019s"),
        ("engalnd's", "England's"),
    ],
)
def test_corrector_writes_suggestions_in_the_casing_of_the_text(speller, typed, meant):
    assert _corrections(speller, f"It is {typed} now") == [(typed, meant)]


def test_corrector_uses_no_capitals_in_a_sentence_without_any(speller):
    assert _corrections(speller, "it is lonodn now") == [("lonodn", "london")]


def test_corrector_keeps_the_apostrophes_of_the_text(speller):
    words = _words(speller.correct(["do\u2019nt"])[0][0])
    assert "don\u2019t" in words
    assert not any("'" in word for word in words)


@pytest.mark.parametrize(
    ("typed", "meant"), [("fam ily", "family"), ("Fam ily", "Family"), ("FAM ILY", "FAMILY"), ("fam Ily", "family")]
)
def test_corrector_joins_two_words(speller, typed, meant):
    assert _corrections(speller, f"my {typed} is here") == [(typed, meant)]


@pytest.mark.parametrize("text", ["fam  ily", "fam\nily", "fam, ily", "fam-ily", "fam\u00a0ily"])
def test_corrector_joins_only_words_with_one_space_between_them(speller, text):
    assert "family" not in [meant for _, meant in _corrections(speller, text)]


@pytest.mark.parametrize(("typed", "meant"), [("alot", "a lot"), ("Alot", "A lot"), ("ALOT", "A LOT")])
def test_corrector_splits_a_word(speller, typed, meant):
    (correction,) = speller.correct([f"it is {typed} of house"])[0]
    assert meant in _words(correction)
    assert correction.end - correction.start == len(typed)


def test_corrector_reports_an_unknown_word_without_candidates(speller):
    assert speller.correct(["zzxxqqjj"]) == [[Correction(0, 8, [], 0.0, False)]]


@pytest.mark.parametrize("dialect", ["auto", "us", "uk"])
@pytest.mark.parametrize("text", ["my colour and color", "my color", "the colour of the main colour"])
def test_corrector_does_not_exchange_variants(speller, dialect, text):
    for correction in speller.correct([text], dialect=dialect)[0]:
        assert not {"colour", "color"} & {text[correction.start : correction.end], *_words(correction)}


def test_corrector_does_not_suggest_what_was_typed(speller):
    for text in ("teh", "to", "their", "Alot", "fam ily", "TO"):
        for correction in speller.correct([f"it is {text} house"])[0]:
            assert text not in _words(correction)


def test_corrector_reports_a_known_word_if_another_fits_better(tiny_speller):
    daring = load_folder(tiny_speller, kind="speller")
    daring.network.ranker.direct.weight.data[:, FEATURES.index("known")] = 3
    speller = Corrector(daring.network, daring.vocabularies, device=torch.device("cpu"))
    assert _corrections(speller, "in their house it is to much") == [("to", "too")]
    (correction,) = speller.correct(["it is to much"])[0]
    assert correction.known
    assert 0.4 < correction.score < 0.6
    assert _words(correction) == ["too"]


def test_corrector_suggestions_are_probabilities_the_likeliest_first(speller):
    for correction in speller.correct(["teh hosue is freind wich alot fam ily"])[0]:
        probabilities = [probability for _, probability in correction.suggestions]
        assert probabilities == sorted(probabilities, reverse=True)
        assert 0 <= sum(probabilities) <= 1 + 1e-6
        assert 1 <= len(probabilities) <= MAX_SUGGESTIONS
        assert 0 <= correction.score <= 1


def test_corrector_reports_nothing_that_is_protected(speller):
    text = "teh hosue freind"
    assert _corrections(speller, text, protected=[[(4, 9)]]) == [("teh", "the"), ("freind", "friend")]
    assert _corrections(speller, text, protected=[[(0, 99)]]) == []
    assert speller.correct(["teh", "teh"], protected=[[(0, 3)], []])[0] == []


def test_corrector_knows_and_suggests_user_words(speller):
    text = "it is zorblat and Zorblat's freind of the zorblatt"
    assert ("zorblat", "") in _corrections(speller, text)
    speller.set_user_words(["zorblat", "freind"])
    assert speller.user_words == {"zorblat", "freind"}
    assert _corrections(speller, text) == [("zorblatt", "zorblat")]
    speller.set_user_words(["Zorblat"])
    corrected = dict(_corrections(speller, text))
    assert set(corrected) == {"zorblat", "freind", "zorblatt"}
    assert corrected["zorblatt"] == "Zorblat"
    speller.set_user_words(())
    assert "zorblat" in dict(_corrections(speller, text))


def test_corrector_reports_capitalised_unknown_words_only_with_a_likely_correction(speller):
    assert _corrections(speller, "It is Zorblat now") == []
    assert _corrections(speller, "It is zorblat now") == [("zorblat", "")]


def test_corrector_batch_equals_single_calls(speller, monkeypatch):
    texts = ["Teh hosue is to big.", "", "my colour is alot", "TEH HOSUE", "Jane met teh freind. fam ily", "\n"] * 4
    alone = [speller.correct([text])[0] for text in texts]
    for tokens in (8192, 7, 1):
        monkeypatch.setattr(corrector, "MAX_TOKENS_AT_ONCE", tokens)
        found = speller.correct(texts)
        for corrections, expected in zip(found, alone, strict=True):
            assert [correction[:2] for correction in corrections] == [correction[:2] for correction in expected]
            assert [_words(correction) for correction in corrections] == [_words(correction) for correction in expected]
            assert [correction.score for correction in corrections] == pytest.approx(
                [correction.score for correction in expected], abs=1e-3
            )


def test_corrector_results_do_not_depend_on_earlier_texts(speller, bundle, monkeypatch):
    texts = [f"{word} hosue" for word in ("teh", "wich", "freind", "alot", "engalnd", "peeple", "teh")]
    expected = [speller.correct([text]) for text in texts]
    monkeypatch.setattr(candidate_finder, "_MAX_CACHED_WORDS", 2)
    forgetful = Corrector(bundle.network, bundle.vocabularies, device=torch.device("cpu"))
    assert [forgetful.correct([text]) for text in texts] == expected
    assert forgetful.correct([" ".join(texts)]) == speller.correct([" ".join(texts)])


def test_corrector_of_empty_texts_is_empty(speller):
    assert speller.correct([]) == []
    assert speller.correct(["", " ", "\n\n"]) == [[], [], []]


HOSTILE = {
    "one letter": "q",
    "no space": "x" * 10_000,
    "misspelling without end": "teh" * 5_000,
    "emoji": "\U0001f600 teh \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "another script": "\u041f\u0440\u0438\u0432\u0435\u0442 teh \u65e5\u672c\u8a9e \u05d0\u05d1 \u0627\u0644",
    "scripts in one word": "t\u0435h teh",
    "control characters": "teh\x00 \x01teh\x7f \x1b[31mteh\x85teh",
    "surrogates": "\ud800 teh \udfff teh\ud800",
    "combining marks": "te\u0301h te\u0308 teh" + "\u0301" * 5_000,
    "joiners": "te\u200dh \u200bteh\u200b \ufeffteh",
    "nul": "\x00" * 5_000 + "teh",
    "apostrophes": "'a" * 20_000 + " " + "a\u2019" * 20_000 + "s's's",
    "only apostrophes": "'" * 20_000,
    "letters that lower to two": "\u0130stanbul \u1e9e \ufb00 \u212a \u017ftop teh",
    "possessives": "'s 's's teh's's \u2019s S'S",
    "32 letters": f"{'a' * 31} {'b' * 32} {'c' * 33} {'d' * 32}'s {'e' * 30}'s's",
    "one word again and again": "teh " * 20_000,
    "pairs": "fam ily " * 5_000,
    "line breaks": "\n" * 50_000 + "teh",
    "short lines": "teh\n" * 5_000,
    "slashes": "/" * 20_000 + "teh",
    "dots": "a." * 20_000 + " teh",
    "hyphens": "teh-" * 2_000,
    "digits of other scripts": "\u0663\u0664 \u00b2 \u00bd \u2177 \uff11 teh",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_corrector_handles_hostile_texts(speller, name):
    text, done = HOSTILE[name], 0
    start = time.process_time()
    for correction in speller.correct([text])[0]:
        assert done <= correction.start < correction.end <= len(text)
        assert text[correction.start : correction.end].strip() == text[correction.start : correction.end]
        done = correction.end
    assert time.process_time() - start < 10  # a tenth when idle


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(
        st.text(max_size=40)
        | st.lists(
            st.sampled_from(["teh", "Wich", "alot", "fam", "ily", "colour", "It's", "to", "n't", "teh's", "\u2019"])
            | st.sampled_from([".", ",", " ", "\n", "-", "http://teh", "a@b", "\u00e9", "The", "I", "\ud800"])
        ).map(" ".join),
        max_size=4,
    ),
    spans=st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50)), max_size=4),
)
def test_corrector_corrections_are_ordered_and_overlap_neither_each_other_nor_protected_spans(speller, texts, spans):
    found = speller.correct(texts, protected=[spans for _ in texts])
    assert len(found) == len(texts)
    for text, corrections in zip(texts, found, strict=True):
        done = 0
        for correction in corrections:
            assert done <= correction.start < correction.end <= len(text)
            assert (
                not any(a < b and a < correction.end and correction.start < b for a, b in spans)
                or " " in text[correction.start : correction.end]
            )
            assert all(word and probability >= 0 for word, probability in correction.suggestions)
            assert np.isfinite(correction.score)
            done = correction.end


def _text(words: int, vocabulary: list[str]) -> str:
    draw = random.Random(words)
    return " ".join(draw.choice(vocabulary) for _ in range(words))


def test_corrector_takes_time_linear_in_the_text(speller):
    usual = ["the", "house", "to", "there", "water.", "teh", "hosue", "family", "The", "of", "fam", "ily", "\n"]
    speller.correct([_text(1000, usual)])
    texts = [_text(words, usual) for words in (10_000, 40_000)]
    taken = []
    for _ in range(3):
        for text in texts:
            start = time.process_time()
            speller.correct([text])
            taken.append(time.process_time() - start)
    # The least of three: a collection of garbage may double the time of a single call.
    assert min(taken[1::2]) < 8 * min(taken[::2])


def test_corrector_reads_thousands_of_texts(speller):
    found = speller.correct(["Teh house is here", ""] * 2000)
    assert [len(corrections) for corrections in found] == [1, 0] * 2000
