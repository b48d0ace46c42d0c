"""Screenshots: windows, dialogs, web pages, editors, terminals and phones."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from docsight_training.data.drawings.choices import chance, pick, words
from docsight_training.data.drawings.colours import WHITE
from docsight_training.data.drawings.raster import SCALE, reduced
from docsight_training.data.drawings.screen import Screen
from docsight_training.data.drawings.screen_code import code_editor, terminal
from docsight_training.data.drawings.screen_panels import message_box, options_page, tool_box, tree
from docsight_training.data.drawings.typefaces import Typefaces

Box = tuple[float, float, float, float]


def draw_screenshot(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw a window with its content, or only the content, as documentation shows it."""
    draw_content, aspect = pick(rng, _CONTENTS)
    width = SCALE * int(rng.integers(165, 320) / max(1.0, aspect))
    height = min(SCALE * 420, int(width * aspect * float(rng.uniform(0.7, 1.4))))
    min_size = width // 28 if draw_content is message_box else 5
    screen = Screen(rng, typefaces, Image.new("RGB", (width, height), WHITE), min_size=min_size)
    box: Box = (0, 0, width, height)
    style = rng.random()
    if style < 0.2:  # on a desktop
        screen.desktop(box)
        pad = width * float(rng.uniform(0.02, 0.12))
        box = (pad, pad, width - pad * float(rng.uniform(0.5, 1.5)), height - pad)
    if style < 0.75:
        box = screen.window(box, words(rng, int(rng.integers(1, 4))))
    else:
        screen.pen.rectangle(box, fill=screen.ground)
    if chance(rng, 0.35) and draw_content not in _SMALL:
        box = screen.menu_bar(box)
    draw_content(screen, box)
    if chance(rng, 0.12) and draw_content not in _SMALL:
        wide, tall = box[2] - box[0], box[3] - box[1]
        over = (box[0] + wide * 0.25, box[1] + tall * 0.3, box[0] + wide * 0.8, box[1] + tall * 0.75)
        dialog(screen, screen.window(over, words(rng, 2)))
    return reduced(screen.image)


def dialog(screen: Screen, box: Box) -> None:
    """Draw rows of labels with fields, switches and lists, and buttons at the end."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.panel)
    y, row = top + screen.size, screen.size * float(rng.uniform(1.7, 2.6))
    middle = left + (right - left) * float(rng.uniform(0.25, 0.45))
    while y + row < bottom - row * 1.4:
        control = pick(rng, [screen.field, screen.field, screen.check, screen.choice, screen.slider])
        if control is not screen.check:
            screen.text((left + screen.size, y), words(rng, int(rng.integers(1, 4))), room=middle - left)
        control((middle, y, right - screen.size, y + screen.size * 1.4))
        y += row
    x = right - screen.size
    for at in range(int(rng.integers(1, 4))):
        wide = screen.size * float(rng.uniform(4, 6))
        if x - wide < left:
            break
        screen.button((x - wide, bottom - row, x, bottom - row * 0.35), words(rng, 1), primary=at == 0)
        x -= wide + screen.size * 0.6


def menu(screen: Screen, box: Box) -> None:
    """Draw a menu that dropped down, with icons, shortcuts, lines between groups and one chosen entry."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.ground, outline=screen.line)
    pitch, y = screen.size * float(rng.uniform(1.5, 2.4)), top + screen.size * 0.5
    chosen, with_icons = int(rng.integers(12)), chance(rng, 0.5)
    for number in range(int((bottom - top) / pitch)):
        if chance(rng, 0.12):
            screen.pen.line((left + 4, y + pitch / 2, right - 4, y + pitch / 2), fill=screen.line)
        else:
            if number == chosen:
                screen.pen.rectangle((left + 1, y, right - 1, y + pitch), fill=screen.accent)
            fill = screen.on_accent if number == chosen else None
            x = left + screen.size * 0.6
            if with_icons:
                screen.icon((x, y + pitch * 0.2, x + screen.size, y + pitch * 0.2 + screen.size))
                x += screen.size * 1.6
            room = (right - x) * 0.7
            screen.text((x, y + pitch * 0.15), words(rng, int(rng.integers(1, 5))), fill=fill, room=room)
            if chance(rng, 0.3):
                screen.text((right - screen.size * 4, y + pitch * 0.15), "Ctrl+N", fill=fill, room=screen.size * 4)
        y += pitch


