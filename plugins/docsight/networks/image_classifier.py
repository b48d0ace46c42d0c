"""The convolutional network of `cnn_imagecat`, and what its logits mean: probabilities and abstention."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Self, cast

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from docsight.errors import ConfigError
from docsight.layers.convolutions import ConvBlock
from docsight.layers.lstms import fast_evaluation
from docsight.tags import check_labels
from docsight.weights import keep_saved_names

# Far above any useful number; they limit a malformed config.
MAX_CLASSES, MAX_CONV_LAYERS, MAX_CHANNELS, MAX_STRIDE = 10_000, 200, 4096, 8
_MIN_BFLOAT16_SIDE = 96  # pixels
_REMOVED = ("probability", "distance", "other_and_distance")  # abstention scores that no shipped model used
_RANGES = (("temperature", 1e-3, 1e3), ("threshold", -1e30, 1e30))
_NO_OTHER = "decision.score=other: the network was trained without an 'other' class (network.other)."


class ClassifierOutput(NamedTuple):
    logits: Tensor  # (batch, labels)
    features: Tensor  # (batch, width), the input of the last layer
    other: Tensor | None  # (batch,), the logit of belonging to none of the labels; None without such a class
    leaves: Tensor | None = None  # (batch, leaves), the logits of `ImageClassifier.leaves`; None without kinds


class ImageClassifier(nn.Module):
    """Blocks of 3x3 convolutions, each at half the resolution of the one before, then the mean over the image.

    Args:
        labels: The classes.
        blocks: For each block the channels of its layers.
        stem_stride: The stride of the very first layer; 2 for large images.
        dropout: Fraction of the features that is dropped in training.
        other: Whether there is a logit for images that belong to none of the labels.
        kinds: The kinds of some labels, such as {"chart": ["bar_chart", "pie_chart"]}. Such a label has one logit for
            each kind; its own is their log-sum-exp, so that its probability is the sum of theirs.
        init_seed: Seeds the initial weights, so that the same arguments give the same network.

    Raises:
        ValueError: There are no labels or blocks, or too many, or a number is out of range, or a kind is misnamed.
    """

    retired_tensors = frozenset({"class_means", "whiten"})  # statistics of a removed abstention score

    def __init__(
        self,
        *,
        labels: Sequence[str],
        channels: int,
        blocks: Sequence[Sequence[int]],
        stem_stride: int = 1,
        dropout: float = 0.0,
        other: bool = False,
        kinds: Mapping[str, Sequence[str]] | None = None,
        init_seed: int = 1,
    ) -> None:
        super().__init__()
        self.labels = check_labels(labels, max_labels=MAX_CLASSES)
        if not 1 <= sum(map(len, blocks)) <= MAX_CONV_LAYERS:
            raise ValueError(f"Expected 1 to {MAX_CONV_LAYERS} layers in blocks; found {sum(map(len, blocks))}.")
        if invalid := [n for widths in blocks for n in widths if type(n) is not int or not 1 <= n <= MAX_CHANNELS]:
            raise ValueError(f"Expected blocks of layers with 1 to {MAX_CHANNELS:,} channels; found {invalid[0]!r}.")
        if type(channels) is not int or channels not in (1, 3):
            raise ValueError(f"Expected 1 channel (greyscale) or 3 (colour); found {channels!r}.")
        if type(stem_stride) is not int or not 1 <= stem_stride <= MAX_STRIDE:
            raise ValueError(f"Expected a stem_stride from 1 to {MAX_STRIDE}; found {stem_stride!r}.")
        if type(other) is not bool:
            raise ValueError(f"Expected other to be true or false; found {other!r}.")
        self.channels = channels
        self.is_exact = False  # True: large images are computed in float32 everywhere, as for inspection
        self.kinds = check_kinds(kinds, self.labels)
        self.leaves = tuple(leaf for label in self.labels for leaf in self.kinds.get(label, (label,)))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(init_seed)
            inputs = [channels, *(widths[0] for widths in blocks[:-1])]
            self.blocks = nn.ModuleList(
                ConvBlock(channels=c, widths=widths, stride=1 if n else stem_stride)
                for n, (c, widths) in enumerate(zip(inputs, blocks, strict=True))
            )
            self.drop = nn.Dropout(dropout)
            self.classify = nn.Linear(blocks[-1][0], len(self.leaves) + other)
        self.pool = nn.MaxPool2d(2)
        keep_saved_names(self)

    @property
    def first_conv(self) -> nn.Conv2d:
        """The very first layer, whose filters see the image itself."""
        return cast(nn.Conv2d, cast(ConvBlock, self.blocks[0]).first[0])

    @property
    def has_other(self) -> bool:
        return self.classify.out_features > len(self.leaves)

    @property
    def min_size(self) -> int:
        """The side of the smallest image that still has a pixel in the last block."""
        reduction: int = 2 ** (len(self.blocks) - 1)
        return (reduction - 1) * self.first_conv.stride[0] + 1

    def forward(self, images: Tensor) -> ClassifierOutput:
        """Classify (batch, channels, height, width), normalised by `docsight.images.normalise`.

        In evaluation, large images are convolved in bfloat16 where that is fast; the last layer is not.
        """
        is_fast = images.shape[-1] >= _MIN_BFLOAT16_SIDE and not self.is_exact
        with fast_evaluation(self, images.device) if is_fast else nullcontext():
            for maps in self.feature_maps(images):
                last = maps
        features = (last if self.training else last.float()).mean(dim=(2, 3))  # (batch, width)
        logits = self.classify(self.drop(features))
        count = len(self.leaves)
        leaves, other = logits[:, :count], logits[:, count] if logits.shape[1] > count else None
        if not self.kinds:
            return ClassifierOutput(leaves, features, other)
        summed = [leaves[:, self.span(label)].logsumexp(dim=1) for label in self.labels]
        return ClassifierOutput(torch.stack(summed, dim=1), features, other, leaves)

    def span(self, label: str) -> slice:
        """Return where a label's kinds are among the leaves; one place if it has no kinds."""
        start = self.leaves.index(self.kinds.get(label, (label,))[0])
        return slice(start, start + len(self.kinds.get(label, (label,))))

    def feature_maps(self, images: Tensor) -> Iterator[Tensor]:
        """Yield the output of each block for (batch, channels, height, width), before it is pooled."""
        for n, block in enumerate(self.blocks):
            images = block(self.pool(images) if n else images)
            yield images

    def fold(self) -> Self:
        """Fold batch norm into the convolutions, for inference only: the same results, faster."""
        for layer in self.modules():
            if isinstance(layer, nn.Sequential):
                match list(layer):
                    case [nn.Conv2d() as convolution, nn.BatchNorm2d() as norm, _]:
                        layer[0], layer[1] = fuse_conv_bn_eval(convolution, norm), nn.Identity()
        return self


def check_kinds(kinds: Any, labels: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the kinds of each label that has some; raises a `ValueError` that says what is wrong with them."""
    if kinds is None:
        return {}
    if not isinstance(kinds, Mapping) or not set(kinds) <= set(labels):
        raise ValueError(f"Expected the kinds of some of the labels {', '.join(labels)}; found {kinds!r}.")
    for label, names in kinds.items():
        if isinstance(names, str) or not isinstance(names, Sequence) or len(names) < 2:
            raise ValueError(f"Expected at least two kinds of {label}; found {names!r}.")
    flat = [name for names in kinds.values() for name in names]
    check_labels([*labels, *flat], max_labels=MAX_CLASSES)  # each name once
    return {label: tuple(names) for label, names in kinds.items()}


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
        """Make a decision from its entry in a `config.json`; raises the errors of the class."""
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
