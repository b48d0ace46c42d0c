"""The marks of charts: bars, lines, points, areas, boxes and slices."""

import math

import numpy as np

from docsight_training.data.drawings.chart_canvas import ChartCanvas
from docsight_training.data.drawings.choices import chance, pick, word
from docsight_training.data.drawings.colours import Colour, mixed
from docsight_training.data.drawings.raster import Point, box_around, on_ellipse


def bars(canvas: ChartCanvas, *, sideways: bool = False) -> None:
    rng = canvas.rng
    count, series = int(rng.integers(3, 14)), len(canvas.colours)
    stacked = series > 1 and chance(rng, 0.45)
    full = float(rng.uniform(0.5, 0.95))
    outline = canvas.ink if chance(rng, 0.25) else None
    numbered, coloured = chance(rng, 0.2), series > 2 and chance(rng, 0.25)
    for number in range(count):
        first = (number + (1 - full) / 2) / count
        heights = (rng.uniform(0.1, 0.95, series) / (series if stacked else 1)).tolist()
        base = 0.0
        for place in range(1 if coloured else series):
            step = full / count / (1 if stacked or coloured else series)
            left = first if stacked else first + place * step
            low, high = (base, base + heights[place]) if stacked else (0.0, heights[place])
            base = high
            # (low, left), (high, right): along the value axis, and across it
            ends = [(low, left), (high, left + step), (high, left + step / 2)]
            start, stop, label = ends if sideways else [(across, along) for along, across in ends]
            _block(canvas, start, stop, canvas.colour(number if coloured else place), outline=outline)
            if numbered and not stacked:
                canvas.write(canvas.at(*label), f"{100 * high:.0f}", anchor="lm" if sideways else "md")


def sideways_bars(canvas: ChartCanvas) -> None:
    bars(canvas, sideways=True)


def histogram(canvas: ChartCanvas) -> None:
    """Draw a histogram of a bell-shaped distribution, skewed or not."""
    count = int(canvas.rng.integers(8, 40))
    middle, wide, skew = (float(number) for number in canvas.rng.uniform([0.2, 0.08, 0], [0.8, 0.3, 2]))
    places = (np.arange(count) + 0.5) / count
    tall = np.exp(-(((places - middle) / wide) ** 2)) * np.exp(-skew * places) + canvas.rng.uniform(0, 0.12, count)
    tall *= 0.95 / tall.max()
    edge = mixed(canvas.colours[0], canvas.ink, 0.6) if chance(canvas.rng, 0.6) else None
    for number, height in enumerate(tall):
        corner = ((number + 1) / count, float(height))
        _block(canvas, (number / count, 0), corner, canvas.colours[0], outline=edge)


def lines(canvas: ChartCanvas) -> None:
    """Draw lines through series of values, some of them dashed or with markers."""
    rng = canvas.rng
    marked, count = chance(rng, 0.35), int(2 ** rng.uniform(2, 7))
    for number in range(len(canvas.colours)):
        values = _series(canvas, count)
        places = canvas.path(np.linspace(0, 1, count), values)
        _line(canvas, places, number, dashed=chance(rng, 0.2))
        if marked and count < 40:
            _markers(canvas, places, number)


def curves(canvas: ChartCanvas) -> None:
    """Draw smooth crossing curves, as in economics, with letters, dots and dashed lines to the axes."""
    rng = canvas.rng
    across = np.linspace(0.03, 0.97, 30)
    for number in range(int(rng.integers(1, 5))):
        style, bend = int(rng.integers(5)), float(rng.uniform(0.5, 3))
        shapes = [across**bend, (1 - across) ** bend, np.exp(-((across - 0.5) ** 2) * 10 * bend)]
        shapes += [1 / (1 + np.exp(-8 * bend * (across - 0.5))), 0.5 + 0.45 * np.sin(6 * bend * across)]
        up = float(rng.uniform(0.02, 0.3)) + shapes[style] * float(rng.uniform(0.4, 0.7))
        places = canvas.path(across, up)
        _line(canvas, places, number, dashed=chance(rng, 0.15))
        if chance(rng, 0.6):
            name = pick(rng, ["D", "S", "MC", "AD", "AC", word(rng).capitalize()])
            canvas.write((places[-1][0] - canvas.size, places[-1][1] - canvas.size), name)
        if chance(rng, 0.5):
            place = pick(rng, places)
            _markers(canvas, [place], number)
            _dashes(canvas, place, (place[0], canvas.bottom))
            _dashes(canvas, place, (canvas.left, place[1]))


def points(canvas: ChartCanvas) -> None:
    """Draw a scatter plot, at times with regression lines."""
    rng = canvas.rng
    for number in range(len(canvas.colours)):
        count, slope = int(2 ** rng.uniform(3, 7.5)), float(rng.uniform(-0.8, 0.8))
        xs = np.clip(rng.normal(float(rng.uniform(0.3, 0.7)), float(rng.uniform(0.08, 0.25)), count), 0.02, 0.98)
        ys = 0.5 + slope * (xs - 0.5) + rng.normal(float(rng.uniform(-0.2, 0.2)), float(rng.uniform(0.03, 0.15)), count)
        _markers(canvas, canvas.path(xs, np.clip(ys, 0.02, 0.98)), number)
        if chance(rng, 0.3):
            ends = np.array([0.05, 0.95])
            _line(canvas, canvas.path(ends, np.clip(0.5 + slope * (ends - 0.5), 0, 1)), number, dashed=chance(rng, 0.5))


