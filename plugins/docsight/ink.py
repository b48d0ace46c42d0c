"""Find the ink in an image, and crop the image so that it is where a classifier of characters expects it."""

import numpy as np
from PIL import Image

# In MNIST the ink of a digit fills 20 of 28 pixels, and its centre of mass is in the middle.
INK_FRACTION = 20 / 28
# An image whose ink takes between these fractions of its side, and is at most that far off its centre, is not changed.
_MIN_SIDE, _MAX_SIDE, _MAX_OFFSET = 0.5, 0.85, 0.13
_SEARCH_SIDE = 56  # pixels of the side at which the ink is searched for
# These limits distinguish strokes that reach the edges of an image from specks and lines there: the maximum fraction of
# the edge that is ink, and the minimum fraction of the ink that is outside the middle. The tight ones are for images
# smaller than the input of the model, which were cropped closely and are clean.
_LOOSE_LIMITS, _TIGHT_LIMITS = (0.25, 0.3), (0.4, 0.25)
_MIN_CONTRAST = 12  # of 255: an image whose ink differs less from the paper has none
_INK_THRESHOLD = 0.35  # ink is what differs from the paper by this fraction of the darkest ink


def find_ink_square(image: Image.Image, size: int) -> tuple[float, float, float] | None:
    """Find the square to crop so that the ink lies as in MNIST, for a model whose input has sides of `size` pixels.

    Returns:
        The centre (x, y) and the side of the square in pixels, or None if the image is best left unchanged.
    """
    max_edge_ink, min_outer_ink = _TIGHT_LIMITS if max(image.size) < size else _LOOSE_LIMITS
    scale = max(1.0, max(image.size) / _SEARCH_SIDE)
    contrast = _find_contrast(image, scale, max_edge_ink)
    if contrast is None:
        return None
    height, width = contrast.shape
    by_row, by_column = contrast.sum(axis=1), contrast.sum(axis=0)
    rows, columns = np.flatnonzero(by_row), np.flatnonzero(by_column)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    side, whole = max(bottom - top, right - left), max(width, height)
    total = by_column.sum()
    x = float(by_column @ np.arange(width, dtype=np.float32) / total) + 0.5
    y = float(by_row @ np.arange(height, dtype=np.float32) / total) + 0.5
    offset = max(abs(x - width / 2), abs(y - height / 2)) / whole
    if side / whole > _MAX_SIDE:
        # Strokes that reach the edges, or specks and lines there beside ink in the middle?
        edges = [round(length * (1 - INK_FRACTION) / 2) for length in (height, width)]
        middle = contrast[edges[0] : height - edges[0], edges[1] : width - edges[1]].sum()
        if 1 - middle / total < min_outer_ink:
            return None
    elif side / whole >= _MIN_SIDE and offset <= _MAX_OFFSET:
        return None
    # A narrow image was reduced to a width of at least one pixel, so each side has its own scale.
    return x * image.width / width, y * image.height / height, max(4.0, side * scale / INK_FRACTION)


def _find_contrast(image: Image.Image, scale: float, max_edge_ink: float) -> np.ndarray | None:
    """Return how much each pixel of the reduced image differs from the paper, (height, width); 0 where there is no ink.

    None if there is no ink, or if the edge is so uneven (noise, lines, a photo) that paper and ink cannot be separated.
    """
    small = image.convert("L")
    if scale > 1:
        reduced = (max(1, round(image.width / scale)), max(1, round(image.height / scale)))
        small = small.resize(reduced, Image.Resampling.BOX)
    pixels = np.asarray(small, dtype=np.float32)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    edge.sort()
    paper = edge[len(edge) // 2]
    contrast: np.ndarray = np.abs(pixels - paper)
    rank = contrast.size - max(1, contrast.size // 400)  # not the very darkest pixel, which may be a speck
    darkest = np.partition(contrast, rank, axis=None)[rank]
    threshold = _INK_THRESHOLD * darkest
    if darkest < _MIN_CONTRAST or np.count_nonzero(np.abs(edge - paper) > threshold) > len(edge) * max_edge_ink:
        return None
    contrast *= contrast > threshold
    return contrast


def crop_square(image: Image.Image, square: tuple[float, float, float], size: int) -> Image.Image:
    """Crop a square of at least `size` pixels, padded with the colour of the image's edge."""
    # Reduced first, so that a long thin image does not make an enormous square.
    factor = max(1, int(square[2] / (2 * size)))
    small = image.reduce(factor) if factor > 1 else image
    x, y, side = (value / factor for value in square)
    side = max(4, round(side))
    cropped = Image.new(image.mode, (side, side), edge_colour(small))
    cropped.paste(small, (-round(x - side / 2), -round(y - side / 2)))
    return cropped


def edge_colour(image: Image.Image) -> int | tuple[int, ...]:
    """Return the colour of an image's edge: the median of each channel."""
    pixels = np.asarray(image)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    middle = np.median(edge, axis=0)
    return int(middle) if image.mode == "L" else tuple(int(value) for value in middle)
