"""Separate ink from paper: a map of how dark each pixel is, whatever the tones, the light and the size of the image."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

INK_LEVEL = 0.3  # from this value on, a pixel of a map is ink
_PAPER_SIDE = 24  # pixels of the shorter side at which the tone of the paper is estimated
_PAPER_WINDOW = 11  # pixels, odd; wider than strokes and lines at that size
_MIN_INK_CONTRAST = 14  # of 255, between paper and ink
_INK_FRACTION = 0.03  # of the pixels, at most, that are at least as dark as full ink


@dataclass(frozen=True)
class InkMap:
    """The ink of an image.

    Args:
        ink: How much of each pixel is ink, from 0 to 1, (height, width).
        scale: Pixels of the map for each pixel of the image.
    """

    ink: np.ndarray
    scale: float

    @property
    def mask(self) -> np.ndarray:
        """Which pixels are ink, (height, width)."""
        return self.ink >= INK_LEVEL


def find_ink(image: Image.Image, *, scale: float) -> InkMap | None:
    """Find the ink in an image of mode L, resized by `scale`; None if there is none.

    Ink is darker or lighter than the paper, whichever differs more in total.
    """
    resized = image.resize(_scaled(image.size, scale), Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX)
    pixels = np.asarray(resized.filter(ImageFilter.GaussianBlur(0.6)), dtype=np.float32)
    contrast = _paper(resized) - pixels
    if np.square(contrast.clip(max=0)).sum() > np.square(contrast.clip(min=0)).sum():
        contrast = -contrast
    darkest = _full_ink(contrast)
    if darkest < _MIN_INK_CONTRAST:
        return None
    return InkMap((contrast / darkest).clip(0, 1), scale)


def _scaled(size: tuple[int, int], factor: float) -> tuple[int, int]:
    width, height = (max(1, round(side * factor)) for side in size)
    return width, height


def _paper(image: Image.Image) -> np.ndarray:
    """Estimate the tone of the paper at each pixel, (height, width): a median over a neighbourhood."""
    factor = min(1.0, _PAPER_SIDE / min(image.size))
    small = image.resize(_scaled(image.size, factor), Image.Resampling.BOX)
    # The edge is continued, so that a margin as narrow as the window counts in full.
    pad = _PAPER_WINDOW // 2
    padded = Image.fromarray(np.pad(np.asarray(small), pad, mode="reflect" if min(small.size) > pad else "edge"))
    local = np.asarray(padded.filter(ImageFilter.MedianFilter(_PAPER_WINDOW)))[pad:-pad, pad:-pad]
    whole = float(np.median(np.asarray(image)))
    # Where strokes fill the neighbourhood, the median is a tone between ink and paper; then the whole image decides.
    near = np.abs(local.astype(np.float32) - whole) < 40
    paper = Image.fromarray(np.where(near, local, whole).astype(np.float32))
    return np.asarray(paper.resize(image.size, Image.Resampling.BILINEAR))


def _full_ink(contrast: np.ndarray) -> float:
    """Return the contrast of full ink: that of strokes, neither of specks nor of thin or pale lines."""
    positive = contrast[contrast > _MIN_INK_CONTRAST / 2]
    if not len(positive):
        return 0.0
    count = min(len(positive), max(4, int(_INK_FRACTION * contrast.size)))
    return float(np.partition(positive, len(positive) - count)[len(positive) - count :].mean())
