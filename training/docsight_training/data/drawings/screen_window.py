"""Windows of programs and what surrounds them: frames, menu bars, tool bars, status bars and desktops."""

import numpy as np
from PIL import Image

from docsight_training.data.drawings.choices import chance, digits, pick
from docsight_training.data.drawings.colours import WHITE, Colour, mixed, palette, readable
from docsight_training.data.drawings.raster import fractal, to_image
from docsight_training.data.drawings.screen import Screen
from docsight_training.data.drawings.screen_icons import draw_icon

_Box = tuple[float, float, float, float]
_MENU_NAMES = ["File", "Edit", "View", "Tools", "Help"]
_LIGHTS: list[Colour] = [(255, 95, 86), (255, 189, 46), (39, 201, 63)]


def window(screen: Screen, box: _Box, title: str) -> _Box:
    """Draw a frame with a title bar and its buttons; return the box inside."""
    rng, (left, top, right, bottom) = screen.rng, box
    bar = screen.size * float(rng.uniform(1.5, 2.4))
    colour = pick(rng, [screen.panel, screen.panel, WHITE, screen.accent, mixed(screen.ground, screen.ink, 0.85)])
    edge = screen.size * float(pick(rng, [0, 0, 0, 0.3]))
    screen.pen.rectangle(box, fill=colour if edge else screen.ground, outline=screen.line)
    if screen.relief == "flat" or chance(rng, 0.3):
        screen.pen.rectangle((left, top, right, top + bar), fill=colour)
    else:
        shade = mixed(colour, pick(rng, [WHITE, (0, 0, 0), screen.accent]), float(rng.uniform(0.2, 0.5)))
        screen.gradient((left, top, right, top + bar), colour, shade, across=chance(rng, 0.3))
    _window_buttons(screen, (left, top, right, top + bar), readable(colour))
    x = left + screen.size * 0.6
    if chance(rng, 0.5):
        draw_icon(screen, (x, top + bar * 0.2, x + bar * 0.6, top + bar * 0.8))
        x += bar * 0.8
    place = (left + right) / 2 - screen.face.getlength(title) / 2
    place = max(x, place) if chance(rng, 0.5) else x
    room = right - screen.size * 4 - place
    screen.text((place, top + bar * 0.2), title, fill=readable(colour), bold=chance(rng, 0.5), room=room)
    inner = (left + 1 + edge, min(top + bar, bottom - 2), right - 1 - edge, bottom - 1 - edge)
    screen.pen.rectangle(inner, fill=screen.panel)
    return inner


def menu_bar(screen: Screen, box: _Box) -> _Box:
    """Draw the names of menus in a row; return the box below."""
    left, top, right, bottom = box
    end = min(top + screen.size * 1.6, bottom)
    screen.pen.rectangle((left, top, right, end), fill=screen.panel)
    x = left + screen.size * 0.6
    names = _MENU_NAMES if chance(screen.rng, 0.5) else [screen.name(max_words=1) for _ in range(7)]
    for name in names:
        if x < right - screen.size * 3:
            x = screen.text((x, top + screen.size * 0.2), name, room=right - x) + screen.size
    return left, end, right, bottom


def tool_bar(screen: Screen, box: _Box) -> float:
    """Draw icons in a row, at times with a field; return the y below."""
    left, top, right, _ = box
    side = screen.size * float(screen.rng.uniform(1.2, 2.2))
    below = top + side * 1.4
    if screen.relief == "gradient":
        screen.raised((left, top, right, below), screen.panel)
    else:
        screen.pen.rectangle((left, top, right, below), fill=screen.panel, outline=screen.line)
    x, end = left + side * 0.4, right - side * 1.4
    end = left + (end - left) * float(screen.rng.uniform(0.3, 1))
    tone = screen.ink if chance(screen.rng, 0.3) else None
    while x < end:
        draw_icon(screen, (x, top + side * 0.2, x + side, top + side * 1.2), colour=tone)
        x += side * float(pick(screen.rng, [1.3, 1.3, 1.3, 2]))
    if right - x > side * 4 and chance(screen.rng, 0.5):
        screen.field((x, top + side * 0.2, right - side * 0.5, top + side * 1.2))
    return below


