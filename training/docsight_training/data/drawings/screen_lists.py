"""Lists on screens: plain ones, trees, menus, tables of settings and files, and calendars."""

from itertools import pairwise

import numpy as np

from docsight_training.data.drawings.choices import amount, chance, digits, pick, word
from docsight_training.data.drawings.colours import mixed, readable
from docsight_training.data.drawings.screen import Screen
from docsight_training.data.drawings.screen_icons import draw_icon, icon_grid
from docsight_training.data.drawings.screen_window import status_bar, tool_bar

_Box = tuple[float, float, float, float]
_SHORT_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def side_list(screen: Screen, box: _Box) -> None:
    """Draw entries with icons, some of them indented, and one chosen."""
    left, top, right, bottom = box
    pitch = screen.size * float(screen.rng.uniform(1.4, 2.2))
    chosen = int(screen.rng.integers(20))
    for number, y in enumerate(np.arange(top + 4, bottom - pitch, pitch).tolist()):
        if number == chosen:
            screen.pen.rectangle((left, y, right, y + pitch), fill=screen.accent)
        x = left + screen.size * float(pick(screen.rng, [0.5, 0.5, 1.5, 2.5]))
        draw_icon(screen, (x, y + 2, x + screen.size, y + 2 + screen.size))
        x += screen.size * 1.5
        fill = screen.on_accent if number == chosen else None
        screen.text((x, y + 2), screen.name(), room=max(1.0, right - x), fill=fill)


def list_box(screen: Screen, box: _Box) -> None:
    """Draw a list in a frame with a scroll bar; it is often not full."""
    rng = screen.rng
    screen.sunken(box)
    left, top, right, bottom = screen.scroll_bar(box) if chance(rng, 0.6) else box
    pitch, ticked, ink = screen.size * float(rng.uniform(1.25, 1.8)), chance(rng, 0.2), readable(screen.paper)
    count = int((bottom - top - 4) / pitch * float(pick(rng, [1, 1, 0.3, 0.6])))
    chosen = int(rng.integers(10))
    for number in range(count):
        y = top + 2 + number * pitch
        if number == chosen:
            screen.pen.rectangle((left + 1, y, right - 1, y + pitch), fill=screen.accent)
        x = left + screen.size * 0.4
        if ticked:
            screen.check((x, y + 2, x + screen.size, y + pitch), text=False, is_round=False)
            x += screen.size * 1.5
        fill = screen.on_accent if number == chosen else ink
        screen.text((x, y + pitch * 0.1), screen.name(), room=max(1.0, right - x), fill=fill)


