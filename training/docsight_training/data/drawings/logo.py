"""Logos: a mark, a name, or both, on white or on a colour."""

import math

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import chance, pick, word
from docsight_training.data.drawings.colours import WHITE, Colour, hue, palette, readable
from docsight_training.data.drawings.raster import SCALE, box_around, on_circle, reduced
from docsight_training.data.drawings.typefaces import Typefaces, fitted, width_of, write

_FLAT_COLOURS: list[Colour] = [(0, 0, 0), (30, 30, 30), (220, 40, 50), (20, 90, 200), (20, 150, 90), (250, 150, 20)]


def draw_logo(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    ground = hue(rng) if chance(rng, 0.12) else WHITE
    colours = palette(rng, int(rng.integers(1, 4))) if chance(rng, 0.6) else [pick(rng, _FLAT_COLOURS)]
    if ground != WHITE:
        colours = [readable(ground), *colours]
    layout = pick(rng, ["mark", "mark", "mark", "name", "beside", "beside", "below"])
    side, pad = SCALE * int(rng.integers(90, 160)), int(rng.integers(0, 30))
    mark = Image.new("RGB", (side, side), ground)
    if layout != "name":
        _mark(ImageDraw.Draw(mark), rng, side, colours, ground)
    if layout == "mark":
        return reduced(_padded(mark.resize((side * 3 // 2,) * 2, Image.Resampling.BILINEAR), pad, ground))
    name, font = word(rng, max_syllables=3), typefaces.plain(rng)
    name = pick(rng, [name.upper(), name.capitalize(), name])
    face = fitted(name, font, int(side * rng.uniform(0.3, 0.7)), side * 2.5)
    size = (width_of(name, face) + int(face.size) // 3, int(face.size) * 4 // 3)
    ink = pick(rng, [readable(ground), colours[0], (60, 60, 60)])
    beside, below = (side + side // 6, max(0, (side - size[1]) // 2)), (0, side + side // 10)
    at = {"name": (0, 0), "beside": beside, "below": below}[layout]
    across = max(size[0] + at[0], 0 if layout == "name" else side)
    down = max(size[1] + at[1], 0 if layout == "name" else side)
    whole = Image.new("RGB", (across, down), ground)
    if layout != "name":
        whole.paste(mark, ((across - side) // 2 if layout == "below" else 0, 0))
    x = (across - size[0]) // 2 if layout == "below" else at[0]
    write(ImageDraw.Draw(whole), (x, at[1]), name, face, fill=ink, bold=chance(rng, 0.5))
    if whole.width > SCALE * 400:
        height = max(20, whole.height * SCALE * 400 // whole.width)
        whole = whole.resize((SCALE * 400, height), Image.Resampling.BILINEAR)
    return reduced(_padded(whole, pad, ground))


def _mark(pen: ImageDraw.ImageDraw, rng: np.random.Generator, side: int, colours: list[Colour], ground: Colour) -> None:
    """Draw a shape in a few colours; most shapes are symmetric."""
    half, style = side / 2, int(rng.integers(4))
    count, first = int(rng.integers(2, 9)), float(rng.uniform(0, 6))
    if style == 0:  # one shape rotated about the centre
        spots = rng.uniform([0.1, 0], [1, 2 * math.pi / count], (int(rng.integers(3, 6)), 2)).tolist()
        for number in range(count):
            turn = first + 2 * math.pi * number / count
            corners = [on_circle((half, half), half * radius, turn + angle) for radius, angle in spots]
            pen.polygon(corners, fill=colours[number % len(colours)])
    elif style == 1:  # a badge with a cut-out
        pick(rng, [pen.ellipse, pen.rectangle])([0, 0, side - 1, side - 1], fill=colours[0])
        inner = colours[1] if len(colours) > 1 else ground
        points = half * (1 + 0.6 * rng.uniform(-1, 1, (int(rng.integers(3, 7)), 2)))
        pen.polygon([tuple(point) for point in points.tolist()], fill=inner)
    elif style == 2:  # rings and arcs
        for number in range(count):
            box, start = box_around((half, half), half * (1 - number / count)), first * 57 + 90 * number
            stop = start + float(pick(rng, [360, 270, 180, 120]))
            pen.arc(box, start, stop, fill=colours[number % len(colours)], width=max(2, int(half / count * 0.7)))
    else:  # blocks on a grid, mirrored
        grid = int(rng.integers(2, 6))
        filled = rng.random((grid, grid)) < 0.6
        filled |= filled[:, ::-1]
        cell, draw = side / grid, pick(rng, [pen.ellipse, pen.rectangle])
        for row, column in np.argwhere(filled).tolist():
            box = [column * cell, row * cell, (column + 1) * cell - 1, (row + 1) * cell - 1]
            draw(box, fill=colours[(row + column) % len(colours)])


def _padded(image: Image.Image, pad: int, ground: Colour) -> Image.Image:
    whole = Image.new("RGB", (image.width + 2 * pad, image.height + 2 * pad), ground)
    whole.paste(image, (pad, pad))
    return whole
