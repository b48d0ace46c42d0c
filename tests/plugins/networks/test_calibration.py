import math

import pytest

from docsight.errors import ConfigError
from docsight.networks.calibration import BetaCalibration, calibrate, min_posteriors, read_calibration
from docsight.networks.spans import ScoredSpan

LABELS = ("PER", "ORG")
CURVE = {"low": 0.9, "high": 0.5, "shift": -0.2}


def test_beta_calibration_by_hand():
    odds = 0.8**2.0 / 0.2**0.5 * math.exp(0.1)
    assert BetaCalibration(low=2.0, high=0.5, shift=0.1).probability(0.8) == pytest.approx(odds / (1 + odds))


def test_beta_calibration_without_arguments_changes_nothing():
    assert [BetaCalibration().probability(p) for p in (0.001, 0.3, 0.999)] == pytest.approx([0.001, 0.3, 0.999])


def test_beta_calibration_rises_strictly_and_stays_between_0_and_1():
    for curve in (BetaCalibration(**CURVE), BetaCalibration(low=20, high=20, shift=20), BetaCalibration(low=0.01)):
        probabilities = [curve.probability(n / 1000) for n in range(1001)]
        assert probabilities == sorted(probabilities)
        assert 0 <= probabilities[0] < probabilities[500] <= probabilities[-1] <= 1
    few = [BetaCalibration(**CURVE).probability(n / 1000) for n in range(1001)]
    assert len(set(few)) == len(few)


def test_beta_calibration_score_is_the_inverse_of_probability():
    curve = BetaCalibration(**CURVE)
    for score in (0.01, 0.4, 0.97):
        assert curve.score(curve.probability(score)) == pytest.approx(score, abs=1e-5)


def test_calibrate_maps_each_label_by_its_own_curve_and_leaves_others_alone():
    spans = [ScoredSpan(0, 1, "PER", 0.8), ScoredSpan(2, 4, "ORG", 0.8)]
    calibration = read_calibration({"ORG": CURVE}, LABELS)
    assert calibrate(spans, calibration) == [
        spans[0],
        ScoredSpan(2, 4, "ORG", BetaCalibration(**CURVE).probability(0.8)),
    ]
    assert calibrate(spans, {}) == spans


def test_min_posteriors_are_those_of_the_probability():
    calibration = read_calibration({"ORG": CURVE}, LABELS)
    assert min_posteriors(0.2, calibration, LABELS) == {"PER": 0.2, "ORG": calibration["ORG"].score(0.2)}


def test_calibration_round_trip():
    calibration = read_calibration({"PER": CURVE}, LABELS)
    assert {label: curve.to_config() for label, curve in calibration.items()} == {"PER": CURVE}


def test_model_without_calibration_has_an_empty_one():
    assert read_calibration(None, LABELS) == {}


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ([], r"calibration: expected an object with labels of the network as keys; found \[\]"),
        (1.5, "calibration: expected an object"),
        ({"MISC": CURVE}, "calibration: expected labels of the network, PER, ORG; found MISC"),
        ({"PER": None}, r"calibration\.PER: expected low, high, shift; found None"),
        ({"PER": {"low": 1}}, r"calibration\.PER: expected low, high, shift; found \{'low': 1\}"),
        ({"PER": CURVE | {"more": 1}}, r"calibration\.PER: expected low, high, shift"),
        ({"PER": CURVE | {"low": 0}}, r"calibration\.PER: expected low to be a number from 0\.01 to 20; found 0"),
        ({"PER": CURVE | {"high": -1}}, r"calibration\.PER: expected high"),
        ({"PER": CURVE | {"shift": float("nan")}}, r"expected shift to be a number from -20 to 20; found nan"),
        ({"PER": CURVE | {"shift": float("inf")}}, "expected shift"),
        ({"PER": CURVE | {"low": "1"}}, "expected low"),
        ({"PER": CURVE | {"low": True}}, "expected low"),
        ({"PER": CURVE | {"low": 10**400}}, "expected low"),
    ],
)
def test_read_calibration_rejects_malformed_settings(config, message):
    with pytest.raises(ConfigError, match=message):
        read_calibration(config, LABELS)
