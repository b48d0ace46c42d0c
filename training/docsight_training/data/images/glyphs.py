"""Images of single printed characters, and of anything but a digit, in the style of MNIST."""

import string
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from docsight.errors import ConfigError
from docsight_training.data.drawings.choices import pick
from docsight_training.data.drawings.fonts import Font, families_of, load
from docsight_training.data.images import textures

# Letters that have the shape of a digit in some font. They are ambiguous, so they are never drawn as letters.
SHAPED_LIKE_DIGITS = "IOSZBl"
# Their lower-case forms. An image is scaled to its ink, so that o, O and 0 look the same.
NEAR_DIGITS = "osz"
# Letters that differ from digits in print (a stem, a serif, a dot) but often not in handwriting: 6 is written like b, 9
# like g or q, 4 like y. They are drawn as letters only in fonts that do not imitate handwriting; otherwise the model
# would reject handwritten digits.
NEAR_DIGITS_BY_HAND = "iabgjqyACDGJQTUt"
OUTLIER_LETTERS = "".join(c for c in string.ascii_letters if c not in SHAPED_LIKE_DIGITS + NEAR_DIGITS)
# Signs that are neither a stroke like 1 (such as | / ! ') nor similar to another digit ($ to 5, } to 3).
SIGNS = "#%@*+=<>&?~^-"
DIGITS = string.digits

_GLYPH_SIZE = 64  # font size in pixels in which characters are drawn, well above the final size
_PLACING_SCALE = 2  # characters are placed at this many times the final size, then reduced
_INK_BOX = 20 / 28  # MNIST: the longer side of the ink takes 20 of 28 pixels; its centre of mass is in the middle
_MIN_DIGIT_SIMILARITY = 0.93  # cosine; a letter this close to a digit of its own font counts as that digit
_BOLD_INK_MEAN = 110  # mean value of the ink box above which a character is bold
_MAX_CACHED_MASKS = 20_000  # 60 MB

# The kinds of images without a digit, and the fraction of each.
_OUTLIER_FRACTIONS = {
    "letter": 0.58,
    "word": 0.12,
    "sign": 0.06,
    "scribble": 0.06,
    "shape": 0.04,
    "blank": 0.02,
    "noise": 0.03,
    "clouds": 0.03,
    "pattern": 0.03,
    "overlay": 0.03,
}


def draw_glyph(text: str, font: Font, rng: np.random.Generator, size: int = 28) -> np.ndarray:
    """Draw one or more characters light on dark, with random thickness, slant, rotation and scale; uint8, (size, size).

    The ink is fitted into a box with its centre of mass in the middle, as in MNIST.
    """
    thickness = int(rng.choice(5, p=(0.1, 0.45, 0.2, 0.15, 0.1))) - 1
    slant, turn = rng.normal(0, 0.1), rng.normal(0, 0.05)
    return _place(_mask(font, text, thickness), size, rng.uniform(0.85, 1.05), slant, turn)


def glyph_set(
    chars: str, count: int, *, seed: int, fonts: Sequence[Font], size: int = 28
) -> tuple[np.ndarray, list[str]]:
    """Draw random characters; return the images, uint8 (count, size, size), and the character of each.

    Font families are equally likely, however many styles they have.
    """
    if not chars:
        raise ConfigError("expected characters to draw, found none; pass some, such as '0123456789'")
    rng = np.random.default_rng(seed)
    families = _checked_families(fonts)
    drawn = [chars[i] for i in rng.integers(len(chars), size=count)]
    images = np.zeros((count, size, size), dtype=np.uint8)
    for i, char in enumerate(drawn):
        images[i] = draw_glyph(char, pick(rng, pick(rng, families)), rng, size)
    return images, drawn


def outlier_set(count: int, *, seed: int, fonts: Sequence[Font], size: int = 28) -> np.ndarray:
    """Draw images without a digit, uint8 (count, size, size), nor any letter that looks like a digit in its font."""
    rng = np.random.default_rng(seed)
    families = _checked_families(fonts)
    kinds = list(_OUTLIER_FRACTIONS)
    images = np.zeros((count, size, size), dtype=np.uint8)
    for i, number in enumerate(rng.choice(len(kinds), size=count, p=list(_OUTLIER_FRACTIONS.values()))):
        kind = kinds[number]
        if kind in ("letter", "word", "sign"):
            font = pick(rng, pick(rng, families))
            images[i] = draw_glyph(_text(kind, font, rng), font, rng, size)
        else:
            images[i] = getattr(textures, kind)(rng, size)
    return images


