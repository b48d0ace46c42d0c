"""Diagrams of engineers: classes, sequences, states, blocks with ports, logic, time lines and plans."""

import math

import numpy as np

from docsight_training.data.drawings.choices import chance, pick, word
from docsight_training.data.drawings.colours import mixed
from docsight_training.data.drawings.diagram_canvas import DiagramCanvas
from docsight_training.data.drawings.raster import Point, box_around
from docsight_training.data.drawings.typefaces import fitted, write


def classes(canvas: DiagramCanvas) -> None:
    """Draw boxes with a name and lists of members, joined by lines with arrow heads, as UML does."""
    _classes(canvas, int(canvas.rng.integers(1, 4)), int(canvas.rng.integers(1, 4)))


def tall_class(canvas: DiagramCanvas) -> None:
    """Draw one to three classes with long lists of members above each other."""
    _classes(canvas, 1, int(canvas.rng.integers(1, 4)))


def _classes(canvas: DiagramCanvas, columns: int, rows: int) -> None:
    rng = canvas.rng
    cell = (canvas.width / columns, canvas.height / rows)
    places = [
        ((x + 0.5) * cell[0], (y + 0.5) * cell[1]) for x in range(columns) for y in range(rows) if chance(rng, 0.85)
    ]
    half = (cell[0] * 0.36, cell[1] * 0.36)
    elbow = chance(rng, 0.6)
    for number in range(1, len(places)):
        canvas.arrow(places[pick(rng, range(number))], places[number], head=False, elbow=elbow)
        canvas.head(places[number - 1], (places[number][0], places[number][1] - half[1]))
    fill = canvas.colour()
    for place in places:
        left, top, right, bottom = box_around(place, *half)
        canvas.pen.rectangle([left, top, right, bottom], fill=canvas.ground, outline=canvas.ink, width=canvas.thick)
        line = canvas.size * 1.25
        canvas.pen.rectangle([left, top, right, top + line * 1.2], fill=fill, outline=canvas.ink, width=canvas.thick)
        canvas.text(((left + right) / 2, top + line * 0.6), canvas.name(max_words=1), right - left, rows=1)
        y = top + line * 1.4
        while y + line < bottom:
            name = f"{pick(rng, '+-#')} {word(rng)}{pick(rng, ['()', ': int', ': str', ''])}"
            face = fitted(name, canvas.font, int(canvas.size * 0.85), right - left - 6)
            write(canvas.pen, (left + 4, y), name, face, fill=canvas.ink)
            y += line
            if chance(rng, 0.2):
                canvas.pen.line([(left, y), (right, y)], fill=canvas.ink)


def sequence(canvas: DiagramCanvas) -> None:
    """Draw life lines under boxes with arrows between them, as in a sequence diagram."""
    rng, count = canvas.rng, int(canvas.rng.integers(2, 6))
    xs = [(number + 0.5) * canvas.width / count for number in range(count)]
    half, top = (canvas.width / count * 0.4, canvas.size * 0.9), canvas.size * 2
    for x in xs:
        for y in np.arange(top, canvas.height - 4, canvas.size * 0.8).tolist():
            canvas.pen.line([(x, y), (x, y + canvas.size * 0.5)], fill=canvas.wire, width=1)
        canvas.node((x, top * 0.6), half, canvas.name(max_words=1))
    y = top * 1.6
    while y < canvas.height - canvas.size:
        start, stop = pick(rng, xs), pick(rng, xs)
        if start != stop:
            canvas.arrow((start, y), (stop, y))
            canvas.text(
                ((start + stop) / 2, y - canvas.size * 0.6), canvas.name(max_words=1), abs(start - stop), rows=1
            )
        elif chance(rng, 0.3):
            canvas.pen.rectangle(
                box_around((start, y), canvas.size * 0.3, canvas.size), fill=canvas.colour(), outline=canvas.ink
            )
        y += canvas.size * float(rng.uniform(1.2, 2.2))