def areas(canvas: ChartCanvas) -> None:
    count = int(canvas.rng.integers(5, 50))
    tops = np.cumsum([_series(canvas, count) for _ in canvas.colours], axis=0)
    tops *= float(canvas.rng.uniform(0.7, 0.98)) / tops.max()
    across = np.linspace(0, 1, count)
    for number in reversed(range(len(tops))):
        outline = canvas.path(across, tops[number])
        canvas.pen.polygon([canvas.at(0, 0), *outline, canvas.at(1, 0)], fill=canvas.colours[number])


def boxes(canvas: ChartCanvas) -> None:
    count = int(canvas.rng.integers(3, 10))
    for number in range(count):
        low, first, median, third, high = sorted(canvas.rng.uniform(0.05, 0.95, 5).tolist())
        middle, half = (number + 0.5) / count, 0.3 / count
        canvas.line((middle, low), (middle, high), width=canvas.thick)
        for end in (low, high):
            canvas.line((middle - half / 2, end), (middle + half / 2, end), width=canvas.thick)
        _block(canvas, (middle - half, first), (middle + half, third), canvas.colour(number), outline=canvas.ink)
        canvas.line((middle - half, median), (middle + half, median), width=canvas.thick + 1)


def pie(canvas: ChartCanvas) -> None:
    """Draw a labelled pie or doughnut, flat or in perspective."""
    rng = canvas.rng
    count = max(2, len(canvas.colours) + int(rng.integers(0, 3)))
    ends = np.cumsum(rng.uniform(0.3, 2, count))
    angles = [0.0, *(360 * ends / ends[-1]).tolist()]
    radius = 0.36 * min(canvas.right - canvas.left, canvas.bottom - canvas.top) * float(rng.uniform(0.8, 1.25))
    x, y = (canvas.left + canvas.right) / 2, (canvas.top + canvas.bottom) / 2
    flat = float(pick(rng, [1.0, 1.0, 0.6]))
    first = float(rng.uniform(0, 360))
    outline = canvas.ground if chance(rng, 0.5) else canvas.ink if chance(rng, 0.5) else None
    for depth in range(int(radius * 0.25) if flat < 1 else 0, -1, -1):
        box = [x - radius, y - radius * flat + depth, x + radius, y + radius * flat + depth]
        for number in range(count):
            darker = 0.4 if depth else 0.0 if number < len(canvas.colours) else 0.25
            colour = mixed(canvas.colour(number), canvas.ink, darker)
            start, stop = first + angles[number], first + angles[number + 1]
            canvas.pen.pieslice(box, start, stop, fill=colour, outline=None if depth else outline)
    if flat == 1 and chance(rng, 0.3):
        hole = radius * float(rng.uniform(0.4, 0.75))
        canvas.pen.ellipse(box_around((x, y), hole), fill=canvas.ground)
    if chance(rng, 0.7):
        away = radius * float(pick(rng, [0.65, 1.2]))
        for number in range(count):
            turn = math.radians(first + (angles[number] + angles[number + 1]) / 2)
            label = pick(rng, [f"{(angles[number + 1] - angles[number]) / 3.6:.0f}%", word(rng).capitalize()])
            canvas.write(on_ellipse((x, y), away, away * flat, turn), label, anchor="mm")


def _series(canvas: ChartCanvas, count: int) -> np.ndarray:
    """Make a random walk of values from 0 to 1."""
    rng = canvas.rng
    values = np.cumsum(rng.normal(float(rng.normal(0, 0.3)), 1, count)) + rng.normal(0, float(rng.uniform(0, 1)), count)
    low, high = sorted(rng.uniform([0.05, 0.5], [0.5, 0.97]).tolist())
    scaled: np.ndarray = low + (high - low) * (values - values.min()) / max(1e-6, float(np.ptp(values)))
    return scaled


def _block(canvas: ChartCanvas, start: Point, stop: Point, colour: Colour, *, outline: Colour | None) -> None:
    """Draw a filled rectangle between two points, given as fractions of the plot area."""
    (left, low), (right, high) = canvas.at(*start), canvas.at(*stop)
    canvas.pen.rectangle([left, min(low, high), max(left, right), max(low, high)], fill=colour, outline=outline)


def _line(canvas: ChartCanvas, places: list[Point], number: int, *, dashed: bool) -> None:
    colour = canvas.colour(number)
    if dashed and len(places) > 3:
        for start, stop in zip(places[::2], places[1::2], strict=False):
            canvas.pen.line([start, stop], fill=colour, width=canvas.thick + 1)
    else:
        canvas.pen.line(places, fill=colour, width=canvas.thick + 1, joint="curve")


def _markers(canvas: ChartCanvas, places: list[Point], number: int) -> None:
    radius = canvas.size * (0.2 + 0.1 * (number % 3))
    colour = canvas.colour(number)
    for place in places:
        box = box_around(place, radius)
        if number % 3 == 1:
            canvas.pen.rectangle(box, fill=colour)
        else:
            canvas.pen.ellipse(box, fill=colour if number % 3 == 0 else None, outline=colour, width=2)


def _dashes(canvas: ChartCanvas, start: Point, stop: Point) -> None:
    steps = max(2, int(math.dist(start, stop) / canvas.size))
    ends = np.linspace(start, stop, 2 * steps)
    for dash_start, dash_stop in zip(ends[::2].tolist(), ends[1::2].tolist(), strict=True):
        canvas.pen.line([tuple(dash_start), tuple(dash_stop)], fill=canvas.ink, width=1)
