"""Check boxes of printed forms: empty, ticked or crossed, with their labels."""

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import chance, pick, words
from docsight_training.data.drawings.colours import Colour, theme
from docsight_training.data.drawings.fonts import load
from docsight_training.data.drawings.raster import SCALE, draw_curve, reduced
from docsight_training.data.drawings.typefaces import Typefaces, width_of, write

_TICK_INKS: list[Colour] = [(20, 20, 20), (25, 45, 140), (20, 30, 110), (150, 20, 30), (0, 0, 0)]


def draw_check_box(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw one check box alone, or one to six with labels in rows."""
    ground, ink = theme(rng, dark=0.03, tinted=0.25)
    size = SCALE * int(rng.integers(10, 30))
    if chance(rng, 0.3):
        side = int(size * 3)
        image = Image.new("RGB", (int(side * rng.uniform(1.1, 1.8)), int(side * rng.uniform(1.1, 1.6))), ground)
        at = (image.width - side) / 2, (image.height - side) / 2
        _box(ImageDraw.Draw(image), rng, at, side, ink, pick(rng, _TICK_INKS))
        return reduced(image)
    face = load(typefaces.plain(rng), size)
    rows = [words(rng, int(rng.integers(1, 4)), max_syllables=2) for _ in range(int(rng.integers(1, 7)))]
    side, pitch = int(size * float(rng.uniform(0.9, 1.5))), size * float(rng.uniform(1.6, 2.4))
    across, pad = chance(rng, 0.3) and len(rows) < 4, size * float(rng.uniform(0.3, 1))
    steps = [side * 1.5 + width_of(row, face) + size for row in rows]
    width = int((sum(steps) if across else max(steps)) + 2 * pad)
    image = Image.new("RGB", (width, int((pitch if across else pitch * len(rows)) + 2 * pad)), ground)
    pen, (x, y), tick = ImageDraw.Draw(image), (pad, pad), pick(rng, _TICK_INKS)
    for row, step in zip(rows, steps, strict=True):
        _box(pen, rng, (x, y), side, ink, tick)
        write(pen, (x + side * 1.5, y + side / 2), row, face, fill=ink, anchor="lm")
        x, y = (x + step, y) if across else (x, y + pitch)
    image.thumbnail((SCALE * 420, SCALE * 420), Image.Resampling.BILINEAR)
    return reduced(image)


def _box(
    pen: ImageDraw.ImageDraw, rng: np.random.Generator, at: tuple[float, float], side: float, ink: Colour, tick: Colour
) -> None:
    """Draw one box, round or square, with a mark in it two times in three."""
    (x, y), thick = at, max(2, int(side * float(rng.uniform(0.04, 0.12))))
    draw = pen.ellipse if chance(rng, 0.1) else pen.rectangle
    draw((x, y, x + side, y + side), outline=ink, width=thick)
    style = int(rng.integers(6))
    paths: list[list[tuple[float, float]]] = []
    if style in (0, 1):
        paths = [[(0.15, 0.5), (0.42, 0.85), (float(rng.uniform(0.85, 1.3)), float(rng.uniform(-0.3, 0.2)))]]
    elif style in (2, 3):
        paths = [[(0.1, 0.1), (0.9, 0.9)], [(0.9, 0.1), (0.1, 0.9)]]
    for path in paths:
        points = np.array([x, y]) + np.array(path) * side + rng.normal(0, side * 0.07, (len(path), 2))
        draw_curve(pen, points, tick, max(2, int(side * float(rng.uniform(0.06, 0.14)))))
