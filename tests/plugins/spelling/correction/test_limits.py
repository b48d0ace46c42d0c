"""Corrections that are flagged but not applied, on the tiny speller and, for contractions, the shipped one."""

from pathlib import Path

import pytest
import spacy
import torch

from docsight.bundle import load_folder
from docsight.networks.judge import EVIDENCE, NUM_EVIDENCE, Judge
from docsight.networks.ranker import FEATURES
from docsight.spelling.correction.corrector import Correction, Corrector
from docsight.spelling.correction.limits import (
    CONTRACTION,
    LETTER,
    MAX_LIMITED_SCORE,
    MENTION,
    NAME,
    REPETITION,
    TERM,
    Limit,
)
from docsight.spelling.lexicon.tables import ZIPF_STEPS, TechnicalText

LONG = "We found the house near the sea. " * 20


def _make_corrector(tiny_speller: Path, technical_pairs: dict[tuple[str, str], int]) -> Corrector:
    """Make a corrector whose ranker doubts known words, too, and whose judge believes the ranker."""
    bundle = load_folder(tiny_speller, kind="speller")
    speller = bundle.network
    speller.ranker.direct.weight.data[:, FEATURES.index("known")] = 3.0
    speller.technical = TechnicalText.from_counts([], technical_pairs)
    speller.judge = Judge(num_evidence=NUM_EVIDENCE)
    speller.judge.weight.data[:, list(EVIDENCE).index("odds")] = 1.0
    speller.judge.prior_weight.data.zero_()
    return Corrector(speller, bundle.vocabularies, device=torch.device("cpu"))


@pytest.fixture(scope="module")
def corrector(tiny_speller) -> Corrector:
    return _make_corrector(tiny_speller, {})


def _correction(corrector: Corrector, text: str, word: str) -> Correction:
    (found,) = corrector.correct([text])
    return next(each for each in found if text[each.start : each.end] == word)


def _is_limited(corrector: Corrector, text: str, word: str, limit: Limit) -> bool:
    found = _correction(corrector, text, word)
    reasons = {reason.fact: reason.weight for reason in corrector.explain(text, found.start)}
    is_limited = found.because == (limit.text,)
    assert is_limited == (limit.fact in reasons)
    assert (found.score == MAX_LIMITED_SCORE) if is_limited else (found.score > MAX_LIMITED_SCORE)
    assert reasons.get(limit.fact, -1.0) < 0
    return is_limited


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We found: teh -> the", True),
        ("We found teh => the here", True),
        ('We change "teh" to "the" here', True),
        ("We found that teh should be the here", True),
        ("We found teh the here", True),
        ("Write the, not teh", True),
        ("Write 'the' instead of 'teh' here", True),
        ("We found teh house near the sea", False),
        ("We found teh. The sea is near", False),
        ("It was the teh sea", False),
        ("We like the house, teh sea", False),
    ],
)
def test_a_misspelling_beside_its_correction_is_limited(corrector, text, expected):
    assert _is_limited(corrector, text, "teh", MENTION) == expected


@pytest.mark.parametrize(("text", "expected"), [("it is too to much", True), ("it is to much", False)])
def test_a_correction_that_repeats_its_neighbour_is_limited(corrector, text, expected):
    assert _is_limited(corrector, text, "to", REPETITION) == expected


def test_a_mention_does_not_cross_texts(corrector):
    first, _ = corrector.correct(["We found teh", "the house"])
    assert first[0].score > MAX_LIMITED_SCORE


@pytest.mark.parametrize(("text", "expected"), [("There is n house. ", False), (f"There is n house. {LONG}", True)])
def test_a_single_letter_is_limited_in_a_long_text(corrector, text, expected):
    assert _is_limited(corrector, text, "n", LETTER) == expected


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ({("is", "to"): 100, ("to", "much"): 100}, True),
        ({("is", "to"): 250}, False),
        ({("is", "to"): 100, ("to", "much"): 100, ("is", "too"): 200, ("too", "much"): 200}, False),
    ],
)
def test_a_known_word_is_limited_where_technical_text_often_has_it(tiny_speller, pairs, expected):
    corrector = _make_corrector(tiny_speller, pairs)
    zipf = corrector._network.lexicon.zipf
    assert not _is_limited(corrector, "it is to much", "to", TERM)  # a function word
    zipf[:] = zipf.clamp(max=4 * ZIPF_STEPS)
    rare = Corrector(corrector._network, corrector._vocabularies, device=torch.device("cpu"))
    assert _is_limited(rare, "it is to much", "to", TERM) == expected


@pytest.mark.parametrize(("text", "expected"), [("We saw Mr. Teh here", True), ("We saw no Teh here", False)])
def test_a_name_is_limited(corrector, text, expected):
    assert _is_limited(corrector, text, "Teh", NAME) == expected


def test_a_contraction_is_limited_in_a_long_text_without_its_pronoun():
    component = spacy.blank("en").add_pipe("rnn_speller")
    text = "I like it whenever you want to change what your wearing."
    without = f"I like it whenever people want to change what your wearing. {LONG}"
    assert not _is_limited(component.corrector, text, "your", CONTRACTION)
    assert not _is_limited(component.corrector, f"{text} You know that you like it. {LONG}", "your", CONTRACTION)
    assert _is_limited(component.corrector, without, "your", CONTRACTION)
