"""Diagrams of symbols: circuits and molecules."""

import math

import numpy as np

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.diagram_canvas import DiagramCanvas
from docsight_training.data.drawings.geometry import Point, box_around, on_circle


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
        corners = [on_circle((x, y), bond, turn) for turn in np.arange(6) * math.pi / 3 + 0.52]
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
            end = on_circle(place, bond, turn)
            canvas.pen.line([place, end], fill=canvas.ink, width=canvas.thick)
            place, turn = end, -turn
            if chance(rng, 0.3):
                half = canvas.size * 0.6
                box = box_around(place, half)
                canvas.pen.ellipse(box, fill=canvas.ground if chance(rng, 0.6) else canvas.colour())
                canvas.text(place, pick(rng, ["OH", "N", "O", "H", "CH3", "P", "NH2"]), canvas.size * 2)
    if chance(rng, 0.5):
        canvas.arrow((canvas.width * 0.4, canvas.height * 0.5), (canvas.width * 0.6, canvas.height * 0.5))


def _component(canvas: DiagramCanvas, start: np.ndarray, stop: np.ndarray) -> None:
    """Draw a component in the middle of a wire, with its name beside it."""
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
        canvas.pen.polygon(
            [at(-1.5, -0.7), at(1.5, -0.7), at(1.5, 0.7), at(-1.5, 0.7)], outline=ink, fill=canvas.colour()
        )
    canvas.text(at(0, 2.4), f"{pick(rng, 'RCLVI')}{rng.integers(1, 9)}", canvas.size * 3)
