"""Large windows with tiny text: programs of several panes, browsers with pages, and phones."""

from collections.abc import Callable

from docsight_training.data.drawings.choices import chance, pick, word
from docsight_training.data.drawings.colours import mixed
from docsight_training.data.drawings.screen import Screen
from docsight_training.data.drawings.screen_code import code_editor, terminal
from docsight_training.data.drawings.screen_icons import draw_icon, icon_grid, picture
from docsight_training.data.drawings.screen_lists import list_box, menu, side_list, table_view, tree
from docsight_training.data.drawings.screen_panels import dialog, options_page, tabs, text_area
from docsight_training.data.drawings.screen_window import status_bar, tool_bar

_Box = tuple[float, float, float, float]
_Draw = Callable[[Screen, _Box], None]
_PANES: list[_Draw] = [
    tree,
    tree,
    list_box,
    table_view,
    table_view,
    text_area,
    picture,
    picture,
    options_page,
    side_list,
]
_LARGE_PANES: list[_Draw] = [picture, picture, code_editor, table_view, text_area, terminal, icon_grid]


def workspace(screen: Screen, box: _Box) -> None:
    """Draw a program with tool bars and several panes: lists, trees, tables, text, code, options and a canvas."""
    if not screen.has_room(box):
        return
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.panel)
    for _ in range(int(rng.integers(0, 3))):
        top = tool_bar(screen, (left, top, right, bottom))
    if chance(rng, 0.6):
        bottom = status_bar(screen, (left, top, right, bottom))
    if chance(rng, 0.3):
        edge = screen.size * 2
        _icon_column(screen, (left, top, left + edge, bottom))
        left += edge
    if chance(rng, 0.3):
        edge = screen.size * 2
        _icon_column(screen, (right - edge, top, right, bottom))
        right -= edge
    _split(screen, (left, top, right, bottom), depth=int(rng.integers(1, 4)))


def open_menu(screen: Screen, box: _Box) -> None:
    """Draw a window with little in it, below a menu that is open."""
    if not screen.has_room(box):
        return
    rng = screen.rng
    left, top, right, bottom = box
    pick(rng, [picture, text_area, table_view, workspace])(screen, box)
    x = left + (right - left) * float(rng.uniform(0, 0.5))
    wide, tall = (right - left) * float(rng.uniform(0.25, 0.5)), (bottom - top) * float(rng.uniform(0.4, 0.95))
    menu(screen, (x, top, x + wide, top + tall))
    if chance(rng, 0.25) and x + wide * 1.8 < right:
        start = top + tall * float(rng.uniform(0.1, 0.5))
        menu(screen, (x + wide, start, x + wide * 1.8, min(bottom, start + tall * 0.6)))


def browser(screen: Screen, box: _Box) -> None:
    """Draw the bar of a browser, with tabs and an address, and a page below."""
    if not screen.has_room(box):
        return
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.panel)
    top = tabs(screen, box)
    tall, x = screen.size * 1.7, left + screen.size * 0.5
    for _ in range(int(screen.rng.integers(1, 5))):
        draw_icon(screen, (x, top + 3, x + screen.size, top + 3 + screen.size), colour=screen.ink)
        x += screen.size * 1.5
    field = (x, top + 2, right - screen.size * float(screen.rng.uniform(1, 6)), top + tall - 2)
    screen.sunken(field)
    address = f"https://{word(screen.rng)}.org/{word(screen.rng)}/{word(screen.rng)}.html"
    screen.text((x + 4, top + 4), address, room=max(1.0, field[2] - x - 8))
    web_page(screen, (left, top + tall, right, bottom))


def web_page(screen: Screen, box: _Box) -> None:
    """Draw a header, navigation, and columns of text, cards, tables and pictures."""
    if not screen.has_room(box):
        return
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.paper)
    if chance(rng, 0.7):
        top = _page_header(screen, box)
    if chance(rng, 0.45):
        edge = left + (right - left) * float(rng.uniform(0.18, 0.3))
        screen.pen.rectangle((left, top, edge, bottom), fill=screen.panel)
        screen.rows((left + screen.size * 0.5, top + screen.size, edge, bottom), 30)
        left = edge
    columns = int(pick(rng, [1, 1, 2, 3]))
    wide = (right - left) / columns
    for column in range(columns):
        start = left + column * wide
        _page_column(screen, (start + screen.size * 0.7, top + screen.size, start + wide - 4, bottom))