def blocks(canvas: DiagramCanvas) -> None:
    """Draw nested boxes with names and connections, as in the architecture of a system."""
    rng = canvas.rng
    margin = canvas.size * 0.7
    columns, rows = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    wide, tall = (canvas.width - margin) / columns, (canvas.height - margin) / rows
    middles: list[Point] = []
    for column, row in np.ndindex(columns, rows):
        if chance(rng, 0.12):
            continue
        box = [margin + column * wide, margin + row * tall, (column + 1) * wide, (row + 1) * tall]
        shade = mixed(canvas.colour(), canvas.ground, float(rng.uniform(0.3, 0.9)))
        canvas.pen.rectangle(box, fill=shade, outline=canvas.outline or canvas.ink, width=canvas.thick)
        canvas.text(((box[0] + box[2]) / 2, box[1] + canvas.size * 0.9), canvas.name(max_words=1), wide * 0.9, rows=1)
        for inner in range(int(rng.integers(0, 4))):
            y = box[1] + canvas.size * 2 + inner * canvas.size * 2.4
            if y + canvas.size * 2 < box[3]:
                half = (wide * 0.36, canvas.size * 0.95)
                middles.append(((box[0] + box[2]) / 2, y + canvas.size))
                canvas.node(middles[-1], half, canvas.name(max_words=1))
    for _ in range(int(rng.integers(0, 5)) if len(middles) > 1 else 0):
        canvas.arrow(pick(rng, middles), pick(rng, middles), elbow=chance(rng, 0.5))


def states(canvas: DiagramCanvas) -> None:
    """Draw circles joined by bent arrows with short labels: automata and state machines."""
    rng, count = canvas.rng, int(canvas.rng.integers(2, 7))
    radius = min(canvas.width / count * 0.3, canvas.height * 0.16)
    ys = rng.uniform(0.25, 0.75, count) * canvas.height
    places = [((number + 0.5) * canvas.width / count, float(y)) for number, y in enumerate(ys)]
    for number, start in enumerate(places):
        for stop in places[number + 1 : number + 3]:
            if chance(rng, 0.7):
                bend = float(rng.uniform(-0.4, 0.4)) * math.dist(start, stop)
                _bent_arrow(canvas, start, stop, bend, radius)
        if chance(rng, 0.3):
            canvas.pen.arc(
                box_around((start[0], start[1] - radius), radius * 0.6), 150, 390, fill=canvas.wire, width=canvas.thick
            )
    for place in places:
        canvas.pen.ellipse(box_around(place, radius), fill=canvas.colour(), outline=canvas.ink, width=canvas.thick)
        if chance(rng, 0.2):
            canvas.pen.ellipse(box_around(place, radius * 0.85), outline=canvas.ink, width=canvas.thick)
        label = f"q{rng.integers(9)}" if chance(rng, 0.5) else canvas.name(max_words=1)
        canvas.text(place, label, radius * 1.6, rows=1)


def logic(canvas: DiagramCanvas) -> None:
    """Draw gates with wires from column to column."""
    rng = canvas.rng
    columns = int(rng.integers(2, 5))
    before: list[Point] = [(canvas.size, y) for y in np.linspace(0.1, 0.9, int(rng.integers(2, 6))) * canvas.height]
    for x, y in before:
        write(canvas.pen, (x - canvas.size * 0.7, y), pick(rng, "ABCDXY"), canvas.face, fill=canvas.ink, anchor="mm")
    for column in range(columns):
        count = max(1, int(rng.integers(1, 5)) - column)
        x = canvas.width * (column + 1) / (columns + 0.6)
        after: list[Point] = []
        for y in (np.arange(count) + 0.5) / count * canvas.height:
            half = min(canvas.width / columns * 0.18, canvas.height / count * 0.3)
            for offset in (-0.4, 0.4):
                start, stop = pick(rng, before), (x - half, float(y) + offset * half)
                bend = (start[0] + stop[0]) / 2 + float(rng.uniform(-10, 10))
                canvas.pen.line([start, (bend, start[1]), (bend, stop[1]), stop], fill=canvas.wire, width=canvas.thick)
            _gate(canvas, (x, float(y)), half)
            after.append((x + half, float(y)))
        before = after
    for x, y in before:
        canvas.arrow((x, y), (canvas.width - 4, y), head=chance(rng, 0.5))


