"""Plots of filters, feature maps and the images that activate filters most, as PNGs."""

from typing import Any

import numpy as np

from docsight.inspection.canvas import (
    ACCENT,
    CANVAS_WIDTH,
    HEAT,
    INK,
    MARGIN,
    SIGNED,
    SOFT,
    Canvas,
    channels_last,
    grey_options,
)
from docsight.inspection.top_activations import TopImages


def draw_filters(before: np.ndarray, after: np.ndarray) -> bytes:
    """Draw the first filters, (filters, channels, 3, 3), before and after training, all with one colour scale."""
    high = float(max(np.abs(before).max(), np.abs(after).max()))
    if before.shape[1] == 1:
        return _draw_grey_filters(before[:, 0], after[:, 0], high)
    return _draw_colour_filters(before, after, high)


def draw_maps(maps: np.ndarray) -> bytes:
    """Draw the feature maps of a layer, (filters, height, width), with one colour scale."""
    count = len(maps)
    across = 8 if count <= 32 else 12
    column = (CANVAS_WIDTH - 2 * MARGIN) / across
    side, row = column - 0.1, column + 0.1
    canvas = Canvas(0.7 + -(-count // across) * row + 0.1)
    high = float(maps.max()) or 1.0
    title = "activation; one scale for all"
    canvas.colour_bar(MARGIN + 0.2, 0.2, 2.2, cmap=HEAT, low=0, high=high, form=".1f", title=title)
    for number, values in enumerate(maps):
        x, y = MARGIN + (number % across) * column, 0.75 + (number // across) * row
        colour = INK if values.max() > 0.02 * high else SOFT
        canvas.text(x, y + 0.1, str(number), size=7.5, colour=colour)
        canvas.image(x, y + 0.14, side, values, cmap=HEAT, vmin=0, vmax=high)
    return canvas.png()


def draw_top_images(found: TopImages, pixels: dict[int, np.ndarray]) -> bytes:
    """Draw the images that activate each filter most, with a frame around the receptive field.

    `pixels` holds these images by their indices: uint8, (channels, size, size).
    """
    top = found.images.shape[1]
    columns = 2 if top <= 10 and len(found.filters) > 4 else 1
    column = (CANVAS_WIDTH - 2 * MARGIN - 0.4 * (columns - 1)) / columns
    size = next(iter(pixels.values())).shape[1]
    gap = max(1, round(size * 0.04))  # in pixels of the images
    scale = min(0.9 / size, (column - 0.4) / (top * (size + gap)))
    side = size * scale
    rows = -(-len(found.filters) // columns)
    canvas = Canvas(0.2 + rows * (side + 0.08) + 0.15, dpi=110)
    for at, number in enumerate(found.filters):
        x, y = MARGIN + (at // rows) * (column + 0.4), 0.2 + (at % rows) * (side + 0.08)
        canvas.text(x + 0.25, y + side / 2, str(number), size=8.5, colour=SOFT, align="right", middle=True)
        if found.values[at].max() <= 0:
            canvas.text(x + 0.4, y + side / 2, "no image activates it", size=8.5, colour=SOFT, middle=True)
            continue
        strip = _strip([channels_last(pixels[int(index)]) for index in found.images[at]], gap)
        width = scale * strip.shape[1]
        canvas.image(x + 0.35, y, width, strip, interpolation="antialiased", frame=False, **grey_options(strip))
        for place, box in enumerate(found.boxes[at]):
            left = x + 0.35 + place * (size + gap) * scale
            box_height, box_width = (box[2] - box[0]) * scale, (box[3] - box[1]) * scale
            if box_height < 0.97 * side or box_width < 0.97 * side:
                canvas.box(left + box[1] * scale, y + box[0] * scale, box_width, box_height, colour=ACCENT, line=1.1)
    return canvas.png()


def _draw_grey_filters(before: np.ndarray, after: np.ndarray, high: float) -> bytes:
    """Draw filters of one channel, (filters, 3, 3), with their nine weights."""
    across, cell, top = 4, 0.375, 0.6
    column = (CANVAS_WIDTH - 2 * MARGIN + 0.25) / across
    row = 3 * cell + 0.55
    canvas = Canvas(top + -(-len(before) // across) * row + 0.05)
    _draw_weight_bar(canvas, high)
    for number in range(len(before)):
        x, y = MARGIN + (number % across) * column, top + (number // across) * row
        canvas.text(x, y + 0.3, f"filter {number}", size=8, bold=True)
        for at, (name, weights) in enumerate((("before", before[number]), ("after", after[number]))):
            left = x + at * (3 * cell + 0.1)
            canvas.text(left + 3 * cell, y + 0.3, name, size=8, colour=SOFT, align="right")
            canvas.cells(left, y + 0.36, cell, weights, form=".2f", size=7, **_weight_options(high))
    return canvas.png()


def _draw_colour_filters(before: np.ndarray, after: np.ndarray, high: float) -> bytes:
    """Draw filters of three channels, (filters, 3, 3, 3), as six matrices each."""
    count, channels = before.shape[:2]
    cell, across, top = 0.17, 6, 1.0
    column = (CANVAS_WIDTH - 2 * MARGIN) / across
    row = 6.3 * cell + 0.5
    canvas = Canvas(top + -(-count // across) * row + 0.1)
    _draw_weight_bar(canvas, high)
    canvas.text(MARGIN, 0.78, "Each filter before training (above) and after (below).", size=8.5)
    canvas.text(MARGIN, 0.94, "From left to right: its weights for red, green and blue.", size=8.5)
    for number in range(count):
        x, y = MARGIN + (number % across) * column, top + (number // across) * row
        canvas.text(x, y + 0.3, f"filter {number}", size=8, colour=SOFT)
        for below, weights in enumerate((before, after)):
            for channel in range(channels):
                left, upper = x + channel * 3.3 * cell, y + 0.36 + below * 3.3 * cell
                canvas.cells(left, upper, cell, weights[number, channel], **_weight_options(high))
    return canvas.png()


def _weight_options(high: float) -> dict[str, Any]:
    return {"cmap": SIGNED, "vmin": -high, "vmax": high}


def _draw_weight_bar(canvas: Canvas, high: float) -> None:
    title = "weight; one scale for all"
    canvas.colour_bar(MARGIN + 0.2, 0.2, 2.2, cmap=SIGNED, low=-high, high=high, form=".2f", title=title)


def _strip(images: list[np.ndarray], gap: int) -> np.ndarray:
    """Join images of one size in a row with pale lines between them: one image is faster to draw."""
    line = np.full((len(images[0]), gap, *images[0].shape[2:]), 228, dtype=np.uint8)
    return np.concatenate([part for image in images for part in (image, line)][:-1], axis=1)
