"""Diagrams: the choice of a kind, and those made of areas: sets, labelled parts, stages, layers and rings."""

import math
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.colours import WHITE, mixed
from docsight_training.data.drawings.diagram_bodies import apparatus, figure, organ, section
from docsight_training.data.drawings.diagram_canvas import DiagramCanvas
from docsight_training.data.drawings.diagram_graphs import circuit, cycle, flow_chart, molecule, network, tree
from docsight_training.data.drawings.diagram_layouts import (
    class_tree,
    commits,
    ranked_graph,
    records,
    small_graph,
    syntax,
)
from docsight_training.data.drawings.diagram_models import (
    blocks,
    classes,
    logic,
    sequence,
    states,
    tall_class,
    time_line,
)
from docsight_training.data.drawings.diagram_plans import dimensions, framed_sheet, signals, wiring
from docsight_training.data.drawings.raster import box_around, draw_curve, on_circle, reduced
from docsight_training.data.drawings.typefaces import Typefaces


def sets(canvas: DiagramCanvas) -> None:
    """Draw circles that overlap or contain each other."""
    rng = canvas.rng
    count, nested = int(rng.integers(2, 5)), chance(rng, 0.3)
    side = min(canvas.width, canvas.height)
    for number in range(count):
        turn = 2 * math.pi * number / count + 0.5
        radius = side * (0.46 - 0.1 * number) if nested else side * 0.27
        away = 0.0 if nested else side * 0.2
        x, y = on_circle((canvas.width / 2, canvas.height / 2), away, turn)
        layer = Image.new("L", canvas.image.size)
        disc = box_around((x, y), radius)
        ImageDraw.Draw(layer).ellipse(disc, fill=255 if nested else 130)
        canvas.image.paste(canvas.colours[number], (0, 0), layer)
        if canvas.outline:
            canvas.pen.ellipse(disc, outline=canvas.outline, width=canvas.thick)
        out = (x, y - radius * 0.85) if nested else (x + away * 0.5 * math.cos(turn), y + away * 0.5 * math.sin(turn))
        canvas.text(out, canvas.name(max_words=1 if nested else 2), radius)


def labelled_parts(canvas: DiagramCanvas) -> None:
    """Draw a body of nested blobs with leader lines to the names of its parts."""
    rng = canvas.rng
    both = chance(rng, 0.5)
    middle = (canvas.width * (0.5 if both else 0.36), canvas.height * 0.5)
    half = (canvas.width * (0.24 if both else 0.3), canvas.height * 0.42)
    if chance(rng, 0.4):
        half = (min(half), min(half))
    spots = canvas.blob(middle, half, canvas.colour())[:: int(rng.integers(6, 16))]
    for _ in range(int(rng.integers(1, 9))):
        x, y = rng.uniform([-0.6, -0.6], [0.6, 0.6]) * half
        fraction = float(rng.uniform(0.08, 0.35))
        small = (half[0] * fraction * float(rng.uniform(0.6, 1.6)), half[1] * fraction)
        place = (middle[0] + float(x), middle[1] + float(y))
        canvas.blob(place, small, canvas.colour(), rough=float(rng.uniform(0, 0.3)))
        spots.append(place)
    for _ in range(int(rng.integers(1, 8)) if chance(rng, 0.5) else 0):  # vessels, nerves, fibres
        steps = np.cumsum(rng.normal(0, 0.12, (12, 2)), axis=0) * half + middle
        colour = mixed(canvas.colour(), (200, 30, 30), 0.5)
        draw_curve(canvas.pen, steps, colour, canvas.thick + 1)
    for right in (True, False) if both else (True,):
        mine = sorted((spot for spot in spots if not both or (spot[0] >= middle[0]) == right), key=lambda spot: spot[1])
        for number, spot in enumerate(mine[:10]):
            y = canvas.height * (number + 0.5) / min(10, len(mine))
            edge = middle[0] + half[0] * 1.25 * (1 if right else -1)
            canvas.leader(spot, right=right, y=y, edge=edge)


def stages(canvas: DiagramCanvas) -> None:
    """Draw stages of a changing shape side by side, with arrows between them and names below."""
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


def bands(canvas: DiagramCanvas) -> None:
    """Draw stacked layers, a pyramid of layers, or rings of segments."""
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
            canvas.text(middle, canvas.name(max_words=1), max(near * 2, canvas.size * 2.0), rows=1)
    centre, step = (canvas.width / 2, canvas.height / 2), 360 / count
    for ring in range(3, 0, -1) if style == 2 else ():
        radius = min(canvas.width, canvas.height) * 0.155 * ring
        for number in range(count):
            colour = mixed(canvas.colours[number % 6], WHITE, 0.25 * (3 - ring))
            start, stop = number * step, (number + 1) * step
            box = box_around(centre, radius)
            canvas.pen.pieslice(box, start, stop, fill=colour, outline=outline, width=canvas.thick)
            place = on_circle(centre, radius * 0.82, math.radians((number + 0.5) * step))
            canvas.text(place, canvas.name(max_words=1), radius * 4 / count, rows=1)


# Each entry is equally likely: what is drawn, and the usual height as a fraction of the width.
_DIAGRAM_KINDS: list[tuple[Callable[[DiagramCanvas], None], float]] = [
    (flow_chart, 0.8),
    (flow_chart, 1.1),
    (tree, 0.6),
    (cycle, 0.9),
    (network, 0.75),
    (sets, 0.85),
    (labelled_parts, 0.9),
    (labelled_parts, 1.1),
    (labelled_parts, 0.7),
    (stages, 0.5),
    (stages, 0.8),
    (bands, 0.7),
    (circuit, 0.6),
    (molecule, 0.7),
    (classes, 0.8),
    (tall_class, 2.6),
    (sequence, 0.8),
    (blocks, 0.7),
    (states, 0.5),
    (logic, 0.6),
    (time_line, 0.5),
    (organ, 0.9),
    (organ, 0.8),
    (figure, 1.2),
    (section, 0.7),
    (apparatus, 0.5),
    (ranked_graph, 0.5),
    (ranked_graph, 0.8),
    (ranked_graph, 1.2),
    (ranked_graph, 1.8),
    (small_graph, 0.4),
    (small_graph, 1.2),
    (class_tree, 1.2),
    (class_tree, 2.2),
    (records, 0.6),
    (syntax, 0.5),
    (commits, 0.7),
    (wiring, 0.6),
    (wiring, 0.8),
    (framed_sheet, 0.75),
    (dimensions, 0.7),
    (signals, 0.5),
]


def draw_diagram(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    draw_content, aspect = pick(rng, _DIAGRAM_KINDS)
    canvas = DiagramCanvas(rng, typefaces, aspect=aspect)
    draw_content(canvas)
    canvas.caption()
    return reduced(canvas.image)
