import numpy as np
import pytest
from PIL import Image

from docsight_training.data.drawings.fonts import built_in_font
from docsight_training.data.drawings.screen import Screen
from docsight_training.data.drawings.screen_icons import draw_icon, icon_grid, picture
from docsight_training.data.drawings.screen_lists import calendar, file_list, list_box, menu, table_view, tree
from docsight_training.data.drawings.screen_marks import annotated
from docsight_training.data.drawings.screen_panels import (
    dialog,
    list_page,
    message_box,
    options_page,
    question,
    tool_box,
)
from docsight_training.data.drawings.screen_window import desktop, menu_bar, status_bar, tool_bar, window, with_margin
from docsight_training.data.drawings.screen_work import browser, open_menu, phone, settings_list, web_page, workspace
from docsight_training.data.drawings.typefaces import Typefaces

TYPEFACES = Typefaces([built_in_font()])
CONTENTS = [
    *(calendar, file_list, list_box, menu, table_view, tree, picture, icon_grid),
    *(dialog, list_page, message_box, options_page, question, tool_box),
    *(browser, open_menu, phone, settings_list, web_page, workspace),
]


def new_screen(seed: int, *, size: int = 12) -> Screen:
    return Screen(np.random.default_rng(seed), TYPEFACES, Image.new("RGB", (320, 240), (255, 0, 255)), size=size)


@pytest.mark.parametrize("draw", CONTENTS, ids=lambda draw: draw.__name__)
def test_contents_are_drawn_at_any_size(draw):
    for seed in range(8):
        screen = new_screen(seed, size=int(4 + 3 * seed))
        for box in ((0, 0, 320, 240), (40, 30, 200, 150), (100, 100, 130, 112)):
            draw(screen, box)
        assert np.ptp(np.asarray(screen.image)[..., 1]) > 40


@pytest.mark.parametrize("relief", ["flat", "bevel", "gradient"])
def test_controls_stand_out_from_their_panel(relief: str):
    screen = new_screen(0)
    screen.relief = relief
    screen.raised((10, 10, 110, 40), (200, 200, 200))
    screen.sunken((10, 60, 110, 90), (255, 255, 255))
    pixels = np.asarray(screen.image)
    for top in (10, 60):
        assert (pixels[top + 15, 60] != (255, 0, 255)).any()
        assert (pixels[top, 60] != pixels[top + 15, 60]).any()


def test_a_window_returns_the_box_inside_its_frame():
    for seed in range(10):
        left, top, right, bottom = window(new_screen(seed), (10, 20, 300, 200), "Settings")
        assert 10 < left < right < 300
        assert 20 + 12 < top < bottom < 200


def test_bars_leave_the_rest_of_the_window_free():
    screen = new_screen(1)
    assert menu_bar(screen, (0, 0, 320, 240))[1] > 0
    assert 0 < tool_bar(screen, (0, 0, 320, 240)) < 120
    assert 120 < status_bar(screen, (0, 0, 320, 240)) < 240
    assert screen.scroll_bar((0, 0, 320, 240))[2] < 320
    assert screen.scroll_bar((0, 0, 20, 10)) == (0, 0, 20, 10)  # no room for one


def test_a_desktop_fills_its_background_and_icons_draw_something():
    for seed in range(10):
        screen = new_screen(seed)
        desktop(screen, (0, 0, 320, 240))
        assert not (np.asarray(screen.image) == (255, 0, 255)).all(axis=2).any()
        before = np.asarray(screen.image).copy()
        draw_icon(screen, (100, 100, 140, 140), colour=(255, 0, 255))
        assert (np.asarray(screen.image) != before).any()


def test_marks_and_margins_are_added_around_the_same_screenshot():
    image = Image.new("RGB", (200, 120), (90, 90, 90))
    for seed in range(12):
        rng = np.random.default_rng(seed)
        marked = annotated(rng, TYPEFACES, image.copy())
        assert marked.width >= 200
        assert np.asarray(marked).tobytes() != image.tobytes()
        framed = with_margin(rng, image)
        assert framed.width > 200
        assert framed.getpixel((framed.width // 2, framed.height // 2)) == (90, 90, 90)
