"""Random colours that go together."""

import colorsys

import numpy as np

from docsight_training.data.drawings.choices import chance, pick

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
_TINTS: list[Colour] = [
    (250, 248, 240),
    (240, 244, 250),
    (246, 246, 246),
    (255, 250, 225),
    (232, 240, 232),
    (252, 238, 235),
]
_DARKS: list[Colour] = [(20, 24, 34), (34, 34, 34), (10, 30, 60), (40, 44, 52), (0, 0, 0), (30, 50, 45)]
_INKS: list[Colour] = [
    (0, 0, 0),
    (0, 0, 0),
    (30, 30, 30),
    (60, 60, 60),
    (35, 40, 60),
    (40, 70, 140),
    (90, 90, 90),
]


def hue(rng: np.random.Generator, *, saturation: float | None = None, value: float | None = None) -> Colour:
    """Choose a colour; saturation and value, from 0 to 1, are random unless given."""
    saturation = float(rng.uniform(0.2, 1)) if saturation is None else saturation
    value = float(rng.uniform(0.4, 1)) if value is None else value
    return _colour(float(rng.random()), saturation, value)


def palette(rng: np.random.Generator, count: int) -> list[Colour]:
    """Choose the colours of a figure: many hues, shades of one hue, neighbouring hues, or greys."""
    style = rng.random()
    first, saturation, value = (float(number) for number in rng.uniform([0, 0.2, 0.55], [1, 0.95, 1]))
    if style < 0.5:
        step = float(pick(rng, [0.618, 0.38, 0.15, 1 / max(1, count)]))
        saturations = saturation * rng.uniform(0.7, 1, count)
        return [_colour(first + step * number, float(s), value) for number, s in enumerate(saturations)]
    if style < 0.7:
        return [_colour(first, saturation * (1 - 0.7 * t), 0.4 + 0.6 * t) for t in np.linspace(0, 1, count)]
    if style < 0.85:
        return [_colour(first + 0.2 * t, saturation, value * (0.6 + 0.4 * t)) for t in np.linspace(0, 1, count)]
    return [_colour(0, 0, t) for t in np.linspace(0.15, 0.85, count)]


def theme(rng: np.random.Generator, *, dark: float = 0.08, tinted: float = 0.2) -> tuple[Colour, Colour]:
    """Choose the background and the ink colour; `dark` and `tinted` are the probabilities of such a background."""
    if chance(rng, dark):
        return pick(rng, _DARKS), pick(rng, [WHITE, (220, 220, 220), (255, 230, 160), (170, 220, 255)])
    ground = WHITE
    if chance(rng, tinted):
        ground = pick(rng, _TINTS) if chance(rng, 0.7) else hue(rng, saturation=0.15, value=0.95)
    return ground, pick(rng, _INKS)


def mixed(first: Colour, second: Colour, fraction: float) -> Colour:
    """Blend two colours; `fraction` is that of the second."""
    red, green, blue = (round(a + (b - a) * fraction) for a, b in zip(first, second, strict=True))
    return red, green, blue


def readable(ground: Colour) -> Colour:
    """Return black or white, whichever is readable on this background."""
    return (0, 0, 0) if 0.3 * ground[0] + 0.59 * ground[1] + 0.11 * ground[2] > 130 else WHITE


def _colour(hue_: float, saturation: float, value: float) -> Colour:
    red, green, blue = (round(255 * part) for part in colorsys.hsv_to_rgb(hue_ % 1, min(1, saturation), min(1, value)))
    return red, green, blue
