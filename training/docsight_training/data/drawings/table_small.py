"""Tables of a few large cells, as in tutorials: with or without rules, with shaded rows and marked cells."""

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import amount, chance, digits, pick, word
from docsight_training.data.drawings.colours import hue, mixed, readable, theme
from docsight_training.data.drawings.raster import SCALE, reduced
from docsight_training.data.drawings.typefaces import Typefaces, fitted, write


def draw_small_table(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw a table of at most six columns and eight rows, with a header row and often a header column."""
    columns, rows = int(rng.integers(2, 7)), int(rng.integers(2, 9))
    tall = SCALE * int(rng.integers(14, 34))
    wide = int(tall * float(rng.uniform(1, 3.2)))
    ground, ink = theme(rng, dark=0.05, tinted=0.1)
    image = Image.new("RGB", (min(SCALE * 420, columns * wide), min(SCALE * 420, rows * tall)), ground)
    wide, tall = image.width // columns, image.height // rows
    pen, font = ImageDraw.Draw(image), typefaces.plain(rng)
    style = pick(rng, ["shaded", "shaded", "grid", "lines", "header", "none"])
    faint, header = mixed(ground, ink, 0.06), mixed(ground, pick(rng, [ink, hue(rng)]), float(rng.uniform(0.1, 0.9)))
    marks, marked = [hue(rng) for _ in range(3)], float(pick(rng, [0, 0, 0.1, 0.4]))
    names, indexed = [word(rng, max_syllables=2).capitalize() for _ in range(columns)], chance(rng, 0.6)
    letter = chance(rng, 0.4)
    for row, column in np.ndindex(rows, columns):
        left, top = column * wide, row * tall
        fill = header if row == 0 and style in ("header", "grid") else ground
        fill = faint if style == "shaded" and row % 2 == 0 and row else fill
        fill = pick(rng, marks) if row and column and chance(rng, marked) else fill
        pen.rectangle([left, top, left + wide, top + tall], fill=fill)
        text = _number(rng, decimals=0 if letter else 1)
        if row == 0:
            text = "" if indexed and column == 0 else chr(65 + column) if letter else names[column]
        elif indexed and column == 0:
            text = str(row - 1)
        face = fitted(text or "0", font, int(tall * 0.6), wide * 0.85)
        middle = (left + wide / 2, top + tall / 2)
        write(pen, middle, text, face, fill=readable(fill), anchor="mm", bold=row == 0 or (indexed and column == 0))
    if style == "grid":
        for row in range(rows + 1):
            pen.line([(0, row * tall), (image.width, row * tall)], fill=ink, width=2)
        for column in range(columns + 1):
            pen.line([(column * wide, 0), (column * wide, image.height)], fill=ink, width=2)
    if style in ("lines", "shaded"):
        pen.line([(0, tall), (image.width, tall)], fill=ink, width=int(rng.integers(1, 4)))
    return reduced(image)


def _number(rng: np.random.Generator, *, decimals: int) -> str:
    return pick(rng, [digits(rng, 1), digits(rng, 2), amount(rng, highest=10, decimals=decimals)])
