"""Draw maps: of land and sea, of regions in colours, of streets."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.colours import WHITE, Colour, hue, mixed, palette
from docsight_training.data.drawings.fonts import Font, load
from docsight_training.data.drawings.raster import SCALE, fractal, noise, reduced, to_image
from docsight_training.data.drawings.typefaces import Typefaces, fitted, width_of, write
from docsight_training.data.drawings.words import words

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
_OLD: list[Colour] = [(225, 210, 175), (205, 190, 155), (235, 225, 200), (190, 180, 165)]


def draw_map(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw a map."""
    width = SCALE * int(rng.integers(165, 270))
    height = int(width * float(rng.uniform(0.55, 1.3)))
    style = pick(rng, ["regions", "regions", "regions", "regions", "relief", "relief", "old", "old", "streets"])
    font = typefaces.plain(rng)
    if style == "streets":
        image = _streets(rng, (width, height))
    elif style == "old":
        image = _old(rng, (width, height))
    elif style == "relief":
        image = _relief(rng, (width, height))
    else:
        image = _regions(rng, (width, height), font)
    _write_over(image, rng, font, is_dense=style in ("relief", "old"))
    return reduced(image)


def _land(rng: np.random.Generator, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Make heights, and where there is land: an island, a coast, or land everywhere."""
    heights = fractal(rng, size, int(rng.integers(2, 5)), octaves=5)
    across = np.linspace(-1, 1, size[0], dtype=np.float32)[None]
    down = np.linspace(-1, 1, size[1], dtype=np.float32)[:, None]
    style = rng.random()
    if style < 0.5:
        x, y, wide, tall = (float(number) for number in rng.uniform([-0.3, -0.3, 0.7, 0.7], [0.3, 0.3, 1.6, 1.6]))
        heights = heights + 1.2 - 1.8 * (((across - x) / wide) ** 2 + ((down - y) / tall) ** 2)
    elif style < 0.85:
        turn = float(rng.uniform(0, 2 * math.pi))
        heights = heights + 1.3 * (math.cos(turn) * across + math.sin(turn) * down) + 0.3
    else:
        heights = heights + 1.2
    return heights, heights > 0


def _edges(labels: np.ndarray, wide: int) -> Image.Image:
    """Return the borders between areas of different labels as a mask."""
    border = np.zeros(labels.shape, bool)
    border[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    border[1:] |= labels[1:] != labels[:-1]
    mask = Image.fromarray(border.astype(np.uint8) * 255)
    return mask.filter(ImageFilter.MaxFilter(3)) if wide > 1 else mask


def _parted(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Part a picture into regions, at half the size, to be quick; return their numbers (height, width)."""
    half = (size[0] // 2, size[1] // 2)
    labels = _ruled(rng, half) if chance(rng, 0.35) else _grown(rng, half)
    return np.asarray(Image.fromarray(labels).resize(size, Image.Resampling.NEAREST))


def _crooked(rng: np.random.Generator, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of all pixels, shaken, so that lines between them are crooked: across and down."""
    shaken = float(rng.uniform(0, 0.12)) * size[0]
    across = np.arange(size[0], dtype=np.float32)[None] + shaken * fractal(rng, size, 4)
    down = np.arange(size[1], dtype=np.float32)[:, None] + shaken * fractal(rng, size, 4)
    return across, down


def _ruled(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Cut a picture in two, and the larger piece again, as borders on a drawing board."""
    count = int(2 ** rng.uniform(1.5, 5.3))
    across, down = _crooked(rng, size)
    labels = np.zeros((size[1], size[0]), np.uint8)
    boxes = [(0.0, 0.0, float(size[0]), float(size[1]))]
    for label in range(1, count):
        left, top, right, bottom = boxes.pop(int(np.argmax([(box[2] - box[0]) * (box[3] - box[1]) for box in boxes])))
        share = float(rng.uniform(0.3, 0.7))
        if right - left > bottom - top:
            cut = left + (right - left) * share
            labels[(across >= cut) & (across < right) & (down >= top) & (down < bottom)] = label
            boxes += [(left, top, cut, bottom), (cut, top, right, bottom)]
        else:
            cut = top + (bottom - top) * share
            labels[(across >= left) & (across < right) & (down >= cut) & (down < bottom)] = label
            boxes += [(left, top, right, cut), (left, cut, right, bottom)]
    return labels


def _grown(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Give every place to the nearest of some centres."""
    count = int(2 ** rng.uniform(1.5, 5.3))
    across, down = _crooked(rng, size)
    best = np.full((size[1], size[0]), np.inf, np.float32)
    labels = np.zeros(best.shape, np.uint8)
    for label in range(count):
        x, y = (float(number) for number in rng.uniform([0, 0], size))
        away = (across - x) ** 2 + (down - y) ** 2
        closer = away < best
        labels[closer] = label
        np.minimum(best, away, out=best)
    return labels


def _regions(rng: np.random.Generator, size: tuple[int, int], font: Font) -> Image.Image:
    """Draw regions in a few colours, as maps of states, elections and statistics are, with a legend."""
    _, land = _land(rng, size)
    labels = _parted(rng, size)
    colours = palette(rng, int(rng.integers(2, 7)))
    if chance(rng, 0.5):
        colours = [mixed(colour, WHITE, 0.45) for colour in colours]
    if chance(rng, 0.35):
        colours += [(215, 215, 210)] * len(colours)  # most of the land is not what the map is about
    table = np.array([pick(rng, colours) for _ in range(256)], np.uint8)
    table[255] = pick(rng, _SEAS)
    inside = np.where(land, labels, 255).astype(np.uint8)
    image = Image.fromarray(table[inside])
    ink = pick(rng, [(0, 0, 0), (60, 60, 60), (120, 120, 120), WHITE])
    if chance(rng, 0.9):
        image.paste(ink, (0, 0), _edges(inside, int(rng.integers(1, 3))))
    if chance(rng, 0.3):
        _waters(image, rng, (90, 140, 200))
    if chance(rng, 0.55):
        _legend(image, rng, colours[:5], font)
    return image


def _relief(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Draw heights in colours or by light and shade, with rivers and roads."""
    heights, land = _land(rng, size)
    low, high = hue(rng, saturation=0.35, value=0.85), hue(rng, saturation=0.45, value=0.75)
    if chance(rng, 0.6):
        low, high = (
            pick(rng, [(170, 205, 150), (215, 225, 180), (240, 235, 210)]),
            pick(rng, [(190, 150, 100), (235, 225, 190), (250, 250, 250)]),
        )
    share = np.clip(heights / 2, 0, 1)
    if chance(rng, 0.4):
        share = np.floor(share * 6) / 6
    pixels = np.array(low, np.float32) + (np.array(high, np.float32) - np.array(low, np.float32)) * share[..., None]
    if chance(rng, 0.6):
        slope = np.gradient(heights, axis=1) - np.gradient(heights, axis=0)
        pixels = pixels * np.clip(1 + slope * size[0] * float(rng.uniform(0.02, 0.08)), 0.6, 1.3)[..., None]
    image = to_image(np.where(land[..., None], pixels, np.array(pick(rng, _SEAS[:4]), np.float32)))
    if chance(rng, 0.5):
        image.paste((110, 90, 70), (0, 0), _edges(np.where(land, np.floor(heights * 4), -1), 1))
    _waters(image, rng, (80, 130, 190))
    for _ in range(int(rng.integers(0, 6))):
        _way(image, rng, pick(rng, [(200, 60, 50), (230, 160, 60), (90, 90, 90)]), int(rng.integers(1, 5)))
    if chance(rng, 0.5):
        image.paste(
            pick(rng, [(150, 40, 60), (60, 60, 60)]), (0, 0), _edges(np.where(land, _parted(rng, size), 255), 2)
        )
    return image


def _old(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Draw an engraved map on brown paper with washed borders."""
    heights, land = _land(rng, size)
    paper = np.array(pick(rng, _OLD), np.float32)
    stains = 1 + 0.12 * fractal(rng, size, 3)[..., None] + 0.04 * noise(rng, size, (80, 80))[..., None]
    wash = np.array([hue(rng, saturation=0.35, value=0.85) for _ in range(64)], np.float32)
    labels = _parted(rng, size)
    strength = float(pick(rng, [0.0, 0.3, 0.6]))
    pixels = np.where(land[..., None], paper * (1 - strength) + wash[labels % 64] * strength, paper) * stains
    ink = (80, 60, 45)
    image = to_image(pixels)
    image.paste(ink, (0, 0), _edges(np.where(land, labels, 255), 1))
    if chance(rng, 0.6):  # the coast shaded by lines along it
        near = np.clip(np.floor(-heights * 14), 0, 5) * ~land
        image.paste(mixed(ink, WHITE, 0.3), (0, 0), _edges(near, 1))
    pen = ImageDraw.Draw(image)
    for x, y in (rng.uniform([0, 0], size, (int(rng.integers(10, 90)), 2))).tolist():  # hills
        if land[int(y), int(x)]:
            pen.arc([x - 5, y - 4, x + 5, y + 6], 180, 360, fill=ink)
    _waters(image, rng, ink)
    if chance(rng, 0.6):
        pen.rectangle([4, 4, size[0] - 5, size[1] - 5], outline=ink, width=3)
    return image


def _streets(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Draw the streets of a town with blocks, parks and a river."""
    ground = pick(rng, [(240, 238, 230), (225, 225, 225), (250, 245, 235), (40, 44, 52)])
    image = Image.new("RGB", (size[0] * 3 // 2, size[0] * 3 // 2 + size[1]), ground)
    pen = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(1, 7))):
        x, y = (float(number) for number in rng.uniform([0, 0], image.size))
        wide, tall = (float(number) for number in rng.uniform(0.1, 0.4, 2) * size[0])
        pen.rectangle([x, y, x + wide, y + tall], fill=pick(rng, [(200, 225, 175), (215, 205, 190), (225, 215, 225)]))
    street = mixed(ground, pick(rng, [WHITE, (255, 225, 140), (150, 150, 150)]), 0.9)
    _way(image, rng, (160, 200, 230), int(rng.integers(12, 40)))
    for axis in (0, 1):
        place = 0.0
        while place < image.size[axis]:
            thick = int(pick(rng, [3, 3, 4, 5, 11]))
            ends = [(place, 0), (place, image.height)] if axis == 0 else [(0, place), (image.width, place)]
            pen.line(ends, fill=mixed(street, (0, 0, 0), 0.2), width=thick + 2)
            pen.line(ends, fill=street if thick < 10 else (250, 190, 90), width=thick)
            place += size[0] * float(rng.uniform(0.05, 0.18))
    for _ in range(int(rng.integers(1, 5))):
        _way(image, rng, pick(rng, [street, (250, 190, 90), (230, 120, 100)]), int(rng.integers(5, 12)))
    turned = image.rotate(float(rng.uniform(-25, 25)), Image.Resampling.BILINEAR)
    left, top = (turned.width - size[0]) // 2, (turned.height - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))


def _waters(image: Image.Image, rng: np.random.Generator, colour: Colour) -> None:
    """Draw some rivers."""
    for _ in range(int(rng.integers(0, 5))):
        _way(image, rng, colour, int(rng.integers(1, 5)))


def _way(image: Image.Image, rng: np.random.Generator, colour: Colour, wide: int) -> None:
    """Draw a winding line across, for a river or a road."""
    start, stop = rng.uniform([0, 0], image.size, (2, 2))
    steps = np.linspace(0, 1, 24)[:, None]
    sway = np.cumsum(rng.normal(0, 0.012, (24, 2)), axis=0) * image.width
    places = start + (stop - start) * steps * 1.3 + sway
    ImageDraw.Draw(image).line([(float(x), float(y)) for x, y in places], fill=colour, width=wide, joint="curve")


def _legend(image: Image.Image, rng: np.random.Generator, colours: list[Colour], font: Font) -> None:
    """Put the meaning of the colours into a corner."""
    size = int(image.width / rng.uniform(24, 40)) + 6
    face = load(font, size)
    names = [words(rng, int(rng.integers(1, 3)), max_syllables=2) for _ in colours]
    wide, tall = max(width_of(name, face) for name in names) + 2 * size, size * 1.4 * len(names) + size * 0.6
    x, y = pick(rng, [0.02, 0.96]) * (image.width - wide), pick(rng, [0.03, 0.96]) * (image.height - tall)
    pen = ImageDraw.Draw(image)
    if chance(rng, 0.7):
        pen.rectangle([x, y, x + wide, y + tall], fill=WHITE, outline=(0, 0, 0) if chance(rng, 0.6) else None)
    for number, (name, colour) in enumerate(zip(names, colours, strict=True)):
        top = y + size * (0.4 + 1.4 * number)
        pen.rectangle([x + size * 0.3, top, x + size * 1.2, top + size * 0.9], fill=colour, outline=(0, 0, 0))
        write(pen, (x + size * 1.5, top - size * 0.1), name, face, fill=(0, 0, 0))


def _write_over(image: Image.Image, rng: np.random.Generator, font: Font, *, is_dense: bool) -> None:
    """Name places, mark towns, add arrows, a title, a scale and a compass; each only sometimes."""
    pen, size = ImageDraw.Draw(image), max(9, int(image.width / rng.uniform(28, 50)))
    ink = pick(rng, [(0, 0, 0), (0, 0, 0), (50, 40, 40), (30, 60, 120)])
    dotted = chance(rng, 0.5)
    for _ in range(int(2 ** rng.uniform(0, 6 if is_dense else 4.5)) if chance(rng, 0.85) else 0):
        x, y = (float(number) for number in rng.uniform([0.03, 0.05], [0.9, 0.95]) * image.size)
        large = chance(rng, 0.12)
        name = words(rng, 1) if not large else words(rng, 1).upper()
        face = fitted(name, font, int(size * (1.7 if large else rng.uniform(0.7, 1.1))), image.width * 0.4)
        if dotted and not large:
            pen.ellipse([x - 5, y - 3, x - 1, y + 1], fill=ink)
        write(pen, (x, y), name, face, fill=ink, anchor="lm", bold=large)
    if chance(rng, 0.15):
        for _ in range(int(rng.integers(1, 6))):
            _campaign(pen, rng, image.size)
    if chance(rng, 0.3):
        title = words(rng, int(rng.integers(1, 5)))
        face = fitted(title, font, int(size * 1.6), image.width * 0.9)
        write(pen, (image.width / 2, 4), title, face, fill=ink, anchor="ma", bold=True)
    if chance(rng, 0.2):
        x, y, long = image.width * 0.06, image.height * 0.95, image.width * 0.18
        pen.line([x, y, x + long, y], fill=ink, width=2)
        for share in (0.0, 0.5, 1.0):
            pen.line([x + share * long, y - 5, x + share * long, y], fill=ink, width=2)
    if chance(rng, 0.2):
        x, y, half = image.width * 0.92, image.height * float(pick(rng, [0.1, 0.88])), image.width * 0.04
        pen.polygon([(x, y - half), (x + half * 0.3, y), (x, y + half), (x - half * 0.3, y)], fill=ink)
        pen.line([x - half, y, x + half, y], fill=ink, width=2)
    if chance(rng, 0.15):  # the lines of latitude and longitude
        for share in np.linspace(0.1, 0.9, int(rng.integers(3, 8))).tolist():
            pen.line([share * image.width, 0, share * image.width, image.height], fill=(150, 150, 150), width=1)
            pen.line([0, share * image.height, image.width, share * image.height], fill=(150, 150, 150), width=1)


def _campaign(pen: ImageDraw.ImageDraw, rng: np.random.Generator, size: tuple[int, int]) -> None:
    """Draw a bent arrow, as of armies and trade."""
    start, stop = rng.uniform([0.05, 0.05], [0.95, 0.95], (2, 2)) * size
    bend = np.array([start[1] - stop[1], stop[0] - start[0]]) * float(rng.uniform(-0.4, 0.4))
    steps = np.linspace(0, 1, 16)[:, None]
    places = start + (stop - start) * steps + bend * 4 * steps * (1 - steps)
    colour, wide = hue(rng, saturation=0.8), int(rng.integers(3, 10))
    pen.line([(float(x), float(y)) for x, y in places], fill=colour, width=wide, joint="curve")
    way = places[-1] - places[-2]
    way = way / max(1e-6, float(np.linalg.norm(way))) * wide * 2
    beside = np.array([-way[1], way[0]])
    pen.polygon([tuple((places[-1] + move).tolist()) for move in (2 * way, beside, -beside)], fill=colour)
