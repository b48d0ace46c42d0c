"""Blocks of text: prose in one or two columns, headings, lists."""

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import chance, digits, pick, sentence, words
from docsight_training.data.drawings.colours import Colour, mixed, theme
from docsight_training.data.drawings.fonts import Font, load
from docsight_training.data.drawings.raster import SCALE, reduced
from docsight_training.data.drawings.typefaces import Typefaces, width_of, write

_BULLETS = ["•", "-", "*", "o", ">"]


class _Page:
    def __init__(self, rng: np.random.Generator, image: Image.Image, font: Font, ink: Colour) -> None:
        self.rng, self.image, self.font, self.ink = rng, image, font, ink
        self.pen = ImageDraw.Draw(image)
        column = image.width * float(rng.uniform(0.85, 1))
        self.size = max(7, int(column / rng.uniform(16, 62)))
        self.face = load(font, self.size)
        self.leading = self.size * float(rng.uniform(1.1, 1.9))
        self.align = pick(rng, ["justified", "justified", "ragged", "ragged", "ragged", "centred"])

    def paragraph(self, text: str, left: float, right: float, y: float, *, first: float = 0.0) -> float:
        """Write words until they or the page end; return the y of the next line. `first` indents the first line."""
        queue = text.split()
        while queue and y < self.image.height:
            room, wide = right - left - first, 0.0
            line: list[str] = []
            space = self.face.getlength(" ")
            while queue and (not line or wide + space + width_of(queue[0], self.face) <= room):
                wide += width_of(queue[0], self.face) + (space if line else 0)
                line.append(queue.pop(0))
            self._line(line, left + first, right, y, wide, is_last=not queue)
            first, y = 0.0, y + self.leading
        return y

    def _line(self, line: list[str], left: float, right: float, y: float, wide: float, *, is_last: bool) -> None:
        if self.align == "justified" and not is_last and len(line) > 1:
            extra = (right - left - wide) / (len(line) - 1) + self.face.getlength(" ")
            for text in line:
                write(self.pen, (left, y), text, self.face, fill=self.ink)
                left += width_of(text, self.face) + extra
        elif self.align == "centred":
            write(self.pen, ((left + right) / 2, y), " ".join(line), self.face, fill=self.ink, anchor="ma")
        else:
            write(self.pen, (left, y), " ".join(line), self.face, fill=self.ink)


def draw_text(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw a block of text, often cropped from a larger page so that lines are cut off at its edges."""
    width = SCALE * int(rng.integers(170, 330))
    height = min(int(width * float(2 ** rng.uniform(-2.2, 0.7))), SCALE * 420)
    ground, ink = theme(rng, dark=0.07)
    image = Image.new("RGB", (width, height), ground)
    page = _Page(rng, image, typefaces.mono(rng) if chance(rng, 0.12) else typefaces.plain(rng), ink)
    columns = int(pick(rng, [1, 1, 1, 2])) if page.size < width / 30 else 1
    gutter, margin = page.size * float(rng.uniform(1, 3)), width * float(rng.uniform(0, 0.1))
    # A cropped block begins left of the image or ends right of it.
    start = -width * float(rng.uniform(0, 0.3)) if chance(rng, 0.25) else margin
    stop = width * float(rng.uniform(1.02, 1.4)) if chance(rng, 0.25) else width - margin
    wide = (stop - start - gutter * (columns - 1)) / columns
    top = -page.leading * float(rng.random()) if chance(rng, 0.4) else height * float(rng.uniform(0.01, 0.12))
    for column in range(columns):
        left = start + column * (wide + gutter)
        _column(page, left, left + wide, top, typefaces)
    return reduced(image)


def _column(page: _Page, left: float, right: float, y: float, typefaces: Typefaces) -> None:
    rng = page.rng
    indent = page.size * float(pick(rng, [0.0, 0.0, 1.5, 2.5]))
    between = page.leading * float(pick(rng, [0.0, 0.3, 0.6, 1.0]))
    bullet = pick(rng, _BULLETS)
    headed, listed = float(rng.choice([0.1, 0.4])), float(rng.choice([0.05, 0.5]))
    end = page.image.height * (float(rng.uniform(0.5, 1)) if chance(rng, 0.2) else 1)
    number = 1
    while y < end:
        if chance(rng, headed):
            y = _heading(page, left, y, typefaces)
        if chance(rng, listed):
            mark = f"{number}." if bullet == "o" else bullet
            number += 1
            step = page.size * 1.8
            write(page.pen, (left + step * 0.3, y), mark, page.face, fill=page.ink)
            y = page.paragraph(sentence(rng, int(rng.integers(4, 22))), left + step, right, y)
        else:
            text = " ".join(sentence(rng, int(rng.integers(5, 20))) for _ in range(int(rng.integers(1, 6))))
            y = page.paragraph(text, left, right, y, first=indent)
        y += between


def _heading(page: _Page, left: float, y: float, typefaces: Typefaces) -> float:
    rng = page.rng
    face = load(typefaces.plain(rng) if chance(rng, 0.4) else page.font, int(page.size * rng.uniform(1, 1.9)))
    text = words(rng, int(rng.integers(1, 5)))
    text = f"{rng.integers(1, 9)}.{digits(rng, 1)} {text}" if chance(rng, 0.3) else text
    colour = mixed(page.ink, (30, 80, 170), float(pick(rng, [0, 0, 0.6])))
    write(page.pen, (left, y), text.upper() if chance(rng, 0.2) else text, face, fill=colour, bold=chance(rng, 0.6))
    return y + face.size * 1.5
