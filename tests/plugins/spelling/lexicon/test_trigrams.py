"""The model by hand-set tables; its counting is tested in tests/training/test_trigrams.py."""

import pytest
import torch

from docsight.spelling.lexicon.trigrams import STEP, Trigrams, hash_ids

UNIGRAM = [10, 20, 30, 40, 50]
BACKOFF = [1, 2, 3, 4, 5]


def _model() -> Trigrams:
    model = Trigrams(num_words=5, num_bigrams=2, num_trigrams=1)
    model.unigram.copy_(torch.tensor(UNIGRAM))
    model.unigram_backoff.copy_(torch.tensor(BACKOFF))
    keys = hash_ids(torch.tensor([2, 3]), torch.tensor([3, 4]))
    order = keys.argsort()
    model.bigram_keys.copy_(keys[order])
    model.bigram.copy_(torch.tensor([60, 70])[order])
    model.bigram_backoff.copy_(torch.tensor([6, 7])[order])
    model.trigram_keys.copy_(hash_ids(torch.tensor([2]), torch.tensor([3]), torch.tensor([4])))
    model.trigram.fill_(80)
    return model


def _log_prob(model: Trigrams, *ids: int) -> float:
    return float(model.log_prob(*(torch.tensor([one]) for one in ids)))


@pytest.mark.parametrize(
    ("ids", "steps"),
    [
        ((2, 3, 4), 80),  # as stored
        ((0, 3, 4), 70),  # the pair is stored, its context not
        ((0, 2, 3), 60),
        ((2, 3, 2), 30 + 4 + 6),  # neither; the context is: both back off
        ((3, 4, 2), 30 + 5 + 7),
        ((4, 4, 4), 50 + 5),
        ((0, 0, 1), 20 + 1),
    ],
)
def test_trigrams_backs_off(ids, steps):
    assert _log_prob(_model(), *ids) == pytest.approx(-steps * STEP)


def test_trigrams_bigram_after_a_stored_context_takes_its_back_off():
    model = Trigrams(num_words=5, num_bigrams=2, num_trigrams=0)
    keys = hash_ids(torch.tensor([2, 3]), torch.tensor([3, 4]))
    order = keys.argsort()
    model.bigram_keys.copy_(keys[order])
    model.bigram.copy_(torch.tensor([60, 70])[order])
    model.bigram_backoff.copy_(torch.tensor([6, 7])[order])
    assert _log_prob(model, 2, 3, 4) == pytest.approx(-(70 + 6) * STEP)


def test_trigrams_accepts_ids_of_any_shape_and_integer_type():
    model = _model()
    ids = torch.tensor([[2, 3, 4], [2, 3, 2]])
    first, second, third = ids.T.reshape(3, 1, 2)
    expected = [[-80 * STEP, -40 * STEP]]
    assert model.log_prob(first, second, third).tolist() == expected
    assert model.log_prob(first.int(), second.int(), third.int()).tolist() == expected
    assert model.log_prob(third[:, :0], third[:, :0], third[:, :0]).shape == (1, 0)


def test_trigrams_without_entries_knows_single_words():
    model = Trigrams(num_words=5, num_bigrams=0, num_trigrams=0)
    model.unigram.copy_(torch.tensor(UNIGRAM))
    assert _log_prob(model, 2, 3, 4) == -50 * STEP


def test_hash_ids_never_changes():
    # Model folders hold these hashes.
    first, second = torch.tensor([0, 2, 3, 99999]), torch.tensor([0, 3, 2, 12345])
    assert hash_ids(first, second).tolist() == [0, -778561826, 2067451093, 152781694]
    three = (torch.tensor([0, 2, 4, 99999]), torch.tensor([0, 3, 3, 12345]), torch.tensor([0, 4, 2, 77]))
    assert hash_ids(*three).tolist() == [0, -505284728, 1053246994, -2132719808]


def test_hash_ids_rarely_collides():
    ids = torch.cartesian_prod(torch.arange(300), torch.arange(300))
    hashes = hash_ids(*ids.T)
    assert hashes.dtype == torch.int32
    assert len(hashes.unique()) > len(ids) - 8  # 90,000 of 2**32: about one collision is expected
    assert abs(float((hashes > 0).float().mean()) - 0.5) < 0.01
