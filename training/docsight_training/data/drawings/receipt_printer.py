"""A receipt printer: prints lines, rules, barcodes and emblems from top to bottom."""

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.fonts import Font, load
from docsight_training.data.drawings.raster import box_around
from docsight_training.data.drawings.typefaces import fitted, width_of, write


class ReceiptPrinter:
    """A strip of paper of a size in pixels, and the position of its next line; `columns` letters fit into a line."""

    def __init__(self, rng: np.random.Generator, size: tuple[int, int], font: Font, columns: int) -> None:
        self.rng = rng
        self.ink = Image.new("L", size)  # 0 for blank paper, 255 for full black
        self.pen = ImageDraw.Draw(self.ink)
        self.pen.fontmode = "1" if chance(rng, 0.35) else "L"
        self.font = font
        margin = float(rng.uniform(0.01, 0.1))
        self.left = size[0] * margin
        self.right = size[0] * (1 - margin * float(rng.uniform(0.5, 1.2)))
        self.wide, self.middle = self.right - self.left, (self.left + self.right) / 2
        letter = load(font, 40).getlength("Total 0123 Aenrst Cash") / 22
        self.size = max(6, int(40 * self.wide / (columns * letter)))
        self.leading = self.size * float(rng.uniform(1.0, 1.5))
        self.y = size[1] * float(rng.uniform(0.005, 0.08))

    def gap(self, lines: float = 0.6) -> None:
        self.y += self.leading * lines

    def line(
        self, text: str, *, align: str = "l", bold: bool = False, scale: float = 1.0, font: Font | None = None
    ) -> None:
        """Print a line, aligned left (l), in the middle (m) or right (r)."""
        face = fitted(text, font or self.font, round(self.size * scale), self.wide)
        x = {"l": self.left, "m": self.middle, "r": self.right}[align]
        write(self.pen, (x, self.y), text, face, fill=255, anchor=f"{align}a", bold=bold)
        self.y += self.leading * max(1.0, face.size / self.size)

    def stretched(self, text: str, *, across: int, down: int) -> None:
        """Print a centred line in letters enlarged by whole factors across and down, as receipt printers do."""
        face = load(self.font, self.size)
        across = max(1, min(across, int(self.wide / width_of(text, face))))
        small = Image.new("L", (width_of(text, face), round(self.size * 1.25)))
        write(ImageDraw.Draw(small), (0, 0), text, face, fill=255)
        big = small.resize((small.width * across, small.height * down), Image.Resampling.NEAREST)
        self.ink.paste(255, (round(self.middle - big.width / 2), round(self.y)), big)
        self.y += self.leading * down

    def row(self, left: str, right: str, *, bold: bool = False, scale: float = 1.0, indent: float = 0.0) -> None:
        """Print a line with text at the left and an amount at the right."""
        face = load(self.font, round(self.size * scale))
        x = self.left + self.wide * indent
        room = self.right - width_of(right, face) - self.size - x
        while len(left) > 4 and width_of(left, face) > room:
            left = left[: int(len(left) * 0.8)]
        write(self.pen, (x, self.y), left, face, fill=255, bold=bold)
        write(self.pen, (self.right, self.y), right, face, fill=255, anchor="ra", bold=bold)
        self.y += self.leading * scale

    def cells(self, texts: list[str], ends: list[float], *, bold: bool = False) -> None:
        """Print a line of cells: the first is left-aligned, the others end at fractions of the width."""
        face = load(self.font, self.size)
        for text, end in zip(texts, ends, strict=True):
            x, anchor = (self.left, "la") if end == 0 else (self.left + self.wide * end, "ra")
            write(self.pen, (x, self.y), text, face, fill=255, anchor=anchor, bold=bold)
        self.y += self.leading

    def rule(self, mark: str) -> None:
        """Print a rule: a repeated mark such as "-", one (|) or two (‖) drawn lines, or a gap (an empty mark)."""
        middle = self.y + self.leading / 2
        if mark in ("|", "‖"):
            for y in [middle, middle + 3] if mark == "‖" else [middle]:
                self.pen.line([self.left, y, self.right, y], fill=255, width=int(self.rng.integers(1, 3)))
            self.y += self.leading * 0.9
        elif mark:
            face = load(self.font, self.size)
            self.line(mark * max(1, int(self.wide / max(1.0, face.getlength(mark * 10) / 10))), align="m")
        else:
            self.gap()

    def banner(self, text: str) -> None:
        self.pen.rectangle([self.left, self.y, self.right, self.y + self.leading * 1.1], fill=255)
        face = fitted(text, self.font, self.size, self.wide)
        write(self.pen, (self.middle, self.y + self.leading * 0.1), text, face, fill=0, anchor="ma")
        self.y += self.leading * 1.3

    def box(self, top: float) -> None:
        self.pen.rectangle([self.left - 2, top, self.right + 1, self.y + 1], outline=255, width=1)
        self.gap(0.4)

    def bars(self) -> None:
        rng, wide = self.rng, self.wide * float(self.rng.uniform(0.4, 0.95))
        unit = max(1, round(wide / 95))
        x = round(self.middle - wide / 2)
        end, bottom = x + wide, self.y + self.leading * float(rng.uniform(1.5, 4))
        while x < end:
            bar = unit * int(rng.integers(1, 4))
            self.pen.rectangle([x, self.y, x + bar - 1, bottom], fill=255)
            x += bar + unit * int(rng.integers(1, 4))
        self.y = bottom + 2

    def squares(self) -> None:
        """Print a code that looks like a QR code."""
        count = int(self.rng.integers(21, 34))
        code = self.rng.random((count, count)) < 0.5
        for top, left in ((0, 0), (0, count - 7), (count - 7, 0)):
            code[top : top + 7, left : left + 7] = True
            code[top + 1 : top + 6, left + 1 : left + 6] = False
            code[top + 2 : top + 5, left + 2 : left + 5] = True
        side = round(self.wide * float(self.rng.uniform(0.25, 0.5)))
        mask = Image.fromarray(code.astype(np.uint8) * 255).resize((side, side), Image.Resampling.NEAREST)
        self.ink.paste(mask, (round(self.middle - side / 2), round(self.y)))
        self.y += side + self.leading / 2

    def emblem(self) -> None:
        """Print random shapes as the emblem of a shop."""
        rng = self.rng
        half = self.size * float(rng.uniform(1.5, 4))
        broad = min(self.wide / 2, half * float(rng.uniform(0.8, 2.5)))
        left, top, right, bottom = box = box_around((self.middle, self.y + half), broad, half)
        shape = pick(rng, [self.pen.ellipse, self.pen.rectangle])
        if chance(rng, 0.6):
            shape(box, fill=255)
            shape(box_around((self.middle, self.y + half), broad * 0.6, half * 0.5), fill=0)
        else:
            shape(box, outline=255, width=int(rng.integers(1, 5)))
        for _ in range(int(rng.integers(1, 5))):
            corners = rng.uniform([left, top], [right, bottom], (int(rng.integers(3, 6)), 2))
            self.pen.polygon([tuple(corner) for corner in corners], fill=int(pick(rng, [0, 255])))
        self.y += 2 * half + self.leading / 2
