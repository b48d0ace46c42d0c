"""Pictures of single printed characters, and of what is no digit, as a classifier of digits gets to see them."""

import string
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from docsight.errors import ConfigError
from docsight_training.data.images import textures
from docsight_training.data.images.fonts import Font, load

# Letters that are digits in some typeface: nobody can say what they are, so they are never shown as letters.
SHAPED_LIKE_DIGITS = "IOSZBl"
# Small forms of these. A picture is scaled to its ink, so that o is O and is 0.
NEAR_DIGITS = "osz"
# Letters that print tells from digits (a stem, a serif, a dot) but a pen often does not: people write 6 as b, 9 as g or
# q, 4 as y. They are shown as letters only in typefaces that are no handwriting, or handwritten digits get refused.
NEAR_DIGITS_BY_HAND = "iabgjqyACDGJQTUt"
LETTERS = "".join(c for c in string.ascii_letters if c not in SHAPED_LIKE_DIGITS + NEAR_DIGITS)
# Signs that are neither strokes like 1 (such as | / ! ') nor near another digit ($ is 5, } is 3).
SIGNS = "#%@*+=<>&?~^-"
DIGITS = string.digits

_DRAWN = 64  # size in pixels in which characters are drawn, well above what is needed
_FINE = 2  # they are put in place at so many times the size asked for, then reduced
_BOX = 20 / 28  # MNIST: the longer side of the ink takes 20 of 28 pixels, and its centre of mass is in the middle
_ALIKE = 0.93  # a letter whose picture is so near (cosine) to a digit's of its own typeface is that digit
_BOLD = 110  # mean value of a character's ink box above which it is bold
_MASKS = 20_000  # kept, 60 MB

