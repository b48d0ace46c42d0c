"""Images that are drawn for training: figures of documents, printed digits, and images that show no digit."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from docsight.images import ImageSettings
from docsight_training.data.drawings import draw
from docsight_training.data.drawings.fonts import Font, find_fonts, is_held_out
from docsight_training.data.drawings.typefaces import Typefaces
from docsight_training.data.images.dataset import OTHER, LabeledImages, encode_images
from docsight_training.data.images.glyphs import glyph_set, outlier_set

_VALIDATION_FRACTION = 0.1  # of the number of training images
_VALIDATION_SEED_OFFSET = 1_000_003


def fonts_for(split: str, folders: Sequence[str] | None) -> list[Font]:
    """Return the fonts that a split is drawn with: held-out families for validation, the others for training."""
    fonts = find_fonts(folders)
    return [font for font in fonts if is_held_out(font) == (split != "train")] or fonts


def draw_figures(
    split: str,
    counts: Mapping[str, int],
    *,
    labels: Sequence[str],
    withheld: Sequence[str],
    settings: ImageSettings,
    fonts: Sequence[Font],
    seed: int,
) -> list[LabeledImages]:
    """Draw figures of documents, each label with a random generator of its own.

    A larger count does not change the first images. Validation draws only withheld labels, since the others have real
    images, and a tenth as many.

    Args:
        split: train or validation.
        counts: By label, the number of training images.
        labels: The classes.
        withheld: The labels that have no real images in training and validation.
        settings: The image settings of the model.
        fonts: The fonts to draw with.
        seed: The seed of training images.
    """
    typefaces = Typefaces(fonts)
    parts = []
    for label, count in counts.items():
        index = labels.index(label)
        rng = np.random.default_rng([_split_seed(split, seed), index])
        if split != "train":
            count = math.ceil(count * _VALIDATION_FRACTION) if label in withheld else 0
        images = [draw(label, rng, typefaces) for _ in range(count)]
        parts.append(encode_images(images, [index] * count, settings))
    return parts


def draw_glyphs(
    split: str,
    counts: Mapping[str, int],
    *,
    labels: Sequence[str],
    settings: ImageSettings,
    fonts: Sequence[Font],
    seed: int,
) -> list[LabeledImages]:
    """Draw printed digits, labeled as digits, and images without a digit, labeled OTHER.

    Args:
        split: train or validation, which gets a tenth as many.
        counts: The number of training images of `digits` and of `other`.
        labels: The classes.
        settings: The image settings of the model.
        fonts: The fonts to draw with.
        seed: The seed of training images.
    """
    fraction, seed = 1.0 if split == "train" else _VALIDATION_FRACTION, _split_seed(split, seed)

    def in_mode(pixels: np.ndarray) -> Tensor:
        """Repeat grey images for each channel, (images, size, size) -> (images, channels, size, size)."""
        return torch.from_numpy(pixels)[:, None].expand(-1, settings.channels, -1, -1)

    parts = []
    if count := math.ceil(fraction * counts.get("digits", 0)):
        pixels, chars = glyph_set("0123456789", count, seed=seed, fonts=fonts, size=settings.size)
        digits = torch.tensor([labels.index(char) for char in chars])
        parts.append(LabeledImages(in_mode(pixels), digits, [""] * count))
    if count := math.ceil(fraction * counts.get("other", 0)):
        pixels = outlier_set(count, seed=seed, fonts=fonts, size=settings.size)
        parts.append(LabeledImages(in_mode(pixels), torch.full((count,), OTHER), [""] * count))
    return parts


def _split_seed(split: str, seed: int) -> int:
    return seed if split == "train" else seed + _VALIDATION_SEED_OFFSET
