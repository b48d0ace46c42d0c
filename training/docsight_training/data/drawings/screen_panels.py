"""Dialogs and small parts of programs, as manuals show them: forms, questions, option pages and tool boxes."""

from collections.abc import Callable

from docsight_training.data.drawings.choices import amount, chance, digits, pick, sentence
from docsight_training.data.drawings.colours import mixed
from docsight_training.data.drawings.screen import Screen
from docsight_training.data.drawings.screen_icons import draw_icon, icon_grid, picture
from docsight_training.data.drawings.screen_lists import list_box, table_view

_Box = tuple[float, float, float, float]
_BUTTON_NAMES = ["OK", "Cancel", "Close", "Apply", "Help", "Yes", "No", "Quit", "Reset", "Save"]


def dialog(screen: Screen, box: _Box) -> None:
    """Draw rows of labels with fields, switches and lists, and buttons at the end."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.panel)
    y, row = top + screen.size, screen.size * float(rng.uniform(1.7, 2.6))
    middle = left + (right - left) * float(rng.uniform(0.25, 0.45))
    sliders = [screen.slider, screen.progress] if chance(rng, 0.4) else []
    controls: list[Callable[[_Box], None]] = [screen.field, screen.field, screen.choice, screen.check, *sliders]
    while y + row < bottom - row * 1.4:
        control = pick(rng, controls)
        if control not in (screen.check, screen.progress) or chance(rng, 0.3):
            screen.text((left + screen.size, y), screen.name(), room=middle - left)
        start = left + screen.size if control == screen.progress else middle
        control((start, y, right - screen.size, y + screen.size * 1.4))
        y += row
    button_row(screen, (left, bottom - screen.size * 2.6, right, bottom), int(rng.integers(1, 4)))


def message_box(screen: Screen, box: _Box) -> None:
    """Draw an icon, a short text, at times a field, a switch or a bar of progress, and one to three buttons."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=pick(rng, [screen.panel, screen.ground]))
    size, y = screen.size, top + screen.size
    x = left + size
    if chance(rng, 0.5):
        side = size * float(rng.uniform(2, 3.5))
        draw_icon(screen, (x, y, x + side, y + side))
        x += side + size
    foot = bottom - size * 2.6
    screen.rows((x, y, right - size, foot), int(rng.integers(1, 5)))
    if chance(rng, 0.4) and foot - size * 2 > y + size:
        draw = pick(rng, [screen.check, screen.field, screen.slider, screen.progress])
        draw((x, foot - size * 2, right - size, foot - size * 0.6))
    button_row(screen, (left, foot, right, bottom), int(rng.integers(1, 4)))


def question(screen: Screen, box: _Box) -> None:
    """Draw a few radio buttons and check boxes below a heading, and one to three buttons."""
    rng, size = screen.rng, screen.size
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.panel)
    y, foot, row = top + size * 0.8, bottom - size * 2.6, size * float(rng.uniform(1.6, 2.4))
    if chance(rng, 0.4):
        screen.text((left + size, y), screen.name(), room=(right - left) * 0.4)
        screen.field((left + (right - left) * 0.45, y, right - size, y + size * 1.4))
        y += row
    while y + row * 2 < foot:
        screen.text((left + size, y), screen.name(max_words=4), bold=chance(rng, 0.4), room=right - left - size)
        y += row
        is_round, indent = chance(rng, 0.6), size * float(pick(rng, [1, 2]))
        for _ in range(int(rng.integers(1, 6))):
            if y + row < foot:
                screen.check((left + indent, y, right - size, y + row), is_round=is_round)
                y += row
    button_row(screen, (left, foot, right, bottom), int(rng.integers(1, 4)))


