"""The marks of charts as plotting libraries draw them: bands, dense lines, steps, clusters, thin boxes and violins."""

import math

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.chart_canvas import ChartCanvas
from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.colours import Colour, mixed
from docsight_training.data.drawings.raster import Point, box_around, on_circle


def signed_bars(canvas: ChartCanvas) -> None:
    """Draw bars above and below a line, or bars with the range of their error; upright or sideways."""
    rng, count = canvas.rng, int(canvas.rng.integers(2, 12))
    base, series = float(pick(rng, [0.0, 0.0, 0.5, 0.9])), min(3, len(canvas.colours))
    sideways, ranged, full = chance(rng, 0.3), chance(rng, 0.5), float(rng.uniform(0.3, 0.9))
    for number in range(count):
        for place in range(series):
            wide = full / count / series
            left = (number + (1 - full) / 2) / count + place * wide
            height = base + float(rng.uniform(-base, 1 - base)) * 0.9
            _rectangle(canvas, (left, base), (left + wide, height), canvas.colour(place), sideways=sideways)
            if ranged:
                error, x = float(rng.uniform(0.02, 0.12)), left + wide / 2
                ends = [(x, max(0.0, height - error)), (x, min(1.0, height + error))]
                start, stop = [(y, x) for x, y in ends] if sideways else ends
                canvas.line(start, stop, width=canvas.thick)
    zero = [(base, 0.0), (base, 1.0)] if sideways else [(0.0, base), (1.0, base)]
    canvas.line(zero[0], zero[1], width=1)


def sideways_histogram(canvas: ChartCanvas) -> None:
    count = int(canvas.rng.integers(6, 24))
    tall = np.sort(canvas.rng.random(count)) if chance(canvas.rng, 0.5) else _bell(canvas, count)
    for number, height in enumerate(tall.tolist()):
        _rectangle(canvas, (number / count, 0), ((number + 1) / count, height * 0.95), canvas.colours[0], sideways=True)


def bands(canvas: ChartCanvas) -> None:
    """Draw lines in a band of their uncertainty, at times with the measured points."""
    rng, count = canvas.rng, int(canvas.rng.integers(8, 60))
    across, layer = np.linspace(0.02, 0.98, count), Image.new("L", canvas.image.size)
    for number in range(min(3, len(canvas.colours))):
        middle = 0.5 + 0.25 * _wave(canvas, across)
        reach = float(rng.uniform(0.03, 0.15)) * (0.4 + np.abs(_wave(canvas, across)))
        outline = [*canvas.path(across, np.clip(middle + reach, 0, 1))]
        outline += canvas.path(across[::-1], np.clip(middle - reach, 0, 1)[::-1])
        layer.paste(0, (0, 0, *layer.size))
        ImageDraw.Draw(layer).polygon(outline, fill=int(rng.uniform(50, 140)))
        canvas.image.paste(canvas.colour(number), (0, 0), layer)
        canvas.pen.line(canvas.path(across, middle), fill=canvas.colour(number), width=canvas.thick + 1)
        if chance(rng, 0.4):
            _dots(canvas, across, np.clip(middle + rng.normal(0, 0.05, count), 0.01, 0.99), canvas.ink)


def dense_lines(canvas: ChartCanvas) -> None:
    """Draw series of hundreds of values: noise, walks, damped waves, or steps."""
    rng, count = canvas.rng, int(2 ** canvas.rng.uniform(5, 9))
    across, style = np.linspace(0, 1, count), int(rng.integers(4))
    for number in range(min(4, len(canvas.colours))):
        noise = rng.normal(0, 1, count)
        if style == 0:
            up = 0.5 + 0.12 * noise + 0.1 * _wave(canvas, across)
        elif style == 1:
            walk = np.cumsum(noise)
            up = 0.05 + 0.9 * (walk - walk.min()) / max(1e-6, float(np.ptp(walk)))
        elif style == 2:
            up = 0.5 + 0.45 * np.exp(-3 * across) * np.sin(float(rng.uniform(20, 90)) * across + number)
        else:
            rises = np.sort(rng.random(int(rng.integers(4, 20))))
            up = np.searchsorted(rises, across ** float(rng.uniform(0.3, 2))) / len(rises) * 0.95
        places = canvas.path(across, np.clip(up, 0.01, 0.99))
        canvas.pen.line(places, fill=canvas.colour(number), width=max(1, canvas.thick))
    if chance(rng, 0.2):
        canvas.line((0, 0.5), (1, 0.5), width=1)


