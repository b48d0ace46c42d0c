"""Bar codes and QR codes, encoded by python-barcode and segno, which must be installed."""

import string
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from docsight.errors import MissingExtraError
from docsight_training.data.drawings.choices import amount, chance, digits, pick, word, words
from docsight_training.data.drawings.colours import WHITE, Colour, hue, mixed
from docsight_training.data.drawings.raster import SCALE, reduced
from docsight_training.data.drawings.typefaces import Typefaces, fitted, write

# By symbology, the number of digits; 0 for letters and digits.
_SYMBOLOGIES = {"ean13": 12, "ean8": 7, "upca": 11, "isbn13": 12, "code128": 0, "code39": 0, "itf": 8, "codabar": 8}
_DARK_INKS: list[Colour] = [(0, 0, 0), (0, 0, 0), (0, 0, 0), (25, 25, 30), (20, 30, 90), (70, 20, 20)]


def draw_bar_code(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw one bar code with its number below, at times on a label with words."""
    symbology = pick(rng, list(_SYMBOLOGIES))
    text = _bar_text(rng, symbology)
    modules = _bar_modules(symbology, text)
    unit = int(rng.integers(2, 6))
    bars_width, tall = len(modules) * unit, int(len(modules) * unit * float(2 ** rng.uniform(-2.2, 0.2)))
    quiet = unit * int(rng.integers(2, 14))
    ground, ink = _colours(rng)
    has_text = chance(rng, 0.75)
    size = max(10, int(bars_width / rng.uniform(9, 20)))
    image = Image.new("RGB", (bars_width + 2 * quiet, tall + 2 * quiet + (size * 4 // 3 if has_text else 0)), ground)
    pen = ImageDraw.Draw(image)
    guards = symbology.startswith(("ean", "upc", "isbn")) and chance(rng, 0.7)
    for at, module in enumerate(modules):
        if module == "1":
            longer = size // 2 if guards and _is_guard(at, len(modules)) else 0
            left = quiet + at * unit
            pen.rectangle([left, quiet, left + unit - 1, quiet + tall + longer], fill=ink)
    if has_text:
        face = fitted(text, typefaces.mono(rng) if chance(rng, 0.5) else typefaces.plain(rng), size, bars_width)
        write(pen, (image.width / 2, quiet + tall + size * 0.15), text, face, fill=ink, anchor="ma")
    if chance(rng, 0.4):
        image = _on_label(image, rng, typefaces, ground, ink)
    return reduced(_turned(_limited(image), rng, ground))


def draw_qr_code(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw a QR code, square or with round modules, at times with a logo inside or words below."""
    matrix = _qr_matrix(rng)
    count = len(matrix)
    unit = max(2, int(SCALE * rng.integers(90, 240) / count))
    quiet = unit * int(rng.integers(1, 6))
    ground, ink = _colours(rng)
    if chance(rng, 0.06):
        ground, ink = ink, ground
    side = count * unit + 2 * quiet
    image = Image.new("RGB", (side, side), ground)
    pen = ImageDraw.Draw(image)
    draw = pen.ellipse if unit > 4 and chance(rng, 0.12) else pen.rectangle
    for row, column in np.argwhere(matrix).tolist():
        left, top = quiet + column * unit, quiet + row * unit
        draw([left, top, left + unit - 1, top + unit - 1], fill=ink)
    if chance(rng, 0.12):  # a mark in the middle, which the error correction allows
        half = count * unit * float(rng.uniform(0.08, 0.14))
        box = [side / 2 - half, side / 2 - half, side / 2 + half, side / 2 + half]
        pick(rng, [pen.ellipse, pen.rectangle])(box, fill=hue(rng), outline=ground, width=unit)
    if chance(rng, 0.3):
        image = _on_label(image, rng, typefaces, ground, ink)
    return reduced(_turned(_limited(image), rng, ground))


def _bar_text(rng: np.random.Generator, symbology: str) -> str:
    count = _SYMBOLOGIES[symbology]
    if symbology == "isbn13":
        return "978" + digits(rng, 9)
    if symbology == "codabar":
        return f"A{digits(rng, count)}B"
    if count:
        return digits(rng, count)
    symbols = string.ascii_uppercase + string.digits + "-"
    return "".join(pick(rng, symbols) for _ in range(int(rng.integers(4, 13))))


def _bar_modules(symbology: str, text: str) -> str:
    """Return the bars as a string of 1, a dark module, and 0."""
    try:
        import barcode
    except ImportError as err:
        raise MissingExtraError("Drawing bar codes", "train") from err
    options = {"add_checksum": False} if symbology == "code39" else {}
    code: Any = barcode.get_barcode_class(symbology)(text, **options)
    return str(code.build()[0]).replace("G", "1")


def _is_guard(at: int, count: int) -> bool:
    return at < 3 or at >= count - 3 or abs(at - count // 2) <= 2


def _qr_matrix(rng: np.random.Generator) -> np.ndarray:
    """Return the dark modules of a code with a random link or text, (modules, modules)."""
    try:
        import segno
    except ImportError as err:
        raise MissingExtraError("Drawing QR codes", "train") from err
    text = pick(
        rng,
        [
            f"https://{word(rng)}.{pick(rng, ['com', 'org', 'net', 'de'])}/{word(rng)}/{digits(rng, 4)}",
            f"BEGIN:VCARD\nN:{words(rng, 2)}\nTEL:+{digits(rng, 11)}\nEND:VCARD",
            digits(rng, int(rng.integers(4, 40))),
            words(rng, int(rng.integers(2, 25))),
            f"{word(rng)}:{amount(rng)}",
        ],
    )
    if len(text) < 8 and chance(rng, 0.3):
        code = segno.make_micro(text)
    else:
        code = segno.make_qr(text, error=pick(rng, ["l", "m", "q", "h"]))
    return np.array([[bool(module) for module in row] for row in code.matrix])


def _colours(rng: np.random.Generator) -> tuple[Colour, Colour]:
    ground = WHITE if chance(rng, 0.75) else mixed(hue(rng), WHITE, 0.75)
    return ground, pick(rng, _DARK_INKS) if chance(rng, 0.9) else mixed(hue(rng), (0, 0, 0), 0.6)


def _on_label(
    image: Image.Image, rng: np.random.Generator, typefaces: Typefaces, ground: Colour, ink: Colour
) -> Image.Image:
    """Put a code on a label with one to three lines of words above or below."""
    rows = [words(rng, int(rng.integers(1, 4))) for _ in range(int(rng.integers(1, 4)))]
    face = fitted(max(rows, key=len), typefaces.plain(rng), int(image.width / rng.uniform(9, 16)), image.width * 0.9)
    band = int(face.size * 1.3 * len(rows)) + int(face.size) // 2
    whole = Image.new("RGB", (image.width, image.height + band), ground)
    above = chance(rng, 0.5)
    whole.paste(image, (0, band if above else 0))
    pen = ImageDraw.Draw(whole)
    y = face.size * 0.3 if above else float(image.height)
    for row in rows:
        write(pen, (whole.width / 2, y), row, face, fill=ink, anchor="ma")
        y += face.size * 1.3
    if chance(rng, 0.4):
        pen.rectangle([0, 0, whole.width - 1, whole.height - 1], outline=ink, width=2)
    return whole


def _limited(image: Image.Image) -> Image.Image:
    """Shrink a large drawing, so that all have about the size of a figure."""
    image.thumbnail((SCALE * 420, SCALE * 420), Image.Resampling.BOX)
    return image


def _turned(image: Image.Image, rng: np.random.Generator, ground: Colour) -> Image.Image:
    if chance(rng, 0.1):
        return image.transpose(Image.Transpose.ROTATE_90)
    if chance(rng, 0.15):
        return image.rotate(float(rng.normal(0, 5)), Image.Resampling.BILINEAR, expand=True, fillcolor=ground)
    return image
