"""What follows from a classifier's logits: calibrated probabilities, and whether to abstain."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from torch import Tensor

from docsight.errors import ConfigError
from docsight.networks.image_classifier import ClassifierOutput, ImageClassifier

_REMOVED = ("probability", "distance", "other_and_distance")  # abstention scores that no shipped model used
_RANGES = (("temperature", 1e-3, 1e3), ("threshold", -1e30, 1e30))
_NO_OTHER = "decision.score=other: the network was trained without an 'other' class (network.other)."


def energy(output: ClassifierOutput) -> Tensor:
    """Return the logarithm of the sum of exponentials of the logits, (batch,) (Liu et al. 2020)."""
    return output.logits.float().logsumexp(dim=1)


def other(output: ClassifierOutput) -> Tensor:
    """Return the log odds of any of the classes against none, (batch,) (after Hendrycks et al. 2019)."""
    if output.other is None:
        raise ConfigError(_NO_OTHER)
    return energy(output) - output.other.float()


ABSTENTION_SCORES: dict[str, Callable[[ClassifierOutput], Tensor]] = {"energy": energy, "other": other}


@dataclass(frozen=True, kw_only=True)
class Decision:
    """How a model decides; in its `config.json` under "decision".

    Args:
        temperature: Divides the logits before they become probabilities (Guo et al. 2017).
        score: The abstention score, a key of `ABSTENTION_SCORES`.
        threshold: An image with a lower abstention score gets no label.

    Raises:
        ConfigError: A setting is out of range.
    """

    temperature: float = 1.0
    score: str = "energy"
    threshold: float = -1e30

    def __post_init__(self) -> None:
        if not isinstance(self.score, str) or self.score not in ABSTENTION_SCORES:
            hint = " It was removed; train the model with model.module.score=energy." if self.score in _REMOVED else ""
            raise ConfigError(
                f"decision.score: expected one of {', '.join(ABSTENTION_SCORES)}; found {self.score!r}.{hint}"
            )
        for name, min_value, max_value in _RANGES:
            value = getattr(self, name)
            # Written so that NaN, which JSON may hold, is out of range.
            if type(value) not in (int, float) or not min_value <= value <= max_value:
                raise ConfigError(
                    f"decision.{name}: expected a number from {min_value:g} to {max_value:g}; found {value!r}."
                )

    @classmethod
    def from_config(cls, settings: Any) -> Self:
        """Make a decision from its entry in a `config.json`; errors as those of the class."""
        if not isinstance(settings, Mapping) or not set(settings) <= set(cls.__dataclass_fields__):
            raise ConfigError(f"decision: expected {', '.join(cls.__dataclass_fields__)}; found {settings!r}.")
        return cls(**settings)

    def to_config(self) -> dict[str, Any]:
        return asdict(self)

    def check(self, network: ImageClassifier) -> None:
        """Raise a `ConfigError` if the network lacks the output that the score needs."""
        if self.score == "other" and not network.has_other:
            raise ConfigError(_NO_OTHER)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probability of each class, (batch, labels), for images that belong to one of them."""
        return (logits.float() / self.temperature).softmax(dim=1)

    def in_domain(self, output: ClassifierOutput) -> Tensor:
        """Return the abstention score of each image, (batch,); higher is more like the training images."""
        return ABSTENTION_SCORES[self.score](output)
