"""Tables of a few large cells, as in tutorials: with or without rules, with shaded rows and marked cells."""

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import amount, chance, digits, pick, word
from docsight_training.data.drawings.colours import hue, mixed, readable, theme
from docsight_training.data.drawings.fonts import load
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


def draw_data_frame(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw a small table of data as notebooks show it: right-aligned columns as wide as their text, bold names.

    Some cells are marked, hidden or shaded by their value; rows below a second line sum up the others.
    """
    size = SCALE * int(rng.integers(9, 17))
    face = load(typefaces.interface(rng) if chance(rng, 0.8) else typefaces.plain(rng), size)
    rows, columns = int(rng.integers(1, 8)), int(rng.integers(2, 7))
    style = pick(rng, [1, 1, 2, 6])  # decimals; 1 stands for whole numbers of one digit, too
    names = [_column_name(rng, number) for number in range(columns)]
    index = [pick(rng, [str(row), chr(65 + row), word(rng, max_syllables=2).capitalize()]) for row in range(rows)]
    whole = chance(rng, 0.5)
    cells = [[digits(rng, 1) if whole else amount(rng, highest=40, decimals=style) for _ in names] for _ in index]
    longest = [max(map(len, column)) for column in [index, *zip(names, *cells, strict=True)]]
    edges = np.cumsum([0, *(size * (1 + 0.62 * count) for count in longest)])
    pitch, pad = size * float(rng.uniform(1.5, 2.2)), size * float(rng.uniform(0, 0.8))
    ground, ink = theme(rng, dark=0.08, tinted=0.08)
    width, height = int(edges[-1] + 2 * pad), int((rows + 1) * pitch + 2 * pad)
    image = Image.new("RGB", (width, height), ground)
    pen, marks, shade = ImageDraw.Draw(image), [hue(rng, value=1.0), hue(rng)], hue(rng)
    marked, shaded, striped = float(pick(rng, [0, 0.1, 0.3])), chance(rng, 0.25), chance(rng, 0.6)
    for row, texts in enumerate([names, *cells]):
        top = pad + row * pitch
        if striped and row % 2:
            pen.rectangle([pad, top, width - pad, top + pitch], fill=mixed(ground, ink, 0.05))
        for column, text in enumerate(["" if row == 0 else index[row - 1], *texts]):
            box = [pad + edges[column], top, pad + edges[column + 1], top + pitch]
            fill = None
            if row and column and (shaded or chance(rng, marked)):
                fill = mixed(ground, shade, float(rng.random())) if shaded else pick(rng, marks)
                pen.rectangle(box, fill=fill)
            at = (box[2] - size * 0.4, top + pitch / 2)
            write(pen, at, text, face, fill=readable(fill) if fill else ink, anchor="rm", bold=row == 0 or column == 0)
    for line in {1, rows if chance(rng, 0.2) else 1} if chance(rng, 0.85) else set():
        pen.line([(pad, pad + line * pitch), (width - pad, pad + line * pitch)], fill=ink, width=2)
    image.thumbnail((SCALE * 420, SCALE * 420), Image.Resampling.BILINEAR)
    return reduced(image)


def _column_name(rng: np.random.Generator, number: int) -> str:
    return pick(rng, [str(number), chr(65 + number), word(rng, max_syllables=2).capitalize()])


def _number(rng: np.random.Generator, *, decimals: int) -> str:
    return pick(rng, [digits(rng, 1), digits(rng, 2), amount(rng, highest=10, decimals=decimals)])
