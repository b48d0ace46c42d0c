"""Small parts of programs, as manuals show them: message boxes, pages of options, tool boxes and trees."""

from docsight_training.data.drawings.choices import amount, chance, pick, words
from docsight_training.data.drawings.colours import WHITE, mixed
from docsight_training.data.drawings.screen import Screen

_Box = tuple[float, float, float, float]


def message_box(screen: Screen, box: _Box) -> None:
    """Draw an icon, a short text, at times a field or a switch, and one to three buttons."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=pick(rng, [screen.panel, screen.ground]))
    size, y = screen.size, top + screen.size
    x = left + size
    if chance(rng, 0.6):
        side = size * float(rng.uniform(2, 3.5))
        screen.icon((x, y, x + side, y + side))
        x += side + size
    foot = bottom - size * 2.6
    screen.rows((x, y, right - size, foot), int(rng.integers(1, 4)))
    if chance(rng, 0.4):
        draw = pick(rng, [screen.check, screen.field, screen.slider])
        draw((x, foot - size * 2, right - size, foot - size * 0.6))
    _buttons(screen, (left, foot, right, bottom), int(rng.integers(1, 4)))


def options_page(screen: Screen, box: _Box) -> None:
    """Draw tabs, and groups of switches, fields and lists below them."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.panel)
    if chance(rng, 0.5):
        top = _tabs(screen, box)
    foot = bottom - screen.size * (2.6 if chance(rng, 0.6) else 0.5)
    if bottom - foot > screen.size:
        _buttons(screen, (left, foot, right, bottom), int(rng.integers(2, 5)))
    columns = int(pick(rng, [1, 1, 1, 2]))
    wide = (right - left) / columns
    for column in range(columns):
        inner = left + column * wide + screen.size * 0.6
        _groups(screen, (inner, top + screen.size * 0.5, inner + wide - screen.size * 1.2, foot))


