"""Find the ink in a picture, and put it where a classifier of characters wants it."""

import numpy as np
from PIL import Image

# Where MNIST has its digits: the ink fits into 20 of 28 pixels, its centre of mass in the middle.
INK_SHARE = 20 / 28
# A picture whose ink is between these shares of its side, and no farther off its middle, is left as it is.
_LEAST, _MOST, _OFF = 0.5, 0.85, 0.13
_LOOK = 56  # pixels of the side at which the ink is looked for
# What strokes that reach a picture's edges are told by from specks and lines there: the most of the edge that is ink,
# the least of the ink that is outside the middle. Pictures smaller than a model's were cut close, and are clean.
_LOOSE, _TIGHT = (0.25, 0.3), (0.4, 0.25)
_FAINT = 12  # of 255: what differs less from the paper is no ink
_INK = 0.35  # what differs from the paper by this share of the darkest ink is ink


def ink_square(image: Image.Image, size: int) -> tuple[float, float, float] | None:
    """Find where a picture is to be cut so that its ink lies as MNIST's does.

    Returns:
        The centre (x, y) and the side of a square in pixels, or None where the picture is to be left as it is.
    """
    scale = max(1.0, max(image.size) / _LOOK)
    most_uneven, least_outer = _TIGHT if max(image.size) < size else _LOOSE
    small = image.convert("L")
    if scale > 1:
        reduced = (max(1, round(image.width / scale)), max(1, round(image.height / scale)))
        small = small.resize(reduced, Image.Resampling.BOX)
    pixels = np.asarray(small, dtype=np.float32)
    height, width = pixels.shape
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    edge.sort()
    paper = edge[len(edge) // 2]
    away = np.abs(pixels - paper)
    rank = away.size - max(1, away.size // 400)  # not the very darkest, which a speck may be
    most = np.partition(away, rank, axis=None)[rank]
    # Paper whose edge is uneven (noise, lines, a photo) has no ink that could be told from it.
    if most < _FAINT or np.count_nonzero(np.abs(edge - paper) > _INK * most) > len(edge) * most_uneven:
        return None
    away *= away > _INK * most
    down, across = away.sum(axis=1), away.sum(axis=0)  # the ink of each row, and of each column
    rows, columns = np.flatnonzero(down), np.flatnonzero(across)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    side, whole = max(bottom - top, right - left), max(width, height)
    total = across.sum()
    x = float(across @ np.arange(width, dtype=np.float32) / total) + 0.5
    y = float(down @ np.arange(height, dtype=np.float32) / total) + 0.5
    off = max(abs(x - width / 2), abs(y - height / 2)) / whole
    if side / whole > _MOST:
        # Strokes that reach the edges, or specks and lines there beside ink in the middle?
        edges = [round(length * (1 - INK_SHARE) / 2) for length in (height, width)]
        middle = away[edges[0] : height - edges[0], edges[1] : width - edges[1]].sum()
        if 1 - middle / total < least_outer:
            return None
    elif side / whole >= _LEAST and off <= _OFF:
        return None
    # A stripe was reduced to a pixel's width at least, so each side has a scale of its own.
    return x * image.width / width, y * image.height / height, max(4.0, side * scale / INK_SHARE)


def cut_square(image: Image.Image, square: tuple[float, float, float], size: int) -> Image.Image:
    """Cut a square out of a picture, at no less than `size` pixels; outside the picture is the colour of its edge."""
    # Reduced before, so that a long thin picture makes no enormous square.
    factor = max(1, int(square[2] / (2 * size)))
    small = image.reduce(factor) if factor > 1 else image
    x, y, side = (value / factor for value in square)
    side = max(4, round(side))
    cut = Image.new(image.mode, (side, side), edge_colour(small))
    cut.paste(small, (-round(x - side / 2), -round(y - side / 2)))
    return cut


def edge_colour(image: Image.Image) -> int | tuple[int, ...]:
    """Return the colour of a picture's edge: the median of each channel."""
    pixels = np.asarray(image)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    middle = np.median(edge, axis=0)
    return int(middle) if image.mode == "L" else tuple(int(value) for value in middle)
