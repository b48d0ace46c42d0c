"""The image of a receipt: thermal print on paper, marked by hand, scanned or photographed."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from docsight_training.data.drawings import scan
from docsight_training.data.drawings.choices import chance, digits, pick, word
from docsight_training.data.drawings.raster import noise, reduced, to_image
from docsight_training.data.drawings.typefaces import Typefaces, fitted

_PAPER_COLOURS = [
    (255, 255, 255),
    (244, 244, 244),
    (250, 247, 236),
    (236, 240, 248),
    (252, 232, 234),
    (232, 232, 230),
    (246, 240, 214),
]
_PRINT_COLOURS = [
    (20, 20, 22),
    (30, 30, 34),
    (45, 45, 50),
    (60, 50, 110),
    (50, 60, 130),
    (95, 80, 110),
    (70, 70, 70),
    (60, 45, 40),
]
_PENS = [(30, 40, 140), (20, 20, 30), (20, 20, 30), (180, 30, 40), (60, 60, 70), (20, 100, 60)]
_STAMPS = ["PAID", "POSTED", "COPY", "RECEIVED", "APPROVED", "CLAIMED", "VOID", "BEZAHLT"]


def scan_receipt(ink: Image.Image, rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Make the scan or photo of a receipt from its print, mode L, 255 for full black."""
    scene = rng.random()
    is_page = 0.7 < scene < 0.86
    clean = chance(rng, 0.7 if is_page else 0.1)
    if is_page and clean:
        ink = ink.filter(ImageFilter.MaxFilter(3))  # otherwise such small print would be lost
    paper = _paper(ink, rng, clean=clean)
    _mark_by_hand(paper, rng, typefaces)
    paper.putalpha(scan.paper_mask(paper.size, rng))
    if scene < 0.55:
        laid, ground = scan.warp_paper(paper, rng, room=(0.96, 1.03), tilt=1.2), scan.plain_background
    elif scene < 0.7:
        laid, ground = scan.warp_paper(paper, rng, room=(1.0, 1.3), tilt=4), scan.plain_background
    elif is_page:  # a small receipt on the white glass of a large scanner
        laid, ground = scan.warp_paper(paper, rng, room=(1.3, 2.3), tilt=2, page=True), scan.white_background
    else:
        laid, ground = scan.warp_paper(paper, rng, room=(1.0, 1.4), tilt=9), scan.table_background
    laid = reduced(laid)
    return scan.add_sensor_effects(scan.composite(laid, ground(laid.size, rng), rng), rng)


def _paper(ink: Image.Image, rng: np.random.Generator, *, clean: bool) -> Image.Image:
    """Print ink on paper with print faults, folds and shading; clean paper is white and unshaded."""
    size = ink.size
    strength = np.full((size[1], 1), float(rng.uniform(0.65, 1.0)), np.float32)
    if chance(rng, 0.25):
        strength *= float(rng.uniform(0.25, 0.7))  # faded thermal print
    if chance(rng, 0.4):  # dots of the print head that heat too little
        strength = strength * (1 - 0.6 * np.clip(noise(rng, (size[0], 1), (int(rng.integers(5, 60)), 1)), 0, 1))
    if chance(rng, 0.5):
        strength = strength * np.clip(1 + 0.7 * noise(rng, size, (2, int(rng.integers(2, 12)))), 0.1, 1)
    strength = strength * max(1.0, (0.8 if clean else 0.5) / float(strength.mean()))  # keep the print visible
    cover = np.asarray(ink, np.float32) / 255 * strength
    sheet = np.array(pick(rng, _PAPER_COLOURS if chance(rng, 0.5) else _PAPER_COLOURS[:2]), np.float32)
    colour = np.array(pick(rng, _PRINT_COLOURS if chance(rng, 0.5) else _PRINT_COLOURS[:3]), np.float32)
    if clean:
        return to_image(255 + (colour - 255) * cover[..., None])
    shade = scan.paper_shading(size, rng)[..., None]
    return to_image((sheet + (colour - sheet) * cover[..., None]) * shade)


def _mark_by_hand(paper: Image.Image, rng: np.random.Generator, typefaces: Typefaces) -> None:
    """Add the marks that accountants leave on a sheet (mode RGB), often none."""
    if chance(rng, 0.25):
        for _ in range(int(rng.integers(1, 4))):
            _note(paper, rng, typefaces)
    if chance(rng, 0.15):
        _ring(paper, rng)
    if chance(rng, 0.1):
        _stroke(paper, rng)
    if chance(rng, 0.1):
        _stamp(paper, rng, typefaces)