def tool_box(screen: Screen, box: _Box) -> None:
    """Draw a grid of small icons of one tone, one of them pressed."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.ground)
    columns = max(3, int(rng.integers(3, 9)))
    side = (right - left) / columns
    tone, pressed = mixed(screen.ground, screen.ink, float(rng.uniform(0.5, 1))), int(rng.integers(columns * 2))
    last = int(rng.integers(columns, columns * 5))
    for number in range(last):
        x, y = left + number % columns * side, top + number // columns * side
        if y + side > bottom:
            return
        if number == pressed:
            screen.pen.rectangle((x, y, x + side, y + side), fill=screen.panel, outline=screen.line)
        pad = side * float(rng.uniform(0.2, 0.3))
        screen.icon((x + pad, y + pad, x + side - pad, y + side - pad), colour=None if chance(rng, 0.15) else tone)


def tree(screen: Screen, box: _Box) -> None:
    """Draw a list with levels, at times with a header, a box to search in, and one chosen row."""
    rng = screen.rng
    left, top, right, bottom = box
    screen.pen.rectangle(box, fill=screen.panel)
    inner = (left + screen.size * 0.6, top + screen.size * 0.6, right - screen.size * 0.6, bottom - screen.size * 0.6)
    if chance(rng, 0.4):
        screen.field((inner[0], inner[1], inner[2], inner[1] + screen.size * 1.5))
        inner = (inner[0], inner[1] + screen.size * 2, inner[2], inner[3])
    ground = screen.ground if screen.dark else WHITE
    screen.pen.rectangle(inner, fill=ground, outline=screen.line)
    pitch, y, level = screen.size * float(rng.uniform(1.4, 2)), inner[1] + 2, 0
    if chance(rng, 0.5):
        screen.pen.rectangle((inner[0], y, inner[2], y + pitch), fill=screen.panel, outline=screen.line)
        screen.text((inner[0] + screen.size, y + 2), words(rng, 1), bold=True, room=inner[2] - inner[0])
        y += pitch
    chosen, with_icons = int(rng.integers(30)), chance(rng, 0.5)
    for number in range(int((inner[3] - y) / pitch)):
        level = max(0, min(4, level + int(pick(rng, [-1, 0, 0, 1]))))
        x = inner[0] + screen.size * (0.6 + level)
        if number == chosen:
            screen.pen.rectangle((inner[0] + 1, y, inner[2] - 1, y + pitch), fill=screen.accent)
        step = screen.size * 0.3
        screen.pen.polygon([(x, y + step), (x + 2 * step, y + step), (x + step, y + 3 * step)], fill=screen.ink)
        x += screen.size
        if with_icons:
            screen.icon((x, y + 2, x + screen.size, y + 2 + screen.size))
            x += screen.size * 1.5
        fill = screen.on_accent if number == chosen else None
        screen.text((x, y + 2), words(rng, int(rng.integers(1, 4))), room=max(1.0, inner[2] - x), fill=fill)
        y += pitch


def _tabs(screen: Screen, box: _Box) -> float:
    """Draw the names of pages; return the y below."""
    left, top, right, _ = box
    tall, x = screen.size * 1.8, left + screen.size * 0.5
    for number in range(int(screen.rng.integers(2, 6))):
        name = words(screen.rng, 1)
        end = x + screen.face.getlength(name) + screen.size
        if end > right:
            break
        screen.pen.rectangle((x, top, end, top + tall), fill=screen.ground if number else None, outline=screen.line)
        screen.text((x + screen.size * 0.5, top + screen.size * 0.3), name)
        x = end
    screen.pen.line((left, top + tall, right, top + tall), fill=screen.line)
    return top + tall


def _groups(screen: Screen, box: _Box) -> None:
    rng, size = screen.rng, screen.size
    left, top, right, bottom = box
    row, y = size * float(rng.uniform(1.6, 2.2)), top
    while y + row < bottom:
        if chance(rng, 0.6):
            screen.text((left, y), words(rng, int(rng.integers(1, 4))), bold=chance(rng, 0.6), room=right - left)
            y += row
        framed, first = chance(rng, 0.4), y
        for _ in range(int(rng.integers(1, 7))):
            if y + row > bottom:
                break
            _control(screen, (left + size, y, right - size * 0.4, y + size * 1.4))
            y += row
        if framed:
            screen.pen.rectangle((left, first - size * 0.4, right, min(y, bottom)), outline=screen.line)
        y += size * 0.6


def _control(screen: Screen, box: _Box) -> None:
    """Draw a switch, or a name with a field, a list or a number."""
    rng, (left, top, right, bottom) = screen.rng, box
    if chance(rng, 0.5):
        screen.check(box)
        return
    middle = left + (right - left) * float(rng.uniform(0.3, 0.7))
    screen.text((left, top), words(rng, int(rng.integers(1, 3))), room=middle - left)
    draw = pick(rng, [screen.field, screen.choice, screen.slider])
    draw((middle, top, right, bottom))
    if draw is screen.choice:
        return
    if chance(rng, 0.3):
        screen.text((right - screen.size * 3, top + 2), amount(rng), room=screen.size * 3)


def _buttons(screen: Screen, box: _Box, count: int) -> None:
    """Draw a row of buttons, in the middle or at the right."""
    rng, size = screen.rng, screen.size
    left, top, right, bottom = box
    wide = min(size * float(rng.uniform(4, 6)), (right - left) / count - size * 0.5)
    whole = count * (wide + size * 0.5)
    x = (left + right - whole) / 2 if chance(rng, 0.3) else right - whole
    for number in range(count):
        text = pick(rng, ["OK", "Cancel", "Close", "Apply", "Help", words(rng, 1)])
        screen.button((x, top + size * 0.3, x + wide, min(bottom - 2, top + size * 2)), text, primary=not number)
        x += wide + size * 0.5
