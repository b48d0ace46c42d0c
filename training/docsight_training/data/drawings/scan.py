"""The look of a scan or a photo: a warped sheet of paper on a background, with sensor effects."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.raster import Point, box_around, fractal, noise, shadow, to_image, warp

_TABLE_COLOURS = [
    (110, 75, 45),
    (70, 50, 35),
    (150, 120, 85),
    (60, 60, 62),
    (35, 35, 40),
    (120, 120, 118),
    (90, 100, 120),
    (60, 80, 60),
    (150, 60, 50),
]


def as_scanned_sheet(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Make a drawing look like a scanned or photographed sheet, so that this look is not limited to receipts."""
    shade = paper_shading(image.size, rng)[..., None]
    sheet = to_image(np.asarray(image, np.float32) * float(rng.uniform(0.85, 1)) * shade)
    sheet.putalpha(paper_mask(image.size, rng) if chance(rng, 0.5) else 255)
    laid = warp_paper(sheet, rng, room=(0.95, 1.08), tilt=2)
    ground = table_background if chance(rng, 0.25) else plain_background
    return add_sensor_effects(composite(laid, ground(laid.size, rng), rng), rng)


def warp_paper(
    paper: Image.Image, rng: np.random.Generator, *, room: tuple[float, float], tilt: float, page: bool = False
) -> Image.Image:
    """Place a sheet, mode RGBA, in an image, rotated, bent and in perspective.

    `room` is the minimum and maximum size of the image as a fraction of the size of the sheet, `tilt` the usual angle
    in degrees. A `page` has about the proportions of A4.
    """
    wide, tall = (float(rng.uniform(*room)) for _ in range(2))
    if page:
        height = max(tall * paper.height, 1.1 * paper.width)
        width = max(paper.width * 1.05, height * float(rng.choice([0.707, 0.707, 0.77, 1.0])))
    else:
        # Add about as much background beside a narrow receipt as above it; otherwise the image would be a stripe.
        width = paper.width * wide + (paper.height * 0.1 * float(rng.uniform(0, 1)) if room[1] > 1.2 else 0)
        height = paper.height * tall
    scale = min(1.0, 800 / max(width, height))
    size = (max(40, round(width * scale)), max(40, round(height * scale)))
    angle = math.radians(float(rng.normal(0, tilt / 1.5)))
    cosine, sine = math.cos(angle) / scale, math.sin(angle) / scale
    lean = rng.normal(0, 0.02 * tilt / 4, 2)
    curl, waves, phase = float(rng.normal(0, 0.003 * tilt)), float(rng.uniform(0.5, 2)), float(rng.uniform(0, 6))
    free = [max(0.0, side / scale - whole) / 2 for side, whole in zip(size, paper.size, strict=True)]
    shift = [float(rng.uniform(-slack, slack)) for slack in free]
    middle_x, middle_y = paper.width / 2 - shift[0], paper.height / 2 - shift[1]

    def source(x: float, y: float) -> Point:
        x, y = x - size[0] / 2, y - size[1] / 2
        depth = 1 + float(lean[0]) * x / size[0] + float(lean[1]) * y / size[1]
        bend = curl * paper.width * math.sin(waves * math.pi * y / size[1] + phase)
        return (cosine * x + sine * y) * depth + middle_x + bend, (cosine * y - sine * x) * depth + middle_y

    return warp(paper, size, source)


