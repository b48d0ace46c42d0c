"""Maps: of regions in colours, of relief, of streets, and old engravings."""

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.colours import WHITE, Colour, hue, mixed, palette
from docsight_training.data.drawings.fonts import Font
from docsight_training.data.drawings.map_parts import annotate, borders, legend, partition, terrain
from docsight_training.data.drawings.raster import SCALE, draw_curve, fractal, noise, reduced, to_image
from docsight_training.data.drawings.typefaces import Typefaces

_SEAS: list[Colour] = [
    (170, 205, 230),
    (200, 225, 240),
    (225, 240, 250),
    (120, 170, 210),
    WHITE,
    WHITE,
    (215, 215, 215),
    (180, 225, 225),
]
_OLD_PAPER_COLOURS: list[Colour] = [(225, 210, 175), (205, 190, 155), (235, 225, 200), (190, 180, 165)]


def draw_map(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    width = SCALE * int(rng.integers(165, 270))
    height = int(width * float(rng.uniform(0.55, 1.3)))
    style = pick(rng, ["regions", "regions", "regions", "regions", "relief", "relief", "old", "old", "streets"])
    font = typefaces.plain(rng)
    if style == "regions":
        image = _regions(rng, (width, height), font)
    else:
        image = {"streets": _streets, "old": _engraving, "relief": _relief}[style](rng, (width, height))
    annotate(image, rng, font, is_dense=style in ("relief", "old"))
    return reduced(image)


def _regions(rng: np.random.Generator, size: tuple[int, int], font: Font) -> Image.Image:
    """Draw regions in a few colours, like maps of states, elections and statistics, at times with a legend."""
    _, land = terrain(rng, size)
    labels = partition(rng, size)
    colours = palette(rng, int(rng.integers(2, 7)))
    if chance(rng, 0.5):
        colours = [mixed(colour, WHITE, 0.45) for colour in colours]
    if chance(rng, 0.35):
        colours += [(215, 215, 210)] * len(colours)  # most of the land is outside the subject of the map
    table = np.array([pick(rng, colours) for _ in range(256)], np.uint8)
    table[255] = pick(rng, _SEAS)
    inside = np.where(land, labels, 255).astype(np.uint8)
    image = Image.fromarray(table[inside])
    ink = pick(rng, [(0, 0, 0), (60, 60, 60), (120, 120, 120), WHITE])
    if chance(rng, 0.9):
        image.paste(ink, (0, 0), borders(inside, int(rng.integers(1, 3))))
    if chance(rng, 0.3):
        _rivers(image, rng, (90, 140, 200))
    if chance(rng, 0.55):
        legend(image, rng, colours[:5], font)
    return image


def _relief(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Draw heights in colours or with shaded relief, rivers and roads."""
    heights, land = terrain(rng, size)
    low, high = hue(rng, saturation=0.35, value=0.85), hue(rng, saturation=0.45, value=0.75)
    if chance(rng, 0.6):
        low = pick(rng, [(170, 205, 150), (215, 225, 180), (240, 235, 210)])
        high = pick(rng, [(190, 150, 100), (235, 225, 190), (250, 250, 250)])
    fraction = np.clip(heights / 2, 0, 1)
    if chance(rng, 0.4):
        fraction = np.floor(fraction * 6) / 6
    pixels = np.array(low, np.float32) + (np.array(high, np.float32) - np.array(low, np.float32)) * fraction[..., None]
    if chance(rng, 0.6):
        slope = np.gradient(heights, axis=1) - np.gradient(heights, axis=0)
        pixels = pixels * np.clip(1 + slope * size[0] * float(rng.uniform(0.02, 0.08)), 0.6, 1.3)[..., None]
    image = to_image(np.where(land[..., None], pixels, np.array(pick(rng, _SEAS[:4]), np.float32)))
    if chance(rng, 0.5):
        image.paste((110, 90, 70), (0, 0), borders(np.where(land, np.floor(heights * 4), -1), 1))
    _rivers(image, rng, (80, 130, 190))
    for _ in range(int(rng.integers(0, 6))):
        _winding_line(image, rng, pick(rng, [(200, 60, 50), (230, 160, 60), (90, 90, 90)]), int(rng.integers(1, 5)))
    if chance(rng, 0.5):
        ink = pick(rng, [(150, 40, 60), (60, 60, 60)])
        image.paste(ink, (0, 0), borders(np.where(land, partition(rng, size), 255), 2))
    return image


def _engraving(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Draw an engraved map on brown paper, with colour washes for regions."""
    heights, land = terrain(rng, size)
    paper = np.array(pick(rng, _OLD_PAPER_COLOURS), np.float32)
    stains = 1 + 0.12 * fractal(rng, size, 3)[..., None] + 0.04 * noise(rng, size, (80, 80))[..., None]
    wash = np.array([hue(rng, saturation=0.35, value=0.85) for _ in range(64)], np.float32)
    labels = partition(rng, size)
    strength = float(pick(rng, [0.0, 0.3, 0.6]))
    pixels = np.where(land[..., None], paper * (1 - strength) + wash[labels % 64] * strength, paper) * stains
    ink = (80, 60, 45)
    image = to_image(pixels)
    image.paste(ink, (0, 0), borders(np.where(land, labels, 255), 1))
    if chance(rng, 0.6):  # lines along the coast
        near = np.clip(np.floor(-heights * 14), 0, 5) * ~land
        image.paste(mixed(ink, WHITE, 0.3), (0, 0), borders(near, 1))
    pen = ImageDraw.Draw(image)
    for x, y in (rng.uniform([0, 0], size, (int(rng.integers(10, 90)), 2))).tolist():  # hills
        if land[int(y), int(x)]:
            pen.arc([x - 5, y - 4, x + 5, y + 6], 180, 360, fill=ink)
    _rivers(image, rng, ink)
    if chance(rng, 0.6):
        pen.rectangle([4, 4, size[0] - 5, size[1] - 5], outline=ink, width=3)
    return image


def _streets(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Draw a street plan with blocks, parks and a river."""
    ground = pick(rng, [(240, 238, 230), (225, 225, 225), (250, 245, 235), (40, 44, 52)])
    image = Image.new("RGB", (size[0] * 3 // 2, size[0] * 3 // 2 + size[1]), ground)
    pen = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(1, 7))):
        x, y = (float(number) for number in rng.uniform([0, 0], image.size))
        wide, tall = (float(number) for number in rng.uniform(0.1, 0.4, 2) * size[0])
        pen.rectangle([x, y, x + wide, y + tall], fill=pick(rng, [(200, 225, 175), (215, 205, 190), (225, 215, 225)]))
    street = mixed(ground, pick(rng, [WHITE, (255, 225, 140), (150, 150, 150)]), 0.9)
    _winding_line(image, rng, (160, 200, 230), int(rng.integers(12, 40)))
    for axis in (0, 1):
        place = 0.0
        while place < image.size[axis]:
            thick = int(pick(rng, [3, 3, 4, 5, 11]))
            ends = [(place, 0), (place, image.height)] if axis == 0 else [(0, place), (image.width, place)]
            pen.line(ends, fill=mixed(street, (0, 0, 0), 0.2), width=thick + 2)
            pen.line(ends, fill=street if thick < 10 else (250, 190, 90), width=thick)
            place += size[0] * float(rng.uniform(0.05, 0.18))
    for _ in range(int(rng.integers(1, 5))):
        _winding_line(image, rng, pick(rng, [street, (250, 190, 90), (230, 120, 100)]), int(rng.integers(5, 12)))
    turned = image.rotate(float(rng.uniform(-25, 25)), Image.Resampling.BILINEAR)
    left, top = (turned.width - size[0]) // 2, (turned.height - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))


def _rivers(image: Image.Image, rng: np.random.Generator, colour: Colour) -> None:
    for _ in range(int(rng.integers(0, 5))):
        _winding_line(image, rng, colour, int(rng.integers(1, 5)))


def _winding_line(image: Image.Image, rng: np.random.Generator, colour: Colour, wide: int) -> None:
    start, stop = rng.uniform([0, 0], image.size, (2, 2))
    steps = np.linspace(0, 1, 24)[:, None]
    sway = np.cumsum(rng.normal(0, 0.012, (24, 2)), axis=0) * image.width
    places = start + (stop - start) * steps * 1.3 + sway
    draw_curve(ImageDraw.Draw(image), places, colour, wide)
