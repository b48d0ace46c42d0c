"""The images of `images.py`: data sets, and images that are drawn or shifted with a fixed seed."""

import io
import json
import string
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from PIL import Image

from docsight_training.data.drawings.fonts import Font, find_fonts, is_held_out
from docsight_training.data.images.glyphs import DIGITS, SHAPED_LIKE_DIGITS, draw_glyph, is_like_digit

SCANNED_SIDES = (100, 300)  # pixels
DIRECTIONS = [(across, down) for across in (-1, 0, 1) for down in (-1, 0, 1) if (across, down) != (0, 0)]


@dataclass(frozen=True)
class Examples:
    """Encoded images with their labels ('' for no class) and sources."""

    images: list[bytes]
    labels: list[str]
    sources: list[str]

    def __len__(self) -> int:
        return len(self.images)

    def take(self, chosen: Sequence[int]) -> "Examples":
        """Return the examples with these indices."""
        return Examples(*([column[at] for at in chosen] for column in (self.images, self.labels, self.sources)))

    def drawn(self, max_examples: int | None, seed: int = 1) -> "Examples":
        """Return a random sample of at most `max_examples`, in their order."""
        if max_examples is None or max_examples >= len(self):
            return self
        return self.take(sorted(np.random.default_rng(seed).choice(len(self), max_examples, replace=False).tolist()))


def read_split(folder: Path, split: str) -> Examples:
    """Read a split of a data set: Parquet files with `image`, `label` (ClassLabel) and optionally `source`."""
    table = pq.read_table(folder / f"{split}.parquet")
    features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    names = features["label"]["names"]
    images = [cell["bytes"] for cell in table["image"].to_pylist()]
    sources = table["source"].to_pylist() if "source" in table.column_names else [""] * len(images)
    return Examples(images, [names[label] for label in table["label"].to_pylist()], sources)


def drawn_from(pixels: np.ndarray, labels: Sequence[str] | None = None) -> Examples:
    """Make examples as PNG from grey pixels, uint8 (images, height, width); without labels they have no class."""
    return Examples([png(image) for image in pixels], list(labels or [""] * len(pixels)), [""] * len(pixels))


def png(pixels: np.ndarray) -> bytes:
    """Encode grey pixels, uint8 (height, width)."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def grey_pixels(images: Sequence[bytes]) -> np.ndarray:
    """Decode grey images of one size: uint8, (images, height, width)."""
    return np.stack([np.asarray(Image.open(io.BytesIO(image)).convert("L")) for image in images])


def shifted(pixels: np.ndarray, rng: np.random.Generator, *, by: int = 3) -> np.ndarray:
    """Shift each image, uint8 (images, height, width), in one of eight directions; the new border is black."""
    result = np.zeros_like(pixels)
    height, width = pixels.shape[1:]
    for image, new in zip(pixels, result, strict=True):
        across, down = (by * step for step in DIRECTIONS[int(rng.integers(len(DIRECTIONS)))])
        new[max(0, down) : height + down, max(0, across) : width + across] = image[
            max(0, -down) : height - down, max(0, -across) : width - across
        ]
    return result


def scanned_digit(pixels: np.ndarray, rng: np.random.Generator) -> bytes:
    """Turn a character, uint8 (height, width), light on dark, into a JPEG as if cut from a scan or a photo.

    It is dark on light, off centre and 100 to 300 pixels a side, on tinted or grey paper with grain and uneven light.
    """
    width, height = (int(side) for side in rng.integers(SCANNED_SIDES[0], SCANNED_SIDES[1] + 1, size=2))
    rows, columns = (np.flatnonzero((pixels > 30).any(axis=axis)) for axis in (1, 0))
    if len(rows):
        pixels = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = rng.uniform(0.35, 0.75) * min(width, height) / max(pixels.shape)
    size = tuple(max(1, round(side * scale)) for side in reversed(pixels.shape))
    stroke = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC), dtype=np.float32) / 255
    left, top = (int(rng.integers(room + 1)) for room in (width - size[0], height - size[1]))
    ink = np.zeros((height, width), dtype=np.float32)
    ink[top : top + size[1], left : left + size[0]] = stroke
    grey = rng.random() < 0.4
    paper = rng.uniform(170, 250) + (0 if grey else rng.uniform(-35, 5, 3))
    pen = rng.uniform(0, 70) + (0 if grey else rng.uniform(0, 60, 3))
    colours = np.broadcast_to(paper, 3) * (1 - ink[..., None]) + np.broadcast_to(pen, 3) * ink[..., None]
    slope = np.linspace(-0.5, 0.5, height)[:, None] * rng.uniform(-1, 1)
    light = 1 + rng.uniform(0, 0.15) * (slope + np.linspace(-0.5, 0.5, width) * rng.uniform(-1, 1))
    grain = rng.normal(0, rng.uniform(1, 5), (height, width))
    whole = np.clip(colours * light[..., None] + grain[..., None], 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    image = Image.fromarray(whole)
    (image.convert("L") if grey else image).save(buffer, "JPEG", quality=int(rng.integers(40, 91)))
    return buffer.getvalue()


def as_scanned(pixels: np.ndarray, labels: Sequence[str] | None = None, *, seed: int = 1) -> Examples:
    """Turn characters into examples with `scanned_digit`."""
    rng = np.random.default_rng(seed)
    images = [scanned_digit(image, rng) for image in pixels]
    return Examples(images, list(labels or [""] * len(images)), [""] * len(images))


def held_out_fonts() -> list[Font]:
    """Return the typefaces that are held out of training, or all if none of them is installed."""
    fonts = find_fonts()
    return [font for font in fonts if is_held_out(font)] or fonts


def typeset(
    count: int, fonts: Sequence[Font], *, digits: bool = False, strict: bool = True, seed: int = 1
) -> tuple[np.ndarray, list[str]]:
    """Draw single letters or digits, light on dark as in MNIST, with all font families equally frequent.

    Args:
        count: The number of characters.
        fonts: Their typefaces.
        digits: Whether to draw digits, not letters.
        strict: Whether to draw all letters but I, O, S, Z, B and l. If not, only letters that a typeface draws like a
            digit are left out.
        seed: The seed of the characters and typefaces.

    Returns:
        Pixels, uint8 (count, 28, 28), and the character of each.
    """
    rng = np.random.default_rng(seed)
    families: dict[str, list[Font]] = {}
    for font in fonts:
        families.setdefault(font.family, []).append(font)
    chars = DIGITS if digits else [char for char in string.ascii_letters if char not in SHAPED_LIKE_DIGITS]
    names = sorted(families)
    pixels, drawn = [], []
    while len(drawn) < count:
        styles = families[names[int(rng.integers(len(names)))]]
        font, char = styles[int(rng.integers(len(styles)))], chars[int(rng.integers(len(chars)))]
        if digits or strict or not is_like_digit(char, font):
            pixels.append(draw_glyph(char, font, rng))
            drawn.append(char)
    return np.stack(pixels), drawn


def noise(count: int, *, seed: int = 1) -> Examples:
    """Draw noise: uniform, normal, or black and white dots."""
    rng = np.random.default_rng(seed)
    pixels = np.empty((count, 28, 28), dtype=np.uint8)
    for at in range(count):
        if at % 3 == 0:
            pixels[at] = rng.integers(0, 256, (28, 28))
        elif at % 3 == 1:
            pixels[at] = np.clip(rng.normal(rng.uniform(60, 200), rng.uniform(15, 60), (28, 28)), 0, 255)
        else:
            pixels[at] = 255 * (rng.random((28, 28)) < rng.uniform(0.05, 0.5))
    return drawn_from(pixels)