def plain_background(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return what a scanner sees around the sheet: white, grey or its dark lid, (height, width, 3)."""
    value = float(pick(rng, [255.0, 255.0, 250.0, 0.0, 20.0, 60.0, 170.0, 220.0]))
    return np.full((size[1], size[0], 3), value, np.float32)


def white_background(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return the white of a large scanner, (height, width, 3)."""
    return np.full((size[1], size[0], 3), float(rng.uniform(248, 255)), np.float32)


def table_background(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return a table of wood, cloth or stone, (height, width, 3)."""
    base = np.array(pick(rng, _TABLE_COLOURS), np.float32)
    grain = noise(rng, size, pick(rng, [(3, 60), (40, 4), (30, 30), (3, 3)]))
    light = 1 + float(rng.uniform(0.02, 0.2)) * grain + 0.2 * noise(rng, size, (2, 2))
    return base * light[..., None] * float(rng.uniform(0.6, 1.4))


def composite(laid: Image.Image, ground: np.ndarray, rng: np.random.Generator) -> Image.Image:
    cover = np.asarray(laid.getchannel("A"), np.float32)[..., None] / 255
    if chance(rng, 0.6):
        dark = shadow(laid.getchannel("A"), laid.width * float(rng.uniform(0.01, 0.06)))[..., None]
        ground = ground * (1 - float(rng.uniform(0.1, 0.6)) * dark)
    return to_image(ground + (np.asarray(laid.convert("RGB"), np.float32) - ground) * cover)


def add_sensor_effects(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Add blur, uneven light, contrast stretch, sensor noise and loss of colour, each with some probability."""
    if chance(rng, 0.12):
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 0.9))))
    pixels: np.ndarray = np.asarray(image, np.float32)
    size = (pixels.shape[1], pixels.shape[0])
    if chance(rng, 0.35):
        light = 1 + float(rng.uniform(0.05, 0.3)) * noise(rng, size, (1, 2))
        pixels = pixels * light[..., None] * float(rng.uniform(0.75, 1.02))
    if chance(rng, 0.55):  # scanners stretch the contrast until the paper is white
        low, high = float(rng.uniform(0, 40)), float(rng.uniform(200, 255))
        pixels = np.clip((pixels - low) * (255 / (high - low)), 0, 255)
    if chance(rng, 0.4):
        grain = rng.standard_normal(pixels.shape[:2], np.float32)[..., None]
        pixels = pixels + grain * np.float32(rng.uniform(1, 7))
    if chance(rng, 0.55):
        pixels = np.repeat(pixels.mean(axis=2, keepdims=True), 3, axis=2)
    return to_image(pixels)


def paper_shading(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return the brightness of paper with waves, crumples and folds, (height, width)."""
    width, height = size
    shade = np.ones((height, width), np.float32)
    if chance(rng, 0.75):
        shade += float(rng.uniform(0.01, 0.1)) * noise(rng, size, (int(rng.integers(1, 4)), int(rng.integers(1, 7))))
    if chance(rng, 0.3):  # crumples: sharp valleys between smooth hills
        hills = fractal(rng, size, int(rng.integers(2, 5)), octaves=3)
        shade += float(rng.uniform(0.05, 0.2)) * (np.abs(hills) - 0.3)
    for _ in range(int(rng.integers(0, 4)) if chance(rng, 0.35) else 0):
        along = np.arange(height if chance(rng, 0.75) else width, dtype=np.float32)
        place, reach = float(rng.uniform(0.1, 0.9)) * len(along), len(along) * float(rng.uniform(0.01, 0.2))
        slope = np.sign(along - place) * np.exp(-np.abs(along - place) / reach) * float(rng.uniform(-0.15, 0.15))
        shade += slope[:, None] if len(along) == height else slope
    if chance(rng, 0.2):  # shading across the print, from the curl of a paper roll
        shade -= float(rng.uniform(0.02, 0.25)) * np.abs(np.linspace(-1, 1, width, dtype=np.float32)) ** 3
    return np.clip(shade, 0.3, 1.08)


def paper_mask(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """Return a mask of the sheet: a rectangle with torn, cut or curled edges."""
    width, height = size
    uneven = float(rng.uniform(0, 0.012)) * width
    sides = [uneven * (1 + noise(rng, (height, 1), (int(rng.integers(2, 12)), 1))[0]) for _ in range(2)]
    ends = [uneven * (1 + noise(rng, (width, 1), (int(rng.integers(2, 20)), 1))[0]) for _ in range(2)]
    if chance(rng, 0.3):  # the teeth of the cutter
        ends[1] += np.abs((np.arange(width) % 8) - 4) * float(rng.uniform(0.3, 1))
    across, down = np.arange(width)[None], np.arange(height)[:, None]
    inside = (across >= sides[0][:, None]) & (across < width - sides[1][:, None])
    inside &= (down >= ends[0][None]) & (down < height - ends[1][None])
    mask = Image.fromarray(inside.astype(np.uint8) * 255)
    pen = ImageDraw.Draw(mask)
    if chance(rng, 0.12):  # a folded or torn corner
        cut = float(rng.uniform(0.05, 0.2)) * width
        x, y, right, below = pick(rng, [(0, 0, 1, 1), (width, 0, -1, 1), (0, height, 1, -1), (width, height, -1, -1)])
        pen.polygon([(x, y), (x + right * cut, y), (x, y + below * cut * float(rng.uniform(0.4, 2)))], fill=0)
    if chance(rng, 0.1):  # punched holes
        left, radius = float(rng.uniform(0.06, 0.15)) * width, width * float(rng.uniform(0.02, 0.035))
        for fraction in (rng.uniform(0.15, 0.3), rng.uniform(0.6, 0.9)):
            pen.ellipse(box_around((left, float(fraction) * height), radius), fill=0)
    return mask
