"""Judge how `docsight process` reads scanned pages: characters read rightly, and CPU seconds a page.

    python benchmarks/ocr.py [--text FILE…] [--font FILE] [--pages N] [--engine NAME…]

Pages of A4 are drawn with the words of the text, and spoilt as scanners and cameras do it, by a fixed seed. Accuracy is
one less the edit distance to what was drawn, as a share of its characters; white space counts as one space. Time is
that of one thread, programs that are called included, loading not.
"""

import argparse
import io
import itertools
import os
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from docsight.documents.formats.text.encoding import decode
from docsight.documents.ocr import engines

SEED = 7
A4 = (8.27, 11.69)  # inches
MARGIN, SIZE, LEADING = 1.0, 11 / 72, 1.35  # inches, inches, of the size
COLUMN_GAP = 0.35  # inches
SAMPLES = Path(__file__).parent.parent / "samples"


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, nargs="+", default=sorted(SAMPLES.glob("*.txt")), help="what to draw")
    parser.add_argument("--font", help="a TrueType file; Pillow's own font where none is given")
    parser.add_argument("--pages", type=int, default=3, help="pages of each kind")
    parser.add_argument("--engine", nargs="+", default=engines.installed(), help="of those that are installed")
    options = parser.parse_args()
    words = " ".join(decode(path.read_bytes())[0] for path in options.text).split()
    if not words or not options.engine:
        parser.error("nothing to draw, or nothing to read with: give --text, install docsight[ocr]")
    print("| page | engine | characters | accuracy, % | confidence | CPU s a page |")
    print("|---|---|--:|--:|--:|--:|")
    for kind, draw in KINDS.items():
        pages = [draw(words[number * 97 % len(words) :] + words, options.font) for number in range(options.pages)]
        for engine in options.engine:
            print_row(kind, engine, pages)


def print_row(kind: str, engine: str, pages: Sequence[tuple[Image.Image, str]]) -> None:
    """Read pages with one engine and print how it went."""
    engines.recognize(pages[0][0].crop((0, 0, 400, 300)), engine=engine)  # loads it
    right, sure, seconds = [], [], []
    for image, text in pages:
        start = cpu_seconds()
        found = engines.recognize(image, engine=engine)
        seconds.append(cpu_seconds() - start)
        right.append(accuracy(found.text if found else "", text))
        sure.append(found.confidence if found else 0.0)
    count = sum(len(text) for _, text in pages)
    mean = statistics.fmean
    print(
        f"| {kind} | {engine} | {count:,} | {100 * mean(right):.2f} | {mean(sure):.3f} | {mean(seconds):.1f} |",
        flush=True,
    )


def cpu_seconds() -> float:
    """Give what this process and its children have used."""
    return sum(os.times()[:4])


def accuracy(read: str, true: str) -> float:
    """Give one less the edit distance as a share of the true text."""
    read, true = " ".join(read.split()), " ".join(true.split())
    letters = np.frombuffer(read.encode("utf-32-le"), dtype=np.uint32)
    row = np.arange(len(letters) + 1)
    steps = np.arange(len(letters) + 1)
    for number, letter in enumerate(true, start=1):
        changed = np.empty_like(row)
        changed[0] = number
        changed[1:] = np.minimum(row[1:] + 1, row[:-1] + (letters != ord(letter)))
        # Letters too many: the cheapest way to each place from any before it.
        row = np.minimum.accumulate(changed - steps) + steps
    return max(0.0, 1 - float(row[-1]) / max(1, len(true)))


def page(words: Sequence[str], font: str | None, *, dpi: int = 150, columns: int = 1) -> tuple[Image.Image, str]:
    """Draw a page full of words, in as many columns, and give its text."""
    width, height = (round(side * dpi) for side in A4)
    points = SIZE * dpi
    face = ImageFont.truetype(font, round(points)) if font else ImageFont.load_default(points)
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    room = (width - 2 * MARGIN * dpi - (columns - 1) * COLUMN_GAP * dpi) / columns
    lines = fill(itertools.cycle(words), lambda text: draw.textlength(text, font=face) <= room)
    drawn = []
    for column in range(columns):
        left, top = MARGIN * dpi + column * (room + COLUMN_GAP * dpi), MARGIN * dpi
        while top + points < height - MARGIN * dpi:
            drawn.append(next(lines))
            draw.text((left, top), drawn[-1], fill=20, font=face)
            top += LEADING * points
    return image, " ".join(drawn)


def fill(words: Iterable[str], fits: Callable[[str], bool]) -> Iterator[str]:
    """Break words into lines."""
    line = ""
    for word in words:
        if line and not fits(f"{line} {word}"):
            yield line
            line = ""
        line = f"{line} {word}".strip()


def turned(image: Image.Image, angle: float) -> Image.Image:
    """Lay a page askew."""
    return image.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255, expand=True)


def spoilt(image: Image.Image) -> Image.Image:
    """Blur a page, make its paper grey and uneven, and add the noise of a camera."""
    numbers = np.random.default_rng(SEED)
    values = np.asarray(image.filter(ImageFilter.GaussianBlur(0.9)), dtype=np.float32)
    shade = np.linspace(0.75, 1, values.shape[1])[None, :]
    return Image.fromarray((values * shade + numbers.normal(0, 18, values.shape)).clip(0, 255).astype(np.uint8))


def squeezed(image: Image.Image) -> Image.Image:
    """Store a page as a JPEG of bad quality."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=25)
    return Image.open(file).convert("L")


Drawn = tuple[Image.Image, str]


def changed(change: Callable[[Image.Image], Image.Image]) -> Callable[[Sequence[str], str | None], Drawn]:
    """Make a kind of page that is drawn at 150 dpi and then changed."""

    def draw(words: Sequence[str], font: str | None) -> Drawn:
        image, text = page(words, font)
        return change(image), text

    return draw


KINDS: dict[str, Callable[[Sequence[str], str | None], Drawn]] = {
    "clean, 150 dpi": page,
    "clean, 200 dpi": lambda words, font: page(words, font, dpi=200),
    "clean, 100 dpi": lambda words, font: page(words, font, dpi=100),
    "two columns": lambda words, font: page(words, font, columns=2),
    "1.5 degrees askew": changed(lambda image: turned(image, 1.5)),
    "blurred, grey, noisy": changed(spoilt),
    "JPEG of quality 25": changed(squeezed),
}

if __name__ == "__main__":
    main()
