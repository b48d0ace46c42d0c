"""The fonts of this machine: find them, check that they have Latin letters, and hold out some families."""

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
FONT_SUFFIXES = frozenset({".ttf", ".otf", ".ttc"})
BUILT_IN = Path()  # the path of Pillow's built-in font
REQUIRED_CHARACTERS = string.ascii_letters + string.digits
HELD_OUT_ONE_IN = 5  # one family in five is held out

# Fonts that imitate a pen, pencil or brush, recognized by name; best effort.
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
_DISTINCT_CHARACTERS = "AEHKLMNRTXBCDGPSUVWZ2345789"  # capitals and digits that differ in every font
_SHAPE_SIDE = 12  # pixels a side of the bitmaps that are compared
_NEAREST_SHAPES = 3  # a character is recognized if it is among this many nearest ones of the built-in font
_MIN_RECOGNIZED = 0.2  # fraction of characters; chance recognizes 0.11, a bold slanted script 0.22


@dataclass(frozen=True)
class Font:
    """One font of a file, such as the italics of a family; `index` is its place in a .ttc collection."""

    path: Path
    index: int
    family: str
    style: str
    is_handwriting: bool = False


def find_fonts(folders: Sequence[str | Path] | None = None) -> list[Font]:
    """Return the fonts that have all ASCII letters and digits, sorted by family, style and path.

    Args:
        folders: Where to look, recursively. None searches the folders of the system and matplotlib's own fonts;
            if these hold none, the result is Pillow's built-in font alone.

    Raises:
        ConfigError: A named folder does not exist.
        DataError: The named folders hold no usable font.
    """
    if folders is not None:
        if missing := [str(folder) for folder in folders if not Path(folder).is_dir()]:
            raise ConfigError(f"expected folders of fonts, found no folder at {', '.join(missing)}; correct data.fonts")
        fonts = list(_find(tuple(Path(folder) for folder in folders)))
        if not fonts:
            names = ", ".join(str(folder) for folder in folders)
            raise DataError(f"expected .ttf, .otf or .ttc files with Latin letters and digits, found none in {names}")
        return fonts
    places = [Path(folder).expanduser() for folder in SYSTEM_FOLDERS]
    return list(_find((*(place for place in places if place.is_dir()), *_matplotlib_folder()))) or [built_in_font()]


def built_in_font() -> Font:
    return Font(BUILT_IN, 0, "Aileron", "Regular")


def is_held_out(font: Font) -> bool:
    """Return whether a font is reserved for validation and tests: one family in five, the same on every machine.

    Families that share their first word ("DejaVu Sans", "DejaVu Serif") are held out together, so that held-out
    fonts are truly unseen.
    """
    words = re.findall(r"[A-Za-z][a-z]+|[A-Z]+|\d+", font.family) or [font.family]
    digest = hashlib.sha256(words[0].lower().encode()).digest()
    return digest[0] % HELD_OUT_ONE_IN == 0


def families_of(fonts: Sequence[Font]) -> list[list[Font]]:
    families: dict[str, list[Font]] = {}
    for font in fonts:
        families.setdefault(font.family, []).append(font)
    return list(families.values())


@lru_cache(maxsize=4096)
def load(font: Font, size: int) -> ImageFont.FreeTypeFont:
    """Load a font at a size in pixels.

    Raises:
        DataError: The file cannot be opened, or Pillow was built without FreeType.
    """
    if font.path == BUILT_IN:
        built_in = ImageFont.load_default(size)
        if not isinstance(built_in, ImageFont.FreeTypeFont):
            raise DataError("expected a Pillow built with FreeType, found one without; install Pillow's own wheel")
        return built_in
    try:
        return ImageFont.truetype(str(font.path), size, index=font.index)
    except OSError as err:
        raise DataError(f"expected a font at {font.path}, found a file that FreeType cannot open: {err}") from err


@lru_cache(maxsize=8)
def _find(folders: tuple[Path, ...]) -> tuple[Font, ...]:
    """Examine all font files below the folders; of two files with the same style (.ttf and .otf), keep the first."""
    files = {file for folder in folders for file in folder.rglob("*")}
    fonts: dict[tuple[str, str], Font] = {}
    for file in sorted(files):
        if file.suffix.lower() in FONT_SUFFIXES and file.is_file():
            for font in _fonts_in(file):
                if (font.family, font.style) not in fonts and _is_latin(font):
                    fonts[font.family, font.style] = font
    return tuple(sorted(fonts.values(), key=lambda font: (font.family, font.style, str(font.path), font.index)))


def _fonts_in(file: Path) -> Iterator[Font]:
    """Yield the fonts of a file; none if FreeType cannot open it."""
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
    try:
        import matplotlib
    except ImportError:
        return []
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    return [folder] if folder.is_dir() else []


def _is_latin(font: Font) -> bool:
    """Return whether a font draws ASCII letters and digits as such, not as dingbats, notes or boxes."""
    if _NOT_LETTERS.search(f"{font.family} {font.style}"):
        return False
    try:
        face = load(font, 24)
        missing = bytes(face.getmask("\U0010fffd"))
        masks = {character: face.getmask(character) for character in REQUIRED_CHARACTERS}
        if any(not sum(mask.size) or not any(mask) or bytes(mask) == missing for mask in masks.values()):
            return False
        shapes = np.stack([_shape(font, character) for character in _DISTINCT_CHARACTERS])
    except (OSError, ValueError):
        return False
    similarity = shapes @ _built_in_shapes().T  # (characters, characters of the built-in font), cosines
    own = np.diagonal(similarity)[:, None]
    return bool(((similarity > own).sum(axis=1) < _NEAREST_SHAPES).mean() >= _MIN_RECOGNIZED)


@lru_cache(maxsize=1)
def _built_in_shapes() -> np.ndarray:
    """Return the shapes of the built-in font, (characters, pixels)."""
    return np.stack([_shape(built_in_font(), character) for character in _DISTINCT_CHARACTERS])


def _shape(font: Font, character: str) -> np.ndarray:
    """Return a character's ink box as a small bitmap with zero mean and unit norm, (pixels,)."""
    mask = load(font, 24).getmask(character)
    glyph = Image.frombytes("L", mask.size, bytes(mask))
    box = glyph.getbbox() or (0, 0, 1, 1)
    small = glyph.resize((_SHAPE_SIDE, _SHAPE_SIDE), Image.Resampling.BOX, box=box)
    pixels = np.asarray(small, dtype=np.float32).ravel()
    pixels = pixels - pixels.mean()
    unit: np.ndarray = pixels / max(float(np.linalg.norm(pixels)), 1e-6)
    return unit
