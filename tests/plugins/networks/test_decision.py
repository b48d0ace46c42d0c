import math

import pytest
import torch

from docsight.errors import ConfigError
from docsight.networks.image_classifier import ClassifierOutput, Decision, ImageClassifier


def _output(other: float | None = 0.0) -> ClassifierOutput:
    return ClassifierOutput(
        torch.tensor([[2.0, 0.0]]), torch.zeros(1, 2), None if other is None else torch.tensor([other])
    )


def test_decision_probabilities_use_its_temperature():
    logits = torch.tensor([[2.0, 0.0], [0.0, 0.0]])
    assert Decision(temperature=2.0).probabilities(logits)[:, 0].tolist() == pytest.approx(
        [1 / (1 + math.exp(-1)), 0.5]
    )
    assert Decision().probabilities(logits).sum(dim=1).tolist() == pytest.approx([1, 1])


def test_decision_energy_by_hand():
    assert Decision(score="energy").in_domain(_output()).tolist() == pytest.approx([math.log(math.exp(2) + 1)])


def test_decision_other_is_the_log_odds_against_none():
    in_domain = Decision(score="other").in_domain(_output(other=3.0))
    assert in_domain.tolist() == pytest.approx([math.log(math.exp(2) + 1) - 3])


def test_decision_other_needs_a_network_with_an_other_class():
    network = ImageClassifier(labels=["a", "b"], channels=1, blocks=[[2]])
    with pytest.raises(ConfigError, match=r"trained without an 'other' class \(network\.other\)"):
        Decision(score="other").in_domain(_output(other=None))
    with pytest.raises(ConfigError, match=r"decision\.score=other: the network was trained without"):
        Decision(score="other").check(network)
    Decision(score="energy").check(network)


def test_decision_round_trip():
    decision = Decision(temperature=1.5, score="other", threshold=-2)
    assert Decision.from_config(decision.to_config()) == decision


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (None, "decision: expected temperature, score, threshold; found None"),
        ({"thresholds": 1}, "decision: expected temperature"),
        ({"score": "luck"}, r"decision\.score: expected one of energy, other; found 'luck'"),
        (
            {"score": "distance"},
            r"decision\.score: expected one of energy, other; found 'distance'\. It was removed; train",
        ),
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
def test_decision_rejects_invalid_settings(config, message):
    with pytest.raises(ConfigError, match=message):
        Decision.from_config(config)
