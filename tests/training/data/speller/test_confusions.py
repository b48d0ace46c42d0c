import numpy as np
import torch

from docsight.spelling.lexicon.tables import ZIPF_STEPS, Lexicon, WordSource
from docsight_training.data.speller.confusions import confusions

BASE = int(WordSource.US | WordSource.UK | WordSource.LOWER)
# By descending frequency; words in no tuple are ordinary words of both varieties.
WORDS = {
    "the": 7.7,
    "in": 7.0,
    "you": 6.9,
    "its": 6.3,
    "it's": 6.2,
    "then": 6.1,
    "n": 5.0,
    "week": 5.0,
    "weeks": 4.9,
    "color": 4.5,
    "colour": 4.5,
    "colon": 4.0,
    "weak": 3.9,
    "u": 3.5,
    "weke": 3.2,
    "thane": 2.0,
    "weeky": 1.0,
}


def _lexicon() -> Lexicon:
    lexicon = Lexicon(num_words=len(WORDS) + 2)
    names = list(WORDS)
    lexicon.sources[2:] = BASE
    lexicon.sources[2 + names.index("weke")] = int(WordSource.FREQUENCY)
    lexicon.zipf[2:] = torch.tensor([zipf * ZIPF_STEPS for zipf in WORDS.values()], dtype=torch.uint8)
    us, uk = 2 + names.index("color"), 2 + names.index("colour")
    lexicon.variant[us], lexicon.variant[uk] = uk, us
    return lexicon


def _same_cost(typed, meant):
    return np.full(len(typed), 4.0)


def _meant(cost=_same_cost, **options) -> dict[str, list[str]]:
    names = list(WORDS)
    offsets, ids = confusions(names, _lexicon(), cost=cost, **options)
    assert offsets.dtype == ids.dtype == np.int32
    assert len(offsets) == len(names) + 3
    assert offsets[0] == offsets[2] == 0
    assert offsets[-1] == len(ids)
    rows = [ids[offsets[at] : offsets[at + 1]] for at in range(2, len(names) + 2)]
    return {name: [names[word - 2] for word in row] for name, row in zip(names, rows, strict=True)}


def test_confusions_are_one_edit_away_and_frequent_enough():
    assert _meant()["then"] == ["the"]


def test_confusions_sound_the_same():
    assert "weak" in _meant()["week"]


def test_confusions_hold_pairs_that_differ_in_an_apostrophe():
    meant = _meant()
    assert meant["its"] == ["it's"]
    assert meant["it's"] == ["its"]


def test_confusions_leave_out_variants_and_bare_s():
    meant = _meant()
    assert meant["color"] == ["colon"]
    assert "weeks" not in meant["week"]
    assert "week" not in meant["weeks"]


def test_confusions_never_mean_what_no_dictionary_has():
    assert "weke" not in _meant()["week"]


def test_confusions_know_what_single_letters_stand_for():
    meant = _meant()
    assert meant["n"][0] == "in"
    assert meant["u"][0] == "you"


def test_confusions_of_rare_words_are_left_to_the_search():
    assert _meant()["thane"] == []


def test_confusions_take_sets_and_listed_pairs_first():
    meant = _meant(sets=[("week", "weeks", "missing")], pairs=[("then", "colon"), ("Weak", "week"), ("tehn", "then")])
    assert meant["week"][0] == "weeks"
    assert meant["weeks"][0] == "week"
    assert meant["then"] == ["colon", "the"]


def test_confusions_are_cut_by_the_cost_that_is_given():
    def cost(typed, meant):
        return np.where(meant == 2 + list(WORDS).index("then"), 0.0, 9.0)

    kept = _meant(cost=cost, most=1)
    assert kept["the"] == ["then"]
    assert max(map(len, kept.values())) == 1
