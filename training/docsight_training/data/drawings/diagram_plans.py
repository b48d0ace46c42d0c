"""Technical drawings: wiring with named parts, sheets with a frame, dimensions, signals and panels of plans."""

import math

import numpy as np

from docsight_training.data.drawings.choices import chance, digits, pick, word
from docsight_training.data.drawings.colours import Colour, mixed
from docsight_training.data.drawings.diagram_canvas import DiagramCanvas
from docsight_training.data.drawings.raster import Point, box_around
from docsight_training.data.drawings.typefaces import write

_SHEET_GROUNDS: list[Colour] = [(255, 255, 255), (245, 244, 239), (255, 255, 255), (0, 16, 35), (255, 255, 225)]
_WIRE_INKS: list[Colour] = [(0, 150, 0), (0, 100, 0), (0, 0, 160), (150, 0, 0), (0, 0, 0)]
_PART_INKS: list[Colour] = [(132, 0, 0), (132, 0, 0), (0, 0, 132), (0, 0, 0)]
_NAME_INKS: list[Colour] = [(0, 100, 100), (0, 0, 194), (132, 0, 0), (60, 60, 60)]


def wiring(canvas: DiagramCanvas) -> None:
    """Draw boxes with named pins, small parts and right-angled wires, coloured as in programs for electronics."""
    rng = canvas.rng
    _sheet(canvas)
    part, name = pick(rng, _PART_INKS), pick(rng, _NAME_INKS)
    canvas.wire, canvas.ink = pick(rng, _WIRE_INKS), name
    if canvas.ground[0] < 100:
        part, canvas.wire, canvas.ink = (240, 80, 80), (120, 220, 120), (220, 220, 220)
    columns, rows = int(rng.integers(1, 5)), int(rng.integers(1, 4))
    cell = (canvas.width / columns, canvas.height / rows)
    pins: list[Point] = []
    for column, row in np.ndindex(columns, rows):
        middle = ((column + 0.5) * cell[0], (row + 0.5) * cell[1])
        if chance(rng, 0.5):
            pins += _chip(canvas, middle, (cell[0] * 0.2, cell[1] * float(rng.uniform(0.2, 0.4))), part)
        else:
            pins += _small_parts(canvas, middle, cell, part)
    for _ in range(len(pins) // 2):
        start, stop = pick(rng, pins), pick(rng, pins)
        bend = (start[0] + stop[0]) / 2 + float(rng.uniform(-20, 20))
        canvas.pen.line([start, (bend, start[1]), (bend, stop[1]), stop], fill=canvas.wire, width=canvas.thick)
        if chance(rng, 0.4):
            canvas.pen.ellipse(box_around((bend, stop[1]), canvas.thick * 1.6), fill=canvas.wire)


def framed_sheet(canvas: DiagramCanvas) -> None:
    """Draw a sheet with a double frame, marks along it and a title block, and wiring or parts on it."""
    rng, size = canvas.rng, max(6, canvas.size // 2)
    canvas.size = size
    wiring(canvas)
    ink = pick(rng, _PART_INKS)
    for pad in (size * 0.4, size * 1.6):
        canvas.pen.rectangle((pad, pad, canvas.width - pad, canvas.height - pad), outline=ink, width=2)
    for share in np.linspace(0, 1, int(rng.integers(4, 9)))[1:-1].tolist():
        x, y = canvas.width * share, canvas.height * share
        for edge in (size * 0.4, canvas.height - size * 1.6):
            canvas.pen.line([(x, edge), (x, edge + size * 1.2)], fill=ink, width=2)
        for edge in (size * 0.4, canvas.width - size * 1.6):
            canvas.pen.line([(edge, y), (edge + size * 1.2, y)], fill=ink, width=2)
    left, top = canvas.width * float(rng.uniform(0.5, 0.7)), canvas.height * float(rng.uniform(0.75, 0.9))
    right, bottom = canvas.width - size * 1.6, canvas.height - size * 1.6
    canvas.pen.rectangle((left, top, right, bottom), fill=canvas.ground, outline=ink, width=2)
    for y in np.arange(top + size * 1.6, bottom, size * 1.6).tolist():
        canvas.pen.line([(left, y), (right, y)], fill=ink, width=1)
        canvas.text(((left + right) / 2, y - size * 0.7), canvas.name(), right - left, rows=1, fill=ink)


def dimensions(canvas: DiagramCanvas) -> None:
    """Draw nested rectangles or outlines with measured distances, names at corners and dashed borders."""
    rng = canvas.rng
    count = int(rng.integers(1, 4))
    box = [canvas.width * 0.12, canvas.height * 0.12, canvas.width * 0.88, canvas.height * 0.88]
    for number in range(count):
        fill = mixed(canvas.ground, canvas.colour(), float(pick(rng, [0, 0.2, 0.5])))
        canvas.pen.rectangle(box, fill=fill, outline=canvas.ink, width=canvas.thick)
        if chance(rng, 0.5):
            _dashes(canvas, box, pick(rng, [(220, 30, 30), canvas.ground, canvas.wire]))
        canvas.text(
            ((box[0] + box[2]) / 2, box[1] + canvas.size * 0.9), canvas.name(max_words=1), box[2] - box[0], rows=1
        )
        for corner in [(box[0], box[1]), (box[2], box[1]), (box[0], box[3])] if chance(rng, 0.4) else []:
            text = f"({rng.integers(9)}, {rng.integers(99)})"
            write(canvas.pen, (corner[0] + 4, corner[1] + 2), text, canvas.face, fill=canvas.ink)
        inset = [float(rng.uniform(0.08, 0.22)) * side for side in (box[2] - box[0], box[3] - box[1]) * 2]
        middle = (box[1] + box[3]) / 2
        if chance(rng, 0.6) and number < count - 1:
            _measure(canvas, (box[0], middle), (box[0] + inset[0], middle))
        box = [box[0] + inset[0], box[1] + inset[1], box[2] - inset[2], box[3] - inset[3]]
    _measure(canvas, (canvas.width * 0.12, canvas.height * 0.94), (canvas.width * 0.88, canvas.height * 0.94))
    if chance(rng, 0.6):
        _measure(canvas, (canvas.width * 0.06, canvas.height * 0.12), (canvas.width * 0.06, canvas.height * 0.88))


def signals(canvas: DiagramCanvas) -> None:
    """Draw lines of high and low levels over time with their names, as in data sheets."""
    rng, count = canvas.rng, int(canvas.rng.integers(2, 8))
    left, pitch = canvas.width * 0.2, canvas.height / count
    steps = np.linspace(left, canvas.width * 0.98, int(rng.integers(8, 24))).tolist()
    for number in range(count):
        low, high = (number + 0.8) * pitch, (number + 0.25) * pitch
        write(
            canvas.pen, (left * 0.9, (low + high) / 2), word(rng).upper()[:6], canvas.face, fill=canvas.ink, anchor="rm"
        )
        clock, level, path = chance(rng, 0.3), low, [(left, low)]
        for at, x in enumerate(steps):
            turn = at % 2 == 0 if clock else chance(rng, 0.3)
            other = (low if level == high else high) if turn or clock else level
            path += [(x, level), (x + (0 if clock else pitch * 0.1), other)]
            level = other
        canvas.pen.line([*path, (canvas.width * 0.98, level)], fill=canvas.wire, width=canvas.thick)
    for x in steps[:: int(rng.integers(3, 9))]:
        canvas.pen.line([(x, 0), (x, canvas.height)], fill=mixed(canvas.ground, canvas.ink, 0.3), width=1)


def _sheet(canvas: DiagramCanvas) -> None:
    """Fill the ground like a sheet of such a program, at times with dots."""
    canvas.ground = pick(canvas.rng, _SHEET_GROUNDS)
    canvas.pen.rectangle((0, 0, canvas.width, canvas.height), fill=canvas.ground)
    canvas.thick = int(canvas.rng.integers(1, 4))
    if chance(canvas.rng, 0.25):
        step, tone = canvas.size * 1.5, mixed(canvas.ground, (128, 128, 128), 0.4)
        for x in np.arange(0, canvas.width, step).tolist():
            canvas.pen.point([(x, y) for y in np.arange(0, canvas.height, step).tolist()], fill=tone)


def _chip(canvas: DiagramCanvas, middle: Point, half: Point, colour: Colour) -> list[Point]:
    """Draw a box with pins, numbers and names; return the ends of its pins."""
    rng, size = canvas.rng, canvas.size
    left, top, right, bottom = box_around(middle, *half)
    fill = (255, 255, 194) if chance(rng, 0.5) and canvas.ground[0] > 100 else canvas.ground
    canvas.pen.rectangle([left, top, right, bottom], fill=fill, outline=colour, width=canvas.thick + 1)
    write(canvas.pen, (middle[0], top - size * 0.7), f"U{digits(rng, 1)}", canvas.face, fill=canvas.ink, anchor="mm")
    write(canvas.pen, middle, f"{digits(rng, 2)}LS{digits(rng, 2)}", canvas.face, fill=canvas.ink, anchor="mm")
    ends: list[Point] = []
    for y in np.arange(top + size * 0.6, bottom - size * 0.3, size * float(rng.uniform(1, 1.6))).tolist():
        for edge, way in ((left, -1), (right, 1)):
            if chance(rng, 0.85):
                end = (edge + way * size * 1.6, y)
                canvas.pen.line([(edge, y), end], fill=colour, width=canvas.thick)
                name = word(rng, max_syllables=1).upper()
                write(
                    canvas.pen,
                    (edge - way * 3, y),
                    name,
                    canvas.face,
                    fill=canvas.ink,
                    anchor="rm" if way > 0 else "lm",
                )
                ends.append(end)
    return ends


def _small_parts(canvas: DiagramCanvas, middle: Point, cell: Point, colour: Colour) -> list[Point]:
    """Draw resistors, capacitors and power signs in a row with their names and values; return their ends."""
    rng, size, ends = canvas.rng, canvas.size, []
    count = int(rng.integers(1, 4))
    for number in range(count):
        x, y = middle[0] + cell[0] * 0.8 * ((number + 0.5) / count - 0.5), middle[1]
        long, style = size * float(rng.uniform(1.6, 3)), int(rng.integers(3))
        canvas.pen.line([(x, y - long), (x, y - size * 0.8)], fill=colour, width=canvas.thick)
        canvas.pen.line([(x, y + size * 0.8), (x, y + long)], fill=colour, width=canvas.thick)
        if style == 0:
            canvas.pen.rectangle(box_around((x, y), size * 0.4, size * 0.8), outline=colour, width=canvas.thick + 1)
        elif style == 1:
            for way in (-1, 1):
                half = [(x - size * 0.8, y + way * size * 0.25), (x + size * 0.8, y + way * size * 0.25)]
                canvas.pen.line(half, fill=colour, width=canvas.thick + 2)
                canvas.pen.line(
                    [(x, y + way * size * 0.25), (x, y + way * size * 0.8)], fill=colour, width=canvas.thick
                )
        else:
            canvas.pen.polygon(
                [(x - size * 0.7, y - size * 0.6), (x + size * 0.7, y - size * 0.6), (x, y + size * 0.6)],
                outline=colour,
            )
            canvas.pen.line(
                [(x - size * 0.7, y + size * 0.6), (x + size * 0.7, y + size * 0.6)], fill=colour, width=canvas.thick
            )
        for row, text in enumerate(
            (f"{pick(rng, 'RCDQ')}{digits(rng, 1)}", f"{digits(rng, 2)}{pick(rng, ['uF', 'k', 'n'])}")
        ):
            write(canvas.pen, (x + size, y + size * (row * 1.1 - 0.6)), text, canvas.face, fill=canvas.ink, anchor="lm")
        if chance(rng, 0.3):
            canvas.text((x, y - long - size * 0.8), pick(rng, ["VCC", "+5V", "GND"]), size * 4, rows=1)
        ends += [(x, y - long), (x, y + long)]
    return ends


def _measure(canvas: DiagramCanvas, start: Point, stop: Point) -> None:
    """Draw a line with a head at both ends and its length."""
    canvas.pen.line([start, stop], fill=canvas.wire, width=canvas.thick)
    canvas.head(start, stop)
    canvas.head(stop, start)
    middle, room = ((start[0] + stop[0]) / 2, (start[1] + stop[1]) / 2), max(canvas.size * 3.0, math.dist(start, stop))
    text = pick(canvas.rng, [word(canvas.rng), digits(canvas.rng, 2), f"{digits(canvas.rng, 1)} mm", "x", "w"])
    canvas.text((middle[0], middle[1] - canvas.size * 0.7), text, room, rows=1)


def _dashes(canvas: DiagramCanvas, box: list[float], colour: Colour) -> None:
    step = canvas.size * 0.7
    for x in np.arange(box[0], box[2] - step / 2, step).tolist():
        for y in (box[1], box[3]):
            canvas.pen.line([(x, y), (x + step / 2, y)], fill=colour, width=canvas.thick)
    for y in np.arange(box[1], box[3] - step / 2, step).tolist():
        for x in (box[0], box[2]):
            canvas.pen.line([(x, y), (x, y + step / 2)], fill=colour, width=canvas.thick)