def time_line(canvas: DiagramCanvas) -> None:
    """Draw a Gantt plan or a time line with dated events."""
    rng, count = canvas.rng, int(canvas.rng.integers(4, 10))
    if chance(rng, 0.5):
        pitch = (canvas.height - canvas.size * 2) / count
        for number in range(count):
            y = canvas.size * 1.5 + number * pitch
            canvas.text((canvas.width * 0.13, y + pitch / 2), canvas.name(max_words=1), canvas.width * 0.24, rows=1)
            start, long = float(rng.uniform(0.28, 0.7)), float(rng.uniform(0.06, 0.28))
            box = [canvas.width * start, y + pitch * 0.2, canvas.width * (start + long), y + pitch * 0.8]
            canvas.pen.rectangle(box, fill=canvas.colour(), outline=canvas.outline)
        for x in np.linspace(0.27, 0.98, int(rng.integers(4, 10))).tolist():
            canvas.pen.line([(canvas.width * x, canvas.size), (canvas.width * x, canvas.height)], fill=canvas.wire)
        return
    y = canvas.height / 2
    canvas.arrow((canvas.size, y), (canvas.width - canvas.size, y))
    for number in range(count):
        x, up = (number + 0.7) * canvas.width / (count + 0.5), -1 if number % 2 else 1
        canvas.pen.ellipse(box_around((x, y), canvas.size * 0.35), fill=canvas.colour(), outline=canvas.ink)
        canvas.pen.line([(x, y), (x, y + up * canvas.size * 2)], fill=canvas.wire)
        canvas.text(
            (x, y + up * canvas.size * 3.2),
            f"{rng.integers(1700, 2030)} {canvas.name(max_words=2)}",
            canvas.width / count * 1.6,
        )


def _bent_arrow(canvas: DiagramCanvas, start: Point, stop: Point, bend: float, radius: float) -> None:
    turn = math.atan2(stop[1] - start[1], stop[0] - start[0])
    middle = ((start[0] + stop[0]) / 2 - math.sin(turn) * bend, (start[1] + stop[1]) / 2 + math.cos(turn) * bend)
    steps = np.linspace(0, 1, 16)[:, None]
    ends = [np.array(place) for place in (start, middle, stop)]
    path = (1 - steps) ** 2 * ends[0] + 2 * steps * (1 - steps) * ends[1] + steps**2 * ends[2]
    outside = path[np.hypot(*(path - ends[2]).T) > radius]
    canvas.pen.line([(float(x), float(y)) for x, y in outside], fill=canvas.wire, width=canvas.thick)
    if len(outside) > 1:
        canvas.head((float(outside[-2][0]), float(outside[-2][1])), (float(outside[-1][0]), float(outside[-1][1])))
    canvas.text(
        (float(path[8][0]), float(path[8][1])),
        pick(canvas.rng, ["0", "1", "a", "b", word(canvas.rng)]),
        radius * 2,
        rows=1,
    )


def _gate(canvas: DiagramCanvas, middle: Point, half: float) -> None:
    """Draw the symbol of an AND, OR or NOT gate, or a box with its sign."""
    x, y = middle
    fill, style = canvas.colour() if chance(canvas.rng, 0.3) else canvas.ground, int(canvas.rng.integers(4))
    if style == 0:
        box = box_around(middle, half)
        canvas.pen.rectangle(box, fill=fill, outline=canvas.ink, width=canvas.thick)
        canvas.text(middle, pick(canvas.rng, ["&", "=1", "1", "+"]), half * 1.6, rows=1)
    elif style == 1:
        corners = [(x - half, y - half), (x + half * 0.8, y), (x - half, y + half)]
        canvas.pen.polygon(corners, fill=fill, outline=canvas.ink, width=canvas.thick)
        canvas.pen.ellipse(box_around((x + half * 0.9, y), half * 0.14), fill=canvas.ground, outline=canvas.ink)
    else:
        turns = np.linspace(-math.pi / 2, math.pi / 2, 12)
        curve = [(x + half * math.cos(turn), y + half * math.sin(turn)) for turn in turns.tolist()]
        back = [(x - half, y + half), (x - half * (0.6 if style == 2 else 1), y), (x - half, y - half)]
        canvas.pen.polygon([*curve, *back], fill=fill, outline=canvas.ink, width=canvas.thick)