def clusters(canvas: ChartCanvas) -> None:
    """Draw hundreds of small points in groups, clouds, rings or along a line."""
    rng, radius = canvas.rng, canvas.size * float(canvas.rng.uniform(0.08, 0.3))
    groups = len(canvas.colours) if chance(rng, 0.6) else 1
    for number in range(groups):
        count = int(2 ** rng.uniform(4, 9 if groups < 3 else 7.5))
        middle, spread = rng.uniform(0.2, 0.8, 2), rng.uniform(0.03, 0.18, 2)
        if chance(rng, 0.15):
            turns = rng.uniform(0, 2 * math.pi, count)
            spots = 0.5 + 0.35 * np.stack([np.cos(turns), np.sin(turns)], axis=1) + rng.normal(0, 0.02, (count, 2))
        else:
            spots = middle + rng.normal(0, 1, (count, 2)) * spread
            spots[:, 1] += (spots[:, 0] - middle[0]) * float(rng.uniform(-1, 1.5))
        xs, ys = np.clip(spots, 0.01, 0.99).T
        _dots(canvas, xs, ys, canvas.colour(number), radius=radius)
        if chance(rng, 0.15):
            canvas.pen.line(
                [canvas.at(0.02, float(rng.uniform(0, 0.5))), canvas.at(0.98, 0.9)], fill=canvas.ink, width=2
            )


def thin_boxes(canvas: ChartCanvas) -> None:
    """Draw box plots of thin lines without a filling, with outliers."""
    rng, count = canvas.rng, int(canvas.rng.integers(2, 9))
    colour, half = canvas.colour(0), float(rng.uniform(0.1, 0.35)) / count
    for number in range(count):
        low, first, median, third, high = sorted(rng.uniform(0.1, 0.9, 5).tolist())
        x, wide = (number + 0.5) / count, max(1, canvas.thick - 1)
        box = [
            canvas.at(x - half, first),
            canvas.at(x + half, first),
            canvas.at(x + half, third),
            canvas.at(x - half, third),
        ]
        canvas.pen.line([*box, box[0]], fill=colour, width=wide)
        for start, stop in ((low, first), (third, high)):
            canvas.pen.line([canvas.at(x, start), canvas.at(x, stop)], fill=colour, width=wide)
        for y in (low, median, high):
            reach = half if y == median else half / 2
            canvas.pen.line([canvas.at(x - reach, y), canvas.at(x + reach, y)], fill=canvas.colour(1), width=wide)
        for y in rng.uniform(0.02, 0.98, int(rng.integers(0, 4))):
            canvas.pen.ellipse(box_around(canvas.at(x, float(y)), canvas.size * 0.2), outline=canvas.ink)


def violins(canvas: ChartCanvas) -> None:
    """Draw the outlines of distributions side by side, at times with their values in rows."""
    rng, count = canvas.rng, int(canvas.rng.integers(2, 9))
    ups = np.linspace(0, 1, 24)
    rows = chance(rng, 0.3)
    for number in range(count):
        wide = np.exp(-(((ups - 0.5) / float(rng.uniform(0.15, 0.4))) ** 2)) * 0.42 / count
        low, high = sorted(rng.uniform(0.02, 0.98, 2).tolist())
        ys, x = low + max(0.25, high - low) * ups * 0.9, (number + 0.5) / count
        outline = [*canvas.path(x - wide, np.clip(ys, 0, 1)), *canvas.path((x + wide)[::-1], np.clip(ys, 0, 1)[::-1])]
        canvas.pen.polygon(outline, fill=mixed(canvas.colour(number), canvas.ground, 0.3), outline=canvas.ink)
        for y, reach in zip(ys.tolist(), wide.tolist(), strict=True) if rows else ():
            canvas.pen.line([canvas.at(x - reach, min(1, y)), canvas.at(x + reach, min(1, y))], fill=canvas.ink)


