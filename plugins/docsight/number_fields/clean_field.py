"""The ink of a field without the printed lines of the form."""

import numpy as np
from PIL import Image

from docsight.number_fields.ink_map import InkMap, find_ink
from docsight.number_fields.lines import remove_lines
from docsight.number_fields.pieces import find_pieces, text_height
from docsight.number_fields.regions import find_regions
from docsight.number_fields.rings import remove_rings

_FIRST_HEIGHT = 72  # pixels to which an image is resized at first
_TEXT_HEIGHT = 40  # pixels of digits, if they turn out too small or too large for that
_MIN_TEXT_HEIGHT, _MAX_TEXT_HEIGHT = 26, 60
_MAX_SCALE, _MAX_MAP_WIDTH = 4.0, 3000  # an image is enlarged at most so much, and is at most so wide then
_MAX_CELL_ASPECT = 2.5  # of an image that may show a single framed character
_MAX_CELL_PIXELS = 4_000_000  # a larger image is a page rather than a cell
# Of the median of the digits: regions with a thinner and paler stroke are remains of printed lines. Those that are
# upright or level and narrower than this fraction of the text's height are more likely to be.
_MIN_STRENGTH, _MIN_NARROW_STRENGTH, _NARROW = 0.1, 0.25, 0.15
_BARE_MARGIN = 6  # pixels around the ink of an image without its frame


def clean_ink(image: Image.Image) -> InkMap | None:
    """Find the ink in an image without the printed lines of forms, so large that digits are about 40 pixels high.

    None if there is no ink.
    """
    grey = image if image.mode == "L" else image.convert("L")
    max_scale = min(_MAX_SCALE, _MAX_MAP_WIDTH / grey.width)
    scale = min(max_scale, _FIRST_HEIGHT / grey.height)
    for _ in range(2):
        found = find_ink(grey, scale=scale)
        if found is None:
            return None
        found = InkMap(_without_form(found.ink), scale)
        height = find_pieces(found.mask)[1]
        if not height or _MIN_TEXT_HEIGHT <= height <= _MAX_TEXT_HEIGHT:
            break
        new_scale = min(max_scale, scale * _TEXT_HEIGHT / height)
        if abs(new_scale / scale - 1) < 0.1:
            break
        scale = new_scale
    return found


def without_frame(image: Image.Image) -> Image.Image | None:
    """Return the ink in an image without the printed lines around it, light on black, mode L; None without such lines.

    It has about 70 pixels a side. Dirt and the remains of the lines are left out.
    """
    if image.width * image.height > _MAX_CELL_PIXELS or max(image.size) > _MAX_CELL_ASPECT * min(image.size):
        return None
    grey = image if image.mode == "L" else image.convert("L")
    scale = min(_MAX_SCALE, _FIRST_HEIGHT / max(image.size))
    found = find_ink(grey, scale=scale)
    if found is None:
        return None
    ink = _without_form(found.ink)
    if ink is found.ink:
        return None
    pieces, _ = find_pieces(InkMap(ink, scale).mask)
    if not pieces:
        return None
    bare = np.zeros_like(ink)
    for piece in pieces:
        part = slice(piece.top, piece.bottom), slice(piece.left, piece.right)
        bare[part] = np.maximum(bare[part], ink[part] * piece.mask)
    rows, columns = (np.flatnonzero(bare.any(axis=axis)) for axis in (1, 0))
    bare = np.pad(bare[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], _BARE_MARGIN)
    return Image.fromarray((255 * bare).astype(np.uint8))


def _without_form(ink: np.ndarray) -> np.ndarray:
    """Return an ink map without printed lines and their remains; the same array if there are none."""
    cleaned = remove_rings(remove_lines(ink))
    if cleaned is ink:
        return ink
    regions = find_regions(InkMap(cleaned, 1.0).mask)
    # The ink of a stroke per pixel of its length: its width times its tone. Printed lines are thinner and paler.
    strengths = [
        float((cleaned[region.top : region.bottom, region.left : region.right] * region.mask).sum())
        / max(region.height, region.width)
        for region in regions
    ]
    height = text_height(regions)
    tall = [s for s, region in zip(strengths, regions, strict=True) if region.height >= 0.6 * height]
    typical = float(np.median(tall)) if tall else 0.0
    for strength, region in zip(strengths, regions, strict=True):
        is_narrow = min(region.width, region.height) < _NARROW * height
        if strength < typical * (_MIN_NARROW_STRENGTH if is_narrow else _MIN_STRENGTH):
            area = cleaned[region.top : region.bottom, region.left : region.right]
            area[region.mask] = 0
    return cleaned
