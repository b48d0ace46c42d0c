"""Handwriting and signatures: pens on paper, in fonts that imitate a hand and in strokes of their own."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from docsight_training.data.drawings.choices import amount, chance, digits, pick, sentence, word, words
from docsight_training.data.drawings.colours import WHITE, Colour, hue, mixed
from docsight_training.data.drawings.fonts import load
from docsight_training.data.drawings.raster import SCALE, draw_curve, noise, reduced, warp
from docsight_training.data.drawings.typefaces import Typefaces, width_of, write

_PEN_COLOURS: list[Colour] = [
    (20, 20, 25),
    (30, 35, 60),
    (25, 45, 140),
    (20, 30, 110),
    (50, 60, 160),
    (90, 20, 30),
    (60, 60, 60),
]
_PAPERS: list[Colour] = [WHITE, WHITE, WHITE, (252, 250, 244), (245, 240, 225), (235, 235, 235), (250, 245, 200)]


def draw_handwriting(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw one to ten lines by hand, on plain, ruled or squared paper."""
    paper, ink = _sheet_colours(rng)
    width = SCALE * int(rng.integers(150, 320))
    count = int(pick(rng, [1, 1, 1, 2, 3, 4, 6, 9]))
    size = int(min(width / rng.uniform(5, 9) if count < 3 else width / rng.uniform(9, 18), SCALE * 60))
    pitch = size * float(rng.uniform(1.15, 1.7))
    image = Image.new("RGB", (width, int(pitch * count + size * rng.uniform(0.3, 0.9))), paper)
    pen = ImageDraw.Draw(image)
    if chance(rng, 0.4):
        _rule(pen, rng, image.size, pitch, mixed(paper, pick(rng, [(60, 110, 190), (120, 120, 120)]), 0.5))
    mask = Image.new("L", image.size)
    hand = _Hand(rng, typefaces, size)
    margin = width * float(rng.uniform(0.02, 0.1))
    for number in range(count):
        room = (width - margin) * (1 if number + 1 < count or count == 1 else float(rng.uniform(0.3, 1)))
        hand.write_line(mask, (margin, pitch * number + size * 0.3), _written(rng), room)
    return reduced(_inked(image, mask, ink, rng))


