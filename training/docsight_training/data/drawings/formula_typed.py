"""Formulas in the fonts of word processors or by hand: letters with indices, fractions, roots, and matrices."""

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import chance, pick, word
from docsight_training.data.drawings.fonts import Font, load
from docsight_training.data.drawings.typefaces import Typefaces, width_of

_VARIABLES = [
    "a",
    "b",
    "c",
    "d",
    "f",
    "g",
    "h",
    "k",
    "m",
    "n",
    "p",
    "q",
    "r",
    "s",
    "t",
    "u",
    "v",
    "w",
    "x",
    "y",
    "z",
    "A",
    "B",
    "C",
    "E",
    "F",
    "H",
    "K",
    "L",
    "M",
    "N",
    "P",
    "R",
    "S",
    "T",
    "V",
    "W",
]
_SIGNS = ["=", "=", "+", "-", "+", "<", ">"]
_TYPED_FUNCTIONS = ["sin", "cos", "log", "exp", "max", "min", "f", "g", "P", "E", "Var"]
_SIZE = 44  # font size in pixels


def typed_rows(rng: np.random.Generator, typefaces: Typefaces, count: int) -> list[np.ndarray]:
    """Draw `count` rows of a formula, each uint8 (height, width), light on dark."""
    hand = typefaces.hand(rng) if chance(rng, 0.3) else None
    writer = _Writer(rng, hand or typefaces.plain(rng))
    return [np.asarray(writer.row(matrix=chance(rng, 0.25))) for _ in range(count)]


class _Writer:
    """Sets formulas in one font; each part is an image, mode L, with its baseline in the middle."""

    def __init__(self, rng: np.random.Generator, font: Font) -> None:
        self.rng, self.font = rng, font
        self.thick = int(rng.integers(2, 5))

    def row(self, *, matrix: bool) -> Image.Image:
        parts = [self.term(1), self.text(pick(self.rng, ["=", "=", "<", ">"]))]
        for number in range(int(self.rng.integers(1, 5))):
            if number:
                parts.append(self.text(pick(self.rng, _SIGNS)))
            parts.append(self.matrix() if matrix and number == 0 else self.term(2))
        if chance(self.rng, 0.15):
            parts.append(self.text(f" {pick(self.rng, ['if', 'for', 'where', 'with'])} {word(self.rng)}"))
        return _beside(parts, int(_SIZE * 0.2))

    def text(self, text: str, *, size: int = _SIZE) -> Image.Image:
        face = load(self.font, size)
        mask = Image.new("L", (max(2, width_of(text, face)), int(size * 1.4)))
        ImageDraw.Draw(mask).text((0, size * 0.7), text, fill=255, font=face, anchor="lm")
        return mask

    def term(self, depth: int) -> Image.Image:
        style = self.rng.random() if depth else 0.0
        if style < 0.45:
            return self.indexed()
        if style < 0.75:
            return self.fraction(self.sum(), self.sum() if chance(self.rng, 0.4) else self.indexed())
        if style < 0.85:
            return self.root(self.sum())
        name = pick(self.rng, _TYPED_FUNCTIONS)
        return _beside([self.text(f"{name}("), self.sum(), self.text(")")], 1)

    def sum(self) -> Image.Image:
        return _beside([self.indexed(), self.text(pick(self.rng, "+-")), self.indexed()], int(_SIZE * 0.15))

    def indexed(self) -> Image.Image:
        """Draw a variable or a number with a subscript and a superscript."""
        rng = self.rng
        if chance(rng, 0.2):
            return self.text(str(rng.integers(1, 100)))
        base = self.text(pick(rng, _VARIABLES))
        marks = [pick(rng, ["2", "3", "n", "-1", "k"]) if chance(rng, 0.4) else ""]
        marks.append(pick(rng, ["0", "1", "2", "i", "j", "n", "max"]) if chance(rng, 0.4) else "")
        small = [self.text(mark, size=int(_SIZE * 0.6)) if mark else None for mark in marks]
        wide = max((mark.width for mark in small if mark), default=0)
        whole = Image.new("L", (base.width + wide, base.height + int(_SIZE * 0.7)))
        whole.paste(base, (0, int(_SIZE * 0.35)))
        for mark, y in zip(small, (int(_SIZE * 0.05), int(_SIZE * 0.9)), strict=True):
            if mark:
                whole.paste(mark, (base.width, y), mark)
        return whole

    def fraction(self, above: Image.Image, below: Image.Image) -> Image.Image:
        half = max(above.height, below.height) + self.thick
        whole = Image.new("L", (max(above.width, below.width) + 8, 2 * half + self.thick))
        whole.paste(above, ((whole.width - above.width) // 2, half - above.height))
        whole.paste(below, ((whole.width - below.width) // 2, half + self.thick))
        ImageDraw.Draw(whole).line([(0, half), (whole.width, half)], fill=255, width=self.thick)
        return whole

    def root(self, inner: Image.Image) -> Image.Image:
        side = int(_SIZE * 0.5)
        whole = Image.new("L", (inner.width + side + 4, inner.height + 8))
        whole.paste(inner, (side, 6))
        path = [(0, whole.height * 0.6), (side * 0.3, whole.height * 0.55), (side * 0.6, whole.height - 3), (side, 3)]
        ImageDraw.Draw(whole).line([*path, (whole.width, 3)], fill=255, width=self.thick)
        return whole

    def matrix(self) -> Image.Image:
        """Draw a matrix, a vector or a choice of cases with its brackets."""
        rows, columns = int(self.rng.integers(2, 5)), int(self.rng.integers(1, 5))
        cells = [[self.indexed() for _ in range(columns)] for _ in range(rows)]
        wide = max(cell.width for row in cells for cell in row) + int(_SIZE * 0.5)
        tall = max(cell.height for row in cells for cell in row)
        whole = Image.new("L", (wide * columns + _SIZE, tall * rows + 8))
        for row, column in np.ndindex(rows, columns):
            cell = cells[row][column]
            whole.paste(cell, (_SIZE // 2 + column * wide + (wide - cell.width) // 2, row * tall + 4))
        pen, edge, far = ImageDraw.Draw(whole), whole.height - 3, whole.width - 3
        style, tip = int(self.rng.integers(4)), _SIZE * 0.3
        if style == 0:  # round brackets
            pen.arc([3, 2, 3 + _SIZE, edge], 110, 250, fill=255, width=self.thick)
            pen.arc([far - _SIZE, 2, far, edge], -70, 70, fill=255, width=self.thick)
        elif style == 1:  # a determinant
            pen.line([(4, 2), (4, edge)], fill=255, width=self.thick)
            pen.line([(far, 2), (far, edge)], fill=255, width=self.thick)
        else:
            pen.line([(tip, 2), (3, 2), (3, edge), (tip, edge)], fill=255, width=self.thick)
            if style == 2:
                pen.line([(far - tip, 2), (far, 2), (far, edge), (far - tip, edge)], fill=255, width=self.thick)
        return whole


def _beside(parts: list[Image.Image], gap: int) -> Image.Image:
    """Put parts in a row, with their middles at the same height."""
    tall = max(part.height for part in parts)
    whole = Image.new("L", (sum(part.width + gap for part in parts), tall))
    x = 0
    for part in parts:
        whole.paste(part, (x, (tall - part.height) // 2))
        x += part.width + gap
    return whole
