"""Diagrams of nodes and connections: flow charts, trees, cycles, networks, circuits and molecules."""

import math
from itertools import pairwise

import numpy as np

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.diagram_canvas import DiagramCanvas
from docsight_training.data.drawings.raster import Point, box_around, on_circle, on_ellipse


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


def _connect(canvas: DiagramCanvas, start: Point, stop: Point, half: Point, *, elbow: bool) -> None:
    if abs(stop[1] - start[1]) > 2 * half[1]:
        way = math.copysign(half[1], stop[1] - start[1])
        canvas.arrow((start[0], start[1] + way), (stop[0], stop[1] - way), elbow=elbow)
    elif stop != start:
        way = math.copysign(half[0], stop[0] - start[0])
        canvas.arrow((start[0] + way, start[1]), (stop[0] - way, stop[1]))


def circuit(canvas: DiagramCanvas) -> None:
    """Draw rectangular wiring with resistors, capacitors and sources."""
    rng = canvas.rng
    columns, rows = int(rng.integers(2, 5)), int(rng.integers(2, 4))
    xs, ys = np.linspace(0.1, 0.9, columns) * canvas.width, np.linspace(0.15, 0.85, rows) * canvas.height
    ends = [((x, y), (xs[i + 1], y)) for y in ys for i, x in enumerate(xs[:-1])]
    ends += [((x, y), (x, ys[i + 1])) for x in xs for i, y in enumerate(ys[:-1])]
    for start, stop in ends:
        if chance(rng, 0.2):
            continue
        canvas.pen.line([start, stop], fill=canvas.ink, width=canvas.thick)
        if chance(rng, 0.6):
            _component(canvas, np.array(start), np.array(stop))


def molecule(canvas: DiagramCanvas) -> None:
    """Draw rings and chains of bonds with atom symbols."""
    rng = canvas.rng
    bond = min(canvas.width, canvas.height) * float(rng.uniform(0.08, 0.14))
    for _ in range(int(rng.integers(1, 5))):
        x, y = (float(number) for number in rng.uniform([0.15, 0.2], [0.8, 0.8]) * [canvas.width, canvas.height])
        turns = np.arange(6) * math.pi / 3 + 0.52
        corners, inner = ([on_circle((x, y), radius, turn) for turn in turns] for radius in (bond, bond * 0.75))
        fill = canvas.colour() if chance(rng, 0.2) else None
        canvas.pen.polygon(corners, outline=canvas.ink, fill=fill, width=canvas.thick)
        for number in (0, 2, 4):  # double bonds
            canvas.pen.line(inner[number : number + 2], fill=canvas.ink, width=canvas.thick)
        place, turn = pick(rng, corners), float(pick(rng, [0.52, -0.52]))
        for _ in range(int(rng.integers(1, 8))):
            end = on_circle(place, bond, turn)
            canvas.pen.line([place, end], fill=canvas.ink, width=canvas.thick)
            place, turn = end, -turn
            if chance(rng, 0.3):
                fill = canvas.ground if chance(rng, 0.6) else canvas.colour()
                canvas.pen.ellipse(box_around(place, canvas.size * 0.6), fill=fill)
                canvas.text(place, pick(rng, ["OH", "N", "O", "H", "CH3", "P", "NH2"]), canvas.size * 2)
    if chance(rng, 0.5):
        canvas.arrow((canvas.width * 0.4, canvas.height * 0.5), (canvas.width * 0.6, canvas.height * 0.5))


def _component(canvas: DiagramCanvas, start: np.ndarray, stop: np.ndarray) -> None:
    rng, ink = canvas.rng, canvas.ink
    along = (stop - start) / np.linalg.norm(stop - start)
    beside, middle, unit = np.array([-along[1], along[0]]), (start + stop) / 2, canvas.size * 0.7

    def at(far: float, off: float) -> Point:
        x, y = middle + (far * along + off * beside) * unit
        return float(x), float(y)

    kind = int(rng.integers(4))
    canvas.pen.line([at(-1.5, 0), at(1.5, 0)], fill=canvas.ground, width=canvas.thick + 2)
    if kind == 0:
        zigzag = [at(-1.5 + 3 * step / 7, 0.7 * (-1) ** step if 0 < step < 7 else 0) for step in range(8)]
        canvas.pen.line(zigzag, fill=ink, width=canvas.thick)
    elif kind == 1:
        for far in (-0.3, 0.3):
            canvas.pen.line([at(far, -1), at(far, 1)], fill=ink, width=canvas.thick + 1)
            canvas.pen.line([at(far, 0), at(5 * far, 0)], fill=ink, width=canvas.thick)
    elif kind == 2:
        canvas.pen.ellipse(box_around(at(0, 0), 1.5 * unit), outline=ink, width=canvas.thick)
    else:
        corners = [at(-1.5, -0.7), at(1.5, -0.7), at(1.5, 0.7), at(-1.5, 0.7)]
        canvas.pen.polygon(corners, outline=ink, fill=canvas.colour())
    canvas.text(at(0, 2.4), f"{pick(rng, 'RCLVI')}{rng.integers(1, 9)}", canvas.size * 3)
