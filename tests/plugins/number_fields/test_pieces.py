"""Regions of ink, and the pieces that they are cut into."""

import numpy as np
import pytest

from docsight.number_fields.ink_map import find_ink
from docsight.number_fields.pieces import find_pieces
from docsight.number_fields.regions import find_regions


def test_find_regions_matches_a_worked_example():
    mask = np.array([[1, 0, 0, 1, 1], [0, 1, 0, 0, 1], [0, 0, 0, 0, 0], [1, 1, 1, 0, 1]], dtype=bool)
    regions = find_regions(mask)
    boxes = [(r.left, r.top, r.right, r.bottom, r.area) for r in regions]
    assert boxes == [(0, 0, 2, 2, 2), (0, 3, 3, 4, 3), (3, 0, 5, 2, 3), (4, 3, 5, 4, 1)]
    assert len(find_regions(mask, corners=False)) == 5


def test_find_regions_joins_branches_that_meet_below():
    mask = np.zeros((5, 9), dtype=bool)
    mask[:4, [1, 4, 7]] = True
    mask[4, 1:8] = True
    (region,) = find_regions(mask)
    assert region.area == mask.sum()
    assert np.array_equal(region.mask, mask[:, 1:8])
    assert find_regions(np.zeros((3, 3), dtype=bool)) == []


def test_find_pieces_cuts_digits_that_touch_at_their_joint(sheet):
    mask = sheet(120, 60).ring(10, 10, 40, 50, width=4).ring(39, 10, 69, 50, width=4).ink > 0.5
    pieces, height = find_pieces(mask)
    assert height == pytest.approx(41, abs=2)
    cuts = [piece.left for piece in pieces if piece.joint]
    assert any(abs(cut - 40) <= 4 for cut in cuts)
    joined = np.zeros_like(mask, dtype=int)
    for piece in pieces:
        joined[piece.top : piece.bottom, piece.left : piece.right] += piece.mask
    assert joined.max() == 1  # no pixel belongs to two pieces
    assert (joined == mask).mean() > 0.99


def test_find_pieces_keeps_the_bar_of_a_broken_digit_and_drops_specks(sheet):
    drawn = sheet(80, 60).line(20, 8, 44, 8, width=4).line(30, 16, 30, 52, width=4)
    drawn.line(70, 50, 71, 50, width=1)
    pieces, _ = find_pieces(drawn.ink > 0.5)
    assert len(pieces) == 2
    assert find_pieces(np.zeros((9, 9), dtype=bool)) == ([], 0.0)


@pytest.mark.parametrize("is_light", [False, True])
def test_find_ink_finds_strokes_dark_or_light(sheet, is_light):
    drawn = sheet(100, 60).seven(30, 12)
    photo = drawn.photo.point([255 - value for value in range(256)]) if is_light else drawn.photo
    found = find_ink(photo, scale=1.0)
    assert (found.mask[drawn.ink > 0.5]).mean() > 0.9
    assert (found.mask[drawn.ink < 0.1]).mean() < 0.06
    assert 0 <= found.ink.min() <= found.ink.max() <= 1