def status_bar(screen: Screen, box: _Box) -> float:
    """Draw a row of short texts at the bottom of a box; return the y above."""
    left, top, right, bottom = box
    above = max(top, bottom - screen.size * 1.5)
    screen.pen.rectangle((left, above, right, bottom), fill=screen.panel, outline=screen.line)
    x = left + screen.size * 0.5
    while x < right - screen.size * 4:
        text = pick(screen.rng, [screen.name(), digits(screen.rng, 3), "100 %"])
        x = screen.text((x, above + screen.size * 0.15), text, room=right - x)
        x += screen.size * float(screen.rng.uniform(1, 12))
    return above


def desktop(screen: Screen, box: _Box) -> None:
    """Fill the background with a colour, a gradient or clouds, at times with a bar along an edge and icons."""
    rng, (left, top, right, bottom) = screen.rng, box
    first, second = palette(rng, 2)
    style = int(rng.integers(3))
    if style == 0:
        screen.pen.rectangle(box, fill=first)
    elif style == 1:
        screen.gradient(box, first, second)
    else:
        hills = 0.5 + 0.5 * fractal(rng, screen.image.size, 2, octaves=3)[..., None]
        screen.image.paste(to_image(np.array(first) * hills + np.array(second) * (1 - hills)), (0, 0))
    if chance(rng, 0.6):
        tall = screen.size * float(rng.uniform(1.4, 2.4))
        at_top = chance(rng, 0.5)
        strip = (left, top, right, top + tall) if at_top else (left, bottom - tall, right, bottom)
        _task_bar(screen, strip)
    if chance(rng, 0.4):
        side = screen.size * 2
        for number in range(int(rng.integers(2, 8))):
            y = top + side * (1 + number * 1.9)
            if y + side < bottom - side * 2:
                draw_icon(screen, (left + side * 0.4, y, left + side * 1.4, y + side))


def with_margin(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """Put a screenshot on white or another page, with a soft or a hard shadow or without."""
    pad = int(image.width * float(rng.uniform(0.02, 0.1))) + 2
    ground: Colour = WHITE if chance(rng, 0.8) else (0, 0, 0)
    page = Image.new("RGB", (image.width + 2 * pad, image.height + 2 * pad), ground)
    steps = int(rng.integers(0, 6)) if ground == WHITE else 0
    for step in range(steps, 0, -1):  # the outermost rectangle is the lightest
        reach, shade = pad * step // 6, 255 - (steps - step + 1) * 16
        page.paste((shade, shade, shade), (pad - reach, pad, pad + image.width + reach, pad + image.height + reach))
    page.paste(image, (pad, pad))
    return page


def _window_buttons(screen: Screen, bar: _Box, ink: Colour) -> None:
    rng, (left, top, right, bottom) = screen.rng, bar
    radius, y, on_right = screen.size * 0.35, (top + bottom) / 2, chance(rng, 0.75)
    lights, count = chance(rng, 0.25), int(pick(rng, [1, 2, 3, 3]))
    for at in range(count):
        x = right - radius * 3.4 * (at + 0.7) if on_right else left + radius * 3.4 * (at + 0.7)
        if lights:
            screen.pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_LIGHTS[at])
        elif at == 0:
            screen.pen.line([(x - radius, y - radius), (x + radius, y + radius)], fill=ink, width=2)
            screen.pen.line([(x - radius, y + radius), (x + radius, y - radius)], fill=ink, width=2)
        elif at == 1:
            screen.pen.rectangle((x - radius, y - radius, x + radius, y + radius), outline=ink, width=2)
        else:
            screen.pen.line([(x - radius, y + radius), (x + radius, y + radius)], fill=ink, width=2)


def _task_bar(screen: Screen, box: _Box) -> None:
    left, top, right, bottom = box
    colour = pick(screen.rng, [screen.panel, screen.accent, (20, 20, 20), (36, 94, 219)])
    screen.pen.rectangle(box, fill=colour)
    x, side = left + screen.size * 0.5, bottom - top
    for _ in range(int(screen.rng.integers(1, 8))):
        if x + side * 4 < right - side * 4:
            draw_icon(screen, (x, top + side * 0.2, x + side * 0.6, top + side * 0.8))
            x += side
            if chance(screen.rng, 0.5):
                x = screen.text((x, top + side * 0.15), screen.name(max_words=2), fill=readable(colour)) + side * 0.5
    screen.text((right - side * 2.5, top + side * 0.15), "12:34", fill=readable(colour))