def tree(screen: Screen, box: _Box) -> None:
    """Draw a list with levels, at times with a header, a box to search in, and one chosen row."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.panel)
    inner = (left + screen.size * 0.6, top + screen.size * 0.6, right - screen.size * 0.6, bottom - screen.size * 0.6)
    if chance(rng, 0.4):
        screen.field((inner[0], inner[1], inner[2], inner[1] + screen.size * 1.5))
        inner = (inner[0], inner[1] + screen.size * 2, inner[2], inner[3])
    screen.sunken(inner)
    inner = screen.scroll_bar(inner) if chance(rng, 0.4) else inner
    pitch, y, level = screen.size * float(rng.uniform(1.4, 2)), inner[1] + 2, 0
    if chance(rng, 0.5):
        screen.raised((inner[0], y, inner[2], y + pitch), screen.panel)
        screen.text((inner[0] + screen.size, y + 2), screen.name(max_words=1), bold=True, room=inner[2] - inner[0])
        y += pitch
    chosen, with_icons = int(rng.integers(30)), chance(rng, 0.5)
    for number in range(int((inner[3] - y) / pitch * float(pick(rng, [1, 1, 0.6])))):
        level = max(0, min(4, level + int(pick(rng, [-1, 0, 0, 1]))))
        if number == chosen:
            screen.pen.rectangle((inner[0] + 1, y, inner[2] - 1, y + pitch), fill=screen.accent)
        x = _branch(screen, (inner[0] + screen.size * (0.9 + level), y), with_icon=with_icons)
        fill = screen.on_accent if number == chosen else readable(screen.paper)
        screen.text((x, y + 2), screen.name(), room=max(1.0, inner[2] - x), fill=fill)
        y += pitch


def menu(screen: Screen, box: _Box) -> None:
    """Draw a menu that dropped down, with icons, shortcuts, lines between groups and one chosen entry."""
    rng = screen.rng
    left, top, right, bottom = box
    ground = pick(rng, [screen.ground, screen.panel, screen.paper])
    screen.pen.rounded_rectangle(box, screen.round, fill=ground, outline=screen.line)
    pitch, y = screen.size * float(rng.uniform(1.5, 2.4)), top + screen.size * 0.5
    chosen, with_icons = int(rng.integers(12)), chance(rng, 0.5)
    for number in range(int((bottom - top - screen.size) / pitch)):
        if chance(rng, 0.12):
            screen.pen.line((left + 4, y + pitch / 2, right - 4, y + pitch / 2), fill=screen.line)
            y += pitch
            continue
        fill = readable(ground)
        if number == chosen:
            screen.pen.rectangle((left + 1, y, right - 1, y + pitch), fill=screen.accent)
            fill = screen.on_accent
        x = left + screen.size * 0.6
        if with_icons:
            if chance(rng, 0.7):
                draw_icon(screen, (x, y + pitch * 0.2, x + screen.size, y + pitch * 0.2 + screen.size))
            x += screen.size * 1.6
        screen.text((x, y + pitch * 0.15), screen.name(max_words=4), fill=fill, room=max(1.0, (right - x) * 0.7))
        if chance(rng, 0.3):
            screen.text((right - screen.size * 4, y + pitch * 0.15), "Ctrl+N", fill=fill, room=screen.size * 4)
        y += pitch


def table_view(screen: Screen, box: _Box) -> None:
    """Draw a table of settings or files in a frame: a header, rows with text, marks and controls, one chosen."""
    rng = screen.rng
    screen.sunken(box)
    if box[2] - box[0] < screen.size * 4 or box[3] - box[1] < screen.size * 2:
        return
    left, top, right, bottom = screen.scroll_bar(box) if chance(rng, 0.5) else box
    shares = rng.uniform(0.5, 2.5, int(rng.integers(2, 7)))
    edges = (left + (right - left) * np.cumsum([0, *shares]) / shares.sum()).tolist()
    pitch, y = screen.size * float(rng.uniform(1.4, 2.2)), top
    header = screen.accent if chance(rng, 0.2) else screen.panel
    for start, stop in pairwise(edges):
        screen.raised((start, y, stop, y + pitch), header)
        screen.text((start + 4, y + 2), screen.name(max_words=2), room=stop - start - 6, fill=readable(header))
    kinds = [pick(rng, ["text", "text", "number", "mark", "icon", "choice", "code"]) for _ in shares]
    gridded, striped, chosen = chance(rng, 0.5), chance(rng, 0.3), int(rng.integers(1, 25))
    filled = float(pick(rng, [1, 1, 1, 0.3, 0.6]))
    for number in range(1, int((bottom - top) / pitch * filled)):
        y = top + number * pitch
        if number == chosen or (striped and number % 2):
            fill = screen.accent if number == chosen else mixed(screen.paper, screen.panel, 0.5)
            screen.pen.rectangle((left + 1, y, right - 1, y + pitch), fill=fill)
        for kind, (start, stop) in zip(kinds, pairwise(edges), strict=True):
            if gridded:
                screen.pen.rectangle((start, y, stop, y + pitch), outline=screen.line)
            fill = screen.on_accent if number == chosen else readable(screen.paper)
            _cell(screen, kind, (start + 4, y + 2, stop - 4, y + pitch - 2), fill)


def file_list(screen: Screen, box: _Box) -> None:
    """Draw a program that shows files or rows: a tool bar, at times a side bar, and a table or a grid of icons."""
    if not screen.has_room(box):
        return
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.ground)
    if chance(rng, 0.8):
        top = tool_bar(screen, (left, top, right, bottom))
    if chance(rng, 0.4):
        bottom = status_bar(screen, (left, top, right, bottom))
    if chance(rng, 0.5):
        edge = left + (right - left) * float(rng.uniform(0.2, 0.32))
        screen.pen.rectangle((left, top, edge, bottom), fill=screen.panel)
        side_list(screen, (left, top, edge, bottom))
        left = edge
    draw = icon_grid if chance(rng, 0.25) else table_view
    draw(screen, (left, top, right, bottom))


def calendar(screen: Screen, box: _Box) -> None:
    """Draw a month: its name between arrows, the days of the week, and numbers, some of them faint or chosen."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.paper, outline=screen.line)
    tall, wide = (bottom - top) / 8, (right - left) / 7
    header = pick(rng, [screen.accent, screen.panel])
    screen.pen.rectangle((left, top, right, top + tall), fill=header)
    title = f"{word(rng).capitalize()} {2000 + int(rng.integers(30))}"
    middle = (left + right) / 2 - screen.face.getlength(title) / 2
    screen.text((middle, top + tall * 0.2), title, fill=readable(header), bold=True)
    first, chosen, ink = int(rng.integers(7)), int(rng.integers(31)), readable(screen.paper)
    for place in range(49):
        row, column = divmod(place, 7)
        x, y, day = left + column * wide, top + (row + 1) * tall, place - 7 - first
        faint = not 0 <= day < 30
        if day == chosen:
            screen.pen.rectangle((x, y, x + wide, y + tall), fill=screen.accent)
        fill = screen.line if faint and row else screen.on_accent if day == chosen else ink
        if column > 4 and not faint:
            fill = (220, 0, 0)
        text = _SHORT_DAYS[column] if row == 0 else str(day % 30 + 1)
        screen.text((x + wide * 0.25, y + tall * 0.2), text, fill=fill, room=wide)


def _branch(screen: Screen, at: tuple[float, float], *, with_icon: bool) -> float:
    """Draw the arrow of an entry of a tree, and an icon; return where its name starts."""
    x, y = at
    if chance(screen.rng, 0.7):
        screen.triangle((x, y + screen.size * 0.7), screen.size * 0.3)
    x += screen.size * 0.7
    if with_icon:
        draw_icon(screen, (x, y + 2, x + screen.size, y + 2 + screen.size))
        x += screen.size * 1.5
    return x


def _cell(screen: Screen, kind: str, box: _Box, fill: tuple[int, int, int]) -> None:
    rng, (left, top, right, bottom) = screen.rng, box
    room = right - left
    if room < screen.size:
        return
    if kind == "mark":
        screen.check((left, top, left + screen.size, bottom), text=False, is_round=False)
    elif kind == "icon":
        draw_icon(screen, (left, top, left + screen.size, top + screen.size))
        screen.text((left + screen.size * 1.4, top), screen.name(max_words=2), room=room - screen.size, fill=fill)
    elif kind == "choice" and chance(rng, 0.7):
        screen.text((left, top), screen.name(max_words=1), room=room - screen.size, fill=fill)
        screen.triangle((right - screen.size * 0.5, (top + bottom) / 2), screen.size * 0.25)
    elif chance(rng, 0.9):
        texts = {"number": amount(rng, highest=1000), "code": f"{word(rng).upper()}_{digits(rng, 2)}"}
        screen.text((left, top), texts.get(kind) or screen.name(), room=room, fill=fill)
