"""The shading and the edges of a sheet of paper."""

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.geometry import box_around
from docsight_training.data.drawings.raster import fractal, noise


def paper_shading(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return the brightness of paper with waves, crumples and folds, (height, width)."""
    width, height = size
    shade = np.ones((height, width), np.float32)
    if chance(rng, 0.75):
        shade += float(rng.uniform(0.01, 0.1)) * noise(rng, size, (int(rng.integers(1, 4)), int(rng.integers(1, 7))))
    if chance(rng, 0.3):  # crumples: sharp valleys between smooth hills
        hills = fractal(rng, size, int(rng.integers(2, 5)), octaves=3)
        shade += float(rng.uniform(0.05, 0.2)) * (np.abs(hills) - 0.3)
    for _ in range(int(rng.integers(0, 4)) if chance(rng, 0.35) else 0):
        along = np.arange(height if chance(rng, 0.75) else width, dtype=np.float32)
        place, reach = float(rng.uniform(0.1, 0.9)) * len(along), len(along) * float(rng.uniform(0.01, 0.2))
        slope = np.sign(along - place) * np.exp(-np.abs(along - place) / reach) * float(rng.uniform(-0.15, 0.15))
        shade += slope[:, None] if len(along) == height else slope
    if chance(rng, 0.2):  # shading across the print, from the curl of a paper roll
        shade -= float(rng.uniform(0.02, 0.25)) * np.abs(np.linspace(-1, 1, width, dtype=np.float32)) ** 3
    return np.clip(shade, 0.3, 1.08)


def paper_mask(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """Return a mask of the sheet: a rectangle with torn, cut or curled edges."""
    width, height = size
    uneven = float(rng.uniform(0, 0.012)) * width
    sides = [uneven * (1 + noise(rng, (height, 1), (int(rng.integers(2, 12)), 1))[0]) for _ in range(2)]
    ends = [uneven * (1 + noise(rng, (width, 1), (int(rng.integers(2, 20)), 1))[0]) for _ in range(2)]
    if chance(rng, 0.3):  # the teeth of the cutter
        ends[1] += np.abs((np.arange(width) % 8) - 4) * float(rng.uniform(0.3, 1))
    across, down = np.arange(width)[None], np.arange(height)[:, None]
    inside = (across >= sides[0][:, None]) & (across < width - sides[1][:, None])
    inside &= (down >= ends[0][None]) & (down < height - ends[1][None])
    mask = Image.fromarray(inside.astype(np.uint8) * 255)
    pen = ImageDraw.Draw(mask)
    if chance(rng, 0.12):  # a folded or torn corner
        cut = float(rng.uniform(0.05, 0.2)) * width
        x, y, right, below = pick(rng, [(0, 0, 1, 1), (width, 0, -1, 1), (0, height, 1, -1), (width, height, -1, -1)])
        pen.polygon([(x, y), (x + right * cut, y), (x, y + below * cut * float(rng.uniform(0.4, 2)))], fill=0)
    if chance(rng, 0.1):  # punched holes
        left, radius = float(rng.uniform(0.06, 0.15)) * width, width * float(rng.uniform(0.02, 0.035))
        for fraction in (rng.uniform(0.15, 0.3), rng.uniform(0.6, 0.9)):
            pen.ellipse(box_around((left, float(fraction) * height), radius), fill=0)
    return mask
