"""Stamps and seals: rings with words on them, boxes with a date, on paper."""

import math

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import chance, digits, pick, sentence, words
from docsight_training.data.drawings.colours import WHITE, Colour, mixed
from docsight_training.data.drawings.fonts import Font, load
from docsight_training.data.drawings.raster import SCALE, box_around, fractal, on_circle, reduced
from docsight_training.data.drawings.typefaces import Typefaces, fitted, width_of, write

_STAMP_INKS: list[Colour] = [
    (190, 30, 40),
    (200, 40, 70),
    (40, 60, 160),
    (60, 50, 140),
    (20, 110, 70),
    (40, 40, 45),
    (120, 40, 120),
]
_STAMP_WORDS = (
    "APPROVED PAID RECEIVED COPY DRAFT CONFIDENTIAL ORIGINAL VOID URGENT FILED CERTIFIED ENTWURF BEZAHLT KOPIE"
)


def draw_stamp(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw the worn print of a rubber stamp or an official seal, at times over printed text."""
    side = SCALE * int(rng.integers(110, 220))
    paper = WHITE if chance(rng, 0.6) else pick(rng, [(250, 247, 238), (242, 236, 220), (236, 236, 238)])
    is_round = chance(rng, 0.6)
    size = (side, side) if is_round else (int(side * 1.5), int(side * float(rng.uniform(0.45, 0.8))))
    mask = Image.new("L", size)
    if is_round:
        _round_stamp(mask, rng, typefaces.plain(rng))
    else:
        _box_stamp(mask, rng, typefaces.plain(rng))
    mask = mask.rotate(float(rng.normal(0, 12)), Image.Resampling.BILINEAR, expand=True)
    pad = int(side * float(rng.uniform(0, 0.15)))
    image = Image.new("RGB", (mask.width + 2 * pad, mask.height + 2 * pad), paper)
    if chance(rng, 0.35):
        _printed_lines(image, rng, typefaces)
    worn = fractal(rng, mask.size, int(rng.integers(4, 14))) * float(rng.uniform(0, 0.9))
    cover = np.asarray(mask, np.float32) / 255 * np.clip(1.05 - np.abs(worn), 0.15, 1) * float(rng.uniform(0.6, 1))
    image.paste(pick(rng, _STAMP_INKS), (pad, pad), Image.fromarray((cover * 255).clip(0, 255).astype(np.uint8)))
    return reduced(image)


def _round_stamp(mask: Image.Image, rng: np.random.Generator, font: Font) -> None:
    """Draw one to three rings, words along them, and a star, words, a date or arms in the middle."""
    pen = ImageDraw.Draw(mask)
    middle, radius = (mask.width / 2, mask.height / 2), mask.width * 0.48
    thick = max(2, int(radius * float(rng.uniform(0.015, 0.05))))
    tall = flat = radius if chance(rng, 0.85) else radius * 0.7
    pen.ellipse(box_around(middle, radius, tall), outline=255, width=thick)
    if chance(rng, 0.4):
        pen.ellipse(box_around(middle, radius - 2.2 * thick, tall - 2.2 * thick), outline=255, width=max(1, thick // 2))
    inner = float(rng.uniform(0.55, 0.68))
    if chance(rng, 0.7):
        pen.ellipse(box_around(middle, radius * inner, tall * inner), outline=255, width=max(2, thick // 2))
    size = max(10, int(radius * (1 - inner) * float(rng.uniform(0.5, 0.75))))
    face = load(font, size)
    flatten = flat / radius
    reach = radius * (inner + 1) / 2 - thick
    top = words(rng, int(rng.integers(2, 5))).upper()
    _along_ring(mask, top, face, middle, reach, start=-math.pi / 2, outward=True, flatten=flatten)
    if chance(rng, 0.6):
        below = pick(rng, [words(rng, 1).upper(), f"* {digits(rng, 4)} *"])
        _along_ring(mask, below, face, middle, reach, start=math.pi / 2, outward=False, flatten=flatten)
    _centre(pen, rng, font, middle, radius * inner * 0.8)


def _centre(
    pen: ImageDraw.ImageDraw, rng: np.random.Generator, font: Font, middle: tuple[float, float], radius: float
) -> None:
    style = int(rng.integers(4))
    if style == 0:  # a star
        count = int(rng.integers(5, 9))
        far = [on_circle(middle, radius * 0.8, 2 * math.pi * at / count - math.pi / 2) for at in range(count)]
        near = [on_circle(middle, radius * 0.35, 2 * math.pi * (at + 0.5) / count - math.pi / 2) for at in range(count)]
        pen.polygon([corner for pair in zip(far, near, strict=True) for corner in pair], fill=255)
    elif style == 1:  # a shield, as arms have
        x, y = middle
        shield = [(x - radius * 0.6, y - radius * 0.7), (x + radius * 0.6, y - radius * 0.7)]
        shield += [(x + radius * 0.6, y + radius * 0.1), (x, y + radius * 0.8), (x - radius * 0.6, y + radius * 0.1)]
        pen.polygon(shield, outline=255, width=max(2, int(radius * 0.07)))
        for _ in range(int(rng.integers(1, 5))):
            spot = (x + radius * float(rng.uniform(-0.35, 0.35)), y + radius * float(rng.uniform(-0.5, 0.3)))
            pen.ellipse(box_around(spot, radius * float(rng.uniform(0.08, 0.2))), fill=255)
        pen.line([(x - radius * 0.6, y - radius * 0.1), (x + radius * 0.6, y - radius * 0.1)], fill=255, width=3)
    else:  # words or a date
        rows = [words(rng, 1).upper(), _date(rng), digits(rng, 3)][: int(rng.integers(1, 4))]
        for number, row in enumerate(rows):
            face = fitted(row, font, int(radius * 0.55), radius * 1.7)
            y = middle[1] + (number - (len(rows) - 1) / 2) * radius * 0.55
            write(pen, (middle[0], y), row, face, fill=255, anchor="mm", bold=chance(rng, 0.5))


def _box_stamp(mask: Image.Image, rng: np.random.Generator, font: Font) -> None:
    """Draw a frame with a large word, and lines with a date, a number or an address."""
    pen = ImageDraw.Draw(mask)
    thick = max(2, int(mask.height * float(rng.uniform(0.02, 0.06))))
    framed = chance(rng, 0.85)
    if framed:
        box = [thick, thick, mask.width - thick, mask.height - thick]
        pen.rounded_rectangle(box, mask.height * float(pick(rng, [0, 0, 0.12])), outline=255, width=thick)
        if chance(rng, 0.3):
            pen.rectangle(
                [side + (3 if at < 2 else -3) * thick // 2 for at, side in enumerate(box)], outline=255, width=2
            )
    rows = [pick(rng, _STAMP_WORDS.split()) if chance(rng, 0.5) else words(rng, int(rng.integers(1, 3))).upper()]
    for _ in range(int(rng.integers(0, 3))):
        rows.append(
            pick(rng, [_date(rng), words(rng, 2), f"No. {digits(rng, 5)}", "....................", digits(rng, 6)])
        )
    if chance(rng, 0.3):
        rows.reverse()
    pitch = mask.height * 0.82 / len(rows)
    for number, row in enumerate(rows):
        face = fitted(row, font, int(pitch * 0.8), mask.width * 0.86)
        at = (mask.width / 2, mask.height * 0.09 + pitch * (number + 0.5))
        write(pen, at, row, face, fill=255, anchor="mm", bold=chance(rng, 0.5))


def _along_ring(
    mask: Image.Image,
    text: str,
    face: object,
    middle: tuple[float, float],
    radius: float,
    *,
    start: float,
    outward: bool,
    flatten: float,
) -> None:
    """Write letters along an arc that is centred at the angle `start`, their tops outward or inward."""
    assert hasattr(face, "getlength")
    widths = [face.getlength(letter) * 1.08 for letter in text]
    room = 2 * math.pi * radius * 0.62
    squeeze = min(1.0, room / max(1.0, sum(widths)))
    way = 1 if outward else -1
    angle = start - way * sum(widths) * squeeze / radius / 2
    for letter, wide in zip(text, widths, strict=True):
        turn = angle + way * wide * squeeze / radius / 2
        angle += way * wide * squeeze / radius
        side = int(width_of("M", face) * 2.4) + 4  # type: ignore[arg-type]
        tile = Image.new("L", (side, side))
        ImageDraw.Draw(tile).text((side / 2, side / 2), letter, fill=255, font=face, anchor="mm")  # type: ignore[arg-type]
        degrees = -math.degrees(turn) - (90 if outward else -90)
        tile = tile.rotate(degrees, Image.Resampling.BILINEAR)
        x, y = on_circle(middle, radius, turn)
        y = middle[1] + (y - middle[1]) * flatten
        mask.paste(255, (int(x - side / 2), int(y - side / 2)), tile)


def _date(rng: np.random.Generator) -> str:
    day, year = int(rng.integers(1, 29)), int(rng.integers(1950, 2030))
    month = pick(rng, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"])
    return pick(
        rng, [f"{day:02d} {month} {year}", f"{day:02d}.{rng.integers(1, 13):02d}.{year}", f"{month} {day} {year}"]
    )


def _printed_lines(image: Image.Image, rng: np.random.Generator, typefaces: Typefaces) -> None:
    pen = ImageDraw.Draw(image)
    face = load(typefaces.plain(rng), max(9, int(image.width / rng.uniform(18, 34))))
    for y in np.arange(4, image.height, face.size * 1.5).tolist():
        if chance(rng, 0.85):
            write(pen, (4, y), sentence(rng, 12), face, fill=mixed(WHITE, (0, 0, 0), float(rng.uniform(0.6, 1))))
