"""Images that are no figure of a document, for a classifier to refuse: noise, patterns, shapes, single characters."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from docsight.errors import ConfigError
from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.colours import WHITE, Colour, hue, mixed, palette, theme
from docsight_training.data.drawings.fonts import load
from docsight_training.data.drawings.raster import fractal, to_image
from docsight_training.data.drawings.typefaces import Typefaces
from docsight_training.data.images import textures

_MIN_OUTLIER_SIDE, _MAX_OUTLIER_SIDE = 24, 200  # pixels
_SINGLE_CHARACTERS = "0123456789" * 3 + "ABCDEFGHKMNPRTWXYZabdefghkmnqrt&?!#%@"


def draw_outlier(kind: str, rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw an image of a kind, mode RGB, with a side of 24 to 200 pixels.

    Raises:
        ConfigError: The kind is unknown.
    """
    if kind not in OUTLIER_KINDS:
        raise ConfigError(f"data.outliers: unknown kind {kind}; expected {', '.join(OUTLIER_KINDS)}.")
    return OUTLIER_KINDS[kind](rng, typefaces)


def _textured(name: str) -> Callable[[np.random.Generator, Typefaces], Image.Image]:
    """Return a function that draws one of the grey textures in two colours, or one texture for each channel."""
    draw: textures.TextureFunction = getattr(textures, name)

    def coloured(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
        del typefaces
        side = _side(rng)
        style = rng.random()
        if style < 0.25:
            return Image.fromarray(np.stack([draw(rng, side) for _ in range(3)], axis=2))
        ground, ink = ((0, 0, 0), WHITE) if style < 0.5 else (WHITE, (0, 0, 0)) if style < 0.65 else palette(rng, 2)
        tone = draw(rng, side).astype(np.float32)[..., None] / 255
        return to_image(np.array(ground, np.float32) * (1 - tone) + np.array(ink, np.float32) * tone)

    return coloured


def _leaves(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw shapes of all sizes that cover each other, which have the statistics of natural images (dead leaves)."""
    del typefaces
    side = 2 * _side(rng)
    image = Image.new("RGB", (side, side), hue(rng))
    pen, colours = ImageDraw.Draw(image), palette(rng, 12)
    for _ in range(int(2 ** rng.uniform(5, 9))):
        radius = side * 0.02 / max(0.04, float(rng.random()))
        x, y = rng.uniform(0, side, 2).tolist()
        wide, tall = radius * float(rng.uniform(0.4, 1.6)), radius
        draw = pick(rng, [pen.ellipse, pen.rectangle]) if chance(rng, 0.8) else pen.ellipse
        draw([x - wide, y - tall, x + wide, y + tall], fill=mixed(pick(rng, colours), hue(rng), 0.3))
    return image.reduce(2)


def _terrain(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw fractal clouds in several colours, sharp or smooth, as skies, skins and stones have."""
    del typefaces
    side = _side(rng)
    octaves, cells = int(rng.integers(2, 6)), int(rng.integers(1, 6))
    surface = np.clip(0.5 + fractal(rng, (side, side), cells, octaves=octaves) / 2, 0, 1)
    if chance(rng, 0.4):
        surface = np.abs(2 * surface - 1)
    stops = np.array(palette(rng, int(rng.integers(2, 6))), np.float32)
    places = np.linspace(0, 1, len(stops))
    return to_image(np.stack([np.interp(surface, places, stops[:, channel]) for channel in range(3)], axis=2))


def _character(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw one character, printed or by hand, alone on paper."""
    side = _side(rng)
    ground, ink = theme(rng, dark=0.3, tinted=0.3)
    image = Image.new("RGB", (side * 2, side * 2), ground)
    hand = typefaces.hand(rng) if chance(rng, 0.35) else None
    face = load(hand or typefaces.plain(rng), int(side * float(rng.uniform(0.7, 1.9))))
    middle = (side * float(rng.uniform(0.7, 1.3)), side * float(rng.uniform(0.7, 1.3)))
    ImageDraw.Draw(image).text(middle, pick(rng, _SINGLE_CHARACTERS), fill=ink, font=face, anchor="mm")
    turned = image.rotate(float(rng.normal(0, 6)), Image.Resampling.BILINEAR, fillcolor=ground)
    return _grainy(turned.reduce(2), rng)


def _sheet(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw empty paper, cloth or a dark scan: one tone with grain, shadow and specks."""
    del typefaces
    side = _side(rng)
    tone: Colour = pick(rng, [WHITE, (0, 0, 0), (240, 235, 220), (128, 128, 128), hue(rng)])
    light = 1 + float(rng.uniform(0, 0.3)) * fractal(rng, (side, side), int(rng.integers(1, 4)), octaves=2)
    pixels = np.array(tone, np.float32) * light[..., None] + rng.normal(0, float(rng.uniform(0, 12)), (side, side, 1))
    for _ in range(int(rng.integers(0, 6))):
        y, x = rng.integers(0, side - 2, 2)
        pixels[y : y + int(rng.integers(1, 4)), x : x + int(rng.integers(1, 4))] = float(rng.uniform(0, 255))
    return to_image(pixels)


def _grainy(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    pixels = np.asarray(image, np.float32)
    return to_image(pixels + rng.normal(0, float(rng.uniform(0, 12)), (*pixels.shape[:2], 1)))


def _side(rng: np.random.Generator) -> int:
    return int(_MIN_OUTLIER_SIDE * (_MAX_OUTLIER_SIDE / _MIN_OUTLIER_SIDE) ** rng.random())


OUTLIER_KINDS: dict[str, Callable[[np.random.Generator, Typefaces], Image.Image]] = {
    "noise": _textured("noise"),
    "clouds": _textured("clouds"),
    "pattern": _textured("pattern"),
    "shape": _textured("shape"),
    "scribble": _textured("scribble"),
    "overlay": _textured("overlay"),
    "leaves": _leaves,
    "terrain": _terrain,
    "character": _character,
    "sheet": _sheet,
}