def draw_signature(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw a signature: a name in a slanted hand or a cursive line, with a flourish, on paper or over a line."""
    paper, ink = _sheet_colours(rng)
    width = SCALE * int(rng.integers(150, 300))
    height = int(width * float(rng.uniform(0.25, 0.6)))
    image, mask = Image.new("RGB", (width, height), paper), Image.new("L", (width, height))
    thick = max(2, int(width * float(rng.uniform(0.004, 0.013))))
    box = (width * 0.08, height * 0.15, width * float(rng.uniform(0.6, 0.94)), height * 0.8)
    font = typefaces.hand(rng)
    if font is not None and chance(rng, 0.35):
        name = f"{word(rng)[:1].upper()}. {words(rng, 1)}" if chance(rng, 0.4) else words(rng, int(rng.integers(1, 3)))
        face = load(font, int(height * 0.5))
        face = load(font, max(12, int(face.size * min(1.4, (box[2] - box[0]) / width_of(name, face)))))
        write(ImageDraw.Draw(mask), (box[0], height * 0.5), name, face, fill=255, anchor="lm")
    else:
        pick(rng, [_scrawl, _loops, _loops])(mask, rng, box, thick)
    if chance(rng, 0.5):
        _flourish(mask, rng, box, thick)
    mask = _sheared(mask, float(rng.uniform(-0.05, 0.45)), float(rng.normal(0, 5)))
    if chance(rng, 0.3):
        _signature_line(image, rng, typefaces, height * float(rng.uniform(0.68, 0.85)))
    return reduced(_inked(image, mask, ink, rng))


class _Hand:
    """One writer: a font or strokes, with a slant, a weight and uneven lines."""

    def __init__(self, rng: np.random.Generator, typefaces: Typefaces, size: int) -> None:
        self.rng, self.size = rng, size
        font = typefaces.hand(rng)
        self.face = load(font, size) if font is not None and chance(rng, 0.75) else None
        self.thick = max(2, int(size * float(rng.uniform(0.05, 0.12))))
        self.uneven = float(rng.uniform(0, 0.06)) * size
        self.weight = int(pick(rng, [0, 0, 0, 1]))

    def write_line(self, mask: Image.Image, at: tuple[float, float], text: str, room: float) -> None:
        """Write the words of a line that fit, each at a slightly different height."""
        x, (left, y) = at[0], at
        for part in text.split():
            wide = width_of(part, self.face) if self.face else len(part) * self.size * 0.42
            if x > left and x + wide > room:
                return
            up = float(self.rng.normal(0, self.uneven))
            if self.face:
                write(ImageDraw.Draw(mask), (x, y + up), part, self.face, fill=255, bold=bool(self.weight))
            else:
                _cursive_word(mask, self.rng, (x, y + up + self.size * 0.2), len(part), self.size * 0.5, self.thick)
            x += wide + self.size * float(self.rng.uniform(0.2, 0.5))


def _written(rng: np.random.Generator) -> str:
    """Invent what is written on a line: prose, a name, a date, a number or an amount."""
    style = rng.random()
    if style < 0.6:
        return sentence(rng, int(rng.integers(3, 12)))
    if style < 0.75:
        return words(rng, int(rng.integers(1, 4)))
    if style < 0.85:
        return (
            f"{rng.integers(1, 29)}{pick(rng, './-')}{rng.integers(1, 13)}{pick(rng, './-')}{rng.integers(1900, 2030)}"
        )
    return pick(rng, [amount(rng, highest=9999), digits(rng, int(rng.integers(3, 10))), f"Nr {digits(rng, 4)}"])


def _sheet_colours(rng: np.random.Generator) -> tuple[Colour, Colour]:
    ink = pick(rng, _PEN_COLOURS) if chance(rng, 0.9) else mixed(hue(rng), (0, 0, 0), 0.4)
    return pick(rng, _PAPERS), ink


def _rule(
    pen: ImageDraw.ImageDraw, rng: np.random.Generator, size: tuple[int, int], pitch: float, faint: Colour
) -> None:
    """Draw the lines or squares of an exercise book."""
    squared = chance(rng, 0.3)
    step = pitch / 2 if squared else pitch
    for y in np.arange(pitch * 0.95, size[1], step).tolist():
        pen.line([(0, y), (size[0], y)], fill=faint, width=2)
    for x in np.arange(step / 2, size[0], step).tolist() if squared else ():
        pen.line([(x, 0), (x, size[1])], fill=faint, width=2)


def _cursive_word(
    mask: Image.Image, rng: np.random.Generator, at: tuple[float, float], letters: int, tall: float, thick: int
) -> None:
    """Draw a joined word of loops, arches and ascenders that no one can read."""
    x, y = at
    places = [(x, y + tall)]
    for _ in range(letters):
        step = tall * float(rng.uniform(0.5, 0.95))
        up = tall * float(pick(rng, [0.55, 0.6, 0.6, 0.7, 1.3, 1.5]))
        down = tall * float(pick(rng, [0.0, 0.0, 0.0, 0.0, -0.6]))
        back = tall * float(rng.uniform(-0.2, 0.25))
        places += [(x + step * 0.35, y + tall - up), (x + step * 0.35 - back, y + tall * 0.7 - up * 0.3)]
        places += [(x + step * 0.6, y + tall - down), (x + step, y + tall * float(rng.uniform(0.75, 1)))]
        x += step
    _stroke(mask, np.array(places), thick)


def _scrawl(mask: Image.Image, rng: np.random.Generator, box: tuple[float, float, float, float], thick: int) -> None:
    """Draw a cursive line with one to three large initials that flattens towards its end."""
    left, top, right, bottom = box
    parts = int(rng.integers(1, 4))
    width, tall = (right - left) / parts, bottom - top
    for part in range(parts):
        count = int(rng.integers(3, 9))
        x = left + part * width
        start = [
            (x, bottom - tall * 0.3),
            (x + width * 0.1, top),
            (x + width * float(rng.uniform(-0.08, 0.15)), bottom),
        ]
        start += [(x + width * float(rng.uniform(0.1, 0.35)), top + tall * float(rng.uniform(0.1, 0.5)))]
        fall = float(rng.uniform(0.5, 1.0))
        steps = np.linspace(0.3, 1, 2 * count)
        high = tall * 0.3 * fall ** np.arange(2 * count) * np.where(np.arange(2 * count) % 2, 1, -1)
        high *= rng.uniform(0.4, 1.5, 2 * count)
        drift = bottom - tall * 0.35 - tall * float(rng.uniform(-0.1, 0.2)) * steps
        jitter = rng.normal(0, width * 0.03, 2 * count)
        rest = zip((x + width * steps + jitter).tolist(), (drift + high).tolist(), strict=True)
        _stroke(mask, np.array([*start, *rest]), thick)


def _loops(mask: Image.Image, rng: np.random.Generator, box: tuple[float, float, float, float], thick: int) -> None:
    """Draw one or two names as loops of uneven height behind a large initial, as a fast pen does."""
    left, top, right, bottom = box
    parts = int(rng.integers(1, 3))
    width, tall = (right - left) / parts, bottom - top
    for part in range(parts):
        count = int(rng.integers(2, 8))
        turns = np.linspace(0, 2 * math.pi * count, 10 * count)
        place = turns / turns[-1]
        cells = np.linspace(0, 1, count + 2)
        high = np.interp(place, cells, rng.uniform(0.05, 0.3, count + 2) * np.linspace(1.2, 0.6, count + 2)) * tall
        high[: len(high) // 6] *= float(rng.uniform(1, 2.5))
        wide = np.interp(place, cells, rng.uniform(0.0, 0.09, count + 2)) * width
        lean, rise = float(rng.uniform(-0.5, 1)), float(rng.normal(0, 0.15)) * tall
        xs = left + width * (part + 0.08 + 0.84 * place) + wide * np.cos(turns + lean)
        ys = top + tall * 0.55 - high * np.sin(turns) - rise * place
        _stroke(mask, np.stack([xs, ys], axis=1), thick)
        if chance(rng, 0.6):
            x = left + width * part
            initial = [(x + width * float(a), top + tall * float(b)) for a, b in rng.uniform([0, 0], [0.3, 1], (5, 2))]
            _stroke(mask, np.array(initial), thick)


def _flourish(mask: Image.Image, rng: np.random.Generator, box: tuple[float, float, float, float], thick: int) -> None:
    """Draw a stroke under the name or through it, back and forth, or a loop around its end."""
    left, top, right, bottom = box
    if chance(rng, 0.6):
        y = bottom - (bottom - top) * float(rng.uniform(-0.1, 0.4))
        count = int(rng.integers(2, 5))
        xs = np.where(np.arange(count) % 2, left, right) + rng.normal(0, (right - left) * 0.1, count)
        _stroke(mask, np.stack([xs, y + rng.normal(0, (bottom - top) * 0.08, count)], axis=1), thick)
    else:
        turns = np.linspace(0, float(rng.uniform(3, 9)), 14)
        wide, tall = (right - left) * float(rng.uniform(0.15, 0.5)), (bottom - top) * float(rng.uniform(0.2, 0.6))
        middle = ((left + 2 * right) / 3, (top + bottom) / 2)
        path = np.stack([middle[0] + wide * np.cos(turns), middle[1] + tall * np.sin(turns)], axis=1)
        _stroke(mask, path * (1 + rng.normal(0, 0.02, path.shape)), thick)


def _stroke(mask: Image.Image, points: np.ndarray, thick: int) -> None:
    """Draw a smooth pen stroke through points, (points, 2), thicker in the middle than at the ends."""
    curve = smooth(points)
    pen = ImageDraw.Draw(mask)
    draw_curve(pen, curve, 255, thick)
    middle = curve[len(curve) // 4 : 3 * len(curve) // 4]
    if len(middle) > 1:
        draw_curve(pen, middle, 255, thick + 1)


def smooth(points: np.ndarray, steps: int = 8) -> np.ndarray:
    """Round the corners of a path by Catmull-Rom splines, (points, 2) -> (more points, 2)."""
    padded = np.concatenate([points[:1], points, points[-1:]])
    a, b, c, d = padded[:-3, None], padded[1:-2, None], padded[2:-1, None], padded[3:, None]
    t = np.linspace(0, 1, steps)[None, :, None]
    curve: np.ndarray = 2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    return curve.reshape(-1, 2) / 2


def _sheared(mask: Image.Image, shear: float, degrees: float) -> Image.Image:
    """Slant a mask to the right and rotate it about its middle."""
    matrix = (1, shear, -shear * mask.height / 2, 0, 1, 0)
    slanted = mask.transform(mask.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    return slanted.rotate(degrees, Image.Resampling.BILINEAR)


def _signature_line(image: Image.Image, rng: np.random.Generator, typefaces: Typefaces, y: float) -> None:
    """Print the line of a form with the words below it."""
    pen = ImageDraw.Draw(image)
    pen.line([(image.width * 0.05, y), (image.width * 0.95, y)], fill=(60, 60, 60), width=2)
    if chance(rng, 0.6):
        face = load(typefaces.plain(rng), max(10, int(image.height * 0.1)))
        text = pick(rng, ["Signature", "Date, signature", "Name", "Sign here", "Unterschrift", words(rng, 2)])
        write(pen, (image.width * 0.06, y + 4), text, face, fill=(60, 60, 60))


def _inked(image: Image.Image, mask: Image.Image, ink: Colour, rng: np.random.Generator) -> Image.Image:
    """Lay ink on paper, with uneven pressure and bent lines."""
    size = image.size
    bend, phase = float(rng.uniform(0, 0.012)) * size[0], float(rng.uniform(0, 6))

    def source(x: float, y: float) -> tuple[float, float]:
        return x, y + bend * math.sin(5 * x / size[0] + phase)

    bent = warp(mask, size, source)
    if chance(rng, 0.3):
        bent = bent.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.5, 1.5))))
    pressure = 1 - float(rng.uniform(0, 0.5)) * (0.5 + 0.5 * noise(rng, size, (int(rng.integers(3, 20)), 4)))
    cover = (np.asarray(bent, np.float32) / 255 * np.clip(pressure, 0, 1))[..., None]
    pixels = np.asarray(image, np.float32)
    return Image.fromarray(np.clip(pixels + (np.array(ink, np.float32) - pixels) * cover, 0, 255).astype(np.uint8))
