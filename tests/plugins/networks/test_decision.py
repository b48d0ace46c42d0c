import math

import pytest
import torch

from docsight.errors import ConfigError
from docsight.networks.decision import SCORES, Decision, fit_classes, fit_temperature
from docsight.networks.image_classifier import ImageClassifier, ImageReading


@pytest.fixture
def network() -> ImageClassifier:
    return ImageClassifier(labels=["a", "b"], channels=1, blocks=[[2]], other=True)


def _reading(logits=((2.0, 0.0),), features=((0.0, 0.0),), other=(0.0,)) -> ImageReading:
    return ImageReading(torch.tensor(logits), torch.tensor(features), None if other is None else torch.tensor(other))


def test_decision_probabilities_are_those_at_its_temperature():
    logits = torch.tensor([[2.0, 0.0], [0.0, 0.0]])
    assert Decision(temperature=2.0).probabilities(logits)[:, 0].tolist() == pytest.approx(
        [1 / (1 + math.exp(-1)), 0.5]
    )
    assert Decision().probabilities(logits).sum(dim=1).tolist() == pytest.approx([1, 1])


def test_decision_energy_and_probability_by_hand(network):
    reading = _reading()
    energy, probability = (Decision(score=name).in_domain(network, reading) for name in ("energy", "probability"))
    assert energy.tolist() == pytest.approx([math.log(math.exp(2) + 1)])
    assert probability.tolist() == pytest.approx([1 / (1 + math.exp(-2))])


def test_decision_other_is_the_log_odds_against_none(network):
    found = Decision(score="other").in_domain(network, _reading(other=(3.0,)))
    assert found.tolist() == pytest.approx([math.log(math.exp(2) + 1) - 3])


def test_decision_distance_is_to_the_nearest_mean_by_the_whitening(network):
    network.class_means.copy_(torch.tensor([[0.0, 0.0], [10.0, 0.0]]))
    network.whiten.copy_(torch.diag(torch.tensor([1.0, 2.0])))
    features = ((3.0, 2.0), (10.0, 0.0), (9.0, 0.0))
    reading = _reading(((0.0, 0.0),) * 3, features, (0.0,) * 3)
    found = Decision(score="distance").in_domain(network, reading)
    assert found.tolist() == pytest.approx([-math.sqrt((9 + 16) / 2), 0, -math.sqrt(1 / 2)], abs=1e-6)
    both = Decision(score="other_and_distance").in_domain(network, reading)
    assert both.tolist() == pytest.approx([math.log(2) + 4 * float(value) for value in found], abs=1e-5)


def test_decision_scores_are_one_a_picture_and_finite(network):
    reading = _reading(((1.0, 2.0),) * 4, ((1.0, 2.0),) * 4, (1.0,) * 4)
    for name, score in SCORES.items():
        found = score(network, reading)
        assert found.shape == (4,), name
        assert found.isfinite().all(), name


@pytest.mark.parametrize("score", ["other", "other_and_distance"])
def test_decision_wants_a_network_that_has_the_output(score):
    plain = ImageClassifier(labels=["a", "b"], channels=1, blocks=[[2]])
    decision = Decision(score=score)
    with pytest.raises(ConfigError, match=r"trained without pictures of nothing \(network\.other\)"):
        decision.in_domain(plain, _reading(other=None))
    with pytest.raises(ConfigError, match=f"decision.score={score}: the network was trained without"):
        decision.check(plain)
    for name in ("energy", "probability", "distance"):
        Decision(score=name).check(plain)


def test_decision_round_trip():
    decision = Decision(temperature=1.5, score="other", threshold=-2)
    assert Decision.from_config(decision.to_config()) == decision


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (None, "decision: expected temperature, score, threshold; found None"),
        ({"thresholds": 1}, "decision: expected temperature"),
        ({"score": "luck"}, r"decision\.score: expected one of energy, .*; found 'luck'"),
        ({"score": []}, r"decision\.score"),
        ({"threshold": float("nan")}, r"decision\.threshold: expected a number from -1e\+30 to 1e\+30; found nan"),
        ({"threshold": float("inf")}, r"decision\.threshold"),
        ({"threshold": float("-inf")}, r"decision\.threshold"),
        ({"threshold": None}, r"decision\.threshold"),
        ({"threshold": "0"}, r"decision\.threshold"),
        ({"threshold": True}, r"decision\.threshold"),
        ({"temperature": 0}, r"decision\.temperature: expected a number from 0\.001 to 1000; found 0"),
        ({"temperature": 10**400}, r"decision\.temperature"),
    ],
)
def test_decision_names_what_cannot_work(config, message):
    with pytest.raises(ConfigError, match=message):
        Decision.from_config(config)


def test_fit_classes_whitens_the_features_of_the_classes():
    wide = ImageClassifier(labels=["a", "b", "c"], channels=1, blocks=[[5]])
    generator = torch.Generator().manual_seed(1)
    labels = torch.arange(3).repeat(2000)
    mixing = torch.randn(5, 5, generator=generator)
    centres = 10 * torch.randn(3, 5, generator=generator)
    features = centres[labels] + torch.randn(6000, 5, generator=generator) @ mixing
    fit_classes(wide, features, labels, shrink=0.0)
    assert torch.allclose(wide.class_means, centres, atol=0.3)
    white = (features - wide.class_means[labels]) @ wide.whiten
    assert torch.allclose(white.T @ white / 6000, torch.eye(5), atol=0.01)
    near = Decision(score="distance").in_domain(wide, ImageReading(torch.zeros(6000, 3), features, None))
    assert float(near.mean()) == pytest.approx(-0.95, abs=0.1)  # 1 is what is usual


def test_fit_classes_shrinks_what_does_not_vary():
    flat = ImageClassifier(labels=["a"], channels=1, blocks=[[2]])
    features = torch.stack([torch.randn(1000, generator=torch.Generator().manual_seed(1)), torch.zeros(1000)], dim=1)
    fit_classes(flat, features, torch.zeros(1000, dtype=torch.long))
    assert flat.whiten.isfinite().all()
    assert flat.whiten.abs().max() < 10


def test_fit_classes_of_a_class_without_pictures_stays_finite():
    network = ImageClassifier(labels=["a", "b", "c"], channels=1, blocks=[[2]])
    features = torch.tensor([[0.0, 1.0], [0.0, 3.0], [5.0, 1.0], [7.0, 1.0]])
    fit_classes(network, features, torch.tensor([1, 1, 2, 2]))
    assert network.class_means.tolist() == [[0, 2], [0, 2], [6, 1]]
    assert network.whiten.isfinite().all()


@pytest.mark.parametrize("truth", [0.5, 1.0, 3.0])
def test_fit_temperature_finds_the_one_that_the_labels_were_drawn_at(truth):
    generator = torch.Generator().manual_seed(1)
    logits = 4 * torch.randn(20_000, 4, generator=generator)
    labels = torch.multinomial((logits / truth).softmax(dim=1), 1, generator=generator)[:, 0]
    assert fit_temperature(logits, labels) == pytest.approx(truth, rel=0.05)


def test_fit_temperature_stays_within_its_bounds():
    logits = torch.tensor([[5.0, 0.0]] * 10)
    assert 0.05 <= fit_temperature(logits, torch.zeros(10, dtype=torch.long)) < 0.5  # all right: cold
    assert 19 <= fit_temperature(logits, torch.ones(10, dtype=torch.long)) <= 20.01
