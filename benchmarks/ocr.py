"""Measure how `docsight process` reads scanned pages: character accuracy, and CPU seconds per page.

    python benchmarks/ocr.py [--text FILE…] [--font FILE] [--pages N] [--engine NAME…]

A4 pages are drawn with the words of the text, and degraded as by scanners and cameras, with a fixed seed. Accuracy is 1
minus the edit distance to the drawn text as a fraction of its characters; runs of whitespace count as one space. Time
is for one thread, child processes included and loading the engine excluded.

    python benchmarks/ocr.py --images DIR [--text FILE…]

measures only the test that runs before the engine: how many of the images in a folder reach the engine, how
many lines of text drawn in many sizes, colours and angles do, and the milliseconds for each.
"""

import argparse
import io
import itertools
import os
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from markdown_tables import print_head, print_row
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from docsight.documents.formats.text.encoding import decode
from docsight.documents.ocr import engines
from docsight.documents.ocr.text_likeness import may_have_text
from docsight.image_decoding import open_image

SEED = 7
A4 = (8.27, 11.69)  # inches
MARGIN, SIZE, LEADING = 1.0, 11 / 72, 1.35  # inches, inches, of the size
COLUMN_GAP = 0.35  # inches
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif")
MIN_SIDE = 64  # pixels: smaller images are never read
SAMPLES = Path(__file__).parent.parent / "samples"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, nargs="+", default=sorted(SAMPLES.glob("*.txt")), help="texts to draw")
    parser.add_argument("--font", help="a TrueType file; Pillow's own font by default")
    parser.add_argument("--pages", type=int, default=3, help="pages per kind")
    parser.add_argument("--engine", nargs="+", default=engines.installed(), help="installed engines to compare")
    parser.add_argument("--images", type=Path, help="a folder of images without text")
    options = parser.parse_args()
    words = " ".join(decode(path.read_bytes())[0] for path in options.text).split()
    if not words or not options.engine:
        parser.error("expected a text and an OCR engine: give --text, or install docsight[ocr]")
    if options.images is not None:
        print_likeness("images", readable_images(options.images))
        print_likeness("lines of text", drawn_lines(words, options.font))
        return
    print_head("page", "engine", "characters", "accuracy, %", "confidence", "CPU s per page", text=2)
    for kind, draw in KINDS.items():
        pages = [draw(words[number * 97 % len(words) :] + words, options.font) for number in range(options.pages)]
        for engine in options.engine:
            print_accuracy(kind, engine, pages)


def print_accuracy(kind: str, engine: str, pages: Sequence[tuple[Image.Image, str]]) -> None:
    """Read pages with one engine, and print the means."""
    engines.recognize(pages[0][0].crop((0, 0, 400, 300)), engine=engine)  # loads the engine
    accuracies, confidences, seconds = [], [], []
    for image, text in pages:
        start = cpu_seconds()
        recognized = engines.recognize(image, engine=engine)
        seconds.append(cpu_seconds() - start)
        accuracies.append(accuracy(recognized.text if recognized else "", text))
        confidences.append(recognized.confidence if recognized else 0.0)
    print_row(
        kind,
        engine,
        f"{sum(len(text) for _, text in pages):,}",
        f"{100 * statistics.fmean(accuracies):.2f}",
        f"{statistics.fmean(confidences):.3f}",
        f"{statistics.fmean(seconds):.1f}",
    )


def print_likeness(kind: str, images: Iterable[Image.Image]) -> None:
    """Print how many images may have text, and the CPU time that the test takes for each."""
    found, milliseconds = [], []
    for image in images:
        start = cpu_seconds()
        found.append(may_have_text(image))
        milliseconds.append(1000 * (cpu_seconds() - start))
    print(
        f"{kind}: {sum(found):,} of {len(found):,} reach the engine; {statistics.fmean(milliseconds):.1f} ms per image"
    )


