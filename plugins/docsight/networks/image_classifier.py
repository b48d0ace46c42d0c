"""The convolutional network of `cnn_imagecat`."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self, cast

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from docsight.layers.convolutions import ConvBlock
from docsight.tags import check_labels
from docsight.weights import keep_saved_names

# Far above any useful number; they bound a malformed config.
MAX_CLASSES, MAX_CONV_LAYERS, MAX_CHANNELS, MAX_STRIDE = 10_000, 200, 4096, 8


class ClassifierOutput(NamedTuple):
    logits: Tensor  # (batch, labels)
    features: Tensor  # (batch, width), the input of the last layer
    other: Tensor | None  # (batch,), the logit of belonging to none of the labels; None without such a class


class ImageClassifier(nn.Module):
    """Blocks of 3x3 convolutions, each at half the resolution of the one before, then the mean over the image.

    Args:
        labels: The classes.
        channels: 1 for greyscale images, 3 for colour.
        blocks: For each block the channels of its layers.
        stem_stride: The stride of the very first layer; 2 for large images.
        dropout: Fraction of the features that is dropped in training.
        other: Whether there is a logit for images that belong to none of the labels.
        init_seed: Seeds the initial weights, so that the same arguments give the same network.

    Raises:
        ValueError: There are no labels or blocks, or too many, or a number is out of range.
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
        init_seed: int = 1,
    ) -> None:
        super().__init__()
        self.labels = check_labels(labels, max_labels=MAX_CLASSES)
        _check_sizes(channels=channels, blocks=blocks, stem_stride=stem_stride)
        if type(other) is not bool:
            raise ValueError(f"Expected other to be true or false; found {other!r}.")
        self.channels = channels
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(init_seed)
            inputs = [channels, *(widths[0] for widths in blocks[:-1])]
            self.blocks = nn.ModuleList(
                ConvBlock(channels=c, widths=widths, stride=1 if n else stem_stride)
                for n, (c, widths) in enumerate(zip(inputs, blocks, strict=True))
            )
            self.drop = nn.Dropout(dropout)
            self.classify = nn.Linear(blocks[-1][0], len(labels) + other)
        self.pool = nn.MaxPool2d(2)
        keep_saved_names(self)

    @property
    def first_conv(self) -> nn.Conv2d:
        """The very first layer, whose filters see the image itself."""
        return cast(nn.Conv2d, cast(ConvBlock, self.blocks[0]).first[0])

    @property
    def has_other(self) -> bool:
        return self.classify.out_features > len(self.labels)

    @property
    def min_size(self) -> int:
        """The side of the smallest image that still has a pixel in the last block."""
        reduction: int = 2 ** (len(self.blocks) - 1)
        return (reduction - 1) * self.first_conv.stride[0] + 1

    def forward(self, images: Tensor) -> ClassifierOutput:
        """Classify (batch, channels, height, width), normalised by `docsight.images.normalise`."""
        for maps in self.feature_maps(images):
            last = maps
        features = last.mean(dim=(2, 3))  # (batch, width)
        logits = self.classify(self.drop(features))
        count = len(self.labels)
        return ClassifierOutput(logits[:, :count], features, logits[:, count] if logits.shape[1] > count else None)

    def feature_maps(self, images: Tensor) -> Iterator[Tensor]:
        """Yield the output of each block for (batch, channels, height, width), before it is pooled."""
        for n, block in enumerate(self.blocks):
            images = block(self.pool(images) if n else images)
            yield images

    def fold(self) -> Self:
        """Fold batch norm into the convolutions, for inference only: the same figures, faster."""
        for layer in self.modules():
            if isinstance(layer, nn.Sequential):
                match list(layer):
                    case [nn.Conv2d() as convolution, nn.BatchNorm2d() as norm, _]:
                        layer[0], layer[1] = fuse_conv_bn_eval(convolution, norm), nn.Identity()
        return self


def _check_sizes(*, channels: int, blocks: Sequence[Sequence[int]], stem_stride: int) -> None:
    """Check the numbers of a config, before memory is allocated for them."""
    if not 1 <= sum(map(len, blocks)) <= MAX_CONV_LAYERS:
        raise ValueError(f"Expected 1 to {MAX_CONV_LAYERS} layers in blocks; found {sum(map(len, blocks))}.")
    if invalid := [n for widths in blocks for n in widths if type(n) is not int or not 1 <= n <= MAX_CHANNELS]:
        raise ValueError(f"Expected blocks of layers with 1 to {MAX_CHANNELS:,} channels; found {invalid[0]!r}.")
    if type(channels) is not int or channels not in (1, 3):
        raise ValueError(f"Expected 1 channel (greyscale) or 3 (colour); found {channels!r}.")
    if type(stem_stride) is not int or not 1 <= stem_stride <= MAX_STRIDE:
        raise ValueError(f"Expected a stem_stride from 1 to {MAX_STRIDE}; found {stem_stride!r}.")
