"""The judge within `Corrector`, on the tiny speller."""

from collections.abc import Collection, Sequence

import numpy as np
import pytest
import torch

from docsight.bundle import load_folder
from docsight.errors import ConfigError
from docsight.networks.judge import EVIDENCE, NUM_EVIDENCE, Judge
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.corrector import Corrector
from docsight.spelling.correction.judging import DENSITY
from docsight.spelling.correction.surroundings import find_surroundings
from docsight.spelling.lexicon.tables import TechnicalText

NAMES = list(EVIDENCE)
TEXT = "We found teh house near the sea. It is a zlib of the old kind, and zlib is good."


@pytest.fixture
def corrector(tiny_speller) -> Corrector:
    """Make a corrector whose judge believes the ranker, except for technical terms and words that recur."""
    bundle = load_folder(tiny_speller, kind="speller")
    speller = bundle.network
    speller.technical = TechnicalText.from_counts(["zlib"], {("found", "teh"): 5})
    speller.judge = Judge(num_evidence=NUM_EVIDENCE)
    weight = {"odds": 1.0, "vocabulary": -8.0, "repeated": -4.0}
    for name, value in weight.items():
        speller.judge.weight.data[:, NAMES.index(name)] = value
    return Corrector(speller, bundle.vocabularies, device=torch.device("cpu"))


def _facts(corrector: Corrector, text: str, word: str) -> dict[str, float]:
    places, _ = corrector.places([text])
    at = places.start.tolist().index(text.index(word))
    return dict(zip(NAMES, places.evidence[at].tolist(), strict=True))


def test_corrector_takes_its_scores_from_the_judge(corrector):
    (found,) = corrector.correct([TEXT])
    scores = {TEXT[each.start : each.end]: each.score for each in found}
    places, _ = corrector.places([TEXT])
    with torch.inference_mode():
        judged = corrector._network.judge(*places.tensors()).sigmoid()
    by_start = dict(zip(places.start.tolist(), judged.tolist(), strict=True))
    assert scores["teh"] == pytest.approx(by_start[TEXT.index("teh")])
    assert scores.get("zlib", 0.0) < 0.01 < scores["teh"]


def test_corrector_gives_the_first_suggestion_the_score_and_the_others_at_most_the_rest(corrector):
    for each in corrector.correct([TEXT, "teh wich hosue alot"])[0]:
        probabilities = [probability for _, probability in each.suggestions]
        if probabilities:
            assert probabilities[0] == each.score
            assert sum(probabilities) <= 1 + 1e-6
            assert probabilities == sorted(probabilities, reverse=True)


def test_corrector_judges_texts_the_same_alone_and_together(corrector):
    texts = [TEXT, "", "teh teh teh", "Nothing is wrong here.", "We know wich hosue it is."]
    assert corrector.correct(texts) == [corrector.correct([text])[0] for text in texts]


def test_places_and_suggestions_belong_together(corrector):
    places, suggestions = corrector.places([TEXT, "", "I know wich one."])
    assert len(suggestions) == len(places.evidence) == len(places.start)
    texts = [TEXT, "", "I know wich one."]
    typed = [texts[t][a:b] for t, a, b in zip(places.text, places.start, places.end, strict=True)]
    assert dict(zip(typed, suggestions, strict=True)).items() >= {("teh", "the"), ("wich", "which")}
    assert places.words.tolist() == [19.0, 0.0, 4.0]


def test_places_of_a_recurring_word_share_one_error(corrector):
    places, _ = corrector.places(["teh house, teh house, teh sea and wich car"])
    shares = dict(zip(places.start.tolist(), places.share.tolist(), strict=True))
    assert shares[0] == pytest.approx(1 / 3)
    assert shares[34] == 1.0


def test_evidence_describes_the_word_and_its_surroundings(corrector):
    facts = _facts(corrector, TEXT, "teh")
    assert facts["typed_phrases"] == pytest.approx(np.log1p(5))
    assert (facts["vocabulary"], facts["repeated"], facts["glued"], facts["whole"]) == (0, 0, 0, 1)
    assert facts["suggestion_repeats"] == pytest.approx(np.log1p(2))  # "the" is there twice
    assert _facts(corrector, "We use teh-house here", "teh")["glued"] == 1
    assert _facts(corrector, 'It is called "teh" here', "teh")["quoted"] == 1
    assert _facts(corrector, "teh and teh and teh", "teh")["repeated"] == 1


def _score(corrector: Corrector, text: str, word: str, outside_words: Sequence[Collection[str]]) -> float:
    (found,) = corrector.correct([text], outside_words=outside_words)
    return next(each.score for each in found if text[each.start : each.end] == word)


