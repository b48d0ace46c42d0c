"""The choice of a font for a drawing, and lines of text drawn with it."""

import re
from collections.abc import Sequence

import numpy as np
from PIL import ImageDraw, ImageFont

from docsight.errors import ConfigError
from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.fonts import Font, families_of, load

_MONOSPACED = re.compile(r"mono|courier|typewriter|console|code|fixed|terminal|teletype|ocr", re.IGNORECASE)
_INTERFACE = re.compile(  # sans-serif families that programs and drawing tools use, or that look like them
    r"^(dejavu sans|liberation sans|arimo|free ?sans|tuffy|veranda?|verana sans|andika|b612|pt sans( caption)?|lato"
    r"|karla|go|cabin|junction|switzera|gillius|aerial|cantarell|carlito|clear sans|inter|karmilla|nimbus sans"
    r"|open sans|oxygen-sans|roboto|roboto condensed|tex gyre heros"
    r"|fira sans|noto sans|ubuntu|segoe ui|helvetica|arial|tahoma)$",
    re.IGNORECASE,
)
_TEXT_SERIF = re.compile(
    r"^(dejavu serif|liberation serif|tinos|free ?serif|tymes|nimbus roman|tex gyre termes|stix|times.*)$",
    re.IGNORECASE,
)
_SLANTED = re.compile(r"italic|oblique", re.IGNORECASE)


class Typefaces:
    """Fonts grouped by family and by use; each family is equally likely, however many styles it has."""

    def __init__(self, fonts: Sequence[Font]) -> None:
        if not fonts:
            raise ConfigError("expected at least one font to draw with, found none; pass what find_fonts() returns")
        self._hand = families_of([font for font in fonts if font.is_handwriting])
        plain = [font for font in fonts if not font.is_handwriting] or list(fonts)
        self._plain = families_of(plain)
        self._mono = families_of([font for font in plain if _MONOSPACED.search(font.family)]) or self._plain
        self._interface = families_of([font for font in plain if _INTERFACE.search(font.family)]) or self._plain
        self._serif = families_of([font for font in plain if _TEXT_SERIF.search(font.family)]) or self._plain

    def plain(self, rng: np.random.Generator) -> Font:
        return _choose(self._plain, rng)

    def mono(self, rng: np.random.Generator) -> Font:
        """Choose a monospaced font, or a plain one if there is none."""
        return _choose(self._mono, rng)

    def interface(self, rng: np.random.Generator) -> Font:
        """Choose a sans-serif font such as programs use, or a plain one if there is none."""
        return _choose(self._interface, rng)

    def usual(self, rng: np.random.Generator) -> Font:
        """Choose a font that drawing tools use by default: mostly sans-serif, at times like Times."""
        return _choose(self._serif if chance(rng, 0.25) else self._interface, rng)

    def hand(self, rng: np.random.Generator) -> Font | None:
        return _choose(self._hand, rng) if self._hand else None


def width_of(text: str, face: ImageFont.FreeTypeFont) -> int:
    return int(face.getlength(text)) + 1


def fitted(text: str, font: Font, size: int, width: float) -> ImageFont.FreeTypeFont:
    """Load a font at `size` pixels, or smaller if the text would be wider than `width` pixels."""
    face = load(font, size)
    wide = width_of(text, face)
    return face if wide <= width else load(font, max(5, int(size * width / wide)))


def write(
    pen: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    face: ImageFont.FreeTypeFont,
    *,
    fill: float | tuple[int, ...],
    anchor: str = "la",
    bold: bool = False,
) -> None:
    """Write one line; bold text is drawn twice, one pixel apart."""
    x, y = round(at[0]), round(at[1])
    pen.text((x, y), text, fill=fill, font=face, anchor=anchor)
    if bold:
        pen.text((x + 1, y), text, fill=fill, font=face, anchor=anchor)


def _choose(families: list[list[Font]], rng: np.random.Generator) -> Font:
    family = pick(rng, families)
    upright = [font for font in family if not _SLANTED.search(font.style)]
    return pick(rng, upright if upright and chance(rng, 0.85) else family)
