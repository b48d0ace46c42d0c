"""Screenshots: windows, dialogs, web pages, editors, terminals and phones, as documentation shows them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from docsight_training.data.drawings.choices import caption, chance, pick
from docsight_training.data.drawings.colours import WHITE
from docsight_training.data.drawings.raster import SCALE, reduced
from docsight_training.data.drawings.screen import Screen
from docsight_training.data.drawings.screen_code import code_editor, terminal
from docsight_training.data.drawings.screen_lists import calendar, file_list, menu, table_view, tree
from docsight_training.data.drawings.screen_marks import annotated
from docsight_training.data.drawings.screen_panels import (
    dialog,
    list_page,
    message_box,
    options_page,
    question,
    tool_box,
)
from docsight_training.data.drawings.screen_window import desktop, menu_bar, window, with_margin
from docsight_training.data.drawings.screen_work import browser, open_menu, phone, settings_list, web_page, workspace
from docsight_training.data.drawings.typefaces import Typefaces

_Box = tuple[float, float, float, float]
_MAX_SIDE = 420  # pixels of the reduced drawing
_MIN_CONTRAST = 60  # of a part of a screen
_MIN_TEXT = 4  # pixels before the reduction


@dataclass(frozen=True)
class _Content:
    """What is drawn: the usual height as a fraction of the width, and the width in heights of the text."""

    draw: Callable[[Screen, _Box], None]
    aspect: float
    widths: tuple[float, float]
    is_program: bool = False  # such windows may have a menu bar, and another window in front


_CONTENTS = [
    _Content(dialog, 0.8, (16, 50)),
    _Content(dialog, 1.6, (14, 40)),
    _Content(options_page, 0.6, (25, 80)),
    _Content(options_page, 0.8, (20, 70)),
    _Content(options_page, 1.6, (14, 40)),
    _Content(question, 0.7, (12, 40)),
    _Content(question, 1.1, (12, 30)),
    _Content(list_page, 0.7, (22, 80)),
    _Content(list_page, 1.2, (18, 60)),
    _Content(message_box, 0.35, (14, 36)),
    _Content(message_box, 0.5, (14, 36)),
    _Content(tool_box, 0.8, (10, 30)),
    _Content(tree, 1.2, (12, 40)),
    _Content(menu, 1.4, (11, 30)),
    _Content(menu, 0.8, (12, 30)),
    _Content(calendar, 0.75, (14, 30)),
    _Content(table_view, 0.6, (16, 60)),
    _Content(settings_list, 1.0, (14, 40)),
    _Content(web_page, 0.75, (30, 110), is_program=True),
    _Content(browser, 0.7, (50, 120), is_program=True),
    _Content(file_list, 0.65, (30, 100), is_program=True),
    _Content(file_list, 1.5, (16, 50), is_program=True),
    _Content(open_menu, 0.7, (25, 90), is_program=True),
    _Content(workspace, 0.62, (50, 120), is_program=True),
    _Content(workspace, 0.7, (50, 120), is_program=True),
    _Content(workspace, 0.75, (30, 80), is_program=True),
    _Content(workspace, 1.5, (20, 50), is_program=True),
    _Content(code_editor, 0.6, (25, 80), is_program=True),
    _Content(code_editor, 0.35, (25, 60)),
    _Content(terminal, 0.6, (25, 60), is_program=True),
    _Content(terminal, 0.9, (18, 40)),
    _Content(phone, 1.8, (14, 26)),
]


def draw_screenshot(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw a window with its content, or only the content or a part of it, at times with an author's marks."""
    content = pick(rng, _CONTENTS)
    width = SCALE * int(rng.integers(165, 320) / max(1.0, content.aspect))
    height = min(SCALE * _MAX_SIDE, int(width * content.aspect * float(rng.uniform(0.7, 1.4))))
    ems = np.exp(rng.uniform(*np.log(content.widths)))
    screen = Screen(rng, typefaces, Image.new("RGB", (width, height), WHITE), size=max(_MIN_TEXT, int(width / ems)))
    box = _frame(screen, (0, 0, width, height))
    if content.is_program and chance(rng, 0.6):
        box = menu_bar(screen, box)
    content.draw(screen, box)
    if content.is_program and chance(rng, 0.2):
        _window_in_front(screen, box)
    image = screen.image
    if content.is_program and chance(rng, 0.25):
        image = _part(rng, image)
    if chance(rng, 0.12):
        image = annotated(rng, typefaces, image)
    elif chance(rng, 0.12):
        image = with_margin(rng, image)
    image.thumbnail((SCALE * _MAX_SIDE, SCALE * _MAX_SIDE), Image.Resampling.BILINEAR)
    return reduced(image)


def _frame(screen: Screen, box: _Box) -> _Box:
    """Draw a desktop and a window, either of them or none; return the box for the content."""
    style, (left, top, right, bottom) = screen.rng.random(), box
    if style < 0.15 and bottom - top > screen.size * 8:
        desktop(screen, box)
        pad = min(right - left, bottom - top) * float(screen.rng.uniform(0.02, 0.12))
        box = (pad, pad + screen.size, right - pad * float(screen.rng.uniform(0.5, 1.5)), bottom - pad - screen.size)
        if chance(screen.rng, 0.3):  # a window behind
            behind = (left + pad * 2, top + pad * 2, right - pad / 2, bottom - pad / 2)
            options_page(screen, window(screen, behind, _title(screen)))
    if style < 0.75:
        return window(screen, box, _title(screen))
    screen.pen.rectangle(box, fill=screen.ground)
    return box


def _window_in_front(screen: Screen, box: _Box) -> None:
    rng, (left, top, right, bottom) = screen.rng, box
    wide, tall = (right - left) * float(rng.uniform(0.3, 0.6)), (bottom - top) * float(rng.uniform(0.3, 0.6))
    x, y = left + (right - left - wide) * float(rng.random()), top + (bottom - top - tall) * float(rng.random())
    draw = pick(rng, [dialog, message_box, list_page, options_page, question])
    draw(screen, window(screen, (x, y, x + wide, y + tall), _title(screen)))


def _part(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """Cut out a part of a screen, as documentation shows the place that it writes about."""
    wide, tall = (int(side * float(rng.uniform(0.45, 0.95))) for side in image.size)
    wide, tall = max(wide, SCALE * 60), max(tall, SCALE * 30)
    x, y = (int(rng.integers(max(1, whole - side))) for whole, side in zip(image.size, (wide, tall), strict=True))
    part = image.crop((x, y, min(image.width, x + wide), min(image.height, y + tall)))
    return part if np.ptp(np.asarray(part.convert("L"))) > _MIN_CONTRAST else image


def _title(screen: Screen) -> str:
    return caption(screen.rng, int(screen.rng.integers(1, 5)))
