"""Handwritten notes, rings, strokes and stamps on a sheet of paper."""

import math

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.typefaces import Typefaces, fitted
from docsight_training.data.drawings.words import digits, word

_PENS = [(30, 40, 140), (20, 20, 30), (20, 20, 30), (180, 30, 40), (60, 60, 70), (20, 100, 60)]
_STAMPS = ["PAID", "POSTED", "COPY", "RECEIVED", "APPROVED", "CLAIMED", "VOID", "BEZAHLT"]


def mark_by_hand(paper: Image.Image, rng: np.random.Generator, typefaces: Typefaces) -> None:
    """Add the marks that accountants leave on a sheet (mode RGB); often there are none."""
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
    at = (
        float(rng.uniform(0.03, 0.5)) * width,
        height * float(rng.uniform(0, 0.12) if chance(rng, 0.6) else rng.random()),
    )
    colour, font = pick(rng, _PENS), typefaces.hand(rng)
    pen = ImageDraw.Draw(paper)
    if font is None or chance(rng, 0.2):
        length, tall = width * float(rng.uniform(0.15, 0.5)), width * float(rng.uniform(0.03, 0.1))
        strokes = int(rng.integers(6, 20))
        steps = np.linspace(0, strokes - 1, strokes * 4)
        ups = np.where(np.arange(strokes) % 2 == 0, 1, -1) * rng.uniform(0.1, 1, strokes)
        xs = at[0] + length * np.interp(
            steps, np.arange(strokes), np.sort(rng.random(strokes)) + rng.normal(0, 0.05, strokes)
        )
        ys = at[1] + tall * (1 + np.interp(steps, np.arange(strokes), ups))
        pen.line(list(zip(xs.tolist(), ys.tolist(), strict=True)), fill=colour, width=int(rng.integers(1, 5)))
        return
    text = pick(
        rng,
        [
            word(rng).capitalize(),
            f"{word(rng)} {word(rng)}",
            digits(rng, 4),
            f"{rng.integers(1, 200)}.{digits(rng, 2)}",
        ],
    )
    face = fitted(text, font, int(width * rng.uniform(0.06, 0.17)), width - at[0])
    pen.text(at, text, fill=colour, font=face, stroke_width=int(rng.integers(0, 2)))


def _ring(paper: Image.Image, rng: np.random.Generator) -> None:
    """Draw a ring, as around an amount."""
    width, height = paper.size
    middle = rng.uniform([0.2 * width, 0.3 * height], [0.9 * width, 0.95 * height])
    turns = np.linspace(0, 2 * math.pi * float(rng.uniform(0.95, 1.2)), 24) + float(rng.uniform(0, 6))
    radius = width * rng.uniform(0.05, 0.15) * (1 + 0.15 * np.sin(turns / 2))
    xs, ys = middle[0] + radius * np.cos(turns) * float(rng.uniform(1, 2)), middle[1] + radius * np.sin(turns) * 0.7
    points = list(zip(xs.tolist(), ys.tolist(), strict=True))
    ImageDraw.Draw(paper).line(points, fill=pick(rng, _PENS), width=int(rng.integers(1, 5)))


def _stroke(paper: Image.Image, rng: np.random.Generator) -> None:
    """Draw a tick or an underline."""
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
