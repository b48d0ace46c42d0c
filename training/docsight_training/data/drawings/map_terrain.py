"""The terrain and the regions of maps, as arrays (height, width)."""

import math

import numpy as np
from PIL import Image, ImageFilter

from docsight_training.data.drawings.choices import chance
from docsight_training.data.drawings.raster import fractal


def terrain(rng: np.random.Generator, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Make heights and a mask of the land, (height, width): an island, a coast, or land everywhere."""
    heights = fractal(rng, size, int(rng.integers(2, 5)), octaves=5)
    across = np.linspace(-1, 1, size[0], dtype=np.float32)[None]
    down = np.linspace(-1, 1, size[1], dtype=np.float32)[:, None]
    style = rng.random()
    if style < 0.5:
        x, y, wide, tall = (float(number) for number in rng.uniform([-0.3, -0.3, 0.7, 0.7], [0.3, 0.3, 1.6, 1.6]))
        heights = heights + 1.2 - 1.8 * (((across - x) / wide) ** 2 + ((down - y) / tall) ** 2)
    elif style < 0.85:
        turn = float(rng.uniform(0, 2 * math.pi))
        heights = heights + 1.3 * (math.cos(turn) * across + math.sin(turn) * down) + 0.3
    else:
        heights = heights + 1.2
    return heights, heights > 0


def partition(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Divide a map into regions, at half the size for speed; return their numbers, (height, width)."""
    half = (size[0] // 2, size[1] // 2)
    labels = _cut(rng, half) if chance(rng, 0.35) else _nearest_centre(rng, half)
    return np.asarray(Image.fromarray(labels).resize(size, Image.Resampling.NEAREST))


def borders(labels: np.ndarray, wide: int) -> Image.Image:
    """Return a mask of the borders between areas with different labels."""
    is_border = np.zeros(labels.shape, bool)
    is_border[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    is_border[1:] |= labels[1:] != labels[:-1]
    mask = Image.fromarray(is_border.astype(np.uint8) * 255)
    return mask.filter(ImageFilter.MaxFilter(3)) if wide > 1 else mask


def _distorted_grid(rng: np.random.Generator, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the distorted coordinates of all pixels, across and down, which make straight borders crooked."""
    strength = float(rng.uniform(0, 0.12)) * size[0]
    across = np.arange(size[0], dtype=np.float32)[None] + strength * fractal(rng, size, 4)
    down = np.arange(size[1], dtype=np.float32)[:, None] + strength * fractal(rng, size, 4)
    return across, down


def _cut(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Cut the map in two, then the largest piece again, like borders drawn with a ruler."""
    count = int(2 ** rng.uniform(1.5, 5.3))
    across, down = _distorted_grid(rng, size)
    labels = np.zeros((size[1], size[0]), np.uint8)
    boxes = [(0.0, 0.0, float(size[0]), float(size[1]))]
    for label in range(1, count):
        left, top, right, bottom = boxes.pop(int(np.argmax([(box[2] - box[0]) * (box[3] - box[1]) for box in boxes])))
        fraction = float(rng.uniform(0.3, 0.7))
        if right - left > bottom - top:
            x, y = left + (right - left) * fraction, top
            boxes += [(left, top, x, bottom), (x, top, right, bottom)]
        else:
            x, y = left, top + (bottom - top) * fraction
            boxes += [(left, top, right, y), (left, y, right, bottom)]
        labels[(across >= x) & (across < right) & (down >= y) & (down < bottom)] = label
    return labels


def _nearest_centre(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Assign every pixel to the nearest of several centres."""
    count = int(2 ** rng.uniform(1.5, 5.3))
    across, down = _distorted_grid(rng, size)
    best = np.full((size[1], size[0]), np.inf, np.float32)
    labels = np.zeros(best.shape, np.uint8)
    for label in range(count):
        x, y = (float(number) for number in rng.uniform([0, 0], size))
        distance = (across - x) ** 2 + (down - y) ** 2
        closer = distance < best
        labels[closer] = label
        np.minimum(best, distance, out=best)
    return labels
