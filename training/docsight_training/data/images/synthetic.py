"""Images that are drawn for training: figures of documents, printed digits, and images that show no digit."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from PIL import Image

from docsight.images import ImageSettings, to_pixels
from docsight_training.data.drawings import draw
from docsight_training.data.drawings.engraving import REDRAWN
from docsight_training.data.drawings.fonts import find_fonts, is_held_out
from docsight_training.data.drawings.typefaces import Typefaces
from docsight_training.data.images.dataset import OTHER, LabeledImages
from docsight_training.data.images.digit_pairs import draw_pairs
from docsight_training.data.images.figure_outliers import OUTLIER_KINDS, draw_outlier
from docsight_training.data.images.glyphs import DIGITS, glyph_set, outlier_set

_VALIDATION_FRACTION = 0.1  # of the number of training images
_VALIDATION_SEED_OFFSET = 1_000_003


class ImageDrawer:
    """Draws the images of a split; validation has other fonts, another seed, and a tenth as many images.

    `labels` are the names of the classes and of their kinds; the label of an image is the place of its name.
    """

    def __init__(
        self, split: str, labels: Sequence[str], settings: ImageSettings, *, fonts: Sequence[str] | None, seed: int
    ) -> None:
        self.labels, self.settings = labels, settings
        self.is_train = split == "train"
        self.seed = seed if self.is_train else seed + _VALIDATION_SEED_OFFSET
        available = find_fonts(fonts)
        self.fonts = [font for font in available if is_held_out(font) != self.is_train] or available

    def figures(self, counts: Mapping[str, int], *, withheld: Sequence[str]) -> list[LabeledImages]:
        """Draw figures of documents: `counts` training images by label; a larger count does not change the first ones.

        Validation draws only withheld labels, since the others have real images.
        """
        typefaces = Typefaces(self.fonts)
        parts = []
        for label, count in counts.items():
            index = self.labels.index(label)
            rng = np.random.default_rng([self.seed, index])
            if not self.is_train:
                count = math.ceil(count * _VALIDATION_FRACTION) if label in withheld else 0
            if count:
                pixels = np.stack([to_pixels(draw(label, rng, typefaces), self.settings) for _ in range(count)])
                parts.append(_unsourced(pixels, [index] * count))
        return parts

    def redrawn(self, counts: Mapping[str, int], photos: LabeledImages) -> list[LabeledImages]:
        """Redraw photos as drawings or old photos: `counts` training images by label; none for validation."""
        parts = []
        for label, count in counts.items():
            if count and self.is_train:
                index = self.labels.index(label)
                rng = np.random.default_rng([self.seed, index, 1])
                chosen = rng.integers(len(photos), size=count).tolist()
                drawn = [REDRAWN[label](to_photo(photos.pixels[at].numpy()), rng) for at in chosen]
                pixels = np.stack([to_pixels(image, self.settings) for image in drawn])
                parts.append(_unsourced(pixels, [index] * count))
        return parts

    def outliers(self, count: int, kinds: Sequence[str] | None) -> list[LabeledImages]:
        """Draw `count` training images that are no figure, labeled OTHER, of all kinds or of these."""
        count = count if self.is_train else math.ceil(count * _VALIDATION_FRACTION)
        if not count:
            return []
        names, typefaces = list(kinds or OUTLIER_KINDS), Typefaces(self.fonts)
        rng = np.random.default_rng([self.seed, len(self.labels), 2])
        images = [draw_outlier(names[at % len(names)], rng, typefaces) for at in range(count)]
        pixels = np.stack([to_pixels(image, self.settings) for image in images])
        return [_unsourced(pixels, [OTHER] * count)]

    def glyphs(self, counts: Mapping[str, int], real: LabeledImages) -> list[LabeledImages]:
        """Draw `counts["digits"]` printed digits, and as OTHER images without a digit and pairs of real digits."""
        fraction = 1.0 if self.is_train else _VALIDATION_FRACTION
        parts = []
        if count := math.ceil(fraction * counts.get("digits", 0)):
            pixels, chars = glyph_set(DIGITS, count, seed=self.seed, fonts=self.fonts, size=self.settings.size)
            parts.append(_unsourced(self._in_mode(pixels), [self.labels.index(char) for char in chars]))
        if count := math.ceil(fraction * counts.get("other", 0)):
            pixels = outlier_set(count, seed=self.seed, fonts=self.fonts, size=self.settings.size)
            parts.append(_unsourced(self._in_mode(pixels), [OTHER] * count))
        if count := math.ceil(fraction * counts.get("pairs", 0)):
            pairs = draw_pairs(real, count, seed=self.seed, settings=self.settings)
            parts.append(_unsourced(pairs, [OTHER] * count))
        return parts

    def _in_mode(self, pixels: np.ndarray) -> np.ndarray:
        """Repeat grey images for each channel, (images, size, size) -> (images, channels, size, size)."""
        return np.repeat(pixels[:, None], self.settings.channels, axis=1)


def to_photo(pixels: np.ndarray) -> Image.Image:
    """Cut the flat border that fills up a square image off again; uint8, (3, size, size)."""
    rows, columns = (np.flatnonzero(np.ptp(pixels, axis=axis).max(axis=0) > 0) for axis in (2, 1))
    if len(rows) > 1 and len(columns) > 1:
        pixels = pixels[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))


def _unsourced(pixels: np.ndarray, labels: list[int]) -> LabeledImages:
    return LabeledImages(torch.from_numpy(pixels), torch.tensor(labels), [""] * len(labels))