def overlaid_areas(canvas: ChartCanvas) -> None:
    """Fill the areas below lines that cross, half transparent."""
    rng, count = canvas.rng, int(canvas.rng.integers(4, 20))
    across = np.linspace(0, 1, count)
    for number in range(min(4, len(canvas.colours))):
        layer = Image.new("L", canvas.image.size)
        outline = [canvas.at(0, 0), *canvas.path(across, rng.uniform(0.05, 0.95, count)), canvas.at(1, 0)]
        ImageDraw.Draw(layer).polygon(outline, fill=255 if number == 0 else 140)
        canvas.image.paste(canvas.colour(number), (0, 0), layer)


def regions(canvas: ChartCanvas) -> None:
    """Divide the plot by straight or hexagonal borders into shaded regions, at times with points on them."""
    rng, (left, top, right, bottom) = canvas.rng, canvas.frame
    canvas.pen.rectangle(canvas.frame, fill=mixed(canvas.colour(0), canvas.ground, 0.4))
    if chance(rng, 0.5):
        side = canvas.size * float(rng.uniform(0.5, 1.5))
        for row, y in enumerate(np.arange(top + side, bottom - side, side * 1.5).tolist()):
            for x in np.arange(left + side * (1 + 0.87 * (row % 2)), right - side, side * 1.74).tolist():
                corners = [on_circle((x, y), side, math.pi * (number / 3 + 0.5)) for number in range(6)]
                canvas.pen.polygon(corners, fill=mixed(canvas.ground, canvas.colour(-1), float(rng.random())))
        return
    for number in range(1, int(rng.integers(2, 5))):
        cut = [canvas.at(float(x), y) for x, y in zip(rng.uniform(0.1, 0.9, 2), (0.0, 1.0), strict=True)]
        colour = mixed(canvas.colour(number), canvas.ground, 0.4)
        canvas.pen.polygon([*cut, canvas.at(1, 1), canvas.at(1, 0)], fill=colour)
    for number in range(int(rng.integers(0, 4))):
        xs, ys = np.clip(rng.normal(rng.uniform(0.3, 0.7, 2), 0.12, (50, 2)), 0.01, 0.99).T
        _dots(canvas, xs, ys, canvas.colour(number))


def _dots(canvas: ChartCanvas, xs: np.ndarray, ys: np.ndarray, colour: Colour, *, radius: float | None = None) -> None:
    radius = canvas.size * 0.2 if radius is None else radius
    for place in canvas.path(xs, ys):
        canvas.pen.ellipse(box_around(place, max(1.0, radius)), fill=colour)


def _wave(canvas: ChartCanvas, across: np.ndarray) -> np.ndarray:
    speed, phase = (float(number) for number in canvas.rng.uniform([2, 0], [14, 6]))
    wave: np.ndarray = np.sin(speed * across + phase)
    return wave


def _bell(canvas: ChartCanvas, count: int) -> np.ndarray:
    places = np.linspace(-1, 1, count)
    bell: np.ndarray = np.exp(-((places / float(canvas.rng.uniform(0.3, 0.8))) ** 2))
    return bell


def _rectangle(canvas: ChartCanvas, start: Point, stop: Point, colour: Colour, *, sideways: bool) -> None:
    """Draw a bar between two points, given along and across the bars as fractions of the plot area."""
    first, last = ((start[1], start[0]), (stop[1], stop[0])) if sideways else (start, stop)
    (x0, y0), (x1, y1) = canvas.at(*first), canvas.at(*last)
    canvas.pen.rectangle([min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)], fill=colour)
