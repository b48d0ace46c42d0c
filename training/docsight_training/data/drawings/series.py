"""The marks of charts: bars, lines, points, slices."""

import math

import numpy as np

from docsight_training.data.drawings.colours import mixed
from docsight_training.data.drawings.faces import write
from docsight_training.data.drawings.plot import Plot
from docsight_training.data.drawings.words import chance, pick, word


def bars(plot: Plot) -> None:
    """Draw upright bars, side by side or stacked."""
    _bars(plot, sideways=False)


def sideways_bars(plot: Plot) -> None:
    """Draw bars from left to right."""
    _bars(plot, sideways=True)


def histogram(plot: Plot) -> None:
    """Draw touching bars in the shape of a bell, lopsided or not."""
    count = int(plot.rng.integers(8, 40))
    middle, wide, skew = (float(number) for number in plot.rng.uniform([0.2, 0.08, 0], [0.8, 0.3, 2]))
    places = (np.arange(count) + 0.5) / count
    tall = np.exp(-(((places - middle) / wide) ** 2)) * np.exp(-skew * places) + plot.rng.uniform(0, 0.12, count)
    tall *= 0.95 / tall.max()
    edge = mixed(plot.colours[0], plot.ink, 0.6) if chance(plot.rng, 0.6) else None
    for number, height in enumerate(tall):
        _block(plot, number / count, 0, (number + 1) / count, float(height), 0, outline=edge)


def lines(plot: Plot) -> None:
    """Draw lines through series of values, dashed or with markers, sometimes."""
    rng = plot.rng
    marked, count = chance(rng, 0.35), int(2 ** rng.uniform(2, 7))
    for number in range(len(plot.colours)):
        values = _series(plot, count)
        places = [plot.at(x, y) for x, y in zip(np.linspace(0, 1, count), values, strict=True)]
        _line(plot, places, number, dashed=chance(rng, 0.2))
        if marked and count < 40:
            _markers(plot, places, number)


def curves(plot: Plot) -> None:
    """Draw smooth curves that cross, as economists do, with letters, dots and dashed lines to the axes."""
    rng = plot.rng
    across = np.linspace(0.03, 0.97, 30)
    for number in range(int(rng.integers(1, 5))):
        style, bend = int(rng.integers(5)), float(rng.uniform(0.5, 3))
        shapes = [across**bend, (1 - across) ** bend, np.exp(-((across - 0.5) ** 2) * 10 * bend)]
        shapes += [1 / (1 + np.exp(-8 * bend * (across - 0.5))), 0.5 + 0.45 * np.sin(6 * bend * across)]
        up = float(rng.uniform(0.02, 0.3)) + shapes[style] * float(rng.uniform(0.4, 0.7))
        places = [plot.at(float(x), float(y)) for x, y in zip(across, up, strict=True)]
        _line(plot, places, number, dashed=chance(rng, 0.15))
        if chance(rng, 0.6):
            name = pick(rng, ["D", "S", "MC", "AD", "AC", word(rng).capitalize()])
            write(plot.pen, (places[-1][0] - plot.size, places[-1][1] - plot.size), name, plot.face, fill=plot.ink)
        if chance(rng, 0.5):
            place = pick(rng, places)
            _markers(plot, [place], number)
            _dashes(plot, place, (place[0], plot.bottom))
            _dashes(plot, place, (plot.left, place[1]))


def points(plot: Plot) -> None:
    """Draw clouds of points, often with the line that fits them."""
    rng = plot.rng
    for number in range(len(plot.colours)):
        count, slope = int(2 ** rng.uniform(3, 7.5)), float(rng.uniform(-0.8, 0.8))
        xs = np.clip(rng.normal(float(rng.uniform(0.3, 0.7)), float(rng.uniform(0.08, 0.25)), count), 0.02, 0.98)
        ys = 0.5 + slope * (xs - 0.5) + rng.normal(float(rng.uniform(-0.2, 0.2)), float(rng.uniform(0.03, 0.15)), count)
        _markers(plot, [plot.at(float(x), float(np.clip(y, 0.02, 0.98))) for x, y in zip(xs, ys, strict=True)], number)
        if chance(rng, 0.3):
            ends = [plot.at(x, float(np.clip(0.5 + slope * (x - 0.5), 0, 1))) for x in (0.05, 0.95)]
            _line(plot, ends, number, dashed=chance(rng, 0.5))


def areas(plot: Plot) -> None:
    """Draw areas, one on the other."""
    count = int(plot.rng.integers(5, 50))
    layers = [_series(plot, count) for _ in plot.colours]
    tops = np.cumsum(np.array(layers), axis=0)
    tops *= float(plot.rng.uniform(0.7, 0.98)) / tops.max()
    across = np.linspace(0, 1, count)
    for number in reversed(range(len(layers))):
        outline = [plot.at(float(x), float(y)) for x, y in zip(across, tops[number], strict=True)]
        plot.pen.polygon([plot.at(0, 0), *outline, plot.at(1, 0)], fill=plot.colours[number])


def boxes(plot: Plot) -> None:
    """Draw the boxes and whiskers of distributions."""
    count = int(plot.rng.integers(3, 10))
    for number in range(count):
        low, first, median, third, high = sorted(plot.rng.uniform(0.05, 0.95, 5).tolist())
        middle, half = (number + 0.5) / count, 0.3 / count
        plot.pen.line([plot.at(middle, low), plot.at(middle, high)], fill=plot.ink, width=plot.thick)
        for end in (low, high):
            plot.pen.line(
                [plot.at(middle - half / 2, end), plot.at(middle + half / 2, end)], fill=plot.ink, width=plot.thick
            )
        _block(plot, middle - half, first, middle + half, third, number, outline=plot.ink)
        plot.pen.line(
            [plot.at(middle - half, median), plot.at(middle + half, median)], fill=plot.ink, width=plot.thick + 1
        )


