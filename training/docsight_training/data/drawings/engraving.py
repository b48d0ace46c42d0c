"""Pictures made by hand from photos: engravings, pencil drawings, woodcuts, paintings and prints on old paper."""

import math
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.colours import Colour
from docsight_training.data.drawings.raster import fractal, noise, to_image

_PAPER_TONES: list[Colour] = [
    (255, 255, 255),
    (255, 255, 255),
    (250, 246, 235),
    (238, 226, 200),
    (225, 205, 165),
    (222, 222, 220),
]
_PRINT_INKS: list[Colour] = [(0, 0, 0), (15, 15, 15), (40, 30, 20), (60, 40, 20)]
_SIDE = (200, 420)  # pixels of the longer side at which the strokes are drawn


def draw_from_photo(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Redraw a photo by hand: in lines on paper, or in paint. The result is as large as the strokes need, mode RGB."""
    scale = float(rng.uniform(*_SIDE)) / max(photo.size)
    size = (max(16, round(photo.width * scale)), max(16, round(photo.height * scale)))
    photo = photo.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    if chance(rng, 0.5):
        photo = ImageOps.mirror(photo)
    return pick(rng, _TECHNIQUES)(photo, rng)


def age_photo(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Make a photo look old: grey or brown, grainy, faded, at times on the card of an album."""
    grey = ImageOps.autocontrast(photo.convert("L"))
    pixels = np.asarray(grey, np.float32) / 255
    pixels = float(rng.uniform(0, 0.25)) + pixels * float(rng.uniform(0.6, 0.8))
    pixels = pixels + rng.normal(0, float(rng.uniform(0.005, 0.06)), pixels.shape)
    light = np.array(pick(rng, _PAPER_TONES), np.float32)
    dark = np.array(pick(rng, [(0, 0, 0), (30, 22, 15), (55, 38, 22)]), np.float32)
    aged = to_image(dark + (light - dark) * np.clip(pixels, 0, 1)[..., None])
    return _on_paper(aged, rng, tuple(int(tone) for tone in light)) if chance(rng, 0.3) else aged


def _hatched(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Engrave: lines along the shapes that grow thicker where the photo is dark, crossed in the darkest parts."""
    tone = _tone(photo, rng)
    height, width = tone.shape
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    bend = fractal(rng, (width, height), 2, octaves=2) * float(rng.uniform(0, 14)) + tone * float(rng.uniform(0, 12))
    period, turn = float(rng.uniform(2.6, 5)), float(rng.uniform(0, math.pi))
    paper: np.ndarray = np.ones_like(tone)
    for layer in range(int(rng.integers(1, 4))):
        angle = turn + layer * float(rng.uniform(0.6, 1.5))
        wave = np.cos((across * math.cos(angle) + down * math.sin(angle) + bend) * 2 * math.pi / period) * 0.5 + 0.5
        level = tone + layer * 0.3  # later layers only cross the darker parts
        paper = np.minimum(paper, np.clip((wave - (1 - level) + 0.2) * 4, 0, 1))
    edges = _edges(photo, float(rng.uniform(3, 8)))
    return _printed(np.minimum(paper, edges), rng)


def _pencil(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Sketch: outlines with faint, grainy shading."""
    grey = np.asarray(photo.convert("L"), np.float32)
    blurred = photo.convert("L").filter(ImageFilter.GaussianBlur(float(rng.uniform(2, 8))))
    dodged = np.clip(grey / (np.asarray(blurred, np.float32) + 1), 0, 1) ** float(rng.uniform(2, 7))
    shade = 1 - (1 - grey / 255) * float(rng.uniform(0, 0.5))
    grain = 1 + float(rng.uniform(0, 0.25)) * rng.normal(0, 1, grey.shape) * (1 - dodged * shade)
    return _printed(np.clip(dodged * shade * grain, 0, 1), rng)


def _woodcut(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Cut: black and white areas with rough edges, as in posters and caricatures."""
    tone = _tone(photo.filter(ImageFilter.MedianFilter(5)), rng)
    rough = fractal(rng, (tone.shape[1], tone.shape[0]), 30, octaves=2) * float(rng.uniform(0.02, 0.12))
    cut = np.clip((tone + rough - float(rng.uniform(0.35, 0.6))) * float(rng.uniform(6, 20)), 0, 1)
    return _printed(np.minimum(cut, _edges(photo, 4)), rng)


def _painted(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Paint: strokes of flat colour with a visible direction, under dark or yellow varnish."""
    strokes = photo.filter(ImageFilter.ModeFilter(int(pick(rng, [5, 7, 9])))).filter(ImageFilter.MedianFilter(3))
    pixels: np.ndarray = np.asarray(strokes, np.float32)
    size = (pixels.shape[1], pixels.shape[0])
    cells = (size[0] // 2, size[1] // int(rng.integers(5, 12)))
    relief = noise(rng, size, cells if chance(rng, 0.5) else (cells[1], cells[0]))
    pixels = pixels * (1 + float(rng.uniform(0.03, 0.15)) * relief[..., None])
    if chance(rng, 0.6):
        varnish = np.array([1, float(rng.uniform(0.8, 0.97)), float(rng.uniform(0.5, 0.85))], np.float32)
        pixels = (pixels - 128) * float(rng.uniform(0.9, 1.4)) + float(rng.uniform(70, 128))
        pixels = pixels * varnish
    return to_image(pixels)


def _coloured_print(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Print lines over a few flat colours, as in a lithograph, a cartoon or a poster."""
    smooth = photo.filter(ImageFilter.ModeFilter(7))
    flat = np.asarray(smooth.quantize(int(rng.integers(4, 14))).convert("RGB"), np.float32)
    light = 255 - (255 - flat) * float(rng.uniform(0.4, 1))
    lines = _edges(photo, float(rng.uniform(4, 10)))[..., None]
    return _on_paper(to_image(light * lines), rng, (255, 255, 255)) if chance(rng, 0.3) else to_image(light * lines)


def _tone(photo: Image.Image, rng: np.random.Generator) -> np.ndarray:
    """Return the lightness from 0 to 1 with stretched contrast, (height, width)."""
    grey = ImageOps.autocontrast(photo.convert("L").filter(ImageFilter.GaussianBlur(0.8)), cutoff=2)
    tone: np.ndarray = (np.asarray(grey, np.float32) / 255) ** float(rng.uniform(0.5, 1.1))
    return tone


def _edges(photo: Image.Image, strength: float) -> np.ndarray:
    """Return outlines, dark on light, from 0 to 1, (height, width)."""
    grey = np.asarray(photo.convert("L").filter(ImageFilter.GaussianBlur(1.0)), np.float32) / 255
    down, across = np.gradient(grey)
    lines: np.ndarray = np.clip(1.25 - strength * np.hypot(down, across), 0, 1)
    return lines


def _printed(tone: np.ndarray, rng: np.random.Generator) -> Image.Image:
    """Print a tone from 0, ink, to 1, paper."""
    paper, ink = pick(rng, _PAPER_TONES), pick(rng, _PRINT_INKS)
    if chance(rng, 0.25):  # a vignette: the picture fades into the paper
        height, width = tone.shape
        across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
        tone = np.maximum(tone, np.clip((np.hypot(across, down) - 0.75) * 5, 0, 1))
    pixels = np.array(ink, np.float32) + (np.array(paper, np.float32) - np.array(ink, np.float32)) * tone[..., None]
    image = to_image(pixels)
    return _on_paper(image, rng, paper) if chance(rng, 0.3) else image


def _on_paper(image: Image.Image, rng: np.random.Generator, paper: tuple[int, ...]) -> Image.Image:
    """Put a print on a larger sheet."""
    pad = [int(max(image.size) * float(rng.uniform(0, 0.1))) for _ in range(4)]
    whole = Image.new("RGB", (image.width + pad[0] + pad[2], image.height + pad[1] + pad[3]), paper)
    whole.paste(image, (pad[0], pad[1]))
    return whole


# By label, what a photo can be turned into.
REDRAWN: dict[str, Callable[[Image.Image, np.random.Generator], Image.Image]] = {
    "drawing": draw_from_photo,
    "photo": age_photo,
}
_TECHNIQUES: list[Callable[[Image.Image, np.random.Generator], Image.Image]] = [
    _hatched,
    _hatched,
    _hatched,
    _pencil,
    _woodcut,
    _painted,
    _painted,
    _coloured_print,
]
