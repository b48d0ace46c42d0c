"""What the filters of a model are, and what they answer to, as PNGs."""

from typing import Any

import numpy as np

from docsight.inspection.exciting import Exciting
from docsight.inspection.sheet import ACCENT, EDGE, HEAT, INK, SIGNED, SOFT, WIDTH, Sheet, colours, greys


def draw_filters(before: np.ndarray, after: np.ndarray) -> bytes:
    """Draw each filter of the first layer as it began and as it became, all by one scale of colours.

    Args:
        before: (filters, channels, 3, 3).
        after: The same, trained.
    """
    count, channels = before.shape[:2]
    most = float(max(np.abs(before).max(), np.abs(after).max()))
    options: dict[str, Any] = {"cmap": SIGNED, "vmin": -most, "vmax": most}
    if channels == 1:
        return _draw_grey_filters(before[:, 0], after[:, 0], options, most)
    cell, across = 0.17, 6
    wide = (WIDTH - 2 * EDGE) / across
    high, top = 6.3 * cell + 0.5, 1.0
    sheet = Sheet(top + -(-count // across) * high + 0.1)
    sheet.scale(
        EDGE + 0.2, 0.2, 2.2, colours=SIGNED, low=-most, high=most, form=".2f", title="weight; one scale for all"
    )
    sheet.text(
        EDGE, 0.78, "Of each filter above as it began, below as it became; from left to right what it does", size=8.5
    )
    sheet.text(EDGE, 0.94, "with red, green and blue.", size=8.5)
    for number in range(count):
        x, y = EDGE + (number % across) * wide, top + (number // across) * high
        sheet.text(x, y + 0.3, f"filter {number}", size=8, colour=SOFT)
        for down, weights in enumerate((before, after)):
            for at in range(channels):
                left, up = x + at * 3.3 * cell, y + 0.36 + down * 3.3 * cell
                sheet.cells(left, up, cell, weights[number, at], **options)
    return sheet.png()


def draw_maps(maps: np.ndarray) -> bytes:
    """Draw the feature maps of a layer, (filters, height, width), by one scale of colours."""
    count = len(maps)
    across = 8 if count <= 32 else 12
    wide = (WIDTH - 2 * EDGE) / across
    side, high = wide - 0.1, wide + 0.1
    sheet = Sheet(0.7 + -(-count // across) * high + 0.1)
    most = float(maps.max()) or 1.0
    sheet.scale(
        EDGE + 0.2,
        0.2,
        2.2,
        colours=HEAT,
        low=0,
        high=most,
        form=".1f",
        title="answer of the filter; one scale for all",
    )
    for number, values in enumerate(maps):
        x, y = EDGE + (number % across) * wide, 0.75 + (number // across) * high
        colour = INK if values.max() > 0.02 * most else SOFT
        sheet.text(x, y + 0.1, str(number), size=7.5, colour=colour)
        sheet.image(x, y + 0.14, side, values, cmap=HEAT, vmin=0, vmax=most)
    return sheet.png()


def draw_exciting(found: Exciting, pixels: dict[int, np.ndarray]) -> bytes:
    """Draw for each filter the pictures that excite it the most, with a frame around what it answered to.

    Args:
        found: Of `most_exciting`.
        pixels: The pictures named there by their places: uint8, (channels, size, size).
    """
    top = found.pictures.shape[1]
    columns = 2 if top <= 10 and len(found.filters) > 4 else 1
    wide = (WIDTH - 2 * EDGE - 0.4 * (columns - 1)) / columns
    size = next(iter(pixels.values())).shape[1]
    gap = max(1, round(size * 0.04))  # in pixels of the pictures
    scale = min(0.9 / size, (wide - 0.4) / (top * (size + gap)))
    side = size * scale
    rows = -(-len(found.filters) // columns)
    sheet = Sheet(0.2 + rows * (side + 0.08) + 0.15, dpi=110)
    for at, number in enumerate(found.filters):
        x, y = EDGE + (at // rows) * (wide + 0.4), 0.2 + (at % rows) * (side + 0.08)
        sheet.text(x + 0.25, y + side / 2, str(number), size=8.5, colour=SOFT, align="right", middle=True)
        if found.values[at].max() <= 0:
            sheet.text(x + 0.4, y + side / 2, "no picture excites it", size=8.5, colour=SOFT, middle=True)
            continue
        strip = _strip([colours(pixels[int(picture)]) for picture in found.pictures[at]], gap)
        sheet.image(
            x + 0.35, y, scale * strip.shape[1], strip, interpolation="antialiased", frame=False, **greys(strip)
        )
        for place, box in enumerate(found.boxes[at]):
            left = x + 0.35 + place * (size + gap) * scale
            high, long = (box[2] - box[0]) * scale, (box[3] - box[1]) * scale
            if high < 0.97 * side or long < 0.97 * side:
                sheet.box(left + box[1] * scale, y + box[0] * scale, long, high, colour=ACCENT, line=1.1)
    return sheet.png()


def _draw_grey_filters(before: np.ndarray, after: np.ndarray, options: dict[str, Any], most: float) -> bytes:
    """Draw filters of one channel with their nine numbers; (filters, 3, 3) each."""
    across, cell, top = 4, 0.375, 0.6
    wide = (WIDTH - 2 * EDGE + 0.25) / across
    high = 3 * cell + 0.55
    sheet = Sheet(top + -(-len(before) // across) * high + 0.05)
    sheet.scale(
        EDGE + 0.2, 0.2, 2.2, colours=SIGNED, low=-most, high=most, form=".2f", title="weight; one scale for all"
    )
    for number in range(len(before)):
        x, y = EDGE + (number % across) * wide, top + (number // across) * high
        sheet.text(x, y + 0.3, f"filter {number}", size=8, bold=True)
        for at, (name, weights) in enumerate((("began", before[number]), ("became", after[number]))):
            left = x + at * (3 * cell + 0.1)
            sheet.text(left + 3 * cell, y + 0.3, name, size=8, colour=SOFT, align="right")
            sheet.cells(left, y + 0.36, cell, weights, form=".2f", size=7, **options)
    return sheet.png()


def _strip(pictures: list[np.ndarray], gap: int) -> np.ndarray:
    """Put pictures of one size into a row, pale lines between them: one image is drawn the quicker."""
    line = np.full((len(pictures[0]), gap, *pictures[0].shape[2:]), 228, dtype=np.uint8)
    return np.concatenate([part for picture in pictures for part in (picture, line)][:-1], axis=1)