def test_outside_words_are_one_more_occurrence(corrector):
    text, twice = "We found wich house", "We found wich house, wich"
    alone, named = _score(corrector, text, "wich", ()), _score(corrector, text, "wich", [{"wich", "house", "zzz"}])
    assert named < alone
    assert named == pytest.approx(_score(corrector, twice, "wich", ()), abs=0.02)
    assert _score(corrector, text, "wich", [{"which", "found"}]) == alone  # the suggestion gains nothing
    reasons = corrector.explain(text, 9, outside_words={"wich"})
    assert next(reason for reason in reasons if reason.fact == "repeated").weight < 0
    assert all(reason.fact != "repeated" for reason in corrector.explain(text, 9))


def test_outside_words_belong_to_their_text(corrector):
    texts = ["We found wich house", "", "We found wich house"]
    both = corrector.correct(texts, outside_words=[set(), {"wich"}, {"wich"}])
    assert both == [
        corrector.correct([text], outside_words=[words])[0]
        for text, words in zip(texts, [set(), set(), {"wich"}], strict=True)
    ]
    assert both[0] != both[2]


def test_corrector_says_why(corrector):
    (found,) = corrector.correct(["We found teh house near the sea"])
    assert found[0].because
    reasons = corrector.explain("We found teh house near the sea", 9)
    assert [abs(reason.weight) for reason in reasons] == sorted((abs(r.weight) for r in reasons), reverse=True)
    assert {reason.fact for reason in reasons} <= {*EVIDENCE, DENSITY}
    assert next(reason for reason in reasons if reason.fact == "odds").weight > 0


def test_reasons_say_what_is_the_case_whichever_side_they_speak_for(corrector):
    judge = corrector._network.judge
    judge.mean[NAMES.index("same_first")] = 0.5
    facts = []
    for weight in (0.5, -0.5):
        judge.weight.data[:, NAMES.index("same_first")] = weight
        reasons = corrector.explain("We found teh house near the sea", 9)
        facts.append(next(reason for reason in reasons if reason.fact == "same_first"))
    assert [fact.text for fact in facts] == ["the first letter is the same"] * 2
    assert facts[0].weight == -facts[1].weight > 0


@pytest.mark.parametrize("name", NAMES)
def test_a_reason_says_another_thing_above_the_mean_than_below(name):
    assert all(EVIDENCE[name])
    assert len(set(EVIDENCE[name])) == 2


def test_explain_reports_an_offset_without_a_correction(corrector):
    with pytest.raises(ConfigError, match="the start of a correction with a suggestion; found none at 3"):
        corrector.explain(TEXT, 3)


def test_a_speller_without_a_judge_has_the_scores_of_the_ranker_and_cannot_explain(tiny_speller):
    bundle = load_folder(tiny_speller, kind="speller")
    made = Corrector(bundle.network, bundle.vocabularies, device=torch.device("cpu"))
    assert made.correct(["teh"])[0][0].because == ()
    with pytest.raises(ConfigError, match=r"Expected a speller with a judge; .* 0\.1\.0"):
        made.explain("teh", 0)
    with pytest.raises(ConfigError, match="Expected a speller with a judge"):
        made.places(["teh"])


@pytest.mark.parametrize("text", ["", "\n", "\t\t", "x" * 5000, "teh\n" * 50, "\ud800 teh", "\u0301 teh -\n wich\x0c"])
def test_surroundings_of_any_text_have_a_row_for_each_token(corrector, text):
    batch = TokenBatch([text, "It is teh end."], corrector.dictionary)
    for column in find_surroundings([text, "It is teh end."], batch, ~batch.types.known):
        assert len(column) == len(batch.tokens)
        assert np.isfinite(column.astype(float)).all()


def test_surroundings_tell_prose_from_code_and_other_languages(corrector):
    texts = ["It is the house that we found near the sea.", "x = {a: [b], c: *d}; // <e>", "der Hund und die Katze"]
    batch = TokenBatch(texts, corrector.dictionary)
    around = find_surroundings(texts, batch, ~batch.types.known)
    symbols, english, foreign = (
        [float(values[batch.texts == text].mean()) for text in range(3)]
        for values in (around.symbols, around.english, around.foreign)
    )
    assert symbols[0] == 0 < 0.2 < symbols[1]
    assert english[0] > 0.3 > english[1]
    assert foreign[2] > 0.3 > foreign[0]


def test_a_misspelt_neighbour_is_not_a_new_word_but_a_technical_term_is(corrector):
    wrong, term = (_facts(corrector, f"We found teh {word} near the sea.", "teh") for word in ("hosue", "zlib"))
    assert (wrong["unknown"], wrong["unknown_in_text"]) == (0, 0)
    assert term["unknown"] > 0
    assert term["unknown_in_text"] > 0
