"""Batches of images for the network: augmented for training, in order for an evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from docsight.images import ImageSettings, normalise
from docsight_training.data.batching import LazyBatches
from docsight_training.data.images.dataset import LabeledImages
from docsight_training.data.images.image_augment import ImageAugment
from docsight_training.data.images.image_reading import fit_again
from docsight_training.data.images.image_sampling import resized

_EVALUATION_BATCH_SIZE = 250


@dataclass
class ImageBatch:
    """Images for a step, ready for the network."""

    images: Tensor  # (batch, channels, size, size), normalised
    labels: Tensor  # (batch,), OTHER for no class


class ImageBatches:
    """Makes batches of images.

    Args:
        settings: How the network reads images.
        augment: The augmentation of training images.
        refit: Whether augmented images are fitted into the network's input once more.
        sizes: The side of the training images from a fraction of the run on; see `check_sizes`.
    """

    def __init__(
        self, settings: ImageSettings, augment: ImageAugment, *, refit: bool, sizes: Sequence[tuple[float, int]]
    ) -> None:
        self._settings, self._augment, self._refit, self._sizes = settings, augment, refit, sizes

    def shuffled(
        self, images: LabeledImages, order: Tensor, *, size: int, seed: int, progress: float
    ) -> LazyBatches[tuple[int, Tensor], ImageBatch]:
        """Return augmented batches of `size` images in a given order.

        Args:
            images: The images.
            order: The indices of the images, (chosen images,).
            size: The number of images in a batch. What is left for a smaller last batch is left out.
            seed: With the number of a batch, it decides on the augmentation.
            progress: How much of the run is done, from 0 to 1.
        """
        # A small last batch would make the statistics of batch norm noisy; its images come in another epoch.
        count = max(1, len(order) // size)
        plans = list(enumerate(torch.split(order, size)[:count]))

        def build(plan: tuple[int, Tensor]) -> ImageBatch:
            number, chosen = plan
            generator = torch.Generator().manual_seed(seed * 1_000_003 + number)
            pixels = resized(images.pixels[chosen].float() / 255, self._sizes, progress)
            augmented = self._augmented(pixels, generator, progress=progress)
            return ImageBatch(normalise(augmented, self._settings), images.labels[chosen])

        return LazyBatches(plans, build)

    def in_order(self, images: LabeledImages, *, augment: bool = False) -> LazyBatches[tuple[int, slice], ImageBatch]:
        """Return batches of all images in order; augmented ones are the same every time."""
        size = _EVALUATION_BATCH_SIZE
        plans = list(enumerate(slice(start, start + size) for start in range(0, len(images), size)))

        def build(plan: tuple[int, slice]) -> ImageBatch:
            number, chosen = plan
            pixels = images.pixels[chosen]
            if augment:
                pixels = self._augmented(pixels.float() / 255, torch.Generator().manual_seed(number))
            return ImageBatch(normalise(pixels, self._settings), images.labels[chosen])

        return LazyBatches(plans, build)

    def _augmented(self, pixels: Tensor, generator: torch.Generator, *, progress: float = 0.0) -> Tensor:
        """Augment pixels, (batch, channels, side, side), from 0 to 1; the result is uint8, or from 0 to 1."""
        augmented = self._augment(pixels, generator, progress=progress)
        return fit_again(augmented, self._settings) if self._refit else augmented
