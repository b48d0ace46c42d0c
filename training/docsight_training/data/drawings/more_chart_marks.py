"""The marks of rarer charts: heat maps, contours and radar charts."""

import math

import numpy as np
from PIL import Image

from docsight_training.data.drawings.chart_canvas import ChartCanvas
from docsight_training.data.drawings.choices import chance, word
from docsight_training.data.drawings.colours import mixed
from docsight_training.data.drawings.raster import box_around, fractal, on_circle


def heat_map(canvas: ChartCanvas) -> None:
    """Draw a matrix of shaded cells, at times with numbers and a scale."""
    rng = canvas.rng
    columns, rows = int(rng.integers(3, 18)), int(rng.integers(3, 18))
    values = rng.random((rows, columns)) if chance(rng, 0.5) else (fractal(rng, (columns, rows), 2) + 1.5) / 3
    if chance(rng, 0.3):
        values = np.where(np.abs(np.subtract.outer(np.arange(rows), np.arange(columns))) < 1, 1.0, values * 0.4)
    first, second = canvas.colours[0], mixed(canvas.ground, canvas.colours[-1], 0.25)
    numbered = chance(rng, 0.4) and columns < 9
    for row, column in np.ndindex(rows, columns):
        value = float(np.clip(values[row, column], 0, 1))
        (left, bottom), (right, top) = (
            canvas.at(column / columns, row / rows),
            canvas.at((column + 1) / columns, (row + 1) / rows),
        )
        canvas.pen.rectangle([left, top, right, bottom], fill=mixed(second, first, value))
        if numbered:
            canvas.write(((left + right) / 2, (top + bottom) / 2), f"{value:.2f}"[1:], anchor="mm")


def contours(canvas: ChartCanvas) -> None:
    """Draw filled bands of a smooth surface, as a contour plot or an image of measurements."""
    rng = canvas.rng
    left, top, right, bottom = (int(side) for side in canvas.frame)
    size = (max(8, right - left), max(8, bottom - top))
    surface = np.clip(0.5 + fractal(rng, size, int(rng.integers(2, 4)), octaves=2) / 2, 0, 1)
    count = int(rng.integers(4, 12))
    if chance(rng, 0.7):
        surface = np.round(surface * count) / count
    stops = np.array([mixed(canvas.ground, canvas.ink, 0.1), *canvas.colours, canvas.ink], np.float32)
    places = np.linspace(0, 1, len(stops))
    pixels = np.stack([np.interp(surface, places, stops[:, channel]) for channel in range(3)], axis=2)
    canvas.image.paste(Image.fromarray(pixels.astype(np.uint8)), (left, top))


def radar(canvas: ChartCanvas) -> None:
    """Draw axes in a star, with one polygon for each series."""
    rng, count = canvas.rng, int(canvas.rng.integers(3, 10))
    middle = ((canvas.left + canvas.right) / 2, (canvas.top + canvas.bottom) / 2)
    radius = 0.38 * min(canvas.right - canvas.left, canvas.bottom - canvas.top)
    turns = [2 * math.pi * at / count - math.pi / 2 for at in range(count)]
    faint, is_round = mixed(canvas.ground, canvas.ink, 0.25), chance(rng, 0.5)
    for ring in np.linspace(0.25, 1, 4).tolist():
        if is_round:
            canvas.pen.ellipse(box_around(middle, radius * ring), outline=faint)
        else:
            canvas.pen.polygon([on_circle(middle, radius * ring, turn) for turn in turns], outline=faint)
    for turn in turns:
        canvas.pen.line([middle, on_circle(middle, radius, turn)], fill=faint)
        canvas.write(on_circle(middle, radius * 1.15, turn), word(rng).capitalize(), anchor="mm")
    for number in range(min(3, len(canvas.colours))):
        corners = [on_circle(middle, radius * float(rng.uniform(0.2, 1)), turn) for turn in turns]
        canvas.pen.line([*corners, corners[0]], fill=canvas.colour(number), width=canvas.thick + 1)
