"""The typefaces of this machine: which there are, which write Latin letters and digits, which are kept for tests."""

import hashlib
import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageFont

from docsight.errors import ConfigError, DataError

SYSTEM_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/texmf/fonts/opentype",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "~/Library/Fonts",
)
SUFFIXES = frozenset({".ttf", ".otf", ".ttc"})
BUILT_IN = Path()  # the path that stands for the typeface that comes with Pillow
ALPHABET = string.ascii_letters + string.digits
HELD_OUT = 5  # one family of so many is held out

# Typefaces of pen, pencil or brush, by what their makers call them; best effort.
_HANDWRITING = re.compile(
    r"hand(?!el)|(?<!type)writ|(?<!post)script|(?<!o)pen\b|pencil|brush|marker|comic|scribble|chalk|cursive|chancery"
    r"|abecedario|because we|breip|caliban|chilanka|dancing|delphine|domestic manners|ecolier|elegante|femke"
    r"|humor|isabella|joscelyn|karumbi|kaushan|kiloji|klee|kristi|leckerli|lobster|purisa|segoe print|setofont|steve"
    r"|summersby|tomson|chorus|xkcd|yusei|z003",
    re.IGNORECASE,
)
_NOT_LETTERS = re.compile(
    r"symbol|dingbat|barcode|music|icon|emoji|math|braille|wingding|webding|ornament|keyboard|initials|invert"
    r"|notdef|\bcmsy|\bcmex|alfa-beta|ellhnikh",
    re.IGNORECASE,
)
_SHAPES = "AEHKLMNRTXBCDGPSUVWZ2345789"  # capitals and digits that differ from one another in any typeface
_SIDE = 12  # shapes are compared as pictures of so many pixels a side
_NEAR = 3  # a shape is known if its own letter is among so many nearest of the plain typeface
_KNOWN = 0.2  # so many of the shapes must be known: chance knows 0.11 of them, a bold slanted script 0.22


@dataclass(frozen=True)
class Font:
    """One typeface of a file, such as the italics of a family; `index` counts within a collection."""

    path: Path
    index: int
    family: str
    style: str
    is_handwriting: bool = False


def find_fonts(folders: Sequence[str | Path] | None = None) -> list[Font]:
    """Return the typefaces that have all ASCII letters and digits, sorted by family, style and path.

    Args:
        folders: where to look, with what is below. None looks in the folders of the system and adds what matplotlib
            brings; if that gives nothing, the typeface that comes with Pillow is all.

    Raises:
        ConfigError: if a folder that was named is not there.
        DataError: if the folders that were named hold no usable typeface.
    """
    if folders is not None:
        missing = [str(folder) for folder in folders if not Path(folder).is_dir()]
        if missing:
            raise ConfigError(f"expected folders of typefaces, found no folder at {', '.join(missing)}; put it right")
        found = list(_find(tuple(Path(folder) for folder in folders)))
        if not found:
            names = ", ".join(str(folder) for folder in folders)
            raise DataError(f"expected .ttf, .otf or .ttc files with Latin letters and digits, found none in {names}")
        return found
    places = [Path(folder).expanduser() for folder in SYSTEM_FOLDERS]
    return list(_find((*(place for place in places if place.is_dir()), *_matplotlib_folder()))) or [built_in_font()]


def built_in_font() -> Font:
    """Return the typeface that comes with Pillow, which is always there."""
    return Font(BUILT_IN, 0, "Aileron", "Regular")


def is_held_out(font: Font) -> bool:
    """Tell whether a typeface is kept for validation and tests: about one family in five, everywhere the same ones.

    Families that share their first word ("DejaVu Sans", "DejaVu Serif") go together, so that what is held out is new.
    """
    words = re.findall(r"[A-Za-z][a-z]+|[A-Z]+|\d+", font.family) or [font.family]
    digest = hashlib.sha256(words[0].lower().encode()).digest()
    return digest[0] % HELD_OUT == 0


@lru_cache(maxsize=4096)
def load(font: Font, size: int) -> ImageFont.FreeTypeFont:
    """Return a typeface at a size in pixels, ready to draw."""
    if font.path == BUILT_IN:
        plain = ImageFont.load_default(size)
        if not isinstance(plain, ImageFont.FreeTypeFont):
            raise DataError("expected a Pillow built with FreeType, found one without; install Pillow's own wheel")
        return plain
    try:
        return ImageFont.truetype(str(font.path), size, index=font.index)
    except OSError as err:
        raise DataError(f"expected a typeface at {font.path}, found a file that FreeType cannot open: {err}") from err


@lru_cache(maxsize=8)
def _find(folders: tuple[Path, ...]) -> tuple[Font, ...]:
    """Look at every file of typefaces below the folders; of twins (a .ttf and an .otf of one style), keep the first."""
    files = {
        file for folder in folders for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file()
    }
    found: dict[tuple[str, str], Font] = {}
    for file in sorted(files):
        for font in _faces(file):
            if (font.family, font.style) not in found and _is_latin(font):
                found[font.family, font.style] = font
    return tuple(sorted(found.values(), key=lambda font: (font.family, font.style, str(font.path), font.index)))


def _faces(file: Path) -> Iterator[Font]:
    """Yield the typefaces of a file, none if FreeType cannot open it."""
    for index in range(64):
        try:
            family, style = ImageFont.truetype(str(file), 16, index=index).getname()
        except (OSError, ValueError):
            return
        family, style = family or file.stem, style or ""
        yield Font(file, index, family, style, bool(_HANDWRITING.search(f"{family} {file.stem}")))
        if file.suffix.lower() != ".ttc":
            return


def _matplotlib_folder() -> list[Path]:
    """Return the folder of matplotlib's typefaces, if it is installed."""
    try:
        import matplotlib
    except ImportError:
        return []
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    return [folder] if folder.is_dir() else []


def _is_latin(font: Font) -> bool:
    """Tell whether a typeface has ASCII letters and digits, drawn as such (not as dingbats, notes or boxes)."""
    if _NOT_LETTERS.search(f"{font.family} {font.style}"):
        return False
    try:
        drawn = load(font, 24)
        missing = bytes(drawn.getmask("\U0010fffd"))
        masks = {character: drawn.getmask(character) for character in ALPHABET}
        if any(not sum(mask.size) or not any(mask) or bytes(mask) == missing for mask in masks.values()):
            return False
        shapes = np.stack([_shape(font, character) for character in _SHAPES])
    except (OSError, ValueError):
        return False
    nearness = shapes @ _plain_shapes().T  # (drawn, plain), cosines
    own = np.diagonal(nearness)[:, None]
    return bool(((nearness > own).sum(axis=1) < _NEAR).mean() >= _KNOWN)


@lru_cache(maxsize=1)
def _plain_shapes() -> np.ndarray:
    """Return the shapes of the built-in typeface, (characters, pixels)."""
    return np.stack([_shape(built_in_font(), character) for character in _SHAPES])


def _shape(font: Font, character: str) -> np.ndarray:
    """Return a character as a small picture of its ink box, zero mean, length one, (pixels,)."""
    mask = load(font, 24).getmask(character)
    picture = Image.frombytes("L", mask.size, bytes(mask))
    box = picture.getbbox() or (0, 0, 1, 1)
    pixels = np.asarray(picture.resize((_SIDE, _SIDE), Image.Resampling.BOX, box=box), dtype=np.float32).ravel()
    pixels = pixels - pixels.mean()
    return pixels / max(float(np.linalg.norm(pixels)), 1e-6)
