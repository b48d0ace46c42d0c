"""What authors of manuals add to a screenshot: frames, arrows, numbers, and names beside it."""

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import caption, chance, pick
from docsight_training.data.drawings.colours import WHITE, Colour, readable
from docsight_training.data.drawings.fonts import load
from docsight_training.data.drawings.typefaces import Typefaces, write

_MARK_COLOURS: list[Colour] = [(230, 20, 20), (230, 20, 20), (0, 150, 60), (0, 60, 230), (255, 140, 0), (0, 0, 0)]


def annotated(rng: np.random.Generator, typefaces: Typefaces, image: Image.Image) -> Image.Image:
    """Mark places of a screenshot in one colour, or name its parts beside it."""
    colour, size = pick(rng, _MARK_COLOURS), max(9, image.width // int(rng.integers(14, 30)))
    if chance(rng, 0.4):
        return _with_names(rng, typefaces, image, colour, size)
    pen, face = ImageDraw.Draw(image), load(typefaces.interface(rng), size)
    style, wide = int(rng.integers(3)), max(2, size // 6)
    for number in range(int(rng.integers(1, 4) if style else rng.integers(2, 7))):
        x, y = rng.uniform([0.05, 0.05], [0.7, 0.8], 2) * image.size
        right, bottom = (
            x + image.width * float(rng.uniform(0.06, 0.3)),
            y + image.height * float(rng.uniform(0.05, 0.2)),
        )
        if style == 0:  # a number in a disc
            pen.ellipse((x, y, x + size * 1.4, y + size * 1.4), fill=colour)
            write(pen, (x + size * 0.7, y + size * 0.7), str(number + 1), face, fill=readable(colour), anchor="mm")
        elif style == 1:
            draw = pick(rng, [pen.rectangle, pen.ellipse])
            draw((x, y, right, bottom), outline=colour, width=wide)
        else:
            pen.line([(right, bottom), (x, y)], fill=colour, width=wide)
            pen.polygon([(x, y), (x + size, y + size * 0.2), (x + size * 0.2, y + size)], fill=colour)
    return image


def _with_names(
    rng: np.random.Generator, typefaces: Typefaces, image: Image.Image, colour: Colour, size: int
) -> Image.Image:
    """Put a screenshot on a white page with names on one or both sides, and lines from them into it."""
    face = load(typefaces.interface(rng), size)
    beside = int(image.width * float(rng.uniform(0.25, 0.5)))
    both = chance(rng, 0.4)
    page = Image.new("RGB", (image.width + beside * (2 if both else 1), image.height), WHITE)
    page.paste(image, (beside, 0))
    pen = ImageDraw.Draw(page)
    for right in (False, True) if both else (False,):
        for y in np.arange(size, image.height - size, size * float(rng.uniform(2, 6))).tolist():
            name = caption(rng, int(rng.integers(1, 3)))
            inside = beside + image.width * float(rng.uniform(0.6, 0.9) if right else rng.uniform(0.1, 0.5))
            edge = beside + image.width if right else beside
            write(pen, (edge + (size if right else -size), y), name, face, fill=colour, anchor="lm" if right else "rm")
            pen.line([(edge + (size if right else -size) * 0.7, y), (inside, y)], fill=colour, width=max(1, size // 8))
    return page