# What is no digit, and how much there is of each.
_KINDS = {
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


def draw_glyph(char: str, font: Font, rng: np.random.Generator, size: int = 28) -> np.ndarray:
    """Draw a character (or a few) light on dark, a little thicker, slanted, turned or smaller each time.

    The ink is fitted into a box and its centre of mass put into the middle, as in MNIST.

    Returns:
        uint8, (size, size).
    """
    thickness = int(rng.choice(5, p=(0.1, 0.45, 0.2, 0.15, 0.1))) - 1
    slant, turn = rng.normal(0, 0.1), rng.normal(0, 0.05)
    return _place(_mask(font, char, thickness), size, rng.uniform(0.85, 1.05), slant, turn)


def glyph_set(
    chars: str, count: int, *, seed: int, fonts: Sequence[Font], size: int = 28
) -> tuple[np.ndarray, list[str]]:
    """Draw characters in turn of families, so that a family of many styles does not outweigh the others.

    Returns:
        Pictures, uint8 (count, size, size), and the character of each.
    """
    if not chars:
        raise ConfigError("expected characters to draw, found none; name some, such as '0123456789'")
    rng = np.random.default_rng(seed)
    families = _families(fonts)
    drawn = [chars[i] for i in rng.integers(len(chars), size=count)]
    pictures = np.zeros((count, size, size), dtype=np.uint8)
    for i, char in enumerate(drawn):
        pictures[i] = draw_glyph(char, _pick(families, rng), rng, size)
    return pictures, drawn


def outlier_set(count: int, *, seed: int, fonts: Sequence[Font], size: int = 28) -> np.ndarray:
    """Draw what is no digit: letters above all, words, signs, scribbles, shapes, blanks, noise and textures.

    No letter is drawn in a typeface where it is as good as a digit, and nothing that holds a digit.

    Returns:
        uint8, (count, size, size).
    """
    rng = np.random.default_rng(seed)
    families = _families(fonts)
    names = list(_KINDS)
    pictures = np.zeros((count, size, size), dtype=np.uint8)
    for i, kind in enumerate(rng.choice(len(names), size=count, p=list(_KINDS.values()))):
        name = names[kind]
        if name in ("letter", "word", "sign"):
            font = _pick(families, rng)
            pictures[i] = draw_glyph(_text(name, font, rng), font, rng, size)
        else:
            pictures[i] = getattr(textures, name)(rng, size)
    return pictures


@cache
def is_like_digit(char: str, font: Font) -> bool:
    """Tell whether a typeface draws a letter so that it may be taken for a digit."""
    if char in SHAPED_LIKE_DIGITS or char in NEAR_DIGITS or char in DIGITS:
        return True
    if font.is_handwriting and char in NEAR_DIGITS_BY_HAND:
        return True
    return bool((_digit_shapes(font) @ _shape(char, font)).max() > _ALIKE)


def _text(kind: str, font: Font, rng: np.random.Generator) -> str:
    """Choose a letter, two to four letters, or a sign."""
    if kind == "sign":
        sign = SIGNS[int(rng.integers(len(SIGNS)))]
        return sign if _has(sign, font) else "W"
    if kind == "word":
        letters = [LETTERS[i] for i in rng.integers(len(LETTERS), size=int(rng.integers(2, 5)))]
        return "".join(letters)
    for _ in range(50):
        letter = LETTERS[int(rng.integers(len(LETTERS)))]
        if not is_like_digit(letter, font):
            return letter
    return "W"


@cache
def _has(char: str, font: Font) -> bool:
    """Tell whether a typeface has a character: what it draws instead is nothing, or a box, which is near 0."""
    drawn = load(font, _DRAWN)
    mask = drawn.getmask(char)
    return bool(mask.getbbox()) and bytes(mask) != bytes(drawn.getmask("\U0010fffd"))


def _families(fonts: Sequence[Font]) -> list[list[Font]]:
    """Sort typefaces into families."""
    if not fonts:
        raise ConfigError("expected at least one typeface, found none; pass what find_fonts() returns")
    families: dict[str, list[Font]] = {}
    for font in fonts:
        families.setdefault(font.family, []).append(font)
    return list(families.values())


def _pick(families: list[list[Font]], rng: np.random.Generator) -> Font:
    """Choose a family, then one of its styles."""
    family = families[int(rng.integers(len(families)))]
    return family[int(rng.integers(len(family)))]


@lru_cache(maxsize=_MASKS)
def _mask(font: Font, text: str, thickness: int) -> Image.Image:
    """Draw text large, cut to its ink; -1 is thinner than the typeface has it, 1 to 3 thicker, in pixels."""
    drawn = load(font, _DRAWN).getmask(text)
    picture = Image.frombytes("L", drawn.size, bytes(drawn))
    if thickness > 1 and np.asarray(picture).mean() > _BOLD:
        thickness = 1  # the eyes of an 8 would fill
    if thickness > 0:  # FreeType's own stroke would leave the inside of the letter empty
        picture = ImageOps.expand(picture, thickness).filter(ImageFilter.MaxFilter(2 * thickness + 1))
    elif thickness < 0:
        thin = picture.filter(ImageFilter.MinFilter(3))
        # Hairlines would go, and leave a letter in pieces.
        if np.asarray(thin).sum() > 0.6 * np.asarray(picture).sum():
            picture = thin
    return picture.crop(picture.getbbox() or (0, 0, *picture.size))


def _place(mask: Image.Image, size: int, scale: float, slant: float, turn: float) -> np.ndarray:
    """Slant, turn and scale a mask into its box, its centre of mass in the middle, (size, size)."""
    field = size * _FINE
    # The linear part as numpy has it: from the mask (x, y) to the field.
    forward = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ np.array([[1, -slant], [0, 1]])
    width, height = mask.size
    corners = forward @ np.array([[0, width, 0, width], [0, 0, height, height]])
    low, extent = corners.min(axis=1), np.ptp(corners, axis=1)
    zoom = scale * _BOX * field / max(float(extent.max()), 1.0)
    forward = forward * zoom
    pixels = np.asarray(mask, dtype=np.float32)
    total = max(float(pixels.sum()), 1.0)
    mass = np.array([pixels.sum(axis=0) @ np.arange(width), pixels.sum(axis=1) @ np.arange(height)]) / total
    # The middle of the ink goes to the middle of the field, but no ink beyond its edge.
    offset = np.clip(field / 2 - forward @ mass, -low * zoom, field - (low + extent) * zoom)
    back = np.linalg.inv(forward)
    shift = -back @ offset
    data = (back[0, 0], back[0, 1], shift[0], back[1, 0], back[1, 1], shift[1])
    placed = mask.transform((field, field), Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)
    return np.asarray(placed.reduce(_FINE))


def _shape(char: str, font: Font) -> np.ndarray:
    """Return a character as a small picture of length one, (pixels,)."""
    pixels = _place(_mask(font, char, 0), 14, 1.0, 0.0, 0.0).astype(np.float32).ravel()
    return pixels / max(float(np.linalg.norm(pixels)), 1e-6)


@lru_cache(maxsize=4096)
def _digit_shapes(font: Font) -> np.ndarray:
    """Return the shapes of a typeface's digits, (10, pixels)."""
    return np.stack([_shape(digit, font) for digit in DIGITS])