def pie(plot: Plot) -> None:
    """Draw a pie or a doughnut with its labels, flat or seen from the side."""
    rng = plot.rng
    count = max(2, len(plot.colours) + int(rng.integers(0, 3)))
    shares = np.cumsum(rng.uniform(0.3, 2, count))
    angles = [0.0, *(360 * shares / shares[-1]).tolist()]
    radius = 0.36 * min(plot.right - plot.left, plot.bottom - plot.top) * float(rng.uniform(0.8, 1.25))
    x, y = (plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2
    flat = float(pick(rng, [1.0, 1.0, 0.6]))
    first = float(rng.uniform(0, 360))
    outline = plot.ground if chance(rng, 0.5) else plot.ink if chance(rng, 0.5) else None
    for depth in range(int(radius * 0.25) if flat < 1 else 0, -1, -1):
        for number in range(count):
            colour = plot.colours[number % len(plot.colours)]
            colour = mixed(colour, plot.ink, 0.4 if depth else 0.0 if number < len(plot.colours) else 0.25)
            box = [x - radius, y - radius * flat + depth, x + radius, y + radius * flat + depth]
            plot.pen.pieslice(
                box, first + angles[number], first + angles[number + 1], fill=colour, outline=None if depth else outline
            )
    if flat == 1 and chance(rng, 0.3):
        hole = radius * float(rng.uniform(0.4, 0.75))
        plot.pen.ellipse([x - hole, y - hole, x + hole, y + hole], fill=plot.ground)
    if chance(rng, 0.7):
        away = radius * float(pick(rng, [0.65, 1.2]))
        for number in range(count):
            turn = math.radians(first + (angles[number] + angles[number + 1]) / 2)
            label = pick(rng, [f"{(angles[number + 1] - angles[number]) / 3.6:.0f}%", word(rng).capitalize()])
            at = (x + away * math.cos(turn), y + away * flat * math.sin(turn))
            write(plot.pen, at, label, plot.face, fill=plot.ink, anchor="mm")


def _bars(plot: Plot, *, sideways: bool) -> None:
    rng = plot.rng
    count, series = int(rng.integers(3, 14)), len(plot.colours)
    stacked = series > 1 and chance(rng, 0.45)
    full = float(rng.uniform(0.5, 0.95))
    outline = plot.ink if chance(rng, 0.25) else None
    numbered, coloured = chance(rng, 0.2), series > 2 and chance(rng, 0.25)
    for number in range(count):
        start, heights = (number + (1 - full) / 2) / count, rng.uniform(0.1, 0.95, series)
        heights = heights / series if stacked else heights
        base = 0.0
        for place in range(1 if coloured else series):
            step = full / count / (1 if stacked or coloured else series)
            left = start if stacked else start + place * step
            low, high = (base, base + heights[place]) if stacked else (0.0, heights[place])
            base = float(high)
            corners = (low, left, high, left + step) if sideways else (left, low, left + step, high)
            x, y, right, top = (float(corner) for corner in corners)
            _block(plot, x, y, right, top, number if coloured else place, outline=outline)
            if numbered and not stacked:
                at = plot.at(high, left + step / 2) if sideways else plot.at(left + step / 2, high)
                write(plot.pen, at, f"{100 * high:.0f}", plot.face, fill=plot.ink, anchor="lm" if sideways else "md")


def _series(plot: Plot, count: int) -> list[float]:
    """Make values of 0 to 1 that wander."""
    rng = plot.rng
    values = np.cumsum(rng.normal(float(rng.normal(0, 0.3)), 1, count)) + rng.normal(0, float(rng.uniform(0, 1)), count)
    low, high = sorted(rng.uniform([0.05, 0.5], [0.5, 0.97]).tolist())
    return (low + (high - low) * (values - values.min()) / max(1e-6, float(np.ptp(values)))).tolist()


def _block(
    plot: Plot, x: float, y: float, right: float, top: float, number: int, *, outline: tuple[int, int, int] | None
) -> None:
    """Draw a filled rectangle between two places of the room."""
    (left, low), (end, high) = plot.at(x, y), plot.at(right, top)
    box = [left, min(low, high), max(left, end), max(low, high)]
    plot.pen.rectangle(box, fill=plot.colours[number % len(plot.colours)], outline=outline)


def _line(plot: Plot, places: list[tuple[float, float]], number: int, *, dashed: bool) -> None:
    colour = plot.colours[number % len(plot.colours)]
    if dashed and len(places) > 3:
        for start, stop in zip(places[::2], places[1::2], strict=False):
            plot.pen.line([start, stop], fill=colour, width=plot.thick + 1)
    else:
        plot.pen.line(places, fill=colour, width=plot.thick + 1, joint="curve")


def _markers(plot: Plot, places: list[tuple[float, float]], number: int) -> None:
    radius = plot.size * (0.2 + 0.1 * (number % 3))
    colour = plot.colours[number % len(plot.colours)]
    for x, y in places:
        box = [x - radius, y - radius, x + radius, y + radius]
        if number % 3 == 1:
            plot.pen.rectangle(box, fill=colour)
        else:
            plot.pen.ellipse(box, fill=colour if number % 3 == 0 else None, outline=colour, width=2)


def _dashes(plot: Plot, start: tuple[float, float], stop: tuple[float, float]) -> None:
    """Draw a dashed straight line."""
    steps = max(2, int(math.dist(start, stop) / plot.size))
    ends = np.linspace(start, stop, 2 * steps)
    for one, other in zip(ends[::2].tolist(), ends[1::2].tolist(), strict=True):
        plot.pen.line([tuple(one), tuple(other)], fill=plot.ink, width=1)
