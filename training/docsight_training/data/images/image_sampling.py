"""Which training images an epoch has, and how large they are."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from docsight.errors import ConfigError
from docsight_training.data.images.dataset import OTHER

_MIN_TRAINING_SIDE = 8  # pixels


def class_weights(labels: Tensor, *, count: int, balance: float) -> Tensor:
    """Return a sampling weight for each of `count` classes, (count + 1,), 1 on average over the images.

    The last one is for images of no class, so that OTHER is its index. `labels` is (images,); `balance` is 0 for the
    frequencies of the data, 1 for equal ones.
    """
    counts = torch.bincount(torch.where(labels == OTHER, count, labels), minlength=count + 1)
    weights = counts.clamp(min=1).float() ** -balance
    return weights * counts.sum() / (weights * counts).sum()


def with_drawn_fraction(weights: Tensor, *, num_real: int, fraction: float) -> Tensor:
    """Scale sampling weights, (images,), so that images after the first `num_real` are this fraction of an epoch."""
    parts = zip(weights.tensor_split([num_real]), (1 - fraction, fraction), strict=True)
    return torch.cat([part * (whole / part.sum().clamp(min=1e-9)) for part, whole in parts])


def check_sizes(sizes: Sequence[Sequence[float]] | None) -> list[tuple[float, int]]:
    """Return the sides of training images with the fractions of the run from which they hold, in order.

    Raises:
        ConfigError: A fraction or a side is out of range.
    """
    pairs = [(float(pair[0]), int(pair[1])) for pair in sizes or () if len(pair) == 2]
    if len(pairs) < len(sizes or ()) or any(not 0 <= start <= 1 or side < _MIN_TRAINING_SIDE for start, side in pairs):
        raise ConfigError(
            f"data.sizes: expected pairs of a fraction and a side, such as [[0, 112], [0.6, 160]]; found {sizes}."
        )
    return sorted(pairs)


def resized(images: Tensor, sizes: Sequence[tuple[float, int]], progress: float) -> Tensor:
    """Reduce square images, floats from 0 to 1, to their side at this point of the run; never enlarge them."""
    side = images.shape[-1]
    for start, smaller in sizes:
        side = smaller if progress >= start else side
    if side >= images.shape[-1]:
        return images
    return F.interpolate(images, size=side, mode="bilinear", antialias=True, align_corners=False).clamp(0, 1)
