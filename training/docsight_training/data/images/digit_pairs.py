"""Images with more than one digit: neighbours in a number that were not cut apart, or cut in the wrong place."""

import numpy as np
from PIL import Image

from docsight.images import ImageSettings, to_pixels
from docsight_training.data.images.dataset import LabeledImages

_INK = 40  # of 255
_MAX_GAP, _MAX_OVERLAP, _MAX_STEP = 5, 3, 3  # pixels between neighbours, of their overlap, and up or down
_CUT_CHANCE, _TRIPLE_CHANCE = 0.4, 0.1
_MIN_PART, _MAX_PART = 0.5, 0.9  # the fraction of a cut neighbour's width that is left
_MARGIN = 4  # pixels around the ink


def draw_pairs(digits: LabeledImages, count: int, *, seed: int, settings: ImageSettings) -> np.ndarray:
    """Draw pairs and triples of neighbouring digits, some of which lack a part of the outer one.

    Args:
        digits: Grey images with light ink on a dark ground; only those of a class are used.
        count: The number of images.
        seed: Seeds the draw.
        settings: The settings of the model's input.

    Returns:
        uint8, (count, 1, size, size).
    """
    rng = np.random.default_rng([seed, 77])
    known = np.flatnonzero(digits.labels.numpy() >= 0)
    pixels = digits.pixels[:, 0].numpy()
    drawn = np.empty((count, 1, settings.size, settings.size), dtype=np.uint8)
    for at in range(count):
        number = 3 if rng.random() < _TRIPLE_CHANCE else 2
        row = [_ink(pixels[known[int(rng.integers(len(known)))]]) for _ in range(number)]
        if rng.random() < _CUT_CHANCE:
            left = rng.uniform(_MIN_PART, _MAX_PART)
            if rng.random() < 0.5:
                row[-1] = row[-1][:, : max(1, round(left * row[-1].shape[1]))]
            else:
                row[0] = row[0][:, -max(1, round(left * row[0].shape[1])) :]
        drawn[at] = to_pixels(Image.fromarray(_joined(row, rng)), settings)
    return drawn


def _ink(pixels: np.ndarray) -> np.ndarray:
    """Crop an image to its ink, (height, width)."""
    rows, columns = (np.flatnonzero((pixels > _INK).any(axis=axis)) for axis in (1, 0))
    return pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else pixels


def _joined(row: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Set digits side by side, each a little higher or lower, with gaps or overlaps."""
    gaps = rng.integers(-_MAX_OVERLAP, _MAX_GAP + 1, len(row) - 1)
    steps = rng.integers(-_MAX_STEP, _MAX_STEP + 1, len(row))
    height = max(part.shape[0] for part in row) + 2 * (_MARGIN + _MAX_STEP)
    width = sum(part.shape[1] + _MAX_GAP for part in row) + 2 * _MARGIN
    canvas = np.zeros((height, width), dtype=np.uint8)
    left = _MARGIN
    for at, part in enumerate(row):
        top = (height - part.shape[0]) // 2 + int(steps[at])
        area = canvas[top : top + part.shape[0], left : left + part.shape[1]]
        np.maximum(area, part, out=area)
        left = max(1, left + part.shape[1] + int(gaps[at] if at < len(gaps) else 0))
    return canvas[:, : min(width, left + _MARGIN)]