def phone(screen: Screen, box: _Box) -> None:
    """Draw the screen of a phone: a status bar, a title and rows with icons, or messages."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.ground)
    screen.pen.rectangle((left, top, right, top + screen.size * 3.4), fill=screen.accent)
    screen.text((left + 6, top), "12:34", fill=screen.on_accent)
    screen.text(
        (left + screen.size, top + screen.size * 1.6), screen.name(max_words=2), fill=screen.on_accent, bold=True
    )
    y, messages = top + screen.size * 4, chance(rng, 0.5)
    while y < bottom - screen.size * 2:
        tall = screen.size * float(rng.uniform(1.8, 4))
        if messages:
            mine, wide = chance(rng, 0.5), (right - left) * float(rng.uniform(0.35, 0.7))
            x = right - wide - 8 if mine else left + 8
            screen.pen.rounded_rectangle((x, y, x + wide, y + tall), 8, fill=screen.accent if mine else screen.panel)
            screen.rows((x + 8, y + 6, x + wide - 8, y + tall - 4), 3)
        else:
            draw_icon(screen, (left + 8, y, left + 8 + screen.size * 1.6, y + screen.size * 1.6))
            screen.rows((left + screen.size * 2.6, y, right - 8, y + tall), 2)
            screen.pen.line((left, y + tall, right, y + tall), fill=screen.line)
        y += tall + screen.size * 0.5


def settings_list(screen: Screen, box: _Box) -> None:
    """Draw tiles and rows with icons, names and switches, as in the settings of a phone or a desktop."""
    rng, size = screen.rng, screen.size
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.ground)
    columns = int(pick(rng, [1, 1, 2]))
    wide, row = (right - left) / columns, size * float(rng.uniform(2.2, 3.4))
    for column in range(columns):
        y = top + size * 0.5
        while y + row < bottom:
            tile = (left + column * wide + size * 0.5, y, left + (column + 1) * wide - size * 0.5, y + row - size * 0.4)
            fill = screen.accent if chance(rng, 0.15) else screen.panel
            screen.pen.rounded_rectangle(tile, min(size, row / 3), fill=fill)
            draw_icon(screen, (tile[0] + size * 0.6, y + row * 0.2, tile[0] + size * 1.6, y + row * 0.2 + size))
            if chance(rng, 0.2):
                screen.slider((tile[0] + size * 2.2, y, tile[2] - size, y + row - size * 0.4))
            else:
                screen.text(
                    (tile[0] + size * 2.2, y + row * 0.2), screen.name(), room=max(1.0, tile[2] - tile[0] - size * 5)
                )
                if chance(rng, 0.5):
                    _switch(screen, (tile[2] - size * 2.4, y + row * 0.2))
            y += row


def _split(screen: Screen, box: _Box, *, depth: int) -> None:
    """Divide a box into panes, the larger part of it left for the content."""
    left, top, right, bottom = box
    if right - left < screen.size * 4 or bottom - top < screen.size * 4:
        return
    if depth == 0:
        pick(screen.rng, _PANES)(screen, (left + 2, top + 2, right - 2, bottom - 2))
        return
    part = float(pick(screen.rng, [0.2, 0.3, 0.5, 0.7, 0.8]))
    if chance(screen.rng, 0.6):
        edge = left + (right - left) * part
        boxes = [(left, top, edge, bottom), (edge, top, right, bottom)]
    else:
        edge = top + (bottom - top) * part
        boxes = [(left, top, right, edge), (left, edge, right, bottom)]
    large = 0 if part > 0.5 else 1
    if chance(screen.rng, 0.4):
        pick(screen.rng, _LARGE_PANES)(screen, boxes[large])
    else:
        _split(screen, boxes[large], depth=depth - 1)
    _split(screen, boxes[1 - large], depth=int(screen.rng.integers(depth)))


def _icon_column(screen: Screen, box: _Box) -> None:
    left, top, right, bottom = box
    side = right - left
    screen.pen.rectangle(box, fill=screen.panel, outline=screen.line)
    y = top + 2
    while y + side < bottom:
        draw_icon(screen, (left + side * 0.2, y + side * 0.2, right - side * 0.2, y + side * 0.8))
        y += side * float(pick(screen.rng, [0.9, 0.9, 0.9, 1.3]))


def _page_header(screen: Screen, box: _Box) -> float:
    """Draw the band at the top of a page; return the y below."""
    left, top, right, _ = box
    band, x = screen.size * float(screen.rng.uniform(1.8, 4)), left + screen.size
    screen.pen.rectangle((left, top, right, top + band), fill=screen.accent)
    for _ in range(int(screen.rng.integers(2, 7))):
        name = screen.name(max_words=1)
        x = screen.text((x, top + band * 0.3), name, fill=screen.on_accent, room=max(1.0, right - x)) + screen.size
    return top + band


def _page_column(screen: Screen, box: _Box) -> None:
    rng, (left, y, right, bottom) = screen.rng, box
    while y < bottom - screen.size * 2:
        style, tall = rng.random(), screen.size * float(rng.uniform(2, 9))
        end = min(bottom - 4, y + tall)
        if style < 0.2:
            picture(screen, (left, y, right - screen.size, end))
        elif style < 0.28:
            screen.button(
                (left, y, left + screen.size * 6, y + screen.size * 1.5), screen.name(max_words=1), primary=True
            )
            tall = screen.size * 1.5
        elif style < 0.4:
            screen.text((left, y), screen.name(max_words=5), bold=True, room=right - left)
            tall = screen.size * 1.6
        elif style < 0.5:  # a box with code or a note
            fill = mixed(screen.paper, screen.panel, 0.6)
            screen.pen.rectangle((left, y, right - screen.size, end), fill=fill, outline=screen.line)
            screen.rows((left + screen.size, y + screen.size * 0.4, right - screen.size * 2, end), 5)
        elif style < 0.6:  # rows with a sign and a link
            for number in range(int(tall / screen.size / 1.8)):
                at = y + number * screen.size * 1.8
                draw_icon(screen, (left, at, left + screen.size, at + screen.size))
                screen.text(
                    (left + screen.size * 1.6, at), screen.name(max_words=5), room=right - left - screen.size * 2
                )
        elif style < 0.66:
            dialog(screen, (left, y, right - screen.size, end))
        else:
            screen.rows((left, y, right, min(bottom, y + tall)), 8)
        y += tall + screen.size * 0.6


def _switch(screen: Screen, at: tuple[float, float]) -> None:
    (x, y), tall, on = at, screen.size, chance(screen.rng, 0.5)
    fill = screen.accent if on else screen.line
    screen.pen.rounded_rectangle((x, y, x + tall * 1.9, y + tall), tall / 2, fill=fill)
    start = x + (tall if on else 2)
    screen.pen.ellipse((start, y + 2, start + tall - 4, y + tall - 2), fill=screen.paper)
