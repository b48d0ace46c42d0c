"""Draw diagrams: flow charts, trees, cycles, networks, sets, circuits, labelled parts."""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.colours import mixed
from docsight_training.data.drawings.diagram_canvas import DiagramCanvas
from docsight_training.data.drawings.raster import reduced
from docsight_training.data.drawings.typefaces import Typefaces


def draw_diagram(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw a diagram."""
    maker, tall = pick(rng, _MAKERS)
    canvas = DiagramCanvas(rng, typefaces, tall=tall)
    maker(canvas)
    canvas.caption()
    return reduced(canvas.image)


def _flow(canvas: DiagramCanvas) -> None:
    """Draw boxes in rows and columns, with arrows from each to the next and a few across."""
    rng = canvas.rng
    columns, rows = int(rng.integers(1, 5)), int(rng.integers(2, 6))
    cell = (canvas.width / columns, canvas.height / rows)
    half = (cell[0] * float(rng.uniform(0.28, 0.42)), cell[1] * float(rng.uniform(0.2, 0.36)))
    taken = [(x, y) for y in range(rows) for x in range(columns) if chance(rng, 0.8)] or [(0, 0)]
    places = [((x + 0.5) * cell[0], (y + 0.5) * cell[1]) for x, y in taken]
    elbow = chance(rng, 0.4)
    for number in range(1, len(places)):
        _join(canvas, places[number - 1], places[number], half, elbow=elbow)
        if chance(rng, 0.2):
            _join(canvas, pick(rng, places), places[number], half, elbow=elbow)
    same = canvas.colour() if chance(rng, 0.4) else None
    for place in places:
        canvas.node(place, half, canvas.name(), colour=same)


def _join(
    canvas: DiagramCanvas,
    start: tuple[float, float],
    stop: tuple[float, float],
    half: tuple[float, float],
    *,
    elbow: bool,
) -> None:
    """Draw an arrow between the edges of two boxes."""
    if abs(stop[1] - start[1]) > 2 * half[1]:
        way = math.copysign(half[1], stop[1] - start[1])
        canvas.arrow((start[0], start[1] + way), (stop[0], stop[1] - way), elbow=elbow)
    elif stop != start:
        way = math.copysign(half[0], stop[0] - start[0])
        canvas.arrow((start[0] + way, start[1]), (stop[0] - way, stop[1]))


def _tree(canvas: DiagramCanvas) -> None:
    """Draw a tree of boxes, level by level, as charts of organisations are."""
    rng = canvas.rng
    levels = int(rng.integers(2, 5))
    counts = [1]
    for _ in range(levels - 1):
        counts.append(min(9, counts[-1] * int(rng.integers(1, 4)) + int(rng.integers(0, 2))))
    pitch = canvas.height / levels
    half_y, elbow, headed = pitch * float(rng.uniform(0.18, 0.32)), chance(rng, 0.7), chance(rng, 0.4)
    above: list[tuple[float, float]] = []
    for level, count in enumerate(counts):
        cell = canvas.width / count
        half = (min(cell * 0.42, canvas.width * 0.2), half_y)
        here = [((number + 0.5) * cell, (level + 0.5) * pitch) for number in range(count)]
        for number, (x, y) in enumerate(here if above else []):
            parent = above[number * len(above) // count]
            canvas.arrow((parent[0], parent[1] + half_y), (x, y - half_y), head=headed, elbow=elbow)
        for place in here:
            canvas.node(place, half, canvas.name(most=2), colour=canvas.colours[level])
        above = here


def _cycle(canvas: DiagramCanvas) -> None:
    """Draw a ring of stages with arrows from each to the next."""
    rng = canvas.rng
    count = int(rng.integers(3, 9))
    middle = (canvas.width / 2, canvas.height / 2)
    radius = (canvas.width * 0.36, canvas.height * 0.37)
    half = (canvas.width * 0.55 / count, canvas.height * 0.35 / count)
    box = [middle[0] - radius[0], middle[1] - radius[1], middle[0] + radius[0], middle[1] + radius[1]]
    canvas.pen.ellipse(box, outline=canvas.wire, width=canvas.thick + 1)
    for number in range(count):
        turn = 2 * math.pi * (number + 0.5) / count
        tip = (middle[0] + radius[0] * math.cos(turn), middle[1] + radius[1] * math.sin(turn))
        canvas.head((tip[0] + math.sin(turn) * 9, tip[1] - math.cos(turn) * 9), tip)
        turn = 2 * math.pi * number / count
        place = (middle[0] + radius[0] * math.cos(turn), middle[1] + radius[1] * math.sin(turn))
        if chance(rng, 0.3):
            canvas.blob(place, (half[1] * 1.2, half[1] * 1.2), canvas.colour())
        else:
            canvas.node(place, half, canvas.name(most=2))
    if chance(rng, 0.5):
        canvas.text(middle, canvas.name(), radius[0])


def _network(canvas: DiagramCanvas) -> None:
    """Draw dots joined by lines, at random places or in layers."""
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
            share = 1 - radius / length
            canvas.head(start, (start[0] + (stop[0] - start[0]) * share, start[1] + (stop[1] - start[1]) * share))
    for x, y in places:
        fill = canvas.colour()
        canvas.pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=fill, outline=canvas.ink, width=2)
        if chance(rng, 0.4):
            canvas.text((x, y + radius + canvas.size * 0.6), canvas.name(most=1), canvas.width / 4)


def _sets(canvas: DiagramCanvas) -> None:
    """Draw circles that overlap, or lie within each other."""
    rng = canvas.rng
    count, nested = int(rng.integers(2, 5)), chance(rng, 0.3)
    side = min(canvas.width, canvas.height)
    for number in range(count):
        turn = 2 * math.pi * number / count + 0.5
        radius = side * (0.46 - 0.1 * number) if nested else side * 0.27
        away = 0.0 if nested else side * 0.2
        x, y = canvas.width / 2 + away * math.cos(turn), canvas.height / 2 + away * math.sin(turn)
        layer = Image.new("L", canvas.image.size)
        disc = [x - radius, y - radius, x + radius, y + radius]
        ImageDraw.Draw(layer).ellipse(disc, fill=255 if nested else 130)
        canvas.image.paste(canvas.colours[number], (0, 0), layer)
        if canvas.outline:
            canvas.pen.ellipse(disc, outline=canvas.outline, width=canvas.thick)
        out = (x, y - radius * 0.85) if nested else (x + away * 0.5 * math.cos(turn), y + away * 0.5 * math.sin(turn))
        canvas.text(out, canvas.name(most=1 if nested else 2), radius)


def _parts(canvas: DiagramCanvas) -> None:
    """Draw a body of blobs within blobs, with leader lines to the names of its parts."""
    rng = canvas.rng
    both = chance(rng, 0.5)
    middle = (canvas.width * (0.5 if both else 0.36), canvas.height * 0.5)
    half = (canvas.width * (0.24 if both else 0.3), canvas.height * 0.42)
    if chance(rng, 0.4):
        half = (min(half), min(half))
    spots = canvas.blob(middle, half, canvas.colour())[:: int(rng.integers(6, 16))]
    for _ in range(int(rng.integers(1, 9))):
        x, y = rng.uniform([-0.6, -0.6], [0.6, 0.6]) * half
        share = float(rng.uniform(0.08, 0.35))
        small = (half[0] * share * float(rng.uniform(0.6, 1.6)), half[1] * share)
        place = (middle[0] + float(x), middle[1] + float(y))
        canvas.blob(place, small, canvas.colour(), rough=float(rng.uniform(0, 0.3)))
        spots.append(place)
    for _ in range(int(rng.integers(1, 8)) if chance(rng, 0.5) else 0):  # vessels, nerves, fibres
        steps = np.cumsum(rng.normal(0, 0.12, (12, 2)), axis=0) * half + middle
        colour = mixed(canvas.colour(), (200, 30, 30), 0.5)
        canvas.pen.line([(float(x), float(y)) for x, y in steps], fill=colour, width=canvas.thick + 1, joint="curve")
    for right in (True, False) if both else (True,):
        mine = sorted((spot for spot in spots if not both or (spot[0] >= middle[0]) == right), key=lambda spot: spot[1])
        for number, spot in enumerate(mine[:10]):
            y = canvas.height * (number + 0.5) / min(10, len(mine))
            edge = middle[0] + half[0] * 1.25 * (1 if right else -1)
            canvas.leader(spot, right=right, y=y, edge=edge)


def _stages(canvas: DiagramCanvas) -> None:
    """Draw a row of pictures of the same thing changing, with arrows between and names below."""
    rng = canvas.rng
    count, rows = int(rng.integers(2, 6)), int(rng.integers(1, 4))
    cell = (canvas.width / count, canvas.height / rows)
    shade, framed = canvas.colour(), chance(rng, 0.25)
    for row in range(rows):
        for column in range(count):
            x, y = (column + 0.45) * cell[0], (row + 0.42) * cell[1]
            half = (cell[0] * 0.24, min(cell[0], cell[1]) * 0.26)
            if framed:
                box = [column * cell[0] + 2, row * cell[1] + 2, (column + 1) * cell[0] - 2, (row + 1) * cell[1] - 2]
                canvas.pen.rectangle(box, outline=canvas.ink, width=1)
            canvas.blob((x, y), half, shade, rough=0.05 + 0.05 * column)
            for _ in range(column + row + int(rng.integers(1, 3))):
                dx, dy = rng.uniform(-0.5, 0.5, 2) * half
                canvas.blob((x + float(dx), y + float(dy)), (half[0] * 0.25, half[1] * 0.25), canvas.colour())
            if column + 1 < count:
                canvas.fat_arrow((x + half[0] * 1.2, y), cell[0] * 0.38)
            canvas.text((x, (row + 0.86) * cell[1]), canvas.name(), cell[0] * 0.9, rows=2)


def _bands(canvas: DiagramCanvas) -> None:
    """Draw layers one on the other, or a pyramid of them, or rings of segments."""
    rng = canvas.rng
    count, style = int(rng.integers(3, 8)), int(rng.integers(3))
    margin, pitch = canvas.size, (canvas.height - 2 * canvas.size) / count
    outline = canvas.outline or canvas.ink
    for number in range(count):
        top, colour = margin + number * pitch, canvas.colours[number % 6]
        middle = (canvas.width / 2, top + pitch / 2)
        if style == 0:
            canvas.pen.rectangle([margin, top, canvas.width - margin, top + pitch], fill=colour, outline=outline)
            canvas.text(middle, canvas.name(), canvas.width * 0.6, rows=1)
        elif style == 1:
            near, far = (canvas.width / 2 - margin) * number / count, (canvas.width / 2 - margin) * (number + 1) / count
            x = canvas.width / 2
            corners = [(x - near, top), (x + near, top), (x + far, top + pitch), (x - far, top + pitch)]
            canvas.pen.polygon(corners, fill=colour, outline=outline)
            canvas.text(middle, canvas.name(most=1), max(near * 2, canvas.size * 2.0), rows=1)
    for ring in range(3, 0, -1) if style == 2 else ():
        radius = min(canvas.width, canvas.height) * 0.155 * ring
        box = [
            canvas.width / 2 - radius,
            canvas.height / 2 - radius,
            canvas.width / 2 + radius,
            canvas.height / 2 + radius,
        ]
        for number in range(count):
            step = 360 / count
            colour = mixed(canvas.colours[number % 6], (255, 255, 255), 0.25 * (3 - ring))
            canvas.pen.pieslice(
                box, number * step, (number + 1) * step, fill=colour, outline=outline, width=canvas.thick
            )
            turn = math.radians((number + 0.5) * step)
            away = radius * 0.82
            place = (canvas.width / 2 + away * math.cos(turn), canvas.height / 2 + away * math.sin(turn))
            canvas.text(place, canvas.name(most=1), radius * 4 / count, rows=1)


def _circuit(canvas: DiagramCanvas) -> None:
    """Draw wires at right angles with resistors, capacitors and sources on them."""
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
            _device(canvas, np.array(start), np.array(stop))


def _device(canvas: DiagramCanvas, start: np.ndarray, stop: np.ndarray) -> None:
    """Draw a device in the middle of a wire, with its name beside it."""
    rng, ink = canvas.rng, canvas.ink
    along = (stop - start) / np.linalg.norm(stop - start)
    beside, middle, unit = np.array([-along[1], along[0]]), (start + stop) / 2, canvas.size * 0.7

    def at(far: float, off: float) -> tuple[float, float]:
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
        x, y = at(0, 0)
        canvas.pen.ellipse(
            [x - 1.5 * unit, y - 1.5 * unit, x + 1.5 * unit, y + 1.5 * unit], outline=ink, width=canvas.thick
        )
    else:
        canvas.pen.polygon(
            [at(-1.5, -0.7), at(1.5, -0.7), at(1.5, 0.7), at(-1.5, 0.7)], outline=ink, fill=canvas.colour()
        )
    canvas.text(at(0, 2.4), f"{pick(rng, 'RCLVI')}{rng.integers(1, 9)}", canvas.size * 3)


def _molecule(canvas: DiagramCanvas) -> None:
    """Draw rings and chains of bonds with the letters of atoms."""
    rng = canvas.rng
    bond = min(canvas.width, canvas.height) * float(rng.uniform(0.08, 0.14))
    for _ in range(int(rng.integers(1, 5))):
        x, y = (float(number) for number in rng.uniform([0.15, 0.2], [0.8, 0.8]) * [canvas.width, canvas.height])
        corners = [(x + bond * math.cos(turn), y + bond * math.sin(turn)) for turn in np.arange(6) * math.pi / 3 + 0.52]
        canvas.pen.polygon(
            corners, outline=canvas.ink, fill=canvas.colour() if chance(rng, 0.2) else None, width=canvas.thick
        )
        for number in range(0, 6, 2):
            inner = [
                ((px - x) * 0.75 + x, (py - y) * 0.75 + y) for px, py in (corners[number], corners[(number + 1) % 6])
            ]
            canvas.pen.line(inner, fill=canvas.ink, width=canvas.thick)
        place, turn = pick(rng, corners), float(pick(rng, [0.52, -0.52]))
        for _ in range(int(rng.integers(1, 8))):
            end = (place[0] + bond * math.cos(turn), place[1] + bond * math.sin(turn))
            canvas.pen.line([place, end], fill=canvas.ink, width=canvas.thick)
            place, turn = end, -turn
            if chance(rng, 0.3):
                half = canvas.size * 0.6
                box = [place[0] - half, place[1] - half, place[0] + half, place[1] + half]
                canvas.pen.ellipse(box, fill=canvas.ground if chance(rng, 0.6) else canvas.colour())
                canvas.text(place, pick(rng, ["OH", "N", "O", "H", "CH3", "P", "NH2"]), canvas.size * 2)
    if chance(rng, 0.5):
        canvas.arrow((canvas.width * 0.4, canvas.height * 0.5), (canvas.width * 0.6, canvas.height * 0.5))


_MAKERS: list[tuple[Callable[[DiagramCanvas], None], float]] = [
    (_flow, 0.8),
    (_flow, 1.1),
    (_tree, 0.6),
    (_cycle, 0.9),
    (_network, 0.75),
    (_sets, 0.85),
    (_parts, 0.9),
    (_parts, 1.1),
    (_parts, 0.7),
    (_stages, 0.5),
    (_stages, 0.8),
    (_bands, 0.7),
    (_circuit, 0.6),
    (_molecule, 0.7),
]
