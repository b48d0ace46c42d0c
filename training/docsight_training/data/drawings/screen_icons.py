"""What a screen shows besides text: icons, and the pictures in programs and pages."""

import math

import numpy as np

from docsight_training.data.drawings.choices import chance, pick, word
from docsight_training.data.drawings.colours import WHITE, Colour, hue, mixed, palette
from docsight_training.data.drawings.raster import fractal, to_image
from docsight_training.data.drawings.screen import Screen

_Box = tuple[float, float, float, float]


def draw_icon(screen: Screen, box: _Box, *, colour: Colour | None = None) -> None:
    """Draw a simple sign in one or two colours; by default in any hue or in the ink."""
    rng, (left, top, right, bottom) = screen.rng, box
    side = right - left
    if side < 3:
        return
    pad = side * float(rng.uniform(0.05, 0.25))
    inner = (left + pad, top + pad, right - pad, bottom - pad)
    colour = colour or (hue(rng) if chance(rng, 0.55) else screen.ink)
    wide = max(1, round(side * float(rng.uniform(0.06, 0.16))))
    style = int(rng.integers(7))
    if style < 2:
        draw = pick(rng, [screen.pen.rectangle, screen.pen.ellipse])
        draw(inner, fill=colour) if chance(rng, 0.5) else draw(inner, outline=colour, width=wide)
    elif style == 2:  # a folder or a sheet
        screen.pen.rectangle((inner[0], inner[1] + side * 0.1, inner[2], inner[3]), fill=mixed(colour, WHITE, 0.4))
        screen.pen.rectangle((inner[0], inner[1], inner[0] + side * 0.35, inner[1] + side * 0.2), fill=colour)
    elif style == 3:  # an arrow or a tool of a few strokes
        points = rng.uniform(inner[:2], inner[2:], (int(rng.integers(3, 6)), 2)).tolist()
        screen.pen.line([(x, y) for x, y in points], fill=colour, width=wide, joint="curve")
    elif style == 4:  # a magnifying glass
        screen.pen.ellipse(
            (inner[0], inner[1], inner[2] - side * 0.2, inner[3] - side * 0.2), outline=colour, width=wide
        )
        screen.pen.line([(right - side * 0.35, bottom - side * 0.35), inner[2:]], fill=colour, width=wide + 1)
    elif style == 5:  # a wheel or a star
        _star(screen, inner, colour)
    else:  # a plus, a minus or a cross
        x, y = (left + right) / 2, (top + bottom) / 2
        screen.pen.line([(inner[0], y), (inner[2], y)], fill=colour, width=wide + 1)
        if chance(rng, 0.7):
            screen.pen.line([(x, inner[1]), (x, inner[3])], fill=colour, width=wide + 1)


def icon_grid(screen: Screen, box: _Box) -> None:
    """Draw a grid of icons, mostly with names."""
    left, top, right, bottom = box
    side = screen.size * float(screen.rng.uniform(2, 4))
    named = chance(screen.rng, 0.7)
    tone = screen.ink if chance(screen.rng, 0.3) else None
    for y in np.arange(top + 6, bottom - side * 1.6, side * 1.8).tolist():
        for x in np.arange(left + 6, right - side * 1.2, side * 1.9).tolist():
            if chance(screen.rng, 0.9):
                draw_icon(screen, (x, y, x + side, y + side), colour=tone)
                if named:
                    screen.text((x, y + side), word(screen.rng), room=side * 1.5)


def picture(screen: Screen, box: _Box) -> None:
    """Fill a box with what a program shows: clouds, gradients, shapes, lines, wiring, or an empty canvas."""
    left, top, right, bottom = (int(side) for side in box)
    if right - left < 8 or bottom - top < 8:
        return
    ground = pick(screen.rng, [screen.ground, hue(screen.rng), WHITE, (0, 0, 40)])
    screen.pen.rectangle((left, top, right, bottom), fill=ground, outline=screen.line)
    draw = pick(screen.rng, [_clouds, _colour_field, _shapes, _curve, _wiring, None])
    if draw is not None:
        draw(screen, (left, top, right, bottom))


def _star(screen: Screen, box: _Box, colour: Colour) -> None:
    left, top, right, bottom = box
    x, y, count = (left + right) / 2, (top + bottom) / 2, int(screen.rng.integers(4, 9))
    points = []
    for number in range(2 * count):
        reach = (right - left) / 2 * (1 if number % 2 else 0.6)
        turn = math.pi * number / count
        points.append((x + reach * math.cos(turn), y + reach * math.sin(turn)))
    screen.pen.polygon(points, fill=colour)


def _clouds(screen: Screen, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    first, second = palette(screen.rng, 2)
    hills = 0.5 + 0.5 * fractal(screen.rng, (right - left, bottom - top), 3)[..., None]
    screen.image.paste(to_image(np.array(first) * hills + np.array(second) * (1 - hills)), (left, top))


def _colour_field(screen: Screen, box: tuple[int, int, int, int]) -> None:
    """Draw the gradient of a dialog of colours."""
    first, second = pick(screen.rng, [((0, 0, 0), WHITE), ((255, 0, 0), (0, 0, 255)), (WHITE, hue(screen.rng))])
    screen.gradient(box, first, second, across=chance(screen.rng, 0.6))


def _shapes(screen: Screen, box: tuple[int, int, int, int]) -> None:
    rng, (left, top, right, bottom) = screen.rng, box
    for colour in palette(rng, int(rng.integers(2, 8))):
        x, y = rng.uniform([left, top], [right, bottom]).tolist()
        wide, tall = rng.uniform(0.05, 0.3, 2) * [right - left, bottom - top]
        draw = pick(rng, [screen.pen.rectangle, screen.pen.ellipse])
        draw((x, y, min(right, x + wide), min(bottom, y + tall)), fill=colour)


def _curve(screen: Screen, box: tuple[int, int, int, int]) -> None:
    rng, (left, top, right, bottom) = screen.rng, box
    heights = rng.uniform(top + 4, bottom - 4, 20)
    places = np.linspace(left + 4, right - 4, 20)
    screen.pen.line(list(zip(places.tolist(), heights.tolist(), strict=True)), fill=hue(rng), width=2)


def _wiring(screen: Screen, box: tuple[int, int, int, int]) -> None:
    """Draw lines at right angles with pads, as in programs for construction and electronics."""
    rng, colours = screen.rng, palette(screen.rng, 3)
    for number in range(int(rng.integers(6, 30))):
        start, stop = rng.uniform(box[:2], box[2:], (2, 2)).tolist()
        screen.pen.line([tuple(start), (stop[0], start[1]), tuple(stop)], fill=colours[number % 3], width=2)
        side = screen.size * 0.4
        pad = (stop[0] - side, stop[1] - side, min(box[2], stop[0] + side), min(box[3], stop[1] + side))
        screen.pen.rectangle(pad, outline=colours[0], width=2)