def _note(paper: Image.Image, rng: np.random.Generator, typefaces: Typefaces) -> None:
    """Write a word or a number, usually at the top; without a handwriting font, draw a scribble."""
    width, height = paper.size
    x = float(rng.uniform(0.03, 0.5)) * width
    y = height * float(rng.uniform(0, 0.12) if chance(rng, 0.6) else rng.random())
    colour, font = pick(rng, _PENS), typefaces.hand(rng)
    pen = ImageDraw.Draw(paper)
    if font is None or chance(rng, 0.2):
        length, tall = width * float(rng.uniform(0.15, 0.5)), width * float(rng.uniform(0.03, 0.1))
        strokes = int(rng.integers(6, 20))
        steps = np.linspace(0, strokes - 1, strokes * 4)
        ups = np.where(np.arange(strokes) % 2 == 0, 1, -1) * rng.uniform(0.1, 1, strokes)
        across = np.sort(rng.random(strokes)) + rng.normal(0, 0.05, strokes)
        xs = x + length * np.interp(steps, np.arange(strokes), across)
        ys = y + tall * (1 + np.interp(steps, np.arange(strokes), ups))
        pen.line(list(zip(xs.tolist(), ys.tolist(), strict=True)), fill=colour, width=int(rng.integers(1, 5)))
        return
    name, names = word(rng).capitalize(), f"{word(rng)} {word(rng)}"
    text = pick(rng, [name, names, digits(rng, 4), f"{rng.integers(1, 200)}.{digits(rng, 2)}"])
    face = fitted(text, font, int(width * rng.uniform(0.06, 0.17)), width - x)
    pen.text((x, y), text, fill=colour, font=face, stroke_width=int(rng.integers(0, 2)))


def _ring(paper: Image.Image, rng: np.random.Generator) -> None:
    width, height = paper.size
    middle = rng.uniform([0.2 * width, 0.3 * height], [0.9 * width, 0.95 * height])
    turns = np.linspace(0, 2 * math.pi * float(rng.uniform(0.95, 1.2)), 24) + float(rng.uniform(0, 6))
    radius = width * rng.uniform(0.05, 0.15) * (1 + 0.15 * np.sin(turns / 2))
    xs, ys = middle[0] + radius * np.cos(turns) * float(rng.uniform(1, 2)), middle[1] + radius * np.sin(turns) * 0.7
    points = list(zip(xs.tolist(), ys.tolist(), strict=True))
    ImageDraw.Draw(paper).line(points, fill=pick(rng, _PENS), width=int(rng.integers(1, 5)))


def _stroke(paper: Image.Image, rng: np.random.Generator) -> None:
    width, height = paper.size
    x, y = float(rng.uniform(0.05, 0.8)) * width, float(rng.uniform(0.05, 0.95)) * height
    step = width * float(rng.uniform(0.03, 0.08))
    tick = [(x, y), (x + step * 0.5, y + step), (x + step * 2, y - step * 1.5)]
    under = [(x, y), (x + width * float(rng.uniform(0.1, 0.8)), y + float(rng.normal(0, 0.03)) * width)]
    ImageDraw.Draw(paper).line(pick(rng, [tick, under]), fill=pick(rng, _PENS), width=int(rng.integers(1, 5)))


def _stamp(paper: Image.Image, rng: np.random.Generator, typefaces: Typefaces) -> None:
    """Stamp a pale, tilted word in a frame."""
    text = pick(rng, _STAMPS)
    side = int(paper.width * rng.uniform(0.3, 0.7))
    mask = Image.new("L", (side, side))
    pen, strength = ImageDraw.Draw(mask), int(rng.integers(70, 230))
    face = fitted(text, typefaces.plain(rng), side // 4, side * 0.8)
    pen.text((side / 2, side / 2), text, fill=strength, font=face, anchor="mm")
    high = side * float(rng.uniform(0.12, 0.2))
    if chance(rng, 0.7):
        pen.rectangle([side * 0.05, side / 2 - high, side * 0.95, side / 2 + high], outline=strength, width=2)
    else:
        pen.ellipse([side * 0.03, side * 0.1, side * 0.97, side * 0.9], outline=strength, width=3)
    mask = mask.rotate(float(rng.normal(0, 20)))
    at = (int(rng.integers(0, max(1, paper.width - side))), int(rng.integers(0, max(1, paper.height - side // 2))))
    paper.paste(pick(rng, _PENS), at, mask)
