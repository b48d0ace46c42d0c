"""Diagrams of nodes and connections: flow charts, trees, cycles and networks."""

import math
from itertools import pairwise

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.diagram_canvas import DiagramCanvas
from docsight_training.data.drawings.geometry import Point, box_around, on_ellipse


def flow_chart(canvas: DiagramCanvas) -> None:
    """Draw boxes in rows and columns, with an arrow from each to the next and a few others."""
    rng = canvas.rng
    columns, rows = int(rng.integers(1, 5)), int(rng.integers(2, 6))
    cell = (canvas.width / columns, canvas.height / rows)
    half = (cell[0] * float(rng.uniform(0.28, 0.42)), cell[1] * float(rng.uniform(0.2, 0.36)))
    taken = [(x, y) for y in range(rows) for x in range(columns) if chance(rng, 0.8)] or [(0, 0)]
    places = [((x + 0.5) * cell[0], (y + 0.5) * cell[1]) for x, y in taken]
    elbow = chance(rng, 0.4)
    for number in range(1, len(places)):
        _connect(canvas, places[number - 1], places[number], half, elbow=elbow)
        if chance(rng, 0.2):
            _connect(canvas, pick(rng, places), places[number], half, elbow=elbow)
    same = canvas.colour() if chance(rng, 0.4) else None
    for place in places:
        canvas.node(place, half, canvas.name(), colour=same)


def tree(canvas: DiagramCanvas) -> None:
    """Draw a tree of boxes level by level, like an organisation chart."""
    rng = canvas.rng
    levels = int(rng.integers(2, 5))
    counts = [1]
    for _ in range(levels - 1):
        counts.append(min(9, counts[-1] * int(rng.integers(1, 4)) + int(rng.integers(0, 2))))
    pitch = canvas.height / levels
    half_y, elbow, headed = pitch * float(rng.uniform(0.18, 0.32)), chance(rng, 0.7), chance(rng, 0.4)
    above: list[Point] = []
    for level, count in enumerate(counts):
        cell = canvas.width / count
        half = (min(cell * 0.42, canvas.width * 0.2), half_y)
        here = [((number + 0.5) * cell, (level + 0.5) * pitch) for number in range(count)]
        for number, (x, y) in enumerate(here if above else []):
            parent = above[number * len(above) // count]
            canvas.arrow((parent[0], parent[1] + half_y), (x, y - half_y), head=headed, elbow=elbow)
        for place in here:
            canvas.node(place, half, canvas.name(max_words=2), colour=canvas.colours[level])
        above = here


def cycle(canvas: DiagramCanvas) -> None:
    """Draw a ring of stages with an arrow from each to the next."""
    rng = canvas.rng
    count = int(rng.integers(3, 9))
    middle = (canvas.width / 2, canvas.height / 2)
    radius = (canvas.width * 0.36, canvas.height * 0.37)
    half = (canvas.width * 0.55 / count, canvas.height * 0.35 / count)
    canvas.pen.ellipse(box_around(middle, *radius), outline=canvas.wire, width=canvas.thick + 1)
    for number in range(count):
        turn = 2 * math.pi * (number + 0.5) / count
        tip = on_ellipse(middle, *radius, turn)
        canvas.head((tip[0] + math.sin(turn) * 9, tip[1] - math.cos(turn) * 9), tip)
        turn = 2 * math.pi * number / count
        place = on_ellipse(middle, *radius, turn)
        if chance(rng, 0.3):
            canvas.blob(place, (half[1] * 1.2, half[1] * 1.2), canvas.colour())
        else:
            canvas.node(place, half, canvas.name(max_words=2))
    if chance(rng, 0.5):
        canvas.text(middle, canvas.name(), radius[0])


def network(canvas: DiagramCanvas) -> None:
    """Draw dots joined by lines, at random positions or in layers."""
    rng = canvas.rng
    radius = canvas.size * float(rng.uniform(0.4, 1.2))
    if chance(rng, 0.5):
        layers = [int(rng.integers(1, 7)) for _ in range(int(rng.integers(2, 6)))]
        rows = [
            [((x + 0.5) * canvas.width / len(layers), (y + 0.5) * canvas.height / count) for y in range(count)]
            for x, count in enumerate(layers)
        ]
        places = [place for row in rows for place in row]
        joined = [(a, b) for left, right in pairwise(rows) for a in left for b in right]
    else:
        spots = rng.uniform([0.08, 0.08], [0.92, 0.92], (int(rng.integers(5, 18)), 2)) * [canvas.width, canvas.height]
        places = [(float(x), float(y)) for x, y in spots]
        joined = [(a, min((b for b in places if b != a), key=lambda b: math.dist(a, b))) for a in places]
        joined += [(pick(rng, places), pick(rng, places)) for _ in places]
    headed = chance(rng, 0.3)
    for start, stop in joined:
        canvas.arrow(start, stop, head=False)
        if headed and (length := math.dist(start, stop)) > radius:
            fraction = 1 - radius / length
            canvas.head(start, (start[0] + (stop[0] - start[0]) * fraction, start[1] + (stop[1] - start[1]) * fraction))
    for x, y in places:
        fill = canvas.colour()
        canvas.pen.ellipse(box_around((x, y), radius), fill=fill, outline=canvas.ink, width=2)
        if chance(rng, 0.4):
            canvas.text((x, y + radius + canvas.size * 0.6), canvas.name(max_words=1), canvas.width / 4)


def _connect(
    canvas: DiagramCanvas,
    start: tuple[float, float],
    stop: tuple[float, float],
    half: tuple[float, float],
    *,
    elbow: bool,
) -> None:
    """Draw an arrow from the edge of one box to the edge of another."""
    if abs(stop[1] - start[1]) > 2 * half[1]:
        way = math.copysign(half[1], stop[1] - start[1])
        canvas.arrow((start[0], start[1] + way), (stop[0], stop[1] - way), elbow=elbow)
    elif stop != start:
        way = math.copysign(half[0], stop[0] - start[0])
        canvas.arrow((start[0] + way, start[1]), (stop[0] - way, stop[1]))
