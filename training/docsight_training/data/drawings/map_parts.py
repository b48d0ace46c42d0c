"""The parts of maps: terrain and regions, as arrays (height, width), and the lettering."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from docsight_training.data.drawings.choices import chance, pick, words
from docsight_training.data.drawings.colours import WHITE, Colour, hue
from docsight_training.data.drawings.fonts import Font, load
from docsight_training.data.drawings.raster import draw_curve, fractal
from docsight_training.data.drawings.typefaces import fitted, width_of, write


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


def legend(image: Image.Image, rng: np.random.Generator, colours: list[Colour], font: Font) -> None:
    size = int(image.width / rng.uniform(24, 40)) + 6
    face = load(font, size)
    names = [words(rng, int(rng.integers(1, 3)), max_syllables=2) for _ in colours]
    wide, tall = max(width_of(name, face) for name in names) + 2 * size, size * 1.4 * len(names) + size * 0.6
    x, y = pick(rng, [0.02, 0.96]) * (image.width - wide), pick(rng, [0.03, 0.96]) * (image.height - tall)
    pen = ImageDraw.Draw(image)
    if chance(rng, 0.7):
        outline = (0, 0, 0) if chance(rng, 0.6) else None
        pen.rectangle([x, y, x + wide, y + tall], fill=WHITE, outline=outline)
    for number, (name, colour) in enumerate(zip(names, colours, strict=True)):
        top = y + size * (0.4 + 1.4 * number)
        pen.rectangle([x + size * 0.3, top, x + size * 1.2, top + size * 0.9], fill=colour, outline=(0, 0, 0))
        write(pen, (x + size * 1.5, top - size * 0.1), name, face, fill=(0, 0, 0))


def annotate(image: Image.Image, rng: np.random.Generator, font: Font, *, is_dense: bool) -> None:
    """Add place names, arrows, a title, a scale, a compass and a grid, each with some probability."""
    pen, size = ImageDraw.Draw(image), max(9, int(image.width / rng.uniform(28, 50)))
    ink = pick(rng, [(0, 0, 0), (0, 0, 0), (50, 40, 40), (30, 60, 120)])
    dotted = chance(rng, 0.5)
    for _ in range(int(2 ** rng.uniform(0, 6 if is_dense else 4.5)) if chance(rng, 0.85) else 0):
        x, y = (float(number) for number in rng.uniform([0.03, 0.05], [0.9, 0.95]) * image.size)
        large = chance(rng, 0.12)
        name = words(rng, 1).upper() if large else words(rng, 1)
        face = fitted(name, font, int(size * (1.7 if large else rng.uniform(0.7, 1.1))), image.width * 0.4)
        if dotted and not large:
            pen.ellipse([x - 5, y - 3, x - 1, y + 1], fill=ink)
        write(pen, (x, y), name, face, fill=ink, anchor="lm", bold=large)
    if chance(rng, 0.15):
        for _ in range(int(rng.integers(1, 6))):
            _curved_arrow(pen, rng, image.size)
    if chance(rng, 0.3):
        title = words(rng, int(rng.integers(1, 5)))
        face = fitted(title, font, int(size * 1.6), image.width * 0.9)
        write(pen, (image.width / 2, 4), title, face, fill=ink, anchor="ma", bold=True)
    _scale_and_compass(image, rng, ink)
    if chance(rng, 0.15):  # latitude and longitude
        for fraction in np.linspace(0.1, 0.9, int(rng.integers(3, 8))).tolist():
            x, y = fraction * image.width, fraction * image.height
            pen.line([x, 0, x, image.height], fill=(150, 150, 150), width=1)
            pen.line([0, y, image.width, y], fill=(150, 150, 150), width=1)


def _scale_and_compass(image: Image.Image, rng: np.random.Generator, ink: Colour) -> None:
    pen = ImageDraw.Draw(image)
    if chance(rng, 0.2):
        x, y, long = image.width * 0.06, image.height * 0.95, image.width * 0.18
        pen.line([x, y, x + long, y], fill=ink, width=2)
        for fraction in (0.0, 0.5, 1.0):
            pen.line([x + fraction * long, y - 5, x + fraction * long, y], fill=ink, width=2)
    if chance(rng, 0.2):
        x, y, half = image.width * 0.92, image.height * float(pick(rng, [0.1, 0.88])), image.width * 0.04
        pen.polygon([(x, y - half), (x + half * 0.3, y), (x, y + half), (x - half * 0.3, y)], fill=ink)
        pen.line([x - half, y, x + half, y], fill=ink, width=2)


def _curved_arrow(pen: ImageDraw.ImageDraw, rng: np.random.Generator, size: tuple[int, int]) -> None:
    """Draw a curved arrow, as on maps of campaigns and trade."""
    start, stop = rng.uniform([0.05, 0.05], [0.95, 0.95], (2, 2)) * size
    bend = np.array([start[1] - stop[1], stop[0] - start[0]]) * float(rng.uniform(-0.4, 0.4))
    steps = np.linspace(0, 1, 16)[:, None]
    places = start + (stop - start) * steps + bend * 4 * steps * (1 - steps)
    colour, wide = hue(rng, saturation=0.8), int(rng.integers(3, 10))
    draw_curve(pen, places, colour, wide)
    way = places[-1] - places[-2]
    way = way / max(1e-6, float(np.linalg.norm(way))) * wide * 2
    beside = np.array([-way[1], way[0]])
    pen.polygon([tuple((places[-1] + move).tolist()) for move in (2 * way, beside, -beside)], fill=colour)
