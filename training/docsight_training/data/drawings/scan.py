"""Put a printed slip onto paper and the paper under a scanner or a camera."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from docsight_training.data.drawings.faces import Typefaces
from docsight_training.data.drawings.marks import mark_by_hand
from docsight_training.data.drawings.surface import Point, fractal, noise, reduced, shadow, to_image, warp
from docsight_training.data.drawings.words import chance, pick

_PAPERS = [
    (255, 255, 255),
    (244, 244, 244),
    (250, 247, 236),
    (236, 240, 248),
    (252, 232, 234),
    (232, 232, 230),
    (246, 240, 214),
]
_INKS = [
    (20, 20, 22),
    (30, 30, 34),
    (45, 45, 50),
    (60, 50, 110),
    (50, 60, 130),
    (95, 80, 110),
    (70, 70, 70),
    (60, 45, 40),
]


def scanned(ink: Image.Image, rng: np.random.Generator, faces: Typefaces) -> Image.Image:
    """Make the picture of a receipt.

    Args:
        ink: what the printer printed (mode L, 255 for full black)
        rng: the source of chance
        faces: the typefaces for what is written over it
    """
    scene = rng.random()
    is_page = 0.68 < scene < 0.82
    clean = chance(rng, 0.7 if is_page else 0.1)
    if is_page and clean:
        ink = ink.filter(ImageFilter.MaxFilter(3))  # so small a print would be lost otherwise
    paper = _paper(ink, rng, clean=clean)
    mark_by_hand(paper, rng, faces)
    paper.putalpha(_outline(paper.size, rng))
    if scene < 0.5:
        laid, ground = _lay(paper, rng, room=(0.96, 1.03), tilt=1.2), _plain_ground
    elif scene < 0.68:
        laid, ground = _lay(paper, rng, room=(1.0, 1.3), tilt=4), _plain_ground
    elif is_page:  # a small receipt on the white glass of a large scanner
        laid, ground = _lay(paper, rng, room=(1.3, 2.3), tilt=2, page=True), _white_ground
    else:
        laid, ground = _lay(paper, rng, room=(1.0, 1.4), tilt=9), _table_ground
    laid = reduced(laid)
    image = _compose(laid, ground(laid.size, rng), rng)
    return _finish(image, rng)


def _paper(ink: Image.Image, rng: np.random.Generator, *, clean: bool) -> Image.Image:
    """Print the ink on paper, with the faults of the printer, the folds and the shades; a clean one is all white."""
    size = ink.size
    strength = np.full((size[1], 1), float(rng.uniform(0.55, 1.0)), np.float32)
    if chance(rng, 0.25):
        strength *= float(rng.uniform(0.25, 0.7))  # thermal print that has faded
    if chance(rng, 0.4):  # dots of the printer's head that heat too little
        strength = strength * (1 - 0.6 * np.clip(noise(rng, (size[0], 1), (int(rng.integers(5, 60)), 1)), 0, 1))
    if chance(rng, 0.5):
        strength = strength * np.clip(1 + 0.7 * noise(rng, size, (2, int(rng.integers(2, 12)))), 0.1, 1)
    strength = strength * max(1.0, (0.8 if clean else 0.5) / float(strength.mean()))  # a receipt that can still be seen
    cover = np.asarray(ink, np.float32) / 255 * strength
    sheet = np.array(pick(rng, _PAPERS if chance(rng, 0.5) else _PAPERS[:2]), np.float32)
    colour = np.array(pick(rng, _INKS if chance(rng, 0.5) else _INKS[:3]), np.float32)
    if clean:
        return to_image(255 + (colour - 255) * cover[..., None])
    shade = _shades(size, rng)[..., None]
    return to_image((sheet + (colour - sheet) * cover[..., None]) * shade)


def _shades(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return how much light each place of the paper sends back (height, width): waves, crumples, folds."""
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
    if chance(rng, 0.2):  # light along the print, as a roll of paper curls
        shade -= float(rng.uniform(0.02, 0.25)) * np.abs(np.linspace(-1, 1, width, dtype=np.float32)) ** 3
    return np.clip(shade, 0.3, 1.08)


