"""The convolutional network of `cnn_imagecat`."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self, cast

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from docsight.layers.conv_block import ConvBlock
from docsight.networks.labels import check_labels

# Far above what is of use; they keep a strange config small.
MAX_CLASSES, MAX_CONV_LAYERS, MAX_CHANNELS, MAX_STRIDE = 10_000, 200, 4096, 8


class ImageReading(NamedTuple):
    """What the network says of pictures: `other` is None where it was not trained with pictures of nothing."""

    logits: Tensor  # (batch, labels)
    features: Tensor  # (batch, width), what the last layer sees
    other: Tensor | None  # (batch,), the logit of being none of the labels


class ImageClassifier(nn.Module):
    """Blocks of 3x3 convolutions, each at half the resolution of the one before, then the mean over the picture.

    Args:
        labels: The classes.
        channels: 1 for grey pictures, 3 for colour.
        blocks: For each block the channels of its layers.
        stem_stride: The stride of the very first layer; 2 for large pictures.
        dropout: Share of the features dropped in training.
        other: Whether there is a logit for pictures that are none of the labels.
        init_seed: Draws the weights at the start, so that the same arguments give the same network.

    Raises:
        ValueError: There are no labels or blocks, or too many, or a number cannot work.
    """

    class_means: Tensor
    whiten: Tensor

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
        if not 1 <= sum(map(len, blocks)) <= MAX_CONV_LAYERS:
            raise ValueError(f"Expected 1 to {MAX_CONV_LAYERS} layers in blocks; found {sum(map(len, blocks))}.")
        if strange := [n for widths in blocks for n in widths if type(n) is not int or not 1 <= n <= MAX_CHANNELS]:
            raise ValueError(f"Expected blocks of layers with 1 to {MAX_CHANNELS:,} channels; found {strange[0]!r}.")
        if type(channels) is not int or channels not in (1, 3):
            raise ValueError(f"Expected 1 channel (grey) or 3 (colour); found {channels!r}.")
        if type(stem_stride) is not int or not 1 <= stem_stride <= MAX_STRIDE:
            raise ValueError(f"Expected a stem_stride from 1 to {MAX_STRIDE}; found {stem_stride!r}.")
        if type(other) is not bool:
            raise ValueError(f"Expected other to be true or false; found {other!r}.")
        self.labels = check_labels(labels, max_labels=MAX_CLASSES)
        self.channels = channels
        width = blocks[-1][0]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(init_seed)
            inputs = [channels, *(widths[0] for widths in blocks[:-1])]
            self.blocks = nn.ModuleList(
                ConvBlock(channels=c, widths=widths, stride=1 if n else stem_stride)
                for n, (c, widths) in enumerate(zip(inputs, blocks, strict=True))
            )
            self.drop = nn.Dropout(dropout)
            self.classify = nn.Linear(width, len(labels) + other)
        self.pool = nn.MaxPool2d(2)
        # Where the classes lie among the features, to tell what is far from all of them (Lee et al. 2018).
        self.register_buffer("class_means", torch.zeros(len(labels), width))
        # Not torch.eye: on the meta device, where a model folder is checked, that imports for more than a second.
        self.register_buffer("whiten", torch.zeros(width, width).fill_diagonal_(1))

    @property
    def first_conv(self) -> nn.Conv2d:
        """The very first layer, whose filters see the picture itself."""
        return cast(nn.Conv2d, cast(ConvBlock, self.blocks[0]).first[0])

    @property
    def has_other(self) -> bool:
        """Whether there is a logit for pictures that are none of the labels."""
        return self.classify.out_features > len(self.labels)

    @property
    def least_size(self) -> int:
        """The side of the smallest picture that the last block still has a pixel of."""
        return (2 ** (len(self.blocks) - 1) - 1) * self.first_conv.stride[0] + 1

    def forward(self, images: Tensor) -> ImageReading:
        """Read (batch, channels, height, width), normalised as `docsight.images.normalise` does."""
        for maps in self.feature_maps(images):
            last = maps
        features = last.mean(dim=(2, 3))  # (batch, width)
        logits = self.classify(self.drop(features))
        count = len(self.labels)
        return ImageReading(logits[:, :count], features, logits[:, count] if logits.shape[1] > count else None)

    def feature_maps(self, images: Tensor) -> Iterator[Tensor]:
        """Yield what each block makes of (batch, channels, height, width), before it is pooled."""
        maps = images
        for n, block in enumerate(self.blocks):
            maps = block(self.pool(maps) if n else maps)
            yield maps

    def fold(self) -> Self:
        """Fold batch norm into the convolutions, for reading alone: the same figures, quicker."""
        for layer in [module for module in self.modules() if isinstance(module, nn.Sequential)]:
            for at in range(len(layer) - 1):
                convolution, norm = layer[at], layer[at + 1]
                if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                    layer[at] = fuse_conv_bn_eval(convolution, norm)
                    layer[at + 1] = nn.Identity()
        return self

    def multiply_adds(self, size: int) -> int:
        """Count the multiply-adds of a picture of `size` by `size` pixels: convolutions and the last layer."""
        counted: list[int] = []

        def count(layer: nn.Module, _: object, output: Tensor) -> None:
            convolution = cast(nn.Conv2d, layer)
            counted.append(output[0].numel() * convolution.in_channels * 9)

        convolutions = [layer for layer in self.modules() if isinstance(layer, nn.Conv2d)]
        hooks = [layer.register_forward_hook(count) for layer in convolutions]
        was_training = self.training
        self.eval()
        with torch.inference_mode():
            self(torch.zeros(1, self.channels, size, size, device=self.first_conv.weight.device))
        self.train(was_training)
        for hook in hooks:
            hook.remove()
        return sum(counted) + self.classify.in_features * self.classify.out_features
