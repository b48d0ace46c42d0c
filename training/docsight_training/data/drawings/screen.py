"""The theme and the controls of a drawn screen."""

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import amount, caption, chance, digits, pick, sentence, word
from docsight_training.data.drawings.colours import WHITE, Colour, hue, mixed, readable
from docsight_training.data.drawings.fonts import load
from docsight_training.data.drawings.typefaces import Typefaces, fitted, write

_Box = tuple[float, float, float, float]
_DARK_GROUNDS: list[Colour] = [
    (30, 30, 30),
    (40, 42, 54),
    (0, 43, 54),
    (13, 17, 23),
    (38, 50, 56),
    (0, 0, 0),
    (69, 69, 69),
]
_GREY_GROUNDS: list[Colour] = [(240, 240, 240), (220, 218, 213), (236, 233, 216), (192, 192, 192), (245, 245, 248)]
_ACCENT_COLOURS: list[Colour] = [
    (0, 120, 215),
    (53, 132, 228),
    (60, 60, 60),
    (76, 175, 80),
    (233, 84, 32),
    (98, 0, 238),
    (10, 36, 106),
    (74, 144, 217),
]
_BLACK: Colour = (0, 0, 0)


class Screen:
    """An image with one theme for all its controls; boxes are left, top, right and bottom in pixels.

    Args:
        size: The height of the text, in pixels.
    """

    def __init__(self, rng: np.random.Generator, typefaces: Typefaces, image: Image.Image, *, size: int) -> None:
        self.rng, self.image, self.typefaces, self.size = rng, image, typefaces, size
        self.pen = ImageDraw.Draw(image)
        self.dark = chance(rng, 0.25)
        light = pick(rng, _GREY_GROUNDS) if chance(rng, 0.5) else WHITE
        self.ground: Colour = pick(rng, _DARK_GROUNDS) if self.dark else light
        self.ink: Colour = readable(self.ground) if chance(rng, 0.6) else mixed(self.ground, readable(self.ground), 0.8)
        self.panel = mixed(self.ground, (128, 128, 128), float(rng.uniform(0.05, 0.3)))
        self.line = mixed(self.ground, self.ink, float(rng.uniform(0.15, 0.5)))
        self.paper: Colour = mixed(self.ground, _BLACK, 0.3) if self.dark else WHITE  # of fields and lists
        self.accent = pick(rng, _ACCENT_COLOURS) if chance(rng, 0.85) else hue(rng)
        self.on_accent = readable(self.accent)
        self.font = typefaces.interface(rng) if chance(rng, 0.85) else typefaces.plain(rng)
        self.face = load(self.font, size)
        self.round = float(pick(rng, [0, 0, 0.25, 0.5])) * size
        self.relief = pick(rng, ["flat", "flat", "bevel", "gradient"])
        self.tick = pick(rng, ["tick", "tick", "cross", "square", "filled"])

    def text(
        self,
        at: tuple[float, float],
        text: str,
        *,
        fill: Colour | None = None,
        room: float | None = None,
        bold: bool = False,
    ) -> float:
        """Write one line, cut to `room`; return where it ends."""
        while room is not None and text and self.face.getlength(text) > room:
            text = text[: len(text) * 3 // 4]
        write(self.pen, at, text, self.face, fill=fill or self.ink, bold=bold)
        return at[0] + self.face.getlength(text)

    def name(self, *, max_words: int = 3) -> str:
        return caption(self.rng, int(self.rng.integers(1, max_words + 1)))

    def has_room(self, box: _Box) -> bool:
        """Return whether a box is large enough for bars, lists and text."""
        return box[2] - box[0] > self.size * 8 and box[3] - box[1] > self.size * 6

    def raised(self, box: _Box, fill: Colour) -> None:
        """Draw a surface that stands out: flat with a border, with lit edges, or with a gradient."""
        if box[2] - box[0] < 3 or box[3] - box[1] < 3:
            return
        if self.relief == "gradient":
            self.gradient(box, mixed(fill, WHITE, 0.5), mixed(fill, _BLACK, 0.08))
            self.pen.rectangle(box, outline=self.line)
        elif self.relief == "bevel":
            self.pen.rectangle(box, fill=fill)
            self._edges(box, mixed(fill, WHITE, 0.8), mixed(fill, _BLACK, 0.5))
        else:
            self.pen.rounded_rectangle(box, self._radius(box), fill=fill, outline=self.line)

    def sunken(self, box: _Box, fill: Colour | None = None) -> None:
        """Draw a surface to write on, such as that of a field or a list."""
        fill = self.paper if fill is None else fill
        if box[2] - box[0] < 3 or box[3] - box[1] < 3:
            return
        if self.relief == "bevel":
            self.pen.rectangle(box, fill=fill)
            self._edges(box, mixed(self.panel, _BLACK, 0.55), mixed(self.panel, WHITE, 0.8))
        else:
            self.pen.rounded_rectangle(box, self._radius(box), fill=fill, outline=self.line)

    def gradient(self, box: _Box, first: Colour, second: Colour, *, across: bool = False) -> None:
        """Fill a box with a gradient from the top, or `across` from the left."""
        left, top, right, bottom = (round(side) for side in box)
        steps = np.linspace(first, second, 16).astype(np.uint8)
        strip = Image.fromarray(steps[None] if across else steps[:, None])
        size = (max(1, right - left), max(1, bottom - top))
        self.image.paste(strip.resize(size, Image.Resampling.BILINEAR), (left, top))

    def field(self, box: _Box) -> None:
        self.sunken(box)
        if chance(self.rng, 0.75):
            value = pick(self.rng, [word(self.rng), amount(self.rng), self.name(), digits(self.rng, 3)])
            fill = mixed(self.paper, readable(self.paper), float(pick(self.rng, [1, 1, 0.5])))
            self.text((box[0] + 4, box[1] + 2), value, room=box[2] - box[0] - 8, fill=fill)

    def choice(self, box: _Box) -> None:
        """Draw a drop-down list, or a number with arrows up and down."""
        _, top, right, bottom = box
        if chance(self.rng, 0.3):
            self.button(box, self.name(), primary=False)
        else:
            self.field(box)
        x, y, step = right - self.size * 0.7, (top + bottom) / 2, self.size * 0.25
        if chance(self.rng, 0.4):
            self.raised((right - self.size * 1.3, top, right, bottom), self.panel)
        self.triangle((x, y), step)
        if chance(self.rng, 0.3):
            self.triangle((x, y - step * 1.5), -step)

    def triangle(self, middle: tuple[float, float], step: float) -> None:
        """Draw a small arrow head down, or up if `step` is negative."""
        x, y = middle
        self.pen.polygon([(x - step, y - step / 2), (x + step, y - step / 2), (x, y + step)], fill=self.ink)

    def check(self, box: _Box, *, is_round: bool | None = None, text: bool = True) -> None:
        """Draw a check box, or a radio button, with its text."""
        left, top, right, _ = box
        side, on = self.size * 1.05, chance(self.rng, 0.5)
        is_round = chance(self.rng, 0.3) if is_round is None else is_round
        mark: _Box = (left, top, left + side, top + side)
        if is_round:
            self.pen.ellipse(mark, fill=self.paper, outline=self.line, width=max(1, round(side / 12)))
        else:
            self.sunken(mark)
        if on:
            self._mark(mark, is_round=is_round)
        if text:
            fill = self.line if chance(self.rng, 0.08) else None
            self.text((left + side * 1.5, top), self.name(max_words=5), room=right - left - side * 1.5, fill=fill)

    def slider(self, box: _Box) -> None:
        left, top, right, bottom = box
        y, x, half = (top + bottom) / 2, left + (right - left) * float(self.rng.random()), self.size * 0.5
        self.pen.line([(left, y), (right, y)], fill=self.line, width=3)
        self.pen.line([(left, y), (x, y)], fill=self.accent, width=3)
        draw = pick(self.rng, [self.pen.ellipse, self.pen.rectangle])
        draw((x - half, y - half, x + half, y + half), fill=self.panel, outline=self.accent, width=2)

    def progress(self, box: _Box) -> None:
        """Draw how far something has come: a bar, or a field that is filled in part with its name and number."""
        self.sunken(box)
        left, top, right, bottom = box
        end = left + (right - left) * float(self.rng.uniform(0.1, 1))
        fill = pick(self.rng, [self.accent, mixed(self.paper, self.accent, 0.5)])
        self.pen.rectangle((left + 1, top + 1, max(left + 2, end), bottom - 1), fill=fill)
        text = pick(self.rng, ["", f"{digits(self.rng, 2)}%", self.name()])
        self.text((left + self.size * 0.4, top + 2), text, room=right - left, fill=readable(fill))

    def button(self, box: _Box, text: str, *, primary: bool) -> None:
        fill = self.accent if primary and chance(self.rng, 0.4) else self.panel
        self.raised(box, fill)
        face = fitted(text, self.font, self.size, max(4.0, box[2] - box[0] - 4))
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        write(self.pen, middle, text, face, fill=readable(fill), anchor="mm")

    def rows(self, box: _Box, most: int) -> None:
        """Write lines of text in a box."""
        left, top, right, bottom = box
        pitch = self.size * 1.35
        for at in range(most):
            if top + pitch * (at + 1) > bottom:
                return
            fill = self.accent if chance(self.rng, 0.05) else None
            self.text((left, top + pitch * at), sentence(self.rng, 12), room=right - left, fill=fill)

    def scroll_bar(self, box: _Box) -> _Box:
        """Draw a scroll bar at the right of a box; return the rest of the box."""
        left, top, right, bottom = box
        wide = self.size * float(self.rng.uniform(0.5, 1.1))
        if right - left < wide * 4 or bottom - top < wide * 4:
            return box
        self.pen.rectangle((right - wide, top, right, bottom), fill=mixed(self.panel, self.ground, 0.5))
        ends = wide if chance(self.rng, 0.6) else 0
        if ends:
            self.raised((right - wide, top, right, top + wide), self.panel)
            self.raised((right - wide, bottom - wide, right, bottom), self.panel)
            self.triangle((right - wide / 2, top + wide / 2), -wide * 0.25)
            self.triangle((right - wide / 2, bottom - wide / 2), wide * 0.25)
        room = bottom - top - 2 * ends
        start, long = top + ends, room * float(self.rng.uniform(0.15, 0.8))
        start += (room - long) * float(pick(self.rng, [0, 0, 0.3, 1]))
        self.raised((right - wide, start, right, start + long), mixed(self.panel, self.ink, 0.15))
        return left, top, right - wide, bottom

    def _radius(self, box: _Box) -> float:
        """Return the radius of the corners of a control; a small one has square corners."""
        side = min(box[2] - box[0], box[3] - box[1])
        return self.round if side > 2 * self.round + 2 else 0.0

    def _mark(self, box: _Box, *, is_round: bool) -> None:
        """Draw the dot of a radio button, or the tick of a check box."""
        left, top, right, bottom = box
        side = right - left
        inner = (left + side * 0.28, top + side * 0.28, right - side * 0.28, bottom - side * 0.28)
        wide, colour = max(1, round(side * 0.14)), self.ink
        if self.tick == "filled":
            draw = self.pen.ellipse if is_round else self.pen.rectangle
            draw(box, fill=self.accent)
            colour = self.on_accent
        if is_round:
            self.pen.ellipse(inner, fill=colour)
        elif self.tick == "cross":
            self.pen.line([inner[:2], inner[2:]], fill=colour, width=wide)
            self.pen.line([(inner[0], inner[3]), (inner[2], inner[1])], fill=colour, width=wide)
        elif self.tick == "square":
            self.pen.rectangle(inner, fill=colour)
        else:
            points = [(left + side * 0.2, top + side * 0.5), (left + side * 0.45, top + side * 0.75)]
            self.pen.line([*points, (left + side * 0.85, top + side * 0.2)], fill=colour, width=wide)

    def _edges(self, box: _Box, lit: Colour, shaded: Colour) -> None:
        left, top, right, bottom = box
        wide = max(1, round(self.size / 9))
        self.pen.line([(left, bottom), (left, top), (right, top)], fill=lit, width=wide)
        self.pen.line([(left, bottom), (right, bottom), (right, top)], fill=shaded, width=wide)
