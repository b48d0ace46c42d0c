"""The canvas of a diagram: its style, and the parts that diagrams are made of."""

import math

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import chance, pick, words
from docsight_training.data.drawings.colours import Colour, mixed, palette, readable, theme
from docsight_training.data.drawings.fonts import load
from docsight_training.data.drawings.raster import SCALE, Point, box_around
from docsight_training.data.drawings.typefaces import Typefaces, fitted, write


class DiagramCanvas:
    """An image with one random style for all parts; `aspect` is the usual height as a fraction of the width."""

    def __init__(self, rng: np.random.Generator, typefaces: Typefaces, *, aspect: float) -> None:
        self.rng = rng
        self.width = SCALE * int(rng.integers(165, 300))
        self.height = min(SCALE * 400, int(self.width * aspect * float(rng.uniform(0.75, 1.3))))
        self.ground, self.ink = theme(rng, dark=0.08, tinted=0.2)
        self.image = Image.new("RGB", (self.width, self.height), self.ground)
        self.pen = ImageDraw.Draw(self.image)
        self.font = typefaces.usual(rng) if chance(rng, 0.6) else typefaces.plain(rng)
        self.size = max(9, int(self.width / rng.uniform(20, 45)))
        self.face = load(self.font, self.size)
        self.colours = palette(rng, 6)
        if chance(rng, 0.5):
            self.colours = [mixed(colour, (255, 255, 255), 0.55) for colour in self.colours]
        if chance(rng, 0.15):
            self.colours = [self.ground] * 6
        outlined = chance(rng, 0.7) or self.colours[0] == self.ground
        self.outline: Colour | None = self.ink if outlined else None
        self.thick = int(rng.integers(1, 5))
        self.shape = pick(rng, ["box", "box", "round", "round", "ellipse", "mixed", "text"])
        self.wire = self.ink if chance(rng, 0.6) else pick(rng, palette(rng, 4))

    def colour(self) -> Colour:
        return pick(self.rng, self.colours)

    def node(self, middle: Point, half: Point, text: str, *, colour: Colour | None = None) -> None:
        """Draw a box, an ellipse or a lozenge with text in one to three lines."""
        fill = self.colour() if colour is None else colour
        shape = pick(self.rng, ["box", "round", "ellipse", "lozenge"]) if self.shape == "mixed" else self.shape
        box = box_around(middle, *half)
        if shape == "box":
            self.pen.rectangle(box, fill=fill, outline=self.outline, width=self.thick)
        elif shape == "round":
            self.pen.rounded_rectangle(box, min(half) * 0.6, fill=fill, outline=self.outline, width=self.thick)
        elif shape == "ellipse":
            self.pen.ellipse(box, fill=fill, outline=self.outline, width=self.thick)
        elif shape == "lozenge":
            corners = [(box[0], middle[1]), (middle[0], box[1]), (box[2], middle[1]), (middle[0], box[3])]
            self.pen.polygon(corners, fill=fill, outline=self.outline)
        ink, rows = self.ink if shape == "text" else readable(fill), int(half[1] * 1.6 / self.size)
        self.text(middle, text, half[0] * 1.7, fill=ink, rows=rows)

    def text(self, middle: Point, text: str, room: float, *, fill: Colour | None = None, rows: int = 3) -> None:
        """Write each word on its own line, centred, as many words as fit."""
        parts = text.split()[: max(1, min(3, rows))]
        face = fitted(max(parts, key=len), self.font, self.size, room)
        y = middle[1] - face.size * 1.1 * (len(parts) - 1) / 2
        for part in parts:
            write(self.pen, (middle[0], y), part, face, fill=fill or self.ink, anchor="mm")
            y += face.size * 1.1

    def arrow(self, start: Point, stop: Point, *, head: bool = True, elbow: bool = False) -> None:
        places = [start, stop]
        if elbow:
            half = (start[1] + stop[1]) / 2
            places = [start, (start[0], half), (stop[0], half), stop]
        self.pen.line(places, fill=self.wire, width=self.thick)
        if head:
            self.head(places[-2], stop)

    def head(self, start: Point, stop: Point) -> None:
        length = math.dist(start, stop)
        if length < 1:
            return
        x, y = (stop[0] - start[0]) / length, (stop[1] - start[1]) / length
        long, wide = self.size * 0.6 + self.thick, self.size * 0.3 + self.thick
        back = (stop[0] - x * long, stop[1] - y * long)
        left, right = (back[0] - y * wide, back[1] + x * wide), (back[0] + y * wide, back[1] - x * wide)
        self.pen.polygon([stop, left, right], fill=self.wire)

    def fat_arrow(self, start: Point, length: float) -> None:
        """Draw a block arrow to the right."""
        (x, y), half = start, self.size * float(self.rng.uniform(0.3, 0.7))
        neck = x + length * 0.6
        upper = [(x, y - half), (neck, y - half), (neck, y - 2 * half), (x + length, y)]
        lower = [(px, 2 * y - py) for px, py in upper[-2::-1]]
        self.pen.polygon([*upper, *lower], fill=self.colour(), outline=self.outline)

    def blob(self, middle: Point, half: Point, colour: Colour, *, rough: float = 0.15) -> list[Point]:
        """Draw a smooth closed shape like a cell, at times shaded; return the points of its outline."""
        turns = np.linspace(0, 2 * math.pi, 48, endpoint=False)
        radius = np.ones(48)
        for wave in range(2, 6):
            radius += rough / wave * 2 * float(self.rng.normal()) * np.cos(wave * turns + float(self.rng.uniform(0, 6)))
        xs, ys = middle[0] + half[0] * radius * np.cos(turns), middle[1] + half[1] * radius * np.sin(turns)
        outline = list(zip(xs.tolist(), ys.tolist(), strict=True))
        self.pen.polygon(outline, fill=colour, outline=self.outline, width=self.thick)
        if chance(self.rng, 0.4):
            for scale in (0.8, 0.6, 0.4):
                inner = [(middle[0] + (x - middle[0]) * scale, middle[1] + (y - middle[1]) * scale) for x, y in outline]
                self.pen.polygon(inner, fill=mixed(colour, (255, 255, 255), (1 - scale) * 0.5))
        return outline

    def leader(self, place: Point, *, right: bool, y: float, edge: float) -> None:
        """Label a point: a line to a name on the left or the right."""
        name = self.name(max_words=2)
        self.pen.line([place, (edge, y)], fill=self.ink, width=max(1, self.thick // 2))
        room = (self.width - edge if right else edge) - self.size * 0.5
        face = fitted(name, self.font, self.size, room)
        gap = self.size * 0.2 * (1 if right else -1)
        write(self.pen, (edge + gap, y), name, face, fill=self.ink, anchor="lm" if right else "rm")

    def caption(self) -> None:
        if chance(self.rng, 0.2):
            text = words(self.rng, int(self.rng.integers(1, 4)))
            write(self.pen, (self.width / 2, self.size * 0.3), text, self.face, fill=self.ink, anchor="ma", bold=True)

    def name(self, *, max_words: int = 3) -> str:
        return words(self.rng, int(self.rng.integers(1, max_words + 1)), max_syllables=2)
