"""What is made of the network's logits: probabilities that can be trusted, and whether a picture is of its world."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import torch
from torch import Tensor

from docsight.errors import ConfigError
from docsight.networks.image_classifier import ImageClassifier, ImageReading


@dataclass(frozen=True, kw_only=True)
class Decision:
    """How a model decides; in its `config.json` under "decision".

    Args:
        temperature: What logits are divided by before they become probabilities (Guo et al. 2017).
        score: Which of `SCORES` is the abstention score.
        threshold: A picture with a lower one gets no label.

    Raises:
        ConfigError: A setting cannot work.
    """

    temperature: float = 1.0
    score: str = "energy"
    threshold: float = -1e30

    def __post_init__(self) -> None:
        if not isinstance(self.score, str) or self.score not in SCORES:
            raise ConfigError(f"decision.score: expected one of {', '.join(SCORES)}; found {self.score!r}.")
        for name, least, most in (("temperature", 1e-3, 1e3), ("threshold", -1e30, 1e30)):
            value = getattr(self, name)
            if type(value) not in (int, float) or not least <= value <= most:  # NaN, which JSON may hold, is neither
                raise ConfigError(f"decision.{name}: expected a number from {least:g} to {most:g}; found {value!r}.")

    @classmethod
    def from_config(cls, settings: Any) -> Self:
        """Make it from what a `config.json` holds.

        Raises:
            ConfigError: This is no decision.
        """
        if not isinstance(settings, Mapping) or not set(settings) <= set(cls.__dataclass_fields__):
            raise ConfigError(f"decision: expected {', '.join(cls.__dataclass_fields__)}; found {settings!r}.")
        return cls(**settings)

    def to_config(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self)

    def check(self, network: ImageClassifier) -> None:
        """Hold it against the network that it is for.

        Raises:
            ConfigError: The network has no output for the score.
        """
        if self.score.startswith("other") and not network.has_other:
            raise ConfigError(
                f"decision.score={self.score}: the network was trained without pictures of nothing (network.other)."
            )

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probability of each class, (batch, labels), for pictures that are of one of them."""
        return (logits.float() / self.temperature).softmax(dim=1)

    def in_domain(self, network: ImageClassifier, reading: ImageReading) -> Tensor:
        """Return the abstention score of each picture, (batch,); the higher, the more like what was trained on.

        Raises:
            ConfigError: The network has no output for that score.
        """
        return SCORES[self.score](network, reading)


def energy(_: ImageClassifier, reading: ImageReading) -> Tensor:
    """Return the logarithm of the sum of exponentials of the logits (Liu et al. 2020)."""
    return reading.logits.float().logsumexp(dim=1)


def probability(_: ImageClassifier, reading: ImageReading) -> Tensor:
    """Return the highest probability (Hendrycks and Gimpel 2017)."""
    return reading.logits.float().softmax(dim=1).amax(dim=1)


def distance(network: ImageClassifier, reading: ImageReading) -> Tensor:
    """Return the distance to the nearest class mean, negative, by the classes' common covariance (Lee et al. 2018)."""
    away = (reading.features.float()[:, None] - network.class_means.float()) @ network.whiten.float()
    return -away.square().mean(dim=2).amin(dim=1).sqrt()  # per dimension, so that 1 is what is usual


def other(_: ImageClassifier, reading: ImageReading) -> Tensor:
    """Return the log odds of being one of the classes against being none (after Hendrycks et al. 2019)."""
    if reading.other is None:
        raise ConfigError("decision.score=other: the network was trained without pictures of nothing (network.other).")
    return reading.logits.float().logsumexp(dim=1) - reading.other.float()


def other_and_distance(network: ImageClassifier, reading: ImageReading) -> Tensor:
    """Return the log odds less a multiple of the distance: far from all that was seen counts against a picture."""
    return other(network, reading) + 4 * distance(network, reading)


SCORES: dict[str, Callable[[ImageClassifier, ImageReading], Tensor]] = {
    "energy": energy,
    "probability": probability,
    "distance": distance,
    "other": other,
    "other_and_distance": other_and_distance,
}


@torch.no_grad()
def fit_classes(network: ImageClassifier, features: Tensor, labels: Tensor, *, shrink: float = 0.1) -> None:
    """Set the class means and the whitening of `distance` by pictures of the classes.

    Args:
        network: The network whose buffers are set.
        features: (pictures, width), what the network makes of pictures.
        labels: (pictures,), their classes.
        shrink: The share of the mean variance in the covariance, for directions that vary hardly at all.
    """
    features = features.double()
    # A class that has no pictures takes the mean of one that has: no distance to the nearest changes by that.
    members = [features[labels == label] for label in range(len(network.labels))]
    some = next(group for group in members if len(group)).mean(dim=0)
    means = torch.stack([group.mean(dim=0) if len(group) else some for group in members])
    away = features - means[labels]
    covariance = away.T @ away / len(away)
    width = len(covariance)
    covariance = (1 - shrink) * covariance + shrink * covariance.trace() / width * torch.eye(width, dtype=torch.double)
    values, vectors = torch.linalg.eigh(covariance)
    network.class_means.copy_(means)
    network.whiten.copy_(vectors / values.clamp(min=1e-8).sqrt())


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """Return the temperature at which the probabilities fit best: the least log loss, by golden-section search.

    Args:
        logits: (pictures, labels).
        labels: (pictures,), the right classes.
    """

    def loss(power: float) -> float:
        return float(torch.nn.functional.cross_entropy(logits.float() / math.exp(power), labels))

    low, high = math.log(0.05), math.log(20.0)
    ratio = (math.sqrt(5) - 1) / 2
    while high - low > 1e-3:
        first, second = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, second) if loss(first) < loss(second) else (first, high)
    return round(math.exp((low + high) / 2), 4)
