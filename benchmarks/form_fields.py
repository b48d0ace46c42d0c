"""Numbers on drawn forms, composed from images of single digits, for `benchmarks/number_fields.py`."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

STYLES = ("none", "line", "boxes", "comb", "circles", "cell")
_SCALE = 2  # everything is drawn this many times as large, then reduced
_INK = 30  # of 255


@dataclass(frozen=True)
class FormField:
    """An encoded image of a field, the number in it, and how it was drawn."""

    image: bytes
    text: str
    style: str
    boxes: list[tuple[float, float, float, float]]  # of each digit: left, top, right, bottom


class FieldDrawer:
    """Draws fields with the digits of a pool.

    Args:
        pixels: Digits, light on dark, uint8 (images, 28, 28).
        labels: The digit of each.
        seed: Seeds the draws.
    """

    def __init__(self, pixels: np.ndarray, labels: Sequence[str], *, seed: int) -> None:
        self.pixels, self.labels = pixels, labels
        self.rng = np.random.default_rng(seed)

    def draw(self, style: str, length: int) -> FormField:
        """Draw a number of `length` digits in a field of a style of `STYLES`."""
        rng = self.rng
        chosen = rng.integers(len(self.pixels), size=length)
        height = rng.uniform(26, 60) * _SCALE  # of a digit
        thickness = int(rng.integers(3))
        digits = [_glyph(self.pixels[at], height * rng.uniform(0.88, 1.12), thickness) for at in chosen]
        if style in ("boxes", "comb", "circles"):
            pitch = height * rng.uniform(1.25, 1.7)
            places = [pitch * (at + 0.5) + rng.normal(0, 0.07) * height for at in range(length)]
            slots = length + (int(rng.integers(3)) if rng.random() < 0.3 else 0)
        else:
            pitch, slots, places = height, length, _running_places(digits, height, rng)
        width = max(pitch * slots, places[-1] + digits[-1].shape[1] / 2)
        margin_x, margin_y = rng.uniform(0.25, 0.9) * height, rng.uniform(0.35, 0.9) * height
        size = (round(width + 2 * margin_x), round(height + 2 * margin_y))
        ink = np.zeros((size[1], size[0]), dtype=np.float32)
        boxes = [
            _paste(ink, digit, margin_x + place, size[1] / 2 + rng.normal(0, 0.05) * height)
            for digit, place in zip(digits, places, strict=True)
        ]
        form = self._form(style, size, (margin_x, size[1] / 2), (pitch, slots, width, height))
        image, zoom = self._photographed(ink, form)
        text = "".join(self.labels[at] for at in chosen)
        return FormField(image, text, style, [tuple(side * zoom for side in box) for box in boxes])

    def _form(
        self,
        style: str,
        size: tuple[int, int],
        start: tuple[float, float],
        measures: tuple[float, int, float, float],
    ) -> np.ndarray:
        """Draw the printed lines of a form, (height, width), from 0 to 1."""
        rng = self.rng
        form = Image.new("L", size)
        pencil = ImageDraw.Draw(form)
        (left, middle), (pitch, slots, width, height) = start, measures
        line = round(rng.uniform(0.6, 2.2) * _SCALE)
        top, bottom = middle - height * rng.uniform(0.6, 0.85), middle + height * rng.uniform(0.55, 0.85)
        right = left + max(width, pitch * slots)
        if style == "line":
            pencil.line([left * rng.uniform(0, 0.9), bottom, size[0] - rng.uniform(0, left), bottom], 255, line)
        elif style == "boxes":
            gap = 0 if rng.random() < 0.5 else height * rng.uniform(0.05, 0.2)
            for at in range(slots):
                x = left + at * pitch
                pencil.rectangle([x + gap / 2, top, x + pitch - gap / 2, bottom], outline=255, width=line)
        elif style == "comb":
            tooth = bottom - height * rng.uniform(0.2, 1.1)
            pencil.line([left, bottom, left + slots * pitch, bottom], 255, line)
            for at in range(slots + 1):
                pencil.line([left + at * pitch, tooth, left + at * pitch, bottom], 255, line)
        elif style == "circles":
            radius = min(pitch * 0.48, height * rng.uniform(0.72, 0.85))
            for at in range(slots):
                x = left + (at + 0.5) * pitch
                pencil.ellipse([x - radius, middle - radius, x + radius, middle + radius], outline=255, width=line)
        elif style == "cell":
            pad = height * rng.uniform(0.1, 0.35)
            for y in (top, bottom):
                pencil.line([0, y, size[0], y], 255, line)
            for x in (left - pad, right + pad):
                pencil.line([x, 0, x, size[1]], 255, line)
        return np.asarray(form, dtype=np.float32) / 255

    def _photographed(self, ink: np.ndarray, form: np.ndarray) -> tuple[bytes, float]:
        """Print and write on paper, and scan it: the encoded image, and its scale."""
        rng = self.rng
        paper, pen = rng.uniform(175, 250), rng.uniform(0, 80)
        printed = pen + (paper - pen) * rng.uniform(0, 0.6)
        page = paper * (1 - form) + printed * form
        page = page * (1 - ink) + pen * ink
        scan = Image.fromarray(page.astype(np.uint8)).rotate(
            rng.normal(0, 0.7), Image.Resampling.BICUBIC, fillcolor=int(paper)
        )
        scan = scan.resize((scan.width // _SCALE, scan.height // _SCALE), Image.Resampling.BOX)
        if rng.random() < 0.3:
            scan = scan.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.9)))
        slope = 1 + rng.uniform(-0.08, 0.08) * np.linspace(-1, 1, scan.width)
        noisy = np.asarray(scan, dtype=np.float32) * slope + rng.normal(0, rng.uniform(0, 6), (scan.height, scan.width))
        if rng.random() < 0.08:
            noisy = 255 - noisy
        buffer = io.BytesIO()
        final = Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
        if rng.random() < 0.5:
            final.save(buffer, "PNG", compress_level=1)
        else:
            final.save(buffer, "JPEG", quality=int(rng.integers(45, 95)))
        return buffer.getvalue(), 1 / _SCALE


def _glyph(pixels: np.ndarray, height: float, thickness: int) -> np.ndarray:
    """Crop a digit to its ink and enlarge it; MNIST's digits are 20 pixels on their longer side."""
    rows, columns = (np.flatnonzero((pixels > _INK).any(axis=axis)) for axis in (1, 0))
    ink = Image.fromarray(pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    zoom = height / 20
    large = ink.resize((max(2, round(ink.width * zoom)), max(2, round(ink.height * zoom))), Image.Resampling.BICUBIC)
    if thickness == 0 and zoom > 2:
        large = large.filter(ImageFilter.MinFilter(3))
    sharp = (np.asarray(large, dtype=np.float32) / 255 - 0.5) * 2.2 + 0.5
    return sharp.clip(0, 1)


def _running_places(digits: Sequence[np.ndarray], height: float, rng: np.random.Generator) -> list[float]:
    """Return the middle of each digit, written one after the other; now and then they touch."""
    places, right = [], 0.0
    for at, digit in enumerate(digits):
        gap = rng.uniform(-0.06, 0.02) if rng.random() < 0.15 else rng.uniform(0.06, 0.35)
        left = right + (gap * height if at else 0.0)
        places.append(left + digit.shape[1] / 2)
        right = left + digit.shape[1]
    return places


def _paste(ink: np.ndarray, digit: np.ndarray, x: float, y: float) -> tuple[float, float, float, float]:
    height, width = digit.shape
    top, left = round(y - height / 2), round(x - width / 2)
    top, left = (
        max(0, min(place, limit)) for place, limit in ((top, ink.shape[0] - height), (left, ink.shape[1] - width))
    )
    area = ink[top : top + height, left : left + width]
    np.maximum(area, digit, out=area)
    return left, top, left + width, top + height
