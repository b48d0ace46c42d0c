"""The canvas of a chart: the plot area, and the title, labels, legend and axes around it."""

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.colours import Colour, mixed, palette, theme
from docsight_training.data.drawings.fonts import load
from docsight_training.data.drawings.raster import SCALE, Point
from docsight_training.data.drawings.typefaces import Typefaces, fitted, width_of, write

_LIBRARY_COLOURS: list[list[Colour]] = [  # the first colours of plotting libraries
    [(31, 119, 180), (255, 127, 14), (44, 160, 44), (214, 39, 40), (148, 103, 189)],
    [(0, 0, 255), (0, 128, 0), (255, 0, 0), (0, 191, 191), (191, 0, 191)],
    [(248, 118, 109), (0, 186, 56), (97, 156, 255), (199, 124, 255), (124, 174, 0)],
    [(0, 0, 0), (255, 0, 0), (0, 0, 255), (0, 150, 0), (150, 150, 150)],
    [(148, 0, 211), (0, 158, 115), (86, 180, 233), (230, 159, 0), (0, 114, 178)],
]


class ChartCanvas:
    """An image with a plot area, which shrinks as title, labels and legend are added; `colours` has one per series."""

    def __init__(self, rng: np.random.Generator, typefaces: Typefaces) -> None:
        self.rng = rng
        width = SCALE * int(rng.integers(165, 300))
        height = int(width * float(rng.uniform(0.5, 1.05) if chance(rng, 0.85) else rng.uniform(1.0, 1.5)))
        self.ground, self.ink = theme(rng, dark=0.12, tinted=0.2)
        self.image = Image.new("RGB", (width, height), self.ground)
        self.pen = ImageDraw.Draw(self.image)
        self.font = typefaces.usual(rng) if chance(rng, 0.6) else typefaces.plain(rng)
        count = int(rng.integers(1, 6))
        self.colours = pick(rng, _LIBRARY_COLOURS)[:count] if chance(rng, 0.3) else palette(rng, count)
        self.size = max(9, int(max(width, height) / rng.uniform(18, 40)))
        self.face = load(self.font, self.size)
        pad = self.size * float(rng.uniform(0.2, 1.2))
        self.left, self.top, self.right, self.bottom = pad, pad, width - pad, height - pad
        self.thick = int(rng.integers(1, 4))

    @property
    def frame(self) -> list[float]:
        return [self.left, self.top, self.right, self.bottom]

    def at(self, x: float, y: float) -> Point:
        """Convert fractions of the plot area, from the left and from the bottom, to pixels."""
        return self.left + x * (self.right - self.left), self.bottom - y * (self.bottom - self.top)

    def path(self, xs: np.ndarray, ys: np.ndarray) -> list[Point]:
        return [self.at(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]

    def colour(self, number: int) -> Colour:
        return self.colours[number % len(self.colours)]

    def write(self, at: Point, text: str, *, anchor: str = "la") -> None:
        write(self.pen, at, text, self.face, fill=self.ink, anchor=anchor)

    def line(self, start: Point, stop: Point, *, width: int) -> None:
        """Draw a line in the ink between two points, given as fractions of the plot area."""
        self.pen.line([self.at(*start), self.at(*stop)], fill=self.ink, width=width)

    def title(self, text: str) -> None:
        face = fitted(text, self.font, int(self.size * self.rng.uniform(1, 1.7)), self.image.width * 0.95)
        x, anchor = (self.image.width / 2, "ma") if chance(self.rng, 0.7) else (self.left, "la")
        write(self.pen, (x, self.top), text, face, fill=self.ink, anchor=anchor, bold=True)
        self.top += face.size * 1.5

    def axis_labels(self, across: str, up: str) -> None:
        """Write the names of the axes, that of the y axis rotated."""
        bold = chance(self.rng, 0.4)
        middle = (self.left + self.right) / 2
        write(self.pen, (middle, self.bottom), across, self.face, fill=self.ink, anchor="md", bold=bold)
        self.bottom -= self.size * 1.4
        long = min(width_of(up, self.face) + 2, int(self.bottom - self.top))
        mask = Image.new("L", (max(1, long), int(self.size * 1.3)))
        write(ImageDraw.Draw(mask), (0, 0), up, self.face, fill=255, bold=bold)
        turned = mask.transpose(Image.Transpose.ROTATE_90)
        self.image.paste(self.ink, (int(self.left), int((self.top + self.bottom - turned.height) / 2)), turned)
        self.left += self.size * 1.5

    def legend(self, names: list[str]) -> None:
        """Explain the colours, to the right of the plot area, below it or inside it."""
        place, side = pick(self.rng, ["right", "below", "within"]), self.size * 0.8
        if place == "below":
            x, y = self.left, self.bottom - self.size
            step = ((self.right - self.left) / len(names), 0.0)
            self.bottom -= self.size * 1.8
        else:
            x = self.right - max(width_of(name, self.face) for name in names) - side * 1.6
            if x < self.image.width * 0.4:
                return
            y = self.top + self.size * (0.5 if place == "within" else float(self.rng.uniform(0, 4)))
            step = (0.0, self.size * 1.4)
            if place == "right":
                self.right = x - self.size * 0.7
        for name, colour in zip(names, self.colours, strict=True):
            self.pen.rectangle([x, y, x + side, y + side], fill=colour)
            self.write((x + side * 1.4, y - side * 0.1), name)
            x, y = x + step[0], y + step[1]

    def reserve_tick_labels(self) -> None:
        self.left += self.size * 2.2
        self.bottom -= self.size * 1.5
        self.right -= self.size * 0.6

    def ticks(self, labels: list[str], *, along_x: bool, grid: bool, labelled: bool) -> None:
        """Draw equally spaced ticks, with labels and grid lines if wanted."""
        faint = mixed(self.ground, self.ink, float(self.rng.uniform(0.1, 0.3)))
        step = (self.right - self.left) / len(labels)
        room = max(step * 0.95, self.size * 1.5) if along_x else self.size * 2.4
        face = fitted(max(labels, key=len), self.font, self.size, room)
        for number, label in enumerate(labels):
            fraction = number / max(1, len(labels) - 1)
            if not label[:1].isdigit():  # a category, centred in its own part of the axis
                fraction = 0.5 / len(labels) + fraction * (1 - 1 / len(labels))
            x, y = self.at(fraction if along_x else 0, 0 if along_x else fraction)
            end = (x, self.top) if along_x else (self.right, y)
            if grid:
                self.pen.line([(x, y), end], fill=faint, width=1)
            mark = (x, y + self.size * 0.3) if along_x else (x - self.size * 0.3, y)
            self.pen.line([(x, y), mark], fill=self.ink, width=1)
            if labelled:
                place = (x, y + self.size * 0.4) if along_x else (x - self.size * 0.45, y)
                write(self.pen, place, label, face, fill=self.ink, anchor="ma" if along_x else "rm")

    def spines(self) -> None:
        """Draw a frame, or two axes with or without arrow heads, or nothing."""
        style = self.rng.random()
        if style < 0.3:
            self.pen.rectangle(self.frame, outline=self.ink, width=self.thick)
        elif style < 0.9:
            corner = [(self.left, self.top), (self.left, self.bottom), (self.right, self.bottom)]
            self.pen.line(corner, fill=self.ink, width=self.thick)
            if chance(self.rng, 0.2):
                head = self.size * 0.4
                x, y = self.left, self.top
                self.pen.polygon([(x + head, y), (x, y - head * 2), (x - head, y)], fill=self.ink)
                x, y = self.right, self.bottom
                self.pen.polygon([(x, y + head), (x + head * 2, y), (x, y - head)], fill=self.ink)
