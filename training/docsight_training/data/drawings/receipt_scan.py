"""The image of a printed receipt: thermal print on paper, scanned or photographed."""

import numpy as np
from PIL import Image, ImageFilter

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.paper import paper_mask, paper_shading
from docsight_training.data.drawings.pen_marks import mark_by_hand
from docsight_training.data.drawings.raster import noise, reduced, to_image
from docsight_training.data.drawings.scan import (
    add_sensor_effects,
    composite,
    plain_background,
    table_background,
    warp_paper,
    white_background,
)
from docsight_training.data.drawings.typefaces import Typefaces

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


def scan_receipt(ink: Image.Image, rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Make the scan or photo of a receipt from its print, mode L, 255 for full black."""
    scene = rng.random()
    is_page = 0.7 < scene < 0.86
    clean = chance(rng, 0.7 if is_page else 0.1)
    if is_page and clean:
        ink = ink.filter(ImageFilter.MaxFilter(3))  # otherwise such small print would be lost
    paper = _paper(ink, rng, clean=clean)
    mark_by_hand(paper, rng, typefaces)
    paper.putalpha(paper_mask(paper.size, rng))
    if scene < 0.55:
        laid, ground = warp_paper(paper, rng, room=(0.96, 1.03), tilt=1.2), plain_background
    elif scene < 0.7:
        laid, ground = warp_paper(paper, rng, room=(1.0, 1.3), tilt=4), plain_background
    elif is_page:  # a small receipt on the white glass of a large scanner
        laid, ground = warp_paper(paper, rng, room=(1.3, 2.3), tilt=2, page=True), white_background
    else:
        laid, ground = warp_paper(paper, rng, room=(1.0, 1.4), tilt=9), table_background
    laid = reduced(laid)
    image = composite(laid, ground(laid.size, rng), rng)
    return add_sensor_effects(image, rng)


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
    shade = paper_shading(size, rng)[..., None]
    return to_image((sheet + (colour - sheet) * cover[..., None]) * shade)
