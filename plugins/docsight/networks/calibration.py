"""Calibration of a tagger: for each label, a map from a span's posterior to the probability that it is right.

The maps are in the model's `config.json` under "calibration". They rise strictly, so they keep the order of the spans
of a label, and they do not change which spans are found.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from docsight.errors import ConfigError
from docsight.networks.spans import ScoredSpan

# Scores this close to 0 or 1 count as equal, because float32 stores a posterior near 1 no more exactly than this.
EDGE = 1e-5
# Far beyond any useful number; they limit a malformed config, and keep the exponential from overflowing.
MIN_SLOPE, MAX_SLOPE, MAX_SHIFT = 0.01, 20.0, 20.0


@dataclass(frozen=True)
class BetaCalibration:
    """The map p -> sigmoid(low * ln p - high * ln(1 - p) + shift) (Kull, Silva Filho and Flach 2017).

    With `low == high` it is Platt scaling of the log odds, and without a shift temperature scaling.

    Args:
        low: The slope near p = 0. Below 1, small scores rise.
        high: The slope near p = 1. Below 1, scores near 1 fall.
        shift: Added to the log odds.

    Raises:
        ConfigError: A number is out of range.
    """

    low: float = 1.0
    high: float = 1.0
    shift: float = 0.0

    def __post_init__(self) -> None:
        for name, min_value, max_value in (
            ("low", MIN_SLOPE, MAX_SLOPE),
            ("high", MIN_SLOPE, MAX_SLOPE),
            ("shift", -MAX_SHIFT, MAX_SHIFT),
        ):
            value = getattr(self, name)
            # Written so that NaN, which JSON may hold, is out of range.
            if type(value) not in (int, float) or not min_value <= value <= max_value:
                raise ConfigError(
                    f"expected {name} to be a number from {min_value:g} to {max_value:g}; found {value!r}."
                )

    @classmethod
    def from_config(cls, settings: Any) -> Self:
        """Make a map from its entry in a `config.json`; raises the errors of the class."""
        names = [field.name for field in fields(cls)]
        if not isinstance(settings, Mapping) or set(settings) != set(names):
            raise ConfigError(f"expected {', '.join(names)}; found {settings!r}.")
        return cls(**settings)

    def to_config(self) -> dict[str, float]:
        return asdict(self)

    def probability(self, score: float) -> float:
        """Return the calibrated probability of a posterior from 0 to 1."""
        score = min(max(score, EDGE), 1 - EDGE)
        log_odds = self.low * math.log(score) - self.high * math.log1p(-score) + self.shift
        return 1 / (1 + math.exp(-log_odds))

    def score(self, probability: float) -> float:
        """Return the posterior whose calibrated probability is the given one, from 0 to 1, by bisection."""
        low, high = 0.0, 1.0
        while high - low > EDGE / 10:
            middle = (low + high) / 2
            low, high = (middle, high) if self.probability(middle) < probability else (low, middle)
        return (low + high) / 2


Calibration = Mapping[str, BetaCalibration]  # by label; a label without an entry keeps its posteriors


def read_calibration(settings: Any, labels: Sequence[str]) -> dict[str, BetaCalibration]:
    """Read the entry "calibration" of a model's config; None, of a model without one, is an empty calibration.

    Raises:
        ConfigError: It is malformed, or has a label that the network lacks.
    """
    if settings is None:
        return {}
    if not isinstance(settings, Mapping):
        raise ConfigError(f"calibration: expected an object with labels of the network as keys; found {settings!r}.")
    if unknown := [label for label in settings if label not in labels]:
        raise ConfigError(
            f"calibration: expected labels of the network, {', '.join(labels)}; found {', '.join(map(str, unknown))}."
        )
    calibration = {}
    for label, entry in settings.items():
        try:
            calibration[label] = BetaCalibration.from_config(entry)
        except ConfigError as err:
            raise ConfigError(f"calibration.{label}: {err}") from err
    return calibration


def calibrate(spans: Sequence[ScoredSpan], calibration: Calibration) -> list[ScoredSpan]:
    """Return the spans with calibrated scores."""
    return [
        ScoredSpan(*span[:3], calibration[span.label].probability(span.score)) if span.label in calibration else span
        for span in spans
    ]


def min_posteriors(probability: float, calibration: Calibration, labels: Sequence[str]) -> dict[str, float]:
    """Return for each label the posterior from which on its spans have at least this probability."""
    return {label: calibration[label].score(probability) if label in calibration else probability for label in labels}
