"""Choose typefaces for drawings, each family as likely as another."""

import re
from collections.abc import Iterable, Sequence

import numpy as np
from PIL import ImageDraw, ImageFont

from docsight.errors import ConfigError
from docsight_training.data.drawings.words import chance, pick
from docsight_training.data.images.fonts import Font, load

_MONO = re.compile(r"mono|courier|typewriter|console|code|fixed|terminal|teletype|ocr", re.IGNORECASE)
_SLANTED = re.compile(r"italic|oblique", re.IGNORECASE)


class Typefaces:
    """Fonts grouped by family and by what they are good for.

    Args:
        fonts: at least one, as `find_fonts` gives them
    """

    def __init__(self, fonts: Sequence[Font]) -> None:
        if not fonts:
            raise ConfigError("Expected at least one font to draw with, found none: pass what find_fonts() gives")
        self._hand = _families(font for font in fonts if font.is_handwriting)
        plain = [font for font in fonts if not font.is_handwriting] or list(fonts)
        self._plain = _families(plain)
        self._mono = _families(font for font in plain if _MONO.search(font.family)) or self._plain

    def plain(self, rng: np.random.Generator) -> Font:
        """Choose a font for print."""
        return _choose(self._plain, rng)

    def mono(self, rng: np.random.Generator) -> Font:
        """Choose a font of letters as wide as each other, where there is one."""
        return _choose(self._mono, rng)

    def hand(self, rng: np.random.Generator) -> Font | None:
        """Choose a font that looks written by hand, if there is one."""
        return _choose(self._hand, rng) if self._hand else None


def width_of(text: str, face: ImageFont.FreeTypeFont) -> int:
    """Measure a line of text in pixels."""
    return int(face.getlength(text)) + 1


def fitted(text: str, font: Font, size: int, width: float) -> ImageFont.FreeTypeFont:
    """Load a font at a size (in pixels), or smaller, so that the text is no wider than `width`."""
    face = load(font, size)
    wide = width_of(text, face)
    return face if wide <= width else load(font, max(5, int(size * width / wide)))


def write(
    pen: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    face: ImageFont.FreeTypeFont,
    *,
    fill: object,
    anchor: str = "la",
    bold: bool = False,
) -> None:
    """Write one line; bold is written twice, one pixel apart."""
    x, y = round(at[0]), round(at[1])
    pen.text((x, y), text, fill=fill, font=face, anchor=anchor)  # type: ignore[arg-type]
    if bold:
        pen.text((x + 1, y), text, fill=fill, font=face, anchor=anchor)  # type: ignore[arg-type]


def _families(fonts: Iterable[Font]) -> list[list[Font]]:
    families: dict[str, list[Font]] = {}
    for font in fonts:
        families.setdefault(font.family, []).append(font)
    return list(families.values())


def _choose(families: list[list[Font]], rng: np.random.Generator) -> Font:
    family = pick(rng, families)
    upright = [font for font in family if not _SLANTED.search(font.style)]
    return pick(rng, upright if upright and chance(rng, 0.85) else family)