@cache
def is_like_digit(char: str, font: Font) -> bool:
    if char in SHAPED_LIKE_DIGITS or char in NEAR_DIGITS or char in DIGITS:
        return True
    if font.is_handwriting and char in NEAR_DIGITS_BY_HAND:
        return True
    return bool((_digit_shapes(font) @ _shape(char, font)).max() > _MIN_DIGIT_SIMILARITY)


def _text(kind: str, font: Font, rng: np.random.Generator) -> str:
    """Choose a letter, two to four letters, or a sign."""
    if kind == "sign":
        sign = pick(rng, SIGNS)
        return sign if _has(sign, font) else "W"
    if kind == "word":
        return "".join(OUTLIER_LETTERS[i] for i in rng.integers(len(OUTLIER_LETTERS), size=int(rng.integers(2, 5))))
    for _ in range(50):
        letter = pick(rng, OUTLIER_LETTERS)
        if not is_like_digit(letter, font):
            return letter
    return "W"


@cache
def _has(char: str, font: Font) -> bool:
    """Return whether a font has a character; a missing one is drawn blank or as a box, which looks like 0."""
    face = load(font, _GLYPH_SIZE)
    mask = face.getmask(char)
    return bool(mask.getbbox()) and bytes(mask) != bytes(face.getmask("\U0010fffd"))


def _checked_families(fonts: Sequence[Font]) -> list[list[Font]]:
    if not fonts:
        raise ConfigError("expected at least one font, found none; pass what find_fonts() returns")
    return families_of(fonts)


@lru_cache(maxsize=_MAX_CACHED_MASKS)
def _mask(font: Font, text: str, thickness: int) -> Image.Image:
    """Draw text large, cropped to its ink; thickness -1 thins the strokes, 1 to 3 thicken them by that many pixels."""
    drawn = load(font, _GLYPH_SIZE).getmask(text)
    glyph = Image.frombytes("L", drawn.size, bytes(drawn))
    if thickness > 1 and np.asarray(glyph).mean() > _BOLD_INK_MEAN:
        thickness = 1  # otherwise the counters of an 8 would fill
    if thickness > 0:  # FreeType's own stroke would leave the inside of the letter empty
        glyph = ImageOps.expand(glyph, thickness).filter(ImageFilter.MaxFilter(2 * thickness + 1))
    elif thickness < 0:
        thin = glyph.filter(ImageFilter.MinFilter(3))
        # Where hairlines would vanish and leave the letter in pieces, keep it unchanged.
        if np.asarray(thin).sum() > 0.6 * np.asarray(glyph).sum():
            glyph = thin
    return glyph.crop(glyph.getbbox() or (0, 0, *glyph.size))


def _place(mask: Image.Image, size: int, scale: float, slant: float, turn: float) -> np.ndarray:
    """Slant, rotate and scale a mask into its box with its centre of mass in the middle, (size, size)."""
    field = size * _PLACING_SCALE
    # The linear part of the map from the mask (x, y) to the field.
    forward = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ np.array([[1, -slant], [0, 1]])
    width, height = mask.size
    corners = forward @ np.array([[0, width, 0, width], [0, 0, height, height]])
    low, extent = corners.min(axis=1), np.ptp(corners, axis=1)
    zoom = scale * _INK_BOX * field / max(float(extent.max()), 1.0)
    forward = forward * zoom
    pixels = np.asarray(mask, dtype=np.float32)
    total = max(float(pixels.sum()), 1.0)
    mass = np.array([pixels.sum(axis=0) @ np.arange(width), pixels.sum(axis=1) @ np.arange(height)]) / total
    # Centre the ink, but keep all of it inside the field.
    offset = np.clip(field / 2 - forward @ mass, -low * zoom, field - (low + extent) * zoom)
    back = np.linalg.inv(forward)
    shift = -back @ offset
    data = (back[0, 0], back[0, 1], shift[0], back[1, 0], back[1, 1], shift[1])
    placed = mask.transform((field, field), Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)
    return np.asarray(placed.reduce(_PLACING_SCALE))


def _shape(char: str, font: Font) -> np.ndarray:
    """Return a character as a small image with unit norm, (pixels,)."""
    pixels = _place(_mask(font, char, 0), 14, 1.0, 0.0, 0.0).astype(np.float32).ravel()
    return pixels / max(float(np.linalg.norm(pixels)), 1e-6)


@lru_cache(maxsize=4096)
def _digit_shapes(font: Font) -> np.ndarray:
    """Return the shapes of a font's digits, (10, pixels)."""
    return np.stack([_shape(digit, font) for digit in DIGITS])
