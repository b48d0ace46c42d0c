"""Images without any character, light on dark, for a classifier to reject: scribbles, shapes, noise and textures."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.handwriting import smooth

TextureFunction = Callable[[np.random.Generator, int], np.ndarray]
_STROKE_SCALE = 4  # strokes are drawn this many times as large, then reduced


def scribble(rng: np.random.Generator, size: int) -> np.ndarray:
    """Draw smooth pen strokes, too many or too winding for a digit."""
    strokes = int(rng.integers(1, 6))
    image, pen = _canvas(size)
    width = int(rng.integers(_STROKE_SCALE, 3 * _STROKE_SCALE))
    for _ in range(strokes):
        bends = int(rng.integers(9, 16)) if strokes < 3 else int(rng.integers(3, 7))
        where = rng.uniform(0.1, 0.9, (bends, 2)) * size * _STROKE_SCALE
        pen.line([(float(x), float(y)) for x, y in smooth(where, steps=6)], fill=255, width=width, joint="curve")
    return _reduced(image)


def shape(rng: np.random.Generator, size: int) -> np.ndarray:
    """Draw a polygon, star, cross, arrow or box; no circles and bars, which look like 0 and 1."""
    image, pen = _canvas(size)
    width = int(rng.integers(_STROKE_SCALE, 3 * _STROKE_SCALE))
    radius, turn = rng.uniform(0.25, 0.42), rng.uniform(0, 2 * np.pi)
    kind = rng.integers(6)
    if kind == 0:  # a polygon, filled or outlined
        corners = _ring(int(rng.integers(3, 7)), radius, turn, size)
        if len(corners) > 3 or rng.random() < 0.5:
            pen.polygon(corners, fill=255)
        else:
            pen.line([*corners, *corners[:2]], fill=255, width=width, joint="curve")
    elif kind == 1:  # a star
        points = int(rng.integers(4, 9))
        outer, inner = _ring(points, radius, turn, size), _ring(points, radius * 0.45, turn + np.pi / points, size)
        pen.polygon([corner for pair in zip(outer, inner, strict=True) for corner in pair], fill=255)
    elif kind == 2:  # rays that cross in the centre
        ends = _ring(2 * int(rng.integers(2, 5)), radius, turn, size)
        for start, end in zip(ends, ends[len(ends) // 2 :], strict=False):
            pen.line([start, end], fill=255, width=width)
    elif kind in (3, 4):  # a box with its diagonals, or without its fourth side, an arrow with two heads
        a, b, c, d = _ring(4, radius, turn, size)
        for path in ([a, b, c, d, a] if kind == 3 else [a, b, c, d], [a, c], [b, d]):
            pen.line(path, fill=255, width=width)
    else:  # a filled box, no bar
        side = rng.uniform(0.35, 0.8, 2) * size * _STROKE_SCALE
        side[1] = np.clip(side[1], side[0] * 0.7, side[0] * 1.4)
        x, y = rng.uniform(0.1, 0.2, 2) * size * _STROKE_SCALE
        pen.rectangle((x, y, x + float(side[0]), y + float(side[1])), fill=255)
    return _reduced(image)


def blank(rng: np.random.Generator, size: int) -> np.ndarray:
    """Draw an even tone, at times with faint noise, a speck or the edge of a sheet."""
    pixels: np.ndarray = np.full((size, size), rng.uniform(0, 60) if rng.random() < 0.7 else rng.uniform(0, 255))
    if rng.random() < 0.6:
        pixels += rng.normal(0, rng.uniform(0.5, 6), pixels.shape)
    if rng.random() < 0.3:
        y, x = rng.integers(0, size - 2, 2)
        pixels[y : y + int(rng.integers(1, 3)), x : x + int(rng.integers(1, 3))] += rng.uniform(30, 255)
    if rng.random() < 0.2:
        edge = int(rng.integers(1, max(2, size // 6)))
        pixels = np.rot90(pixels, int(rng.integers(4))).copy()
        pixels[:edge] += rng.uniform(30, 255)
    return _bytes(pixels)


def noise(rng: np.random.Generator, size: int) -> np.ndarray:
    """Draw uniform, normal or salt-and-pepper noise, sharp or blurred."""
    kind = rng.integers(3)
    if kind == 0:
        pixels: np.ndarray = rng.uniform(0, 255, (size, size))
    elif kind == 1:
        pixels = rng.normal(rng.uniform(0, 160), rng.uniform(20, 90), (size, size))
    else:
        pixels = 255.0 * (rng.random((size, size)) < rng.uniform(0.03, 0.6))
    if rng.random() < 0.5:
        for _ in range(int(rng.integers(1, 4))):
            pixels = (np.roll(pixels, 1, 0) + pixels + np.roll(pixels, -1, 0)) / 3
            pixels = (np.roll(pixels, 1, 1) + pixels + np.roll(pixels, -1, 1)) / 3
        pixels = _stretched(pixels)
    return _bytes(pixels)


def clouds(rng: np.random.Generator, size: int) -> np.ndarray:
    """Draw fractal clouds, noise of several scales with the coarsest strongest; at times thresholded."""
    pixels = np.zeros((size, size), dtype=np.float32)
    fall = rng.uniform(0.4, 1.1)
    for octave in range(1, 5):
        cells = min(size, 2**octave + 1)
        coarse = Image.fromarray(rng.normal(0, 1, (cells, cells)).astype(np.float32))
        pixels += fall**octave * np.asarray(coarse.resize((size, size), Image.Resampling.BICUBIC))
    pixels = _stretched(pixels)
    if rng.random() < 0.4:
        pixels = np.clip((pixels - rng.uniform(90, 165)) * rng.uniform(3, 30), 0, 255)
    return _bytes(pixels)


def pattern(rng: np.random.Generator, size: int) -> np.ndarray:
    """Draw a regular texture: checks, stripes, waves, halftone dots, squared paper or a gradient."""
    turn = rng.uniform(0, np.pi)
    across, down = np.meshgrid(np.arange(size) + rng.uniform(0, 9), np.arange(size) + rng.uniform(0, 9))
    u, v = across * np.cos(turn) + down * np.sin(turn), down * np.cos(turn) - across * np.sin(turn)
    period = rng.uniform(2, size / 3)
    kind = rng.integers(6)
    if kind == 0:
        pixels = 255.0 * ((np.floor(2 * u / period) + np.floor(2 * v / period)) % 2)
    elif kind == 1:
        pixels = 255.0 * (u % period < period * rng.uniform(0.15, 0.7))
    elif kind == 2:
        pixels = 127.5 + 127.5 * np.sin(2 * np.pi * u / period + rng.uniform(0, 2) * np.sin(2 * np.pi * v / period))
    elif kind == 3:
        pixels = 255.0 * ((u % period - period / 2) ** 2 + (v % period - period / 2) ** 2 < (period * 0.3) ** 2)
    elif kind == 4:
        pixels = 255.0 * ((u % period < 1.2) | (v % period < 1.2))
    else:
        pixels = _stretched(u + rng.uniform(0, 0.5) * (v - size / 2) ** 2 / size)
    if rng.random() < 0.3:
        pixels = pixels + rng.normal(0, rng.uniform(5, 40), pixels.shape)
    return _bytes(pixels)


def overlay(rng: np.random.Generator, size: int) -> np.ndarray:
    """Combine two textures, which looks like a crop of a photo."""
    first, second = (Image.fromarray(pick(rng, _OVERLAID_TEXTURES)(rng, size)) for _ in range(2))
    if chance(rng, 0.5):
        return np.asarray(ImageChops.lighter(first, second))
    return np.asarray(Image.blend(first, second, rng.uniform(0.3, 0.7)))


_OVERLAID_TEXTURES: tuple[TextureFunction, ...] = (scribble, shape, noise, clouds, pattern)


def _canvas(size: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("L", (size * _STROKE_SCALE, size * _STROKE_SCALE))
    return image, ImageDraw.Draw(image)


def _reduced(image: Image.Image) -> np.ndarray:
    return np.asarray(image.reduce(_STROKE_SCALE))


def _ring(points: int, radius: float, turn: float, size: int) -> list[tuple[float, float]]:
    """Return points on a circle about the centre of the enlarged canvas."""
    angles = turn + 2 * np.pi * np.arange(points) / points
    full = size * _STROKE_SCALE
    return [(float(full * (0.5 + radius * np.cos(a))), float(full * (0.5 + radius * np.sin(a)))) for a in angles]


def _stretched(pixels: np.ndarray) -> np.ndarray:
    low, high = float(pixels.min()), float(pixels.max())
    return (pixels - low) * (255 / max(high - low, 1e-6))


def _bytes(pixels: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip(pixels, 0, 255), np.uint8)
