from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from docsight.networks.ranker import FEATURES, NUM_FEATURES
from docsight.spelling.arrays import starts_of
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.candidate_groups import CandidateGroups, ModelScores
from docsight.spelling.correction.features import make_features
from docsight.spelling.lexicon.dictionary import WordFacts
from docsight.spelling.lexicon.tables import WordSource

# Ids of words: 2 the, 3 they, 4 a, 5 lot, 6 Paris, 7 colour, 8 untill (listed alone), 9 gnu (rare), 10 its, 11 it's,
# 12 an unknown word as typed: teh.
SOURCES = [
    0,
    0,
    *[int(WordSource.US | WordSource.UK | WordSource.LOWER)] * 4,
    int(WordSource.US | WordSource.UK | WordSource.PROPER),
    int(WordSource.UK | WordSource.LOWER),
    int(WordSource.FREQUENCY),
    int(WordSource.LARGE | WordSource.LOWER),
    *[int(WordSource.US | WordSource.UK | WordSource.LOWER)] * 2,
    0,
]
WORDS = WordFacts(
    sources=np.array(SOURCES, np.uint8),
    zipf=np.array([0, 0, 7, 6, 7, 5, 4, 4, 3, 2, 6, 6, 0], np.float32),
    letters=np.array([0, 0, 3, 4, 1, 3, 5, 6, 6, 3, 3, 4, 3]),
    initial=np.frombuffer(b"\0\0ttalpcugiit", np.uint8),
    bare=np.array([0, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 12], np.uint64),
)


def _groups(*groups: list[tuple[int, int, float, int]], span: tuple[int, ...] = ()) -> CandidateGroups:
    """Make groups of rows (first, second, cost, pair), the word as typed first."""
    rows = [row for group in groups for row in group]
    first, second, cost, pair = (np.array(column) for column in zip(*rows, strict=True)) if rows else [np.zeros(0)] * 4
    sizes = np.array([len(group) for group in groups], dtype=np.int64)
    start = starts_of(sizes)
    typed = np.zeros(len(rows), dtype=bool)
    typed[start[:-1]] = True
    spans = np.array(span or [1] * len(groups), dtype=np.int64)
    token = np.arange(len(groups))
    return CandidateGroups(
        token, spans, start, first.astype(int), second.astype(int), typed, cost.astype("f4"), pair.astype(int)
    )


def _batch(groups: CandidateGroups, **values) -> TokenBatch:
    """Stand in for a batch of texts of one token each; the values are facts about the tokens."""
    count = len(groups.token)
    no, zero, one_each = np.zeros(count, dtype=bool), np.zeros(count, np.int64), np.arange(count)
    plain = {
        "ids": groups.first[groups.start[:-1]],
        "casings": zero + 1,
        "letters": zero + 3,
        **dict.fromkeys(("known", "first_of_sentence", "lower_sentence", "upper_sentence", "beside_title"), no),
        **dict.fromkeys(("possessive", "suspicious", "alone"), no),
        **dict.fromkeys(("repeats", "variety"), zero),
    }
    facts = plain | {name: np.array(value) for name, value in values.items()}
    types = SimpleNamespace(**{name: facts.pop(name) for name in ("known", "letters", "possessive")})
    return cast(TokenBatch, SimpleNamespace(types=types, tokens=one_each, texts=one_each, **facts))


def _scores(groups: CandidateGroups, **values) -> ModelScores:
    none = np.zeros(len(groups.first), np.float32)
    named = {"context": none, "left": none, "right": none, "right_two": none}
    return ModelScores(**(named | {name: np.array(value, np.float32) for name, value in values.items()}))


def _made(groups: CandidateGroups, places: dict | None = None, scores: dict | None = None) -> dict[str, list[float]]:
    made = make_features(groups, _batch(groups, **(places or {})), _scores(groups, **(scores or {})), WORDS)
    assert made.dtype == np.float32
    assert made.shape == (len(groups.first), NUM_FEATURES)
    return {name: [round(float(value), 4) for value in made[:, at]] for at, name in enumerate(FEATURES)}


TEH = [(12, 0, 0.0, 0), (2, 0, 2.5, 2), (3, 0, 5.0, 0)]
ALOT = [(12, 0, 0.0, 0), (4, 5, 3.0, 1), (5, 0, 4.0, 1)]


def test_features_have_names_each_once():
    assert len(set(FEATURES)) == NUM_FEATURES


def test_features_of_costs_and_scores_are_differences_from_the_typed_word():
    found = _made(
        _groups(TEH),
        scores={"context": [-9, -3, -5], "left": [-8, -2, -6], "right": [-4, -3, -5], "right_two": [-1, -1, -3]},
    )
    expected = {
        "typed": [1, 0, 0],
        "cost": [0, 2.5, 5],
        "little_cost": [0, 2.5, 3],
        "zipf": [0, 7, 6],
        "context": [0, 6, 4],
        "context_best": [-6, 0, -2],
        "left": [0, 6, 2],
        "right": [0, 1, -1],
        "right_two": [0, 0, -2],
        "trigram": [0, 7, -1],
        "trigram_best": [-7, 0, -8],
        "posterior": [0, 3.5, -1],
        "posterior_best": [-3.5, 0, -4.5],
        "pair": [0, 1, 0],
        "only_pair": [0, 1, 0],
        "same_first": [0, 1, 1],
        "longer": [0, 0, 1],
        "base": [0, 1, 1],
        "min_cost": [2.5, 0, 0],
        "has_pair": [1, 0, 0],
        "num_candidates": [round(float(np.log(3)), 4), 0, 0],
    }
    assert {name: found[name] for name in expected} == expected


