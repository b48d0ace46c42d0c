import math

import numpy as np
import pytest
import torch

from docsight.spelling.lexicon.trigrams import STEP, Trigrams
from docsight_training.data.speller.tables import count_trigrams

# Two sentences, a b and a c, over the words 2, 3 and 4; 0 is the edge.
IDS = np.array([0, 0, 2, 3, 0, 0, 2, 4, 0, 0])
ZIPF = np.array([0, 0, 5.0, 5.0, 5.0])
# Each word is counted once more by a tenth: of 10.5 in all.
SINGLE = {0: 6.1 / 10.5, 1: 0.1 / 10.5, 2: 2.1 / 10.5, 3: 1.1 / 10.5, 4: 1.1 / 10.5}


def _probability(model: Trigrams, *ids: int) -> float:
    return math.exp(float(model.log_prob(*(torch.tensor([one]) for one in ids))))


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ((1, 1, 3), SINGLE[3]),
        ((1, 2, 3), 0.25 / 2 + 0.75 * 2 / 2 * SINGLE[3]),  # a b: once of two, two followers
        ((1, 0, 2), 1.25 / 5 + 0.75 * 2 / 5 * SINGLE[2]),
        ((0, 0, 2), 1.25 / 2 + 0.75 * 1 / 2 * (1.25 / 5 + 0.75 * 2 / 5 * SINGLE[2])),
        ((0, 2, 3), 0.25 / 2 + 0.75 * 2 / 2 * (0.25 / 2 + 0.75 * SINGLE[3])),
        ((2, 3, 2), 0.75 * 0.75 * SINGLE[2]),  # backs off twice
        ((4, 2, 3), 0.25 / 2 + 0.75 * SINGLE[3]),  # the pair before was never seen: no mass to redistribute
        ((2, 3, 1), 0.75 * 0.75 * SINGLE[1]),
    ],
)
def test_count_trigrams_equals_a_count_by_hand(ids, expected):
    model = count_trigrams(IDS, ZIPF, min_count=1, discount=0.75, corpus=1.0)
    assert math.log(_probability(model, *ids)) == pytest.approx(math.log(expected), abs=1.51 * STEP)


def test_count_trigrams_probabilities_add_up_to_one():
    model = count_trigrams(IDS, ZIPF, min_count=1, corpus=0.5)
    for first, second in ((0, 0), (0, 2), (2, 3), (4, 2), (1, 1), (3, 0)):
        total = sum(_probability(model, first, second, third) for third in range(5))
        assert total == pytest.approx(1.0, abs=0.05)


def test_count_trigrams_drops_rare_pairs_and_triples():
    model = count_trigrams(IDS, ZIPF, min_count=2, corpus=1.0)
    assert (len(model.bigram), len(model.trigram)) == (2, 1)  # edge edge, edge a; edge edge a
    assert _probability(model, 0, 2, 3) == pytest.approx(0.75 * 0.75 * SINGLE[3], rel=0.1)
    assert bool((model.bigram_keys.diff() > 0).all())


def test_count_trigrams_mixes_in_the_zipf_frequencies():
    zipf = np.array([0, 0, 6.0, 5.0, 0])
    listed, mixed = (count_trigrams(IDS, zipf, corpus=corpus) for corpus in (0.0, 0.5))
    ratio = _probability(listed, 1, 1, 2) / _probability(listed, 1, 1, 3)
    assert ratio == pytest.approx(10, rel=0.1)
    assert _probability(mixed, 1, 1, 4) == pytest.approx(SINGLE[4] / 2, rel=0.1)


def test_count_trigrams_refuses_more_words_than_it_can_number():
    with pytest.raises(ValueError, match="Expected fewer than 2,097,152 words; found 2,097,152"):
        count_trigrams(IDS, np.zeros(1 << 21))