def _outline(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """Return where there is paper: a rectangle, with torn, cut or curled edges."""
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
    if chance(rng, 0.1):  # holes for the file
        left, radius = float(rng.uniform(0.06, 0.15)) * width, width * float(rng.uniform(0.02, 0.035))
        for share in (rng.uniform(0.15, 0.3), rng.uniform(0.6, 0.9)):
            middle = float(share) * height
            pen.ellipse([left - radius, middle - radius, left + radius, middle + radius], fill=0)
    return mask


def _lay(
    paper: Image.Image, rng: np.random.Generator, *, room: tuple[float, float], tilt: float, page: bool = False
) -> Image.Image:
    """Lay the paper into a picture, turned, bent and seen at an angle (mode RGBA).

    Args:
        paper: mode RGBA
        rng: the source of chance
        room: the least and the most of the picture's size as a share of the paper's
        tilt: the usual angle in degrees
        page: the picture has the shape of a sheet of A4 or near it
    """
    wide, tall = (float(rng.uniform(*room)) for _ in range(2))
    if page:
        height = max(tall * paper.height, 1.1 * paper.width)
        width = max(paper.width * 1.05, height * float(rng.choice([0.707, 0.707, 0.77, 1.0])))
    else:
        # The table beside a narrow receipt is as wide as the one above it is high, or the whole turns into a stripe.
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


def _plain_ground(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return what a scanner sees beside the paper: white, its dark lid, or grey."""
    value = float(pick(rng, [255.0, 255.0, 250.0, 0.0, 20.0, 60.0, 170.0, 220.0]))
    return np.full((size[1], size[0], 3), value, np.float32)


def _white_ground(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    return np.full((size[1], size[0], 3), float(rng.uniform(248, 255)), np.float32)


def _table_ground(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return a table of wood, cloth or stone (height, width, 3)."""
    base = np.array(
        pick(
            rng,
            [
                (110, 75, 45),
                (70, 50, 35),
                (150, 120, 85),
                (60, 60, 62),
                (35, 35, 40),
                (120, 120, 118),
                (90, 100, 120),
                (60, 80, 60),
                (150, 60, 50),
            ],
        ),
        np.float32,
    )
    grain = noise(rng, size, pick(rng, [(3, 60), (40, 4), (30, 30), (3, 3)]))
    light = 1 + float(rng.uniform(0.02, 0.2)) * grain + 0.2 * noise(rng, size, (2, 2))
    return base * light[..., None] * float(rng.uniform(0.6, 1.4))


def _compose(laid: Image.Image, ground: np.ndarray, rng: np.random.Generator) -> Image.Image:
    """Put the paper before its ground, with its shadow."""
    cover = np.asarray(laid.getchannel("A"), np.float32)[..., None] / 255
    if chance(rng, 0.6):
        dark = shadow(laid.getchannel("A"), laid.width * float(rng.uniform(0.01, 0.06)))[..., None]
        ground = ground * (1 - float(rng.uniform(0.1, 0.6)) * dark)
    return to_image(ground + (np.asarray(laid.convert("RGB"), np.float32) - ground) * cover)


def _finish(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Make it the picture of a scanner (white made whiter, grey) or a camera (uneven light)."""
    if chance(rng, 0.2):
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 0.9))))
    pixels: np.ndarray = np.asarray(image, np.float32)
    size = (pixels.shape[1], pixels.shape[0])
    if chance(rng, 0.35):
        light = 1 + float(rng.uniform(0.05, 0.3)) * noise(rng, size, (1, 2))
        pixels = pixels * light[..., None] * float(rng.uniform(0.75, 1.02))
    if chance(rng, 0.55):  # a scanner stretches the contrast until the paper is white
        low, high = float(rng.uniform(0, 40)), float(rng.uniform(200, 255))
        pixels = np.clip((pixels - low) * (255 / (high - low)), 0, 255)
    if chance(rng, 0.4):
        grain = rng.standard_normal(pixels.shape[:2], np.float32)[..., None]
        pixels = pixels + grain * np.float32(rng.uniform(1, 7))
    if chance(rng, 0.55):
        pixels = np.repeat(pixels.mean(axis=2, keepdims=True), 3, axis=2)
    return to_image(pixels)
