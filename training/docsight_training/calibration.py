"""Fit the decision of an image classifier to validation images: temperature and abstention threshold."""

import math

import torch
from torch import Tensor

from docsight.networks.decision import ABSTENTION_SCORES, Decision
from docsight.networks.image_classifier import ClassifierOutput

_IN_DOMAIN_RECALL = 0.95  # the fraction of the images that pass the threshold of the abstention score
_MIN_TEMPERATURE, _MAX_TEMPERATURE = 0.05, 20.0


def fit_decision(output: ClassifierOutput, labels: Tensor, *, score: str) -> Decision:
    """Fit temperature and threshold.

    Args:
        output: What the network returns for the images.
        labels: (images,), their classes; negative for images that belong to none, which are ignored.
        score: The abstention score.
    """
    known = labels >= 0
    scores = ABSTENTION_SCORES[score](output)[known]
    threshold = float(scores.double().quantile(1 - _IN_DOMAIN_RECALL))
    temperature = fit_temperature(output.logits[known], labels[known])
    return Decision(temperature=temperature, score=score, threshold=round(threshold, 4))


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """Return the temperature with the lowest log loss, by golden-section search.

    Args:
        logits: (images, labels).
        labels: (images,), the correct classes.
    """

    def loss(power: float) -> float:
        return float(torch.nn.functional.cross_entropy(logits.float() / math.exp(power), labels))

    low, high = math.log(_MIN_TEMPERATURE), math.log(_MAX_TEMPERATURE)
    ratio = (math.sqrt(5) - 1) / 2
    while high - low > 1e-3:
        first, second = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, second) if loss(first) < loss(second) else (first, high)
    return round(math.exp((low + high) / 2), 4)
