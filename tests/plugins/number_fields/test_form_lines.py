"""Printed lines are removed, and the strokes of digits are not."""

import numpy as np
import pytest

from docsight.number_fields.clean_field import clean_ink, without_frame
from docsight.number_fields.line_search import find_lines
from docsight.number_fields.lines import remove_lines
from docsight.number_fields.rings import remove_rings


def _form(sheet, style):
    """Two sevens in a form, 140 x 72 pixels."""
    drawn = sheet(140, 72)
    if style == "boxes":
        drawn.box(15, 10, 65, 62).box(65, 10, 115, 62)
    elif style == "comb":
        drawn.line(15, 62, 115, 62)
        for x in (15, 65, 115):
            drawn.line(x, 48, x, 62)
    elif style == "line":
        drawn.line(4, 60, 136, 62)
    elif style == "cell":
        drawn.line(0, 8, 139, 8).line(0, 64, 139, 64).line(10, 0, 10, 71).line(125, 0, 125, 71)
    elif style == "rings":
        drawn.ring(14, 8, 66, 60).ring(72, 8, 124, 60)
    return drawn


@pytest.mark.parametrize("style", ["boxes", "comb", "line", "cell", "rings"])
def test_remove_lines_and_rings_leave_only_the_digits(sheet, style):
    digits = sheet(140, 72).seven(32, 20).seven(88, 20)
    form = _form(sheet, style).seven(32, 20).seven(88, 20)
    cleaned = remove_rings(remove_lines(form.ink))
    lines = (form.ink > 0.5) & (digits.ink < 0.5)
    assert (cleaned[lines] > 0.5).mean() < 0.03
    assert (cleaned[digits.ink > 0.5] > 0.5).mean() > 0.97


@pytest.mark.parametrize("remove", [remove_lines, remove_rings])
def test_remove_returns_its_input_where_there_is_only_a_digit(sheet, remove):
    for drawn in (
        sheet(60, 60).seven(15, 10, 40),
        sheet(60, 60).ring(15, 8, 45, 52, width=4),  # a 0
        sheet(60, 60).line(30, 8, 30, 52, width=4),  # a 1
        sheet(60, 60).line(10, 30, 50, 30, width=4).line(38, 8, 38, 54, width=4).line(10, 30, 14, 8, width=4),  # a 4
        sheet(60, 60),
    ):
        ink = drawn.ink
        assert remove(ink) is ink


def test_remove_lines_keeps_a_stroke_that_crosses_a_line(sheet):
    crossing = sheet(140, 72).line(4, 40, 136, 40).seven(32, 20)
    cleaned = remove_lines(crossing.ink)
    assert cleaned[40, 100:].max() == 0
    rows = np.flatnonzero((cleaned > 0.5).any(axis=1))
    assert np.array_equal(rows, np.arange(rows[0], rows[-1] + 1))  # the stroke is still whole


def test_remove_rings_removes_an_empty_ring_only_beside_full_ones(sheet):
    row = sheet(200, 72).ring(10, 8, 62, 60).seven(26, 18).ring(74, 8, 126, 60)
    assert (remove_rings(row.ink)[:, 70:] > 0.5).sum() == 0
    alone = sheet(200, 72).ring(74, 8, 126, 60).ink
    assert remove_rings(alone) is alone


def test_find_lines_measures_place_slope_and_thickness(sheet):
    mask = sheet(200, 60).line(20, 30, 180, 34, width=3).ink > 0.5
    (line,) = find_lines(mask, min_length=60, max_thickness=6)
    assert abs(line.start - 20) <= 3
    assert abs(line.end - 181) <= 3
    assert line.row_at(100) == pytest.approx(32, abs=1)
    assert line.slope == pytest.approx(0.025, abs=0.012)
    assert 2 <= line.thickness <= 4


@pytest.mark.parametrize("size", [(30, 30), (300, 300), (900, 200)])
def test_clean_ink_makes_digits_of_any_size_about_equally_high(sheet, size):
    width, height = size
    drawn = sheet(width, height)
    drawn.seven(width * 0.3, height * 0.3, height * 0.45)
    found = clean_ink(drawn.photo)
    rows = np.flatnonzero(found.mask.any(axis=1))
    assert 24 <= rows[-1] - rows[0] + 1 <= 62
    assert found.mask.shape[1] == pytest.approx(width * found.scale, abs=1)


def test_clean_ink_of_blank_paper_is_none(sheet):
    assert clean_ink(sheet(80, 60).photo) is None


def test_without_frame_returns_the_character_alone_or_none(sheet):
    framed = sheet(90, 90).box(10, 10, 80, 80).seven(35, 25, 40)
    bare = without_frame(framed.photo)
    plain = sheet(90, 90).seven(35, 25, 40)
    assert without_frame(plain.photo) is None
    assert bare.mode == "L"
    # Only the 7 is left: higher than wide, with a margin.
    assert bare.height > 1.2 * bare.width
    assert max(bare.getpixel((x, 0)) for x in range(bare.width)) == 0