def web_page(screen: Screen, box: Box) -> None:
    """Draw a header, navigation, columns of text and cards with pictures."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.ground)
    if chance(rng, 0.7):
        band = screen.size * float(rng.uniform(1.8, 4))
        screen.pen.rectangle((left, top, right, top + band), fill=screen.accent)
        x = left + screen.size
        for _ in range(int(rng.integers(2, 7))):
            x = screen.text((x, top + band * 0.3), words(rng, 1), fill=screen.on_accent, room=right - x) + screen.size
        top += band
    if chance(rng, 0.45):
        edge = left + (right - left) * float(rng.uniform(0.18, 0.3))
        screen.pen.rectangle((left, top, edge, bottom), fill=screen.panel)
        screen.rows((left + screen.size * 0.5, top + screen.size, edge, bottom), 2)
        left = edge
    columns = int(pick(rng, [1, 1, 2, 3]))
    wide = (right - left) / columns
    for column in range(columns):
        inner = (left + column * wide + screen.size * 0.7, top + screen.size, left + (column + 1) * wide - 4, bottom)
        y = inner[1]
        while y < bottom - screen.size * 2:
            style = rng.random()
            tall = screen.size * float(rng.uniform(2, 9))
            if style < 0.25:
                screen.picture((inner[0], y, inner[2] - screen.size, min(bottom - 4, y + tall)))
            elif style < 0.35:
                tall = screen.size * 1.5
                screen.button((inner[0], y, inner[0] + screen.size * 6, y + tall), words(rng, 1), primary=True)
            elif style < 0.5:
                tall = screen.size * 1.6
                screen.text((inner[0], y), words(rng, int(rng.integers(1, 5))), bold=True, room=inner[2] - inner[0])
            else:
                screen.rows((inner[0], y, inner[2], min(bottom, y + tall)), 8)
            y += tall + screen.size * 0.6


def file_list(screen: Screen, box: Box) -> None:
    """Draw a list or a spreadsheet with a header, selected rows and, at times, a side bar with icons."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.ground)
    top = screen.tool_bar((left, top, right, bottom))
    if chance(rng, 0.5):
        edge = left + (right - left) * float(rng.uniform(0.2, 0.32))
        screen.pen.rectangle((left, top, edge, bottom), fill=screen.panel)
        screen.list_items((left, top, edge, bottom))
        left = edge
    if chance(rng, 0.3):
        screen.icons((left, top, right, bottom))
        return
    columns = int(rng.integers(2, 8))
    edges = np.linspace(left, right, columns + 1)
    pitch, y = screen.size * float(rng.uniform(1.4, 2)), top
    screen.pen.rectangle((left, y, right, y + pitch), fill=screen.panel, outline=screen.line)
    gridded, number, chosen = chance(rng, 0.5), 0, int(rng.integers(1, 25))
    while y + pitch < bottom:
        if number == chosen:
            screen.pen.rectangle((left, y, right, y + pitch), fill=screen.accent)
        for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            if gridded:
                screen.pen.rectangle((start, y, stop, y + pitch), outline=screen.line)
            if chance(rng, 0.85):
                screen.text((start + 4, y + 3), words(rng, int(rng.integers(1, 3))), room=stop - start - 6)
        y, number = y + pitch, number + 1


def phone(screen: Screen, box: Box) -> None:
    """Draw the screen of a phone: a status bar, a title and rows with icons, or messages."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.ground)
    screen.pen.rectangle((left, top, right, top + screen.size), fill=screen.accent)
    screen.pen.rectangle((left, top + screen.size, right, top + screen.size * 3.4), fill=screen.accent)
    screen.text((left + screen.size, top + screen.size * 1.6), words(rng, 2), fill=screen.on_accent, bold=True)
    y, messages = top + screen.size * 4, chance(rng, 0.4)
    while y < bottom - screen.size * 2:
        tall = screen.size * float(rng.uniform(1.8, 4))
        if messages:
            mine, wide = chance(rng, 0.5), (right - left) * float(rng.uniform(0.35, 0.7))
            x = right - wide - 8 if mine else left + 8
            screen.pen.rounded_rectangle((x, y, x + wide, y + tall), 8, fill=screen.accent if mine else screen.panel)
            screen.rows((x + 8, y + 6, x + wide - 8, y + tall - 4), 3)
        else:
            screen.icon((left + 8, y, left + 8 + screen.size * 1.6, y + screen.size * 1.6))
            screen.rows((left + screen.size * 2.6, y, right - 8, y + tall), 2)
            screen.pen.line((left, y + tall, right, y + tall), fill=screen.line)
        y += tall + screen.size * 0.5


def tool(screen: Screen, box: Box) -> None:
    """Draw a program with tool bars, panels on both sides and a canvas in the middle."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.panel)
    for _ in range(int(rng.integers(1, 3))):
        top = screen.tool_bar((left, top, right, bottom))
    if chance(rng, 0.7):
        edge = left + (right - left) * float(rng.uniform(0.1, 0.28))
        pick(rng, [screen.icons, screen.list_items])((left, top, edge, bottom))
        left = edge
    if chance(rng, 0.5):
        edge = right - (right - left) * float(rng.uniform(0.2, 0.35))
        dialog(screen, (edge, top, right, bottom))
        right = edge
    foot = screen.size * 1.3 if chance(rng, 0.6) else 0
    screen.picture((left + 4, top + 4, right - 4, bottom - foot - 4))
    if foot:
        screen.text((left + 6, bottom - foot), words(rng, 2))


# What is drawn, and the usual height as a fraction of the width; each is equally likely.
_CONTENTS: list[tuple[Callable[[Screen, Box], None], float]] = [
    (dialog, 0.8),
    (dialog, 1.3),
    (dialog, 2.0),
    (options_page, 0.6),
    (options_page, 0.8),
    (options_page, 1.2),
    (options_page, 1.9),
    (message_box, 0.35),
    (message_box, 0.5),
    (tool_box, 0.8),
    (tree, 1.0),
    (tree, 1.5),
    (menu, 1.4),
    (menu, 0.9),
    (web_page, 0.75),
    (web_page, 1.0),
    (file_list, 0.65),
    (file_list, 0.75),
    (tool, 0.62),
    (tool, 0.75),
    (code_editor, 0.6),
    (code_editor, 0.75),
    (code_editor, 0.35),
    (terminal, 0.6),
    (terminal, 0.4),
    (phone, 1.8),
    (file_list, 1.8),
    (tool, 2.0),
]
# Too small to have a menu bar, or another window in front.
_SMALL = (dialog, menu, message_box, options_page, tool_box, tree)
