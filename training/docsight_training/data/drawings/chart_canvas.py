"""The canvas of a chart: the plot area, and the title, labels, legend and axes around it."""

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.colours import Colour, mixed
from docsight_training.data.drawings.fonts import Font, load
from docsight_training.data.drawings.typefaces import fitted, width_of, write


class ChartCanvas:
    """An image with a plot area, which shrinks as title, labels and legend are added; `colours` has one per series."""

    def __init__(
        self,
        rng: np.random.Generator,
        image: Image.Image,
        font: Font,
        *,
        ground: Colour,
        ink: Colour,
        colours: list[Colour],
    ) -> None:
        self.rng, self.image, self.font = rng, image, font
        self.ground, self.ink, self.colours = ground, ink, colours
        self.pen = ImageDraw.Draw(image)
        self.size = max(9, int(max(image.size) / rng.uniform(18, 40)))
        self.face = load(font, self.size)
        pad = self.size * float(rng.uniform(0.2, 1.2))
        self.left, self.top, self.right, self.bottom = pad, pad, image.width - pad, image.height - pad
        self.thick = int(rng.integers(1, 4))

    @property
    def frame(self) -> list[float]:
        """The plot area: left, top, right, bottom."""
        return [self.left, self.top, self.right, self.bottom]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Convert fractions of the plot area, from the left and from the bottom, to pixels."""
        return self.left + x * (self.right - self.left), self.bottom - y * (self.bottom - self.top)

    def title(self, text: str) -> None:
        """Write a title above the plot area."""
        face = fitted(text, self.font, int(self.size * self.rng.uniform(1, 1.7)), self.image.width * 0.95)
        middle = chance(self.rng, 0.7)
        x = self.image.width / 2 if middle else self.left
        write(self.pen, (x, self.top), text, face, fill=self.ink, anchor="ma" if middle else "la", bold=True)
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
        place = pick(self.rng, ["right", "below", "within"])
        widest = max(width_of(name, self.face) for name in names)
        side = self.size * 0.8
        if place == "below":
            x, step = self.left, (self.right - self.left) / len(names)
            for name, colour in zip(names, self.colours, strict=True):
                self._key(x, self.bottom - self.size, side, colour, name)
                x += step
            self.bottom -= self.size * 1.8
            return
        x = self.right - widest - side * 1.6
        if x < self.image.width * 0.4:
            return
        y = self.top + self.size * (0.5 if place == "within" else float(self.rng.uniform(0, 4)))
        for name, colour in zip(names, self.colours, strict=True):
            self._key(x, y, side, colour, name)
            y += self.size * 1.4
        if place == "right":
            self.right = x - self.size * 0.7

    def reserve_tick_labels(self) -> None:
        """Shrink the plot area to make room for tick labels."""
        self.left += self.size * 2.2
        self.bottom -= self.size * 1.5
        self.right -= self.size * 0.6

    def ticks(self, labels: list[str], *, along_x: bool, grid: bool, labelled: bool) -> None:
        """Draw equally spaced ticks, with labels and grid lines if wanted."""
        faint = mixed(self.ground, self.ink, float(self.rng.uniform(0.1, 0.3)))
        face = fitted(max(labels, key=len), self.font, self.size, self.size * 2.4) if not along_x else self.face
        if along_x:
            room = (self.right - self.left) / len(labels)
            face = fitted(max(labels, key=len), self.font, self.size, max(room * 0.95, self.size * 1.5))
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
                for x, y, dx, dy in ((self.left, self.top, 0, -1), (self.right, self.bottom, 1, 0)):
                    wings = [
                        (x - dy * head, y + dx * head),
                        (x + dx * head * 2, y + dy * head * 2),
                        (x + dy * head, y - dx * head),
                    ]
                    self.pen.polygon(wings, fill=self.ink)

    def _key(self, x: float, y: float, side: float, colour: Colour, name: str) -> None:
        self.pen.rectangle([x, y, x + side, y + side], fill=colour)
        write(self.pen, (x + side * 1.4, y - side * 0.1), name, self.face, fill=self.ink)
