"""The theme and the widgets of a drawn screen."""

import numpy as np
from PIL import Image, ImageDraw

from docsight_training.data.drawings.choices import amount, chance, pick, sentence, word, words
from docsight_training.data.drawings.colours import WHITE, Colour, hue, mixed, palette, readable
from docsight_training.data.drawings.fonts import load
from docsight_training.data.drawings.raster import fractal, to_image
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
_GREY_GROUNDS: list[Colour] = [(240, 240, 240), (220, 218, 213), (236, 233, 216), (214, 214, 214), (245, 245, 248)]
_ACCENT_COLOURS: list[Colour] = [
    (0, 120, 215),
    (53, 132, 228),
    (60, 60, 60),
    (76, 175, 80),
    (233, 84, 32),
    (98, 0, 238),
]


class Screen:
    """An image with one theme for all its widgets; boxes are left, top, right and bottom in pixels.

    Args:
        min_size: The smallest height of the text, in pixels.
    """

    def __init__(
        self, rng: np.random.Generator, typefaces: Typefaces, image: Image.Image, *, min_size: int = 5
    ) -> None:
        self.rng, self.image, self.typefaces = rng, image, typefaces
        self.pen = ImageDraw.Draw(image)
        self.dark = chance(rng, 0.25)
        light = pick(rng, _GREY_GROUNDS) if chance(rng, 0.5) else WHITE
        self.ground: Colour = pick(rng, _DARK_GROUNDS) if self.dark else light
        self.ink: Colour = readable(self.ground) if chance(rng, 0.6) else mixed(self.ground, readable(self.ground), 0.8)
        self.panel = mixed(self.ground, (128, 128, 128), float(rng.uniform(0.08, 0.3)))
        self.line = mixed(self.ground, self.ink, float(rng.uniform(0.15, 0.4)))
        self.accent = pick(rng, _ACCENT_COLOURS) if chance(rng, 0.85) else hue(rng)
        self.on_accent = readable(self.accent)
        # Large windows are shown with tiny text, and small dialogs with large text.
        self.size = max(
            min_size, int(image.width / 22 / 5 ** rng.random() * min(1.0, 1.3 * image.height / image.width))
        )
        self.font = typefaces.plain(rng)
        self.face = load(self.font, self.size)
        self.round = float(pick(rng, [0, 0, 3, 6]))

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

    def desktop(self, box: _Box) -> None:
        """Fill the background: one colour, or clouds of two."""
        width, height = self.image.size
        first, second = palette(self.rng, 2)
        if chance(self.rng, 0.5):
            self.pen.rectangle(box, fill=first)
            return
        hills = 0.5 + 0.5 * fractal(self.rng, (width, height), 2, octaves=3)[..., None]
        pixels = np.array(first, np.float32) * hills + np.array(second, np.float32) * (1 - hills)
        self.image.paste(to_image(pixels), (0, 0))

    def window(self, box: _Box, title: str) -> _Box:
        """Draw a frame with a title bar and its buttons; return the box inside."""
        rng, (left, top, right, bottom) = self.rng, box
        bar = self.size * float(rng.uniform(1.5, 2.2))
        colour = pick(rng, [self.panel, self.panel, self.accent, mixed(self.ground, self.ink, 0.85)])
        self.pen.rectangle(box, fill=self.ground, outline=self.line)
        self.pen.rectangle((left, top, right, top + bar), fill=colour)
        radius, on_right = self.size * 0.35, chance(rng, 0.6)
        lights = pick(rng, [[(255, 95, 86), (255, 189, 46), (39, 201, 63)], [readable(colour)] * 3])
        for at, light in enumerate(lights):
            x = right - radius * 3 * (at + 1) if on_right else left + radius * 3 * (at + 1)
            y = top + bar / 2
            if lights[0] == lights[1]:
                self.pen.line([(x - radius, y - radius), (x + radius, y + radius * (at != 1))], fill=light, width=2)
                self.pen.line([(x - radius, y + radius), (x + radius, y - radius * (at != 1))], fill=light, width=2)
            else:
                self.pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=light)
        place = (left + right) / 2 - self.face.getlength(title) / 2 if chance(rng, 0.6) else left + self.size * 4
        self.text((place, top + bar * 0.2), title, fill=readable(colour), bold=chance(rng, 0.4))
        return left + 1, min(top + bar, bottom - 2), right - 1, bottom - 1

    def menu_bar(self, box: _Box) -> _Box:
        """Draw the names of menus in a row; return the box below."""
        left, top, right, bottom = box
        end = min(top + self.size * 1.6, bottom)
        self.pen.rectangle((left, top, right, end), fill=self.panel)
        x = left + self.size * 0.6
        names = (
            ["File", "Edit", "View", "Tools", "Help"]
            if chance(self.rng, 0.5)
            else [words(self.rng, 1) for _ in range(5)]
        )
        for name in names:
            if x < right - self.size * 3:
                x = self.text((x, top + self.size * 0.2), name, room=right - x) + self.size
        return left, end, right, bottom

    def tool_bar(self, box: _Box) -> float:
        """Draw icons in a row, at times with a field; return the y below."""
        left, top, right, _ = box
        side = self.size * float(self.rng.uniform(1.2, 2.2))
        self.pen.rectangle((left, top, right, top + side * 1.4), fill=self.panel, outline=self.line)
        x, end = left + side * 0.4, right - side * 1.4
        end = left + (end - left) * float(self.rng.uniform(0.3, 1))
        while x < end:
            self.icon((x, top + side * 0.2, x + side, top + side * 1.2))
            x += side * float(pick(self.rng, [1.3, 1.3, 2]))
        if right - x > side * 4 and chance(self.rng, 0.5):
            self.field((x, top + side * 0.2, right - side * 0.5, top + side * 1.2))
        return top + side * 1.4

    def icon(self, box: _Box, *, colour: Colour | None = None) -> None:
        """Draw a simple shape in a colour; by default in any hue or in the ink."""
        draw = pick(self.rng, [self.pen.rectangle, self.pen.ellipse])
        left, top, right, bottom = box
        pad = (right - left) * float(self.rng.uniform(0.05, 0.25))
        colour = colour or (hue(self.rng) if chance(self.rng, 0.6) else self.ink)
        if chance(self.rng, 0.7):
            draw((left + pad, top + pad, right - pad, bottom - pad), fill=colour)
        else:
            draw((left + pad, top + pad, right - pad, bottom - pad), outline=colour, width=2)
        if chance(self.rng, 0.5):
            middle = ((left + right) / 2, (top + bottom) / 2)
            self.pen.line([(left + pad, bottom - pad), middle, (right - pad, top + pad)], fill=self.panel, width=2)

    def icons(self, box: _Box) -> None:
        """Draw a grid of icons with names."""
        left, top, right, bottom = box
        side = self.size * float(self.rng.uniform(2, 4))
        named = chance(self.rng, 0.7)
        for y in np.arange(top + 6, bottom - side * 1.6, side * 1.8).tolist():
            for x in np.arange(left + 6, right - side * 1.2, side * 1.9).tolist():
                if chance(self.rng, 0.85):
                    self.icon((x, y, x + side, y + side))
                    if named:
                        self.text((x, y + side), word(self.rng), room=side * 1.5)

    def list_items(self, box: _Box) -> None:
        left, top, right, bottom = box
        pitch = self.size * float(self.rng.uniform(1.4, 2.2))
        chosen = int(self.rng.integers(20))
        for number, y in enumerate(np.arange(top + 4, bottom - pitch, pitch).tolist()):
            if number == chosen:
                self.pen.rectangle((left, y, right, y + pitch), fill=self.accent)
            indent = self.size * float(pick(self.rng, [0.5, 0.5, 1.5, 2.5]))
            self.icon((left + indent, y + 2, left + indent + self.size, y + 2 + self.size))
            x = left + indent + self.size * 1.5
            self.text((x, y + 2), words(self.rng, int(self.rng.integers(1, 3))), room=right - x)

    def rows(self, box: _Box, most: int) -> None:
        """Write lines of text in a box."""
        left, top, right, bottom = box
        pitch = self.size * 1.35
        for at in range(most):
            if top + pitch * (at + 1) > bottom:
                return
            fill = self.accent if chance(self.rng, 0.05) else None
            self.text((left, top + pitch * at), sentence(self.rng, 12), room=right - left, fill=fill)

    def field(self, box: _Box) -> None:
        self.pen.rounded_rectangle(box, self.round, fill=self.ground, outline=self.line)
        if chance(self.rng, 0.6):
            value = pick(self.rng, [word(self.rng), amount(self.rng), words(self.rng, 2)])
            self.text((box[0] + 4, box[1] + 2), value, room=box[2] - box[0] - 8)

    def choice(self, box: _Box) -> None:
        """Draw a drop-down list."""
        self.field(box)
        x, y, step = box[2] - self.size, (box[1] + box[3]) / 2, self.size * 0.25
        self.pen.polygon([(x - step, y - step / 2), (x + step, y - step / 2), (x, y + step)], fill=self.ink)

    def check(self, box: _Box) -> None:
        left, top, right, _ = box
        side, is_round = self.size, chance(self.rng, 0.3)
        draw = self.pen.ellipse if is_round else self.pen.rectangle
        on = chance(self.rng, 0.5)
        draw((left, top, left + side, top + side), fill=self.accent if on else self.ground, outline=self.line)
        if on:
            draw((left + side * 0.3, top + side * 0.3, left + side * 0.7, top + side * 0.7), fill=self.on_accent)
        self.text(
            (left + side * 1.5, top), words(self.rng, int(self.rng.integers(1, 4))), room=right - left - side * 1.5
        )

    def slider(self, box: _Box) -> None:
        left, top, right, bottom = box
        y, x = (top + bottom) / 2, left + (right - left) * float(self.rng.random())
        self.pen.line([(left, y), (right, y)], fill=self.line, width=3)
        self.pen.line([(left, y), (x, y)], fill=self.accent, width=3)
        self.pen.ellipse((x - 6, y - 6, x + 6, y + 6), fill=self.panel, outline=self.accent, width=2)

    def button(self, box: _Box, text: str, *, primary: bool) -> None:
        fill = self.accent if primary and chance(self.rng, 0.6) else self.panel
        self.pen.rounded_rectangle(box, self.round, fill=fill, outline=self.line)
        face = fitted(text, self.font, self.size, box[2] - box[0] - 4)
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        write(self.pen, middle, text, face, fill=readable(fill), anchor="mm")

    def picture(self, box: _Box) -> None:
        """Fill a box with what a program shows: clouds, shapes, lines, or an empty canvas."""
        rng, (left, top, right, bottom) = self.rng, (int(side) for side in box)
        if right - left < 8 or bottom - top < 8:
            return
        style = int(rng.integers(4))
        self.pen.rectangle(
            (left, top, right, bottom), fill=pick(rng, [self.ground, hue(rng), WHITE]), outline=self.line
        )
        colours = palette(rng, 4)
        if style == 0:
            hills = 0.5 + 0.5 * fractal(rng, (right - left, bottom - top), 3)[..., None]
            pixels = np.array(colours[0], np.float32) * hills + np.array(colours[1], np.float32) * (1 - hills)
            self.image.paste(to_image(pixels), (left, top))
        for at in range(int(rng.integers(2, 8)) if style == 1 else 0):
            x, y = rng.uniform([left, top], [right, bottom]).tolist()
            wide, tall = rng.uniform(0.05, 0.3, 2) * [right - left, bottom - top]
            draw = pick(rng, [self.pen.rectangle, self.pen.ellipse])
            draw((x, y, min(right, x + wide), min(bottom, y + tall)), fill=colours[at % 4])
        if style == 2:
            places = np.linspace(left + 4, right - 4, 20)
            heights = rng.uniform(top + 4, bottom - 4, 20)
            self.pen.line(list(zip(places.tolist(), heights.tolist(), strict=True)), fill=colours[0], width=2)