def readable_images(folder: Path) -> Iterator[Image.Image]:
    """Decode the images in a folder that are large enough for OCR."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in IMAGE_SUFFIXES:
            image = open_image(path)
            if min(image.size) >= MIN_SIDE:
                yield image


def drawn_lines(words: Sequence[str], font: str | None) -> Iterator[Image.Image]:
    """Draw single lines of one to five words, of 10 to 120 pixels, in several colours, straight and askew."""
    variants = itertools.product((10, 12, 16, 24, 48, 120), (1, 2, 5), ((0, 255), (255, 0), (90, 170)), (0, 4))
    long_words = itertools.cycle([word for word in words if len(word) > 4])
    for points, count, (ink, paper), angle in variants:
        text = " ".join(itertools.islice(long_words, count))
        face = ImageFont.truetype(font, points) if font else ImageFont.load_default(points)
        _, _, right, bottom = face.getbbox(text)
        image = Image.new("L", (max(MIN_SIDE, round(right) + 20), max(MIN_SIDE, round(bottom) + 20)), paper)
        ImageDraw.Draw(image).text((10, 10), text, fill=ink, font=face)
        yield image.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=paper, expand=True)


def cpu_seconds() -> float:
    """Return the CPU time of this process and its children."""
    return sum(os.times()[:4])


def accuracy(read: str, true: str) -> float:
    """Return 1 minus the edit distance as a fraction of the length of the true text."""
    read, true = " ".join(read.split()), " ".join(true.split())
    letters = np.frombuffer(read.encode("utf-32-le"), dtype=np.uint32)
    row = np.arange(len(letters) + 1)
    steps = np.arange(len(letters) + 1)
    for number, letter in enumerate(true, start=1):
        changed = np.empty_like(row)
        changed[0] = number
        changed[1:] = np.minimum(row[1:] + 1, row[:-1] + (letters != ord(letter)))
        # Insertions: the cheapest path to each position from any position before it.
        row = np.minimum.accumulate(changed - steps) + steps
    return max(0.0, 1 - float(row[-1]) / max(1, len(true)))


def page(words: Sequence[str], font: str | None, *, dpi: int = 150, columns: int = 1) -> tuple[Image.Image, str]:
    """Fill a page with words; return the page and its text."""
    width, height = (round(side * dpi) for side in A4)
    points = SIZE * dpi
    face = ImageFont.truetype(font, round(points)) if font else ImageFont.load_default(points)
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    column_width = (width - 2 * MARGIN * dpi - (columns - 1) * COLUMN_GAP * dpi) / columns
    lines = fill(itertools.cycle(words), lambda text: draw.textlength(text, font=face) <= column_width)
    drawn = []
    for column in range(columns):
        left, top = MARGIN * dpi + column * (column_width + COLUMN_GAP * dpi), MARGIN * dpi
        while top + points < height - MARGIN * dpi:
            drawn.append(next(lines))
            draw.text((left, top), drawn[-1], fill=20, font=face)
            top += LEADING * points
    return image, " ".join(drawn)


def fill(words: Iterable[str], fits: Callable[[str], bool]) -> Iterator[str]:
    """Break words into lines that fit."""
    line = ""
    for word in words:
        if line and not fits(f"{line} {word}"):
            yield line
            line = ""
        line = f"{line} {word}".strip()


def skew(image: Image.Image, angle: float) -> Image.Image:
    return image.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255, expand=True)


def photograph(image: Image.Image) -> Image.Image:
    """Blur a page, darken its paper unevenly, and add camera noise."""
    numbers = np.random.default_rng(SEED)
    values = np.asarray(image.filter(ImageFilter.GaussianBlur(0.9)), dtype=np.float32)
    shade = np.linspace(0.75, 1, values.shape[1])[None, :]
    return Image.fromarray((values * shade + numbers.normal(0, 18, values.shape)).clip(0, 255).astype(np.uint8))


def compress(image: Image.Image) -> Image.Image:
    """Compress a page as a low-quality JPEG."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=25)
    return Image.open(file).convert("L")


Page = tuple[Image.Image, str]  # and its text


def degraded(degrade: Callable[[Image.Image], Image.Image]) -> Callable[[Sequence[str], str | None], Page]:
    """Return a function that draws a page at 150 dpi and degrades it."""

    def draw(words: Sequence[str], font: str | None) -> Page:
        image, text = page(words, font)
        return degrade(image), text

    return draw


KINDS: dict[str, Callable[[Sequence[str], str | None], Page]] = {
    "clean, 150 dpi": page,
    "clean, 200 dpi": lambda words, font: page(words, font, dpi=200),
    "clean, 100 dpi": lambda words, font: page(words, font, dpi=100),
    "two columns": lambda words, font: page(words, font, columns=2),
    "1.5 degrees askew": degraded(lambda image: skew(image, 1.5)),
    "blurred, grey, noisy": degraded(photograph),
    "JPEG of quality 25": degraded(compress),
}

if __name__ == "__main__":
    main()
