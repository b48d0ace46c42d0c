"""Points and boxes in pixels, and operations on whole drawings."""

import math
from collections.abc import Callable
from itertools import pairwise, product

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Point = tuple[float, float]

SCALE = 2  # drawings are made this many times too large, and reduced at the end


def box_around(middle: Point, half_width: float, half_height: float | None = None) -> list[float]:
    """Return left, top, right and bottom of a box around a point; by default it is a square."""
    half_height = half_width if half_height is None else half_height
    return [middle[0] - half_width, middle[1] - half_height, middle[0] + half_width, middle[1] + half_height]


def on_ellipse(middle: Point, half_width: float, half_height: float, angle: float) -> Point:
    """Return the point of an ellipse at an angle in radians, clockwise from the right."""
    return middle[0] + half_width * math.cos(angle), middle[1] + half_height * math.sin(angle)


def on_circle(middle: Point, radius: float, angle: float) -> Point:
    return on_ellipse(middle, radius, radius, angle)


def noise(rng: np.random.Generator, size: tuple[int, int], cells: tuple[int, int]) -> np.ndarray:
    """Make smooth noise from -1 to 1, (height, width), with `cells` bumps across and down."""
    grid = rng.uniform(-1, 1, (max(2, cells[1] + 1), max(2, cells[0] + 1))).astype(np.float32)
    return np.asarray(Image.fromarray(grid).resize(size, Image.Resampling.BICUBIC))


def fractal(rng: np.random.Generator, size: tuple[int, int], cells: int, *, octaves: int = 4) -> np.ndarray:
    """Sum noise of finer and finer grain, as in terrain, (height, width)."""
    half = (max(2, size[0] // 2), max(2, size[1] // 2))  # half the size is enough for the finest grain
    total = np.zeros((half[1], half[0]), np.float32)
    for octave in range(octaves):
        across = cells * 2**octave
        total += noise(rng, half, (across, max(1, round(across * size[1] / size[0])))) / 1.8**octave
    return np.asarray(Image.fromarray(total).resize(size, Image.Resampling.BILINEAR))


def to_image(pixels: np.ndarray) -> Image.Image:
    """Convert floats from 0 to 255, (height, width, 3), to an image."""
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def warp(image: Image.Image, size: tuple[int, int], source: Callable[[float, float], Point]) -> Image.Image:
    """Warp an image to a new size; `source` maps a point of the result to the point of the image shown there."""
    columns, rows = 4, 8
    across = [round(size[0] * column / columns) for column in range(columns + 1)]
    down = [round(size[1] * row / rows) for row in range(rows + 1)]
    mesh = []
    for (top, bottom), (left, right) in product(pairwise(down), pairwise(across)):
        corners = ((left, top), (left, bottom), (right, bottom), (right, top))
        mesh.append(((left, top, right, bottom), [number for corner in corners for number in source(*corner)]))
    return image.transform(size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def shadow(mask: Image.Image, radius: float) -> np.ndarray:
    """Blur a mask into a shadow from 0 to 1, (height, width); computed at a quarter of the size for speed."""
    small = mask.reduce(4).filter(ImageFilter.BoxBlur(max(1.0, radius / 4)))
    return np.asarray(small.resize(mask.size, Image.Resampling.BILINEAR), np.float32) / 255


def reduced(image: Image.Image) -> Image.Image:
    return image.reduce(SCALE)


def draw_curve(pen: ImageDraw.ImageDraw, points: np.ndarray, colour: tuple[int, int, int] | int, width: int) -> None:
    """Draw a line through points, (points, 2), with rounded joints."""
    pen.line([(float(x), float(y)) for x, y in points], fill=colour, width=width, joint="curve")
