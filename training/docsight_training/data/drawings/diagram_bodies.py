"""Diagrams of bodies and devices: shaded organs and figures with leader lines, cross-sections, apparatus."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.colours import Colour, mixed
from docsight_training.data.drawings.diagram_canvas import DiagramCanvas
from docsight_training.data.drawings.raster import Point, box_around, draw_curve

_FLESH: list[Colour] = [
    (240, 200, 170),
    (225, 150, 130),
    (200, 80, 80),
    (235, 190, 120),
    (180, 160, 200),
    (150, 190, 160),
]


def organ(canvas: DiagramCanvas) -> None:
    """Draw shaded bodies that overlap, with vessels across them and leader lines to names."""
    rng = canvas.rng
    middle = (canvas.width * float(rng.uniform(0.35, 0.6)), canvas.height * 0.5)
    half = (canvas.width * float(rng.uniform(0.14, 0.26)), canvas.height * float(rng.uniform(0.3, 0.44)))
    lined = chance(rng, 0.35)
    spots: list[Point] = []
    for number in range(int(rng.integers(2, 8))):
        reach = 1.0 if number == 0 else float(rng.uniform(0.15, 0.6))
        offset = rng.uniform(-0.6, 0.6, 2) * (0 if number == 0 else 1) * half
        place = (middle[0] + float(offset[0]), middle[1] + float(offset[1]))
        colour = canvas.ground if lined else mixed(pick(rng, _FLESH), canvas.colour(), float(rng.uniform(0, 0.5)))
        outline = canvas.blob(place, (half[0] * reach, half[1] * reach), colour, rough=float(rng.uniform(0.1, 0.5)))
        if not lined:
            _shade(canvas, outline, colour)
        spots += [place, pick(rng, outline)]
    for _ in range(int(rng.integers(0, 7))):
        steps = np.cumsum(rng.normal(0, 0.18, (9, 2)), axis=0) * half + middle
        colour = canvas.ink if lined else pick(rng, [(190, 40, 40), (50, 80, 170), (220, 190, 80)])
        draw_curve(canvas.pen, steps, colour, int(rng.integers(2, 8)))
    _label(canvas, spots, middle, half)


def figure(canvas: DiagramCanvas) -> None:
    """Draw the outline of a person or an animal with organs inside, and names beside it."""
    rng = canvas.rng
    x, tall = canvas.width * float(rng.uniform(0.35, 0.6)), canvas.height * 0.46
    colour = mixed(pick(rng, _FLESH), canvas.ground, float(rng.uniform(0, 0.5)))
    layer = Image.new("L", canvas.image.size)
    pen, wide, y = ImageDraw.Draw(layer), tall * float(rng.uniform(0.28, 0.4)), canvas.height * 0.5
    pen.ellipse(box_around((x, y - tall * 0.78), tall * 0.17, tall * 0.21), fill=255)
    pen.rounded_rectangle([x - wide, y - tall * 0.52, x + wide, y + tall * 0.3], wide * 0.5, fill=255)
    pen.rectangle([x - wide * 0.3, y - tall * 0.65, x + wide * 0.3, y - tall * 0.4], fill=255)
    for side in (-1, 1):
        limbs = [[(x + side * wide * 0.85, y - tall * 0.45), (x + side * wide * 1.5, y + tall * 0.3)]]
        limbs.append([(x + side * wide * 0.5, y + tall * 0.2), (x + side * wide * 0.6, y + tall)])
        for limb in limbs:
            pen.line(limb, fill=255, width=int(wide * 0.5))
    soft = layer.filter(ImageFilter.GaussianBlur(3)).point(lambda value: 255 if value > 127 else 0)
    canvas.image.paste(colour, (0, 0), soft)
    spots: list[Point] = [(x, y - tall * 0.8)]
    for _ in range(int(rng.integers(2, 7))):
        spot = (x + float(rng.uniform(-0.6, 0.6)) * wide, y + float(rng.uniform(-0.45, 0.25)) * tall)
        canvas.blob(
            spot,
            (wide * float(rng.uniform(0.2, 0.5)), wide * float(rng.uniform(0.2, 0.5))),
            pick(rng, _FLESH),
            rough=0.4,
        )
        spots.append(spot)
    _label(canvas, spots, (x, y), (wide * 1.6, tall))


def section(canvas: DiagramCanvas) -> None:
    """Draw layers with wavy borders and rows of cells, as through skin, a wall or the ground."""
    rng, count = canvas.rng, int(canvas.rng.integers(3, 8))
    right, y = canvas.width * float(rng.uniform(0.6, 0.8)), canvas.height * 0.06
    xs = np.linspace(canvas.width * 0.04, right, 24)
    spots: list[Point] = []
    for number in range(count):
        tall = canvas.height * 0.88 / count * float(rng.uniform(0.7, 1.2))
        wave = np.sin(xs / float(rng.uniform(8, 60))) * float(rng.uniform(0, 8))
        colour = mixed(pick(rng, _FLESH), canvas.colours[number % 6], 0.4)
        upper = list(zip(xs.tolist(), (y + wave).tolist(), strict=True))
        corners = [*upper, (float(xs[-1]), canvas.height * 0.96), (float(xs[0]), canvas.height * 0.96)]
        canvas.pen.polygon(corners, fill=colour, outline=canvas.outline)
        if chance(rng, 0.5):
            side = tall * float(rng.uniform(0.15, 0.35))
            for x in np.arange(float(xs[0]) + side * 1.5, right - side, side * float(rng.uniform(2.2, 4))).tolist():
                canvas.pen.ellipse(
                    box_around((x, y + tall * 0.5), side),
                    fill=mixed(colour, canvas.colour(), 0.5),
                    outline=canvas.outline,
                )
        spots.append((right * 0.97, y + tall * 0.4))
        y += tall
        if y > canvas.height * 0.9:
            break
    for spot in spots:
        canvas.leader(spot, right=True, y=spot[1], edge=right + canvas.width * 0.05)


def apparatus(canvas: DiagramCanvas) -> None:
    """Draw vessels, lenses, blocks and pipes in a row with rays or arrows, as in physics and chemistry."""
    rng, count = canvas.rng, int(canvas.rng.integers(2, 6))
    y, wide = canvas.height * 0.5, canvas.width / count
    canvas.pen.line([(0, y), (canvas.width, y)], fill=canvas.wire, width=canvas.thick)
    for number in range(count):
        x, half = (number + 0.5) * wide, wide * float(rng.uniform(0.16, 0.34))
        style, fill = int(rng.integers(5)), canvas.colour()
        tall = canvas.height * float(rng.uniform(0.12, 0.34))
        if style == 0:  # a vessel with a liquid
            canvas.pen.rounded_rectangle(
                [x - half, y - tall, x + half, y + tall], half * 0.4, outline=canvas.ink, width=canvas.thick
            )
            canvas.pen.rectangle([x - half + 3, y, x + half - 3, y + tall - half * 0.4], fill=fill)
        elif style == 1:  # a lens
            canvas.pen.ellipse(box_around((x, y), half * 0.3, tall), fill=fill, outline=canvas.ink)
            for up in (-1, 1):
                canvas.pen.line(
                    [(x - wide, y), (x, y + up * tall * 0.8), (x + wide, y)], fill=canvas.wire, width=canvas.thick
                )
        elif style == 2:  # a flask
            corners = [(x - half * 0.25, y - tall), (x + half * 0.25, y - tall), (x + half * 0.25, y - tall * 0.2)]
            corners += [(x + half, y + tall), (x - half, y + tall), (x - half * 0.25, y - tall * 0.2)]
            canvas.pen.polygon(corners, fill=fill, outline=canvas.ink, width=canvas.thick)
        elif style == 3:  # a weight on a spring
            turns = np.linspace(0, 1, 20)
            zigzag = np.stack([x + half * 0.4 * np.where(np.arange(20) % 2, 1, -1), y - tall + turns * tall], axis=1)
            draw_curve(canvas.pen, zigzag, canvas.ink, canvas.thick)
            canvas.pen.rectangle([x - half * 0.6, y, x + half * 0.6, y + tall * 0.6], fill=fill, outline=canvas.ink)
        else:
            canvas.node((x, y), (half, tall * 0.5), canvas.name(max_words=1), colour=fill)
        if chance(rng, 0.7):
            canvas.text(
                (x, min(canvas.height - canvas.size, y + tall + canvas.size * 1.2)),
                canvas.name(max_words=2),
                wide,
                rows=2,
            )
    if chance(rng, 0.4):
        angle = math.radians(float(rng.uniform(20, 70)))
        start = (canvas.width * 0.3, canvas.height * 0.9)
        canvas.arrow(start, (start[0] + math.cos(angle) * wide, start[1] - math.sin(angle) * wide))


def _shade(canvas: DiagramCanvas, outline: list[Point], colour: Colour) -> None:
    """Shade a body: darker towards the lower right, with a soft highlight."""
    mask = Image.new("L", canvas.image.size)
    ImageDraw.Draw(mask).polygon(outline, fill=255)
    reach = max(2.0, (max(x for x, _ in outline) - min(x for x, _ in outline)) * 0.12)
    shifted = Image.new("L", mask.size)
    shifted.paste(mask, (-int(reach), -int(reach)))
    soft = np.asarray(shifted.filter(ImageFilter.BoxBlur(reach)), np.float32) / 255
    cover = np.asarray(mask, np.float32) / 255 * (1 - soft) * 0.6
    canvas.image.paste(mixed(colour, (40, 20, 30), 0.6), (0, 0), Image.fromarray((cover * 255).astype(np.uint8)))


def _label(canvas: DiagramCanvas, spots: list[Point], middle: Point, half: Point) -> None:
    """Name some places on the left and the right with leader lines."""
    rng = canvas.rng
    for right in (True, False):
        mine = sorted(
            (spot for spot in spots if (spot[0] >= middle[0]) == right and chance(rng, 0.8)), key=lambda spot: spot[1]
        )[:9]
        for number, spot in enumerate(mine):
            edge = middle[0] + half[0] * 1.3 * (1 if right else -1)
            canvas.leader(spot, right=right, y=canvas.height * (number + 0.5) / len(mine), edge=edge)
