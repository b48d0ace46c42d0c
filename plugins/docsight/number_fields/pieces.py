"""Cut the ink of a field into pieces, of which digits are made: regions, and parts of regions that are too wide.

A piece is never more than a digit, but a digit may be several pieces: one that is broken, or one that was cut because
it could have been two.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from docsight.number_fields.regions import Region, find_regions

_MIN_PIECE_HEIGHT = (
    0.2  # of the height of the text; smaller regions are dirt, unless they lie above or below a larger one
)
_MIN_AREA = 0.004  # of the square of the height of the text
_MAX_UNCUT_WIDTH = 0.62  # of the height of the text: wider regions are cut, if they can be
_MIN_CUT_HEIGHT = 0.5  # of the height of the text: lower regions are bars, not digits
_CUT_STEP = 0.12  # of the height of the text, between the places where cuts are tried
_MAX_CUT_INK = 0.45  # of the height of the text: the ink that a cut may go through
_CUT_MARGIN = 0.18  # of the height of the text: no cut is closer to the sides of a region
_DRIFT = 0.3  # of the height of the text: how far a cut may move aside


@dataclass(frozen=True)
class Piece:
    """A part of the ink: its bounding box in the map, half open, and its pixels in the box.

    `joint` is the ink, in heights of the text, that was cut between it and the piece before; 0 if they do not touch.
    """

    left: int
    top: int
    right: int
    bottom: int
    mask: np.ndarray
    joint: float = 0.0

    @cached_property
    def middle(self) -> float:
        """The column of the centre of mass."""
        return self.left + float(self.mask.sum(axis=0) @ np.arange(self.mask.shape[1]) / max(1, self.mask.sum()))


def text_height(regions: list[Region]) -> float:
    """Estimate the height of the digits: that of the tall regions, each weighted by its area."""
    if not regions:
        return 0.0
    tallest = max(region.height for region in regions)
    tall = [region for region in regions if region.height >= 0.5 * tallest]
    return float(np.median([region.height for region in tall]))


def find_pieces(mask: np.ndarray) -> tuple[list[Piece], float]:
    """Find the pieces of a mask, (height, width), from left to right, and the height of the text."""
    regions = find_regions(mask)
    height = text_height(regions)
    kept = [region for region in regions if region.area >= _MIN_AREA * height**2]
    kept = [region for region in kept if _is_part_of_text(region, kept, height)]
    pieces = [piece for region in kept for piece in _cut(region, height)]
    return sorted(pieces, key=lambda piece: piece.middle), height


def _is_part_of_text(region: Region, others: list[Region], height: float) -> bool:
    if region.height >= _MIN_PIECE_HEIGHT * height:
        return True
    # The bar of a 5 or of a 7, or a part of a broken digit, overlaps a tall region.
    room = 0.25 * height
    return region.area >= 4 * _MIN_AREA * height**2 and any(
        other is not region
        and other.height >= 0.5 * height
        and other.left - room < (region.left + region.right) / 2 < other.right + room
        for other in others
    )


def _cut(region: Region, height: float) -> list[Piece]:
    """Cut a region wherever it could be two digits that touch."""
    whole = Piece(region.left, region.top, region.right, region.bottom, region.mask)
    if region.width < _MAX_UNCUT_WIDTH * height or region.height < _MIN_CUT_HEIGHT * height:
        return [whole]
    margin, step = _CUT_MARGIN * height, max(2.0, _CUT_STEP * height)
    seams: list[tuple[float, np.ndarray]] = []
    for place in np.arange(margin, region.width - margin + 1, step):
        ink, seam = _seam(region.mask, place, _DRIFT * height)
        if ink <= _MAX_CUT_INK * height:
            seams.append((ink, seam))
    chosen = _spread(seams, 0.16 * height)
    if not chosen:
        return [whole]
    columns = np.arange(region.width)
    side = sum(((columns >= seam[:, None]).astype(int) for _, seam in chosen), np.zeros(region.mask.shape, dtype=int))
    parts = []
    for number in range(len(chosen) + 1):
        part = region.mask & (side == number)
        if part.sum() >= _MIN_AREA * height**2:
            joint = chosen[number - 1][0] / height if number else 0.0
            parts.append(_piece(part, region.left, region.top, joint))
    return parts


def _seam(mask: np.ndarray, place: float, drift: float) -> tuple[float, np.ndarray]:
    """Find the path from top to bottom near a column that crosses the least ink.

    Returns:
        The number of pixels of ink on the path, and its column in each row, (height,).
    """
    height, width = mask.shape
    low, high = max(0, int(place - drift)), min(width, int(place + drift) + 1)
    # A little is charged for each step aside, and for the distance from the place.
    away = 0.02 * np.abs(np.arange(low, high) - place) / max(1.0, drift)
    costs = mask[:, low:high] + away
    total = costs[0].copy()
    came_from = np.zeros(costs.shape, dtype=np.int8)
    for row in range(1, height):
        left = np.concatenate([[np.inf], total[:-1]]) + 0.05
        right = np.concatenate([total[1:], [np.inf]]) + 0.05
        choices = np.stack([left, total, right])
        best = choices.argmin(axis=0)
        came_from[row] = best - 1
        total = costs[row] + choices[best, np.arange(len(best))]
    seam = np.empty(height, dtype=int)
    at = int(total.argmin())
    for row in range(height - 1, -1, -1):
        seam[row] = low + at
        at += int(came_from[row, at])
    return float(mask[np.arange(height), seam].sum()), seam


def _spread(seams: list[tuple[float, np.ndarray]], distance: float) -> list[tuple[float, np.ndarray]]:
    """Keep the seams with the least ink that are apart from each other, from left to right."""
    kept: list[tuple[float, np.ndarray]] = []
    for ink, seam in sorted(seams, key=lambda pair: pair[0]):
        if all(abs(float(seam.mean() - other.mean())) >= distance and not _cross(seam, other) for _, other in kept):
            kept.append((ink, seam))
    return sorted(kept, key=lambda pair: float(pair[1].mean()))


def _cross(one: np.ndarray, other: np.ndarray) -> bool:
    return bool((one < other).any() and (one > other).any())


def _piece(mask: np.ndarray, left: int, top: int, joint: float) -> Piece:
    """Crop a mask, whose upper left corner lies at (left, top), to a piece."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    cropped = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    right, bottom = left + int(columns[-1]) + 1, top + int(rows[-1]) + 1
    return Piece(left + int(columns[0]), top + int(rows[0]), right, bottom, cropped, joint)
