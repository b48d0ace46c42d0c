"""Diagrams that programs lay out: graphs in ranks, records, class trees of documentation, syntax and commits."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from docsight_training.data.drawings.choices import chance, digits, pick, word
from docsight_training.data.drawings.colours import Colour, mixed, palette
from docsight_training.data.drawings.diagram_canvas import DiagramCanvas
from docsight_training.data.drawings.raster import Point, box_around
from docsight_training.data.drawings.typefaces import fitted, write

_GREY: Colour = (191, 191, 191)
_EDGE_COLOURS: list[Colour] = [(25, 25, 112), (0, 0, 0), (0, 100, 0), (139, 26, 26), (154, 50, 205)]


@dataclass
class _Node:
    at: Point
    half: Point
    text: str


def ranked_graph(canvas: DiagramCanvas) -> None:
    """Draw nodes in ranks from the top or from the left, joined by bent arrows, as Graphviz does."""
    rng = canvas.rng
    down, plain = chance(rng, 0.65), chance(rng, 0.6)
    if plain:
        canvas.ground, canvas.ink, canvas.wire = (255, 255, 255), (0, 0, 0), (0, 0, 0)
        canvas.pen.rectangle((0, 0, canvas.width, canvas.height), fill=canvas.ground)
        canvas.thick = int(rng.integers(1, 4))
    ranks = _ranks(canvas, [int(rng.integers(1, 6)) for _ in range(int(rng.integers(2, 8)))], down=down)
    shapes = pick(rng, [["ellipse"], ["ellipse"], ["box"], ["box", "ellipse"], ["round"], ["circle", "box"]])
    fills = [canvas.ground] if plain else canvas.colours
    fills = [*fills * 3, _GREY] if chance(rng, 0.3) else fills
    if chance(rng, 0.2) and len(ranks) > 2:
        _cluster(canvas, [node for rank in ranks[1:] for node in rank[: max(1, len(rank) // 2)]])
    dashed, many = chance(rng, 0.15), float(pick(rng, [0.1, 0.3, 0.6]))
    for before, after in pairwise(ranks):
        for node in after:
            for parent in {number for number in range(len(before)) if chance(rng, many)} or {
                int(rng.integers(len(before)))
            }:
                _edge(canvas, before[parent], node, down=down, dashed=dashed)
    for rank in ranks:
        for node in rank:
            _graph_node(canvas, node, pick(rng, shapes), pick(rng, fills))


def small_graph(canvas: DiagramCanvas) -> None:
    """Draw two to four boxes in a row or a column, joined by arrows."""
    rng, count = canvas.rng, int(canvas.rng.integers(2, 5))
    down = canvas.height > canvas.width * 0.6
    canvas.size = max(canvas.size, min(canvas.width, canvas.height) // 12)
    ranks = _ranks(canvas, [1] * count, down=down)
    shape, fill = (
        pick(rng, ["box", "box", "ellipse", "round"]),
        pick(rng, [canvas.ground, canvas.ground, canvas.colour()]),
    )
    for (start,), (stop,) in pairwise(ranks):
        _edge(canvas, start, stop, down=down, dashed=False, straight=True)
    for (node,) in ranks:
        _graph_node(canvas, node, shape, fill)


def class_tree(canvas: DiagramCanvas) -> None:
    """Draw classes above each other with their members, and hollow arrows to the base, as Doxygen does."""
    rng, size = canvas.rng, max(8, int(canvas.width / canvas.rng.uniform(12, 30)))
    canvas.ground, canvas.ink = (255, 255, 255), (0, 0, 0)
    canvas.pen.rectangle((0, 0, canvas.width, canvas.height), fill=canvas.ground)
    grey = _GREY if chance(rng, 0.7) else canvas.colour()
    y, count = 4.0, int(rng.integers(1, 4))
    for number in range(count):
        lines = int(rng.integers(0, int((canvas.height - y) / size / 1.3 / (count - number)) + 1))
        half = canvas.width * float(rng.uniform(0.35, 0.49))
        box = [canvas.width / 2 - half, y, canvas.width / 2 + half, y + size * (1.8 + 1.25 * max(1, lines))]
        _member_box(canvas, box, size, lines, grey if number == count - 1 else canvas.ground)
        y = box[3] + size * float(rng.uniform(1.6, 3))
        if number < count - 1:
            tip = (canvas.width / 2, box[3])
            canvas.pen.line([tip, (tip[0], y)], fill=(25, 25, 112), width=2)
            head = [tip, (tip[0] - size * 0.4, tip[1] + size * 0.7), (tip[0] + size * 0.4, tip[1] + size * 0.7)]
            canvas.pen.polygon(head, fill=canvas.ground, outline=(25, 25, 112))
        if y > canvas.height - size * 3:
            break


def records(canvas: DiagramCanvas) -> None:
    """Draw rows of cells with short names and arrows between the cells: records, lists and memory."""
    rng, count = canvas.rng, int(canvas.rng.integers(1, 5))
    row, starts = canvas.height / count, []
    round_ends = chance(rng, 0.3)
    for number in range(count):
        cells = int(rng.integers(2, 9))
        wide = min(canvas.width * 0.9 / cells, canvas.size * float(rng.uniform(2.5, 7)))
        tall, left = min(row * 0.6, wide), canvas.width * float(rng.uniform(0.02, 0.08))
        left += (canvas.width * 0.9 - cells * wide) * float(rng.random())
        top = number * row + (row - tall) / 2
        outline = [left, top, left + cells * wide, top + tall]
        canvas.pen.rounded_rectangle(outline, tall * 0.3 if round_ends else 0, outline=canvas.ink, width=canvas.thick)
        split = int(rng.integers(cells)) if chance(rng, 0.4) else -1
        for cell in range(cells):
            x = left + cell * wide
            if cell:
                canvas.pen.line([(x, top), (x, top + tall)], fill=canvas.ink, width=canvas.thick)
            if cell == split:
                canvas.pen.line([(x, top + tall / 2), (x + wide, top + tall / 2)], fill=canvas.ink, width=canvas.thick)
            text = pick(rng, [word(rng, max_syllables=2), digits(rng, 1), chr(97 + cell), f"0x{digits(rng, 2)}"])
            canvas.text((x + wide / 2, top + tall * (0.25 if cell == split else 0.5)), text, wide * 0.85, rows=1)
            starts.append((x + wide / 2, top, tall))
    for _ in range(int(rng.integers(1, 6)) if count > 1 else 0):
        (x, top, tall), (to, below, _) = sorted((pick(rng, starts), pick(rng, starts)), key=lambda start: start[1])
        if below > top:
            _curve(canvas, (x, top + tall), (to, below), down=True)


def syntax(canvas: DiagramCanvas) -> None:
    """Draw the tracks of a grammar: terminals in round boxes, others in square ones, with branches and loops."""
    rng, rows = canvas.rng, int(canvas.rng.integers(1, 5))
    row = canvas.height / rows
    for number in range(rows):
        y, x = row * (number + 0.4), canvas.size * 0.8
        canvas.pen.line([(x, y - canvas.size * 0.4), (x, y + canvas.size * 0.4)], fill=canvas.wire, width=canvas.thick)
        while x < canvas.width - canvas.size * 7:
            text, start = word(rng, max_syllables=3), x + canvas.size * float(rng.uniform(0.8, 2))
            wide = min(canvas.size * 6, canvas.size * (1 + 0.5 * len(text)))
            canvas.arrow((x, y), (start, y), head=chance(rng, 0.5))
            node = _Node((start + wide / 2, y), (wide / 2, canvas.size * 0.8), text)
            _graph_node(canvas, node, pick(rng, ["round", "box", "ellipse"]), canvas.colour())
            if chance(rng, 0.4):  # a loop back, or a way around
                to = y + row * 0.35
                path = [(start - canvas.size * 0.4, y), (start - canvas.size * 0.4, to)]
                path += [(start + wide + canvas.size * 0.4, to), (start + wide + canvas.size * 0.4, y)]
                canvas.pen.line(path, fill=canvas.wire, width=canvas.thick, joint="curve")
            x = start + wide
        canvas.arrow((x, y), (canvas.width - canvas.size * 0.6, y))


def commits(canvas: DiagramCanvas) -> None:
    """Draw dots in lanes joined by lines, with names: commits and branches, or a line of a railway."""
    rng, lanes = canvas.rng, int(canvas.rng.integers(2, 5))
    count, sideways = int(rng.integers(4, 14)), chance(rng, 0.5)
    long, broad = (canvas.width, canvas.height) if sideways else (canvas.height, canvas.width * 0.5)
    last: dict[int, Point] = {}
    spots: list[tuple[Point, int]] = []
    colours, radius = palette(rng, lanes), canvas.size * float(rng.uniform(0.35, 0.8))
    for number in range(count):
        lane = int(rng.integers(lanes)) if last else 0
        along, across = long * (number + 0.5) / count, broad * (lane + 0.5) / lanes
        place = (along, across) if sideways else (across, along)
        if last:
            start = last.get(lane) or last[pick(rng, list(last))]
            canvas.pen.line([start, place], fill=colours[lane], width=canvas.thick + 1)
        last[lane] = place
        spots.append((place, lane))
    for place, lane in spots:
        canvas.pen.ellipse(box_around(place, radius), fill=colours[lane], outline=canvas.outline, width=2)
        if sideways:
            canvas.text(
                (place[0], place[1] + radius + canvas.size * 0.6), f"{pick(rng, 'abcv')}{digits(rng, 1)}", 60, rows=1
            )
        else:
            at = (canvas.width * 0.55, place[1])
            write(canvas.pen, at, canvas.name(), canvas.face, fill=canvas.ink, anchor="lm")


def _ranks(canvas: DiagramCanvas, counts: list[int], *, down: bool) -> list[list[_Node]]:
    """Place nodes rank by rank; those of a rank have the same size and different distances."""
    rng = canvas.rng
    long, broad = (canvas.height, canvas.width) if down else (canvas.width, canvas.height)
    pitch, widest = long / len(counts), broad / max(counts)
    narrow, fill = float(rng.uniform(0.3, 0.46)), float(rng.uniform(0.2, 0.34))
    ranks = []
    for number, count in enumerate(counts):
        shift = (broad - count * widest) * float(pick(rng, [0.5, 0.5, 0.2, 0.8]))
        nodes = []
        for place in range(count):
            across, along = shift + (place + 0.5) * widest, (number + 0.5) * pitch
            half = (widest * narrow, pitch * fill) if down else (pitch * fill * 1.3, widest * narrow)
            half = (half[0], min(half[1], half[0] * 0.8)) if down else (half[0], min(half[1], half[0] * 0.5))
            nodes.append(_Node((across, along) if down else (along, across), half, _node_name(canvas)))
        ranks.append(nodes)
    return ranks


def _node_name(canvas: DiagramCanvas) -> str:
    rng = canvas.rng
    return pick(
        rng, [word(rng), chr(97 + int(rng.integers(26))), f"{word(rng)}_{word(rng)}", digits(rng, 2), canvas.name()]
    )


def _graph_node(canvas: DiagramCanvas, node: _Node, shape: str, fill: Colour) -> None:
    half = (min(node.half),) * 2 if shape == "circle" else node.half
    box = box_around(node.at, *half)
    if shape == "box":
        canvas.pen.rectangle(box, fill=fill, outline=canvas.ink, width=canvas.thick)
    elif shape == "round":
        canvas.pen.rounded_rectangle(box, min(half) * 0.5, fill=fill, outline=canvas.ink, width=canvas.thick)
    else:
        canvas.pen.ellipse(box, fill=fill, outline=canvas.ink, width=canvas.thick)
    face = fitted(node.text, canvas.font, max(canvas.size, int(half[1] * 0.9)), half[0] * 1.7)
    bright = 0.3 * fill[0] + 0.59 * fill[1] + 0.11 * fill[2] > 130
    write(canvas.pen, node.at, node.text, face, fill=(0, 0, 0) if bright else (255, 255, 255), anchor="mm")


def _edge(
    canvas: DiagramCanvas, start: _Node, stop: _Node, *, down: bool, dashed: bool, straight: bool = False
) -> None:
    """Join two nodes by a curve that leaves the one and reaches the other along the ranks."""
    axis = 1 if down else 0
    first, last = list(start.at), list(stop.at)
    first[axis] += start.half[axis]
    last[axis] -= stop.half[axis]
    _curve(canvas, (first[0], first[1]), (last[0], last[1]), down=down, dashed=dashed, bend=0.0 if straight else None)


def _curve(
    canvas: DiagramCanvas, start: Point, stop: Point, *, down: bool, dashed: bool = False, bend: float | None = None
) -> None:
    bend = float(pick(canvas.rng, [0.0, 0.3, 0.6])) if bend is None else bend
    reach = ((stop[1] - start[1]) if down else (stop[0] - start[0])) * bend
    shift = np.array([0, reach]) if down else np.array([reach, 0])
    corners = [np.array(start), np.array(start) + shift, np.array(stop) - shift, np.array(stop)]
    steps = np.linspace(0, 1, 17)[:, None]
    weights = [(1 - steps) ** 3, 3 * steps * (1 - steps) ** 2, 3 * steps**2 * (1 - steps), steps**3]
    path = [(float(x), float(y)) for x, y in sum(w * c for w, c in zip(weights, corners, strict=True))]
    colour = canvas.wire if chance(canvas.rng, 0.85) else pick(canvas.rng, _EDGE_COLOURS)
    for number, ends in enumerate(pairwise(path)):
        if not dashed or number % 2:
            canvas.pen.line(ends, fill=colour, width=canvas.thick)
    if math.dist(path[-2], path[-1]) > 0:
        canvas.head(path[-2], path[-1])


def _cluster(canvas: DiagramCanvas, nodes: list[_Node]) -> None:
    """Draw a box with a name around some nodes."""
    left, top = (min(node.at[axis] - node.half[axis] for node in nodes) - canvas.size * 0.6 for axis in (0, 1))
    right, bottom = (max(node.at[axis] + node.half[axis] for node in nodes) + canvas.size * 0.6 for axis in (0, 1))
    fill = mixed(canvas.ground, canvas.colour(), 0.3)
    canvas.pen.rectangle([left, top, right, bottom], fill=fill, outline=canvas.ink, width=1)
    canvas.text(((left + right) / 2, top + canvas.size * 0.5), canvas.name(), right - left, rows=1)


def _member_box(canvas: DiagramCanvas, box: list[float], size: int, lines: int, fill: Colour) -> None:
    """Draw a class: its name, a part for data, and a part for functions."""
    rng, (left, top, right, bottom) = canvas.rng, box
    canvas.pen.rectangle(box, fill=fill, outline=canvas.ink, width=2)
    name = f"{word(rng).capitalize()}{pick(rng, ['', '::' + word(rng).capitalize(), f'< {word(rng)} >'])}"
    face = fitted(name, canvas.font, size, right - left - 6)
    write(canvas.pen, ((left + right) / 2, top + size * 0.9), name, face, fill=canvas.ink, anchor="mm")
    y, parts = top + size * 1.8, {0, int(rng.integers(max(1, lines)))}
    for number in range(lines):
        if number in parts:
            canvas.pen.line([(left, y), (right, y)], fill=canvas.ink, width=2)
        member = f"{pick(rng, '+#-')} {word(rng)}{pick(rng, ['()', '()', f'_{word(rng)}', ''])}"
        if y + size * 1.2 < bottom:
            member_face = fitted(member, canvas.font, int(size * 0.9), right - left - 8)
            write(canvas.pen, (left + 5, y + size * 0.1), member, member_face, fill=canvas.ink)
        y += size * 1.25