def test_features_clip_the_context_score():
    assert _made(_groups(TEH), scores={"context": [0, 40, -40]})["context"] == [0, 15, -15]


def test_features_of_two_words_for_one():
    found = _made(_groups(ALOT))
    assert found["split"] == [0, 1, 0]
    assert found["zipf"] == [0, 5, 5]  # of the rarer part
    assert found["longer"] == [0, 0, 0]
    assert found["only_pair"] == [0, 0, 0]
    assert found["join"] == [0, 0, 0]


def test_features_of_one_word_for_two():
    found = _made(_groups([(4, 5, 0.0, 0), (2, 0, 3.0, 0)], span=(2,)))
    assert found["join"] == [0, 1]
    assert found["split"] == [0, 0]
    assert found["longer"] == [0, 0]


@pytest.mark.parametrize(
    ("word", "kinds"), [(2, ["base"]), (6, ["proper"]), (8, ["listed"]), (9, ["large"]), (7, ["base"]), (12, [])]
)
def test_features_distinguish_the_kinds_of_words(word, kinds):
    names = ("base", "large", "proper", "listed")
    found = _made(_groups([(12, 0, 0.0, 0), (word, 0, 1.0, 0)]))
    assert [name for name in names if found[name][1]] == kinds
    assert not any(found[name][0] for name in names)
    found = _made(_groups([(word, 0, 0.0, 0), (3, 0, 1.0, 0)]))
    assert [name for name in names if found[f"typed_{name}"][0]] == kinds
    assert found["typed_zipf"] == [WORDS.zipf[word], 0]


def test_features_mark_words_that_differ_in_apostrophes():
    assert _made(_groups([(10, 0, 0.0, 0), (11, 0, 1.0, 0), (2, 0, 1.0, 0)]))["apostrophe"] == [0, 1, 0]


@pytest.mark.parametrize(
    ("variety", "expected"), [(0, [0, 0, 0]), (int(WordSource.UK), [0, 0, 0]), (int(WordSource.US), [0, 1, 0])]
)
def test_features_mark_words_of_the_other_variety(variety, expected):
    groups = _groups([(12, 0, 0.0, 0), (7, 0, 1.0, 0), (2, 0, 1.0, 0)])
    assert _made(groups, {"variety": [variety]})["other_variety"] == expected


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ({"casings": [2]}, ["title_inside"]),
        ({"casings": [2], "first_of_sentence": [True]}, ["title_start"]),
        ({"casings": [3]}, ["upper"]),
        ({"casings": [4]}, ["initial"]),
        ({"casings": [2], "beside_title": [True]}, ["title_inside", "beside_title"]),
        ({"beside_title": [True]}, []),  # a lower-case word beside a name
        ({"casings": [2], "repeats": [4]}, ["title_inside", "repeats"]),
        ({"casings": [2], "repeats": [4], "first_of_sentence": [True]}, ["title_start", "repeats"]),
        ({"repeats": [4]}, []),  # in lower case it is no name
        ({"known": [True]}, ["known"]),
        ({"possessive": [True]}, ["possessive"]),
        ({"suspicious": [True]}, ["suspicious"]),
        ({"lower_sentence": [True]}, ["lower_sentence"]),
        ({"upper_sentence": [True]}, ["upper_sentence"]),
    ],
)
def test_features_of_the_place_are_set_only_for_the_typed_word(places, expected):
    found = _made(_groups([(12, 0, 0.0, 0), (2, 0, 1.0, 0)]), places)
    names = ("title_inside", "title_start", "upper", "initial", "lower_sentence", "upper_sentence", "beside_title")
    names += ("repeats", "known", "possessive", "suspicious")
    assert [name for name in names if found[name][0]] == expected
    assert not any(found[name][1] for name in names)


@pytest.mark.parametrize(("letters", "expected"), [(1, (1, 3)), (4, (4, 0)), (30, (14, 0))])
def test_features_count_letters(letters, expected):
    found = _made(_groups(TEH), {"letters": [letters]})
    assert (found["letters"][0], found["few_letters"][0]) == expected


def test_features_of_groups_do_not_depend_on_each_other():
    context = [-9, -3, -5, -7, -6, -1]
    both = _made(_groups(TEH, ALOT), scores={"context": context})
    one, other = (
        _made(_groups(TEH), scores={"context": context[:3]}),
        _made(_groups(ALOT), scores={"context": context[3:]}),
    )
    assert both == {name: one[name] + other[name] for name in FEATURES}


def test_features_of_a_word_without_candidates():
    found = _made(_groups([(12, 0, 0.0, 0)]))
    assert found["num_candidates"] == [0]
    assert found["min_cost"] == [20]
    assert found["context_best"] == [0]


def test_features_of_no_groups_are_empty():
    assert make_features(_groups(), _batch(_groups()), _scores(_groups()), WORDS).shape == (0, NUM_FEATURES)


def test_groups_select_keeps_the_rows_of_groups():
    groups = _groups(TEH, ALOT, [(10, 0, 0.0, 0)])
    kept = groups.select(np.array([False, True, True]))
    assert kept.token.tolist() == [1, 2]
    assert kept.start.tolist() == [0, 3, 4]
    assert kept.first.tolist() == [12, 4, 5, 10]
    assert kept.second.tolist() == [0, 5, 0, 0]
    assert kept.typed.tolist() == [True, False, False, True]
    assert kept.cost.tolist() == [0, 3, 4, 0]
    assert kept.pair.tolist() == [0, 1, 1, 0]
    assert kept.of.tolist() == [0, 0, 0, 1]
    assert groups.select(np.zeros(3, dtype=bool)).start.tolist() == [0]
