"""Images of a split in memory, with labels and sources, and ways to divide them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

OTHER = -1  # the label of an image that belongs to no class


@dataclass
class LabeledImages:
    """Decoded images with their labels.

    Args:
        pixels: (images, channels, size, size), uint8.
        labels: (images,), int64; OTHER for an image of no class.
        sources: The source of each image; '' if it is unknown or the image was drawn.
    """

    pixels: Tensor
    labels: Tensor
    sources: list[str]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, chosen: Sequence[int] | Tensor) -> "LabeledImages":
        index = torch.as_tensor(chosen, dtype=torch.long)
        return LabeledImages(self.pixels[index], self.labels[index], [self.sources[at] for at in index.tolist()])

    @staticmethod
    def join(parts: Sequence["LabeledImages"]) -> "LabeledImages":
        return LabeledImages(
            torch.cat([part.pixels for part in parts]),
            torch.cat([part.labels for part in parts]),
            [source for part in parts for source in part.sources],
        )


def hold_out(images: LabeledImages, fraction: float, *, seed: int) -> tuple[list[int], list[int]]:
    """Split the images of each class; return the indexes for training, and those that are held out.

    At least one image of a class is held out, unless it is the only one.
    """
    generator = torch.Generator().manual_seed(seed)
    train, held_out = [], []
    for label in sorted(set(images.labels.tolist())):
        index = (images.labels == label).nonzero()[:, 0]
        shuffled = index[torch.randperm(len(index), generator=generator)].tolist()
        count = max(round(fraction * len(shuffled)), min(1, len(shuffled) - 1))
        held_out += shuffled[:count]
        train += shuffled[count:]
    return sorted(train), sorted(held_out)


def sample_per_class(images: LabeledImages, max_count: int, *, seed: int) -> list[int]:
    """Draw at most `max_count` images of each class; a larger count adds images to those of a smaller count."""
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed)).tolist()
    seen: Counter[int] = Counter()
    chosen = []
    for at in order:
        label = int(images.labels[at])
        if seen[label] < max_count:
            seen[label] += 1
            chosen.append(at)
    return sorted(chosen)