def options_page(screen: Screen, box: _Box) -> None:
    """Draw tabs or a list of pages, and groups of switches, fields and lists."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.panel)
    if chance(rng, 0.3) and right - left > screen.size * 24:
        edge = left + (right - left) * float(rng.uniform(0.2, 0.3))
        list_box(screen, (left + screen.size * 0.5, top + screen.size * 0.5, edge, bottom - screen.size * 0.5))
        left = edge
    if chance(rng, 0.5):
        top = tabs(screen, (left, top, right, bottom))
    foot = bottom - screen.size * (2.6 if chance(rng, 0.6) else 0.5)
    if bottom - foot > screen.size:
        button_row(screen, (left, foot, right, bottom), int(rng.integers(2, 5)))
    columns = int(pick(rng, [1, 1, 1, 2, 3]))
    wide = (right - left) / columns
    for column in range(columns):
        inner = left + column * wide + screen.size * 0.6
        _groups(screen, (inner, top + screen.size * 0.5, inner + wide - screen.size * 1.2, foot))


def list_page(screen: Screen, box: _Box) -> None:
    """Draw lists or a table with buttons beside or below them, as in dialogs that manage entries."""
    rng, size = screen.rng, screen.size
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.panel)
    if chance(rng, 0.4):
        top = tabs(screen, box)
    foot = bottom - size * 2.6
    button_row(screen, (left, foot, right, bottom), int(rng.integers(1, 5)))
    left, right, y = left + size * 0.6, right - size * 0.6, top + size * 0.6
    if chance(rng, 0.5):
        screen.text((left, y), screen.name(), room=right - left)
        y += size * 1.6
    if chance(rng, 0.4):
        wide = size * float(rng.uniform(4, 6))
        for number in range(int(rng.integers(2, 6))):
            start = y + number * size * 2.2
            if start + size * 2 < foot:
                screen.button((right - wide, start, right, start + size * 1.7), screen.name(max_words=1), primary=False)
        right -= wide + size * 0.6
    if chance(rng, 0.3) and foot - y > size * 8:
        half = (y + foot) / 2
        pick(rng, [list_box, picture])(screen, (left, y, right, half - size * 0.4))
        y = half
    if foot - y > size * 2:
        pick(rng, [table_view, list_box])(screen, (left, y, right, foot - size * 0.2))


def tool_box(screen: Screen, box: _Box) -> None:
    """Draw a grid of small icons of one tone, one of them pressed, at times with pictures or options below."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.ground)
    columns = max(3, int(rng.integers(3, 9)))
    side = (right - left) / columns
    tone, pressed = mixed(screen.ground, screen.ink, float(rng.uniform(0.5, 1))), int(rng.integers(columns * 2))
    count, y = int(rng.integers(columns, columns * 5)), top
    for number in range(count):
        x, y = left + number % columns * side, top + number // columns * side
        if y + side > bottom:
            return
        if number == pressed:
            screen.pen.rectangle((x, y, x + side, y + side), fill=screen.panel, outline=screen.line)
        pad = side * float(rng.uniform(0.15, 0.3))
        colour = None if chance(rng, 0.15) else tone
        draw_icon(screen, (x + pad, y + pad, x + side - pad, y + side - pad), colour=colour)
    y += side * 1.3
    if bottom - y > screen.size * 3:
        pick(rng, [picture, _groups, icon_grid])(screen, (left + 4, y, right - 4, bottom - 4))


def tabs(screen: Screen, box: _Box) -> float:
    """Draw the names of pages; return the y below."""
    left, top, right, _ = box
    tall, x = screen.size * 1.8, left + screen.size * 0.5
    for number in range(int(screen.rng.integers(2, 6))):
        name = screen.name(max_words=2)
        end = x + screen.face.getlength(name) + screen.size
        if end > right:
            break
        screen.raised((x, top, end, top + tall), screen.ground if number else screen.panel)
        screen.text((x + screen.size * 0.5, top + screen.size * 0.3), name)
        x = end
    screen.pen.line((left, top + tall, right, top + tall), fill=screen.line)
    return top + tall


def button_row(screen: Screen, box: _Box, count: int) -> None:
    """Draw a row of buttons, in the middle or at the right, at times with signs."""
    rng, size = screen.rng, screen.size
    left, top, right, bottom = box
    wide = min(size * float(rng.uniform(4, 7)), (right - left) / count - size * 0.5)
    whole = count * (wide + size * 0.5)
    x = (left + right - whole) / 2 if chance(rng, 0.3) else right - whole
    for number in range(count):
        text = pick(rng, [*_BUTTON_NAMES, screen.name(max_words=1)])
        screen.button((x, top + size * 0.3, x + wide, min(bottom - 2, top + size * 2.1)), text, primary=not number)
        x += wide + size * 0.5


def _groups(screen: Screen, box: _Box) -> None:
    rng, size = screen.rng, screen.size
    left, top, right, bottom = box
    row, y = size * float(rng.uniform(1.6, 2.2)), top
    while y + row < bottom:
        if chance(rng, 0.6):
            screen.text((left, y), screen.name(), bold=chance(rng, 0.6), room=right - left)
            y += row
        framed, first = chance(rng, 0.4), y
        for _ in range(int(rng.integers(1, 7))):
            if y + row > bottom:
                break
            _control(screen, (left + size, y, right - size * 0.4, y + size * 1.4))
            y += row
        if framed and y > first:
            screen.pen.rectangle((left, first - size * 0.4, right, min(y, bottom)), outline=screen.line)
        if chance(rng, 0.12):
            text_area(screen, (left, y, right, min(bottom, y + size * float(rng.uniform(4, 9)))))
            y += size * 9
        y += size * 0.6


def text_area(screen: Screen, box: _Box) -> None:
    """Draw a framed field for several lines, mostly with text and a scroll bar."""
    left, top, _, bottom = box
    if bottom - top < screen.size * 2:
        return
    screen.sunken(box)
    inner = screen.scroll_bar(box) if chance(screen.rng, 0.5) else box
    y = top + screen.size * 0.3
    for _ in range(int(screen.rng.integers(0, 9))):
        if y + screen.size * 1.3 < bottom:
            screen.text((left + 4, y), sentence(screen.rng, 8), room=inner[2] - left - 8)
            y += screen.size * 1.35


def _control(screen: Screen, box: _Box) -> None:
    """Draw a switch, or a name with a field, a list or a number."""
    rng, (left, top, right, bottom) = screen.rng, box
    if chance(rng, 0.5):
        screen.check(box)
        return
    middle = left + (right - left) * float(rng.uniform(0.3, 0.7))
    screen.text((left, top), screen.name(max_words=2), room=middle - left)
    draw = pick(rng, [screen.field, screen.choice, screen.choice, screen.slider])
    draw((middle, top, right, bottom))
    if draw == screen.slider and chance(rng, 0.5):
        screen.text((right - screen.size * 3, top + 2), pick(rng, [amount(rng), digits(rng, 3)]), room=screen.size * 3)
