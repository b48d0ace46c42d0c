"""Plots of an image, its pixels and the pixels that influence the decision, as PNGs."""

from typing import Any

import numpy as np

from docsight.inspection.canvas import (
    ACCENT,
    CANVAS_WIDTH,
    GREY,
    HEAT,
    MARGIN,
    SIGNED,
    SOFT,
    Canvas,
    channels_last,
    colour_map,
    grey_options,
)
from docsight.inspection.prediction_plots import shorten

CHANNEL_COLOURS = {"red": "#f0483e", "green": "#3fb950", "blue": "#4c8dff"}

_MAX_NUMBERED_SIDE = 32  # pixels: up to this size, every pixel shows its value
_DETAIL_SIDE = 16  # pixels of a larger image that show their values

# The views that stand side by side, in inches.
_VIEW_SIDE, _VIEW_GAP, _VIEW_TOP = 3.3, 0.4, 0.65


def draw_image(original: np.ndarray, pixels: np.ndarray, inputs: np.ndarray, *, size: tuple[int, int]) -> bytes:
    """Draw the original image, the image fitted to the network, and the network's input.

    Args:
        original: uint8, (height, width) or (height, width, 3).
        pixels: uint8, (channels, size, size).
        inputs: float32, (channels, size, size).
        size: The width and height of the image file in pixels; `original` may be smaller.
    """
    canvas = Canvas(_VIEW_SIDE + 1.25)
    _title(canvas, MARGIN, "Image file", f"{size[0]:,} \u00d7 {size[1]:,} pixels")
    scale = min(_VIEW_SIDE / original.shape[1], _VIEW_SIDE / original.shape[0])
    width, height = original.shape[1] * scale, original.shape[0] * scale
    x, y = MARGIN + (_VIEW_SIDE - width) / 2, _VIEW_TOP + (_VIEW_SIDE - height) / 2
    canvas.image(x, y, width, original, interpolation="antialiased", **grey_options(original))
    x = MARGIN + _VIEW_SIDE + _VIEW_GAP
    _title(canvas, x, "Fitted to the network", f"{pixels.shape[1]} \u00d7 {pixels.shape[2]} pixels")
    canvas.image(x, _VIEW_TOP, _VIEW_SIDE, channels_last(pixels), **grey_options(channels_last(pixels)))
    _draw_inputs(canvas, x + _VIEW_SIDE + _VIEW_GAP, inputs)
    return canvas.png()


def draw_pixels(pixels: np.ndarray) -> bytes:
    """Draw the values of all pixels in their cells, or of a detail if the image is large or coloured."""
    channels, size, _ = pixels.shape
    if channels == 1 and size <= _MAX_NUMBERED_SIDE:
        side = (CANVAS_WIDTH - 2 * MARGIN) / size
        canvas = Canvas(size * side + 2 * MARGIN)
        canvas.cells(MARGIN, MARGIN, side, pixels[0], form="d", size=_font_size(side), cmap=GREY, vmin=0, vmax=255)
        return canvas.png()
    top, left = _detail_corner(pixels)
    zoom = min(_DETAIL_SIDE, size)
    detail = pixels[:, top : top + zoom, left : left + zoom]
    side, across = (CANVAS_WIDTH - 2 * MARGIN - 0.35) / 2, (CANVAS_WIDTH - MARGIN + 0.1) / 2
    cell, scale = side / zoom, side / size
    canvas = Canvas((side + 0.5) * (2 if channels == 3 else 1) + MARGIN)
    canvas.text(MARGIN, 0.33, "The whole image, with a frame around the detail", bold=True)
    canvas.image(MARGIN, 0.45, side, channels_last(pixels), **grey_options(channels_last(pixels)))
    canvas.box(MARGIN + left * scale, 0.45 + top * scale, zoom * scale, zoom * scale, colour=ACCENT, line=1.6)
    names = ("brightness",) if channels == 1 else tuple(CHANNEL_COLOURS)
    for at, (name, values) in enumerate(zip(names, detail, strict=True), start=1):
        x, y = MARGIN + (at % 2) * (across - MARGIN + 0.15), 0.45 + (at // 2) * (side + 0.5)
        canvas.text(x, y - 0.12, f"Detail: {name}", bold=True)
        cmap = colour_map(CHANNEL_COLOURS[name]) if name in CHANNEL_COLOURS else GREY
        canvas.cells(x, y, cell, values, form="d", size=_font_size(cell), cmap=cmap, vmin=0, vmax=255)
    return canvas.png()


def draw_decision(pixels: np.ndarray, cam: np.ndarray, losses: np.ndarray, label: str) -> bytes:
    """Draw what influences the decision for a label: Grad-CAM and occlusion, each over the image.

    Args:
        pixels: uint8, (channels, size, size).
        cam: (size, size), from `grad_cam`.
        losses: (size, size), from `occlusion`.
        label: The label that is explained.
    """
    canvas = Canvas(_VIEW_SIDE + 1.3)
    image = channels_last(pixels)
    _title(canvas, MARGIN, "Fitted to the network", f"explained for “{shorten(label)}”")
    canvas.image(MARGIN, _VIEW_TOP, _VIEW_SIDE, image, **grey_options(image))
    x = MARGIN + _VIEW_SIDE + _VIEW_GAP
    high = float(cam.max()) or 1.0
    _title(canvas, x, "Grad-CAM", "evidence in the last feature maps")
    canvas.image(x, _VIEW_TOP, _VIEW_SIDE, _overlay(image, cam / high, HEAT))
    canvas.colour_bar(
        x + 0.15, _VIEW_SIDE + 0.8, 1.2, cmap=HEAT, low=0, high=high, form=".2g", title="part of the logit"
    )
    x += _VIEW_SIDE + _VIEW_GAP
    high = float(np.abs(losses).max()) or 1.0
    _title(canvas, x, "Occlusion", "loss where a patch covers the image")
    canvas.image(x, _VIEW_TOP, _VIEW_SIDE, _overlay(image, losses / high, SIGNED))
    canvas.colour_bar(
        x + 0.2, _VIEW_SIDE + 0.8, 1.4, cmap=SIGNED, low=-high, high=high, form=".2g", title="log odds lost"
    )
    return canvas.png()


def _draw_inputs(canvas: Canvas, x: float, inputs: np.ndarray) -> None:
    """Draw the channels of the network's input in grey, in two columns if there are several."""
    _title(canvas, x, "Normalised", "input of the first filters")
    options: dict[str, Any] = {"cmap": GREY, "vmin": float(inputs.min()), "vmax": float(inputs.max())}
    bar: dict[str, Any] = {
        "cmap": GREY,
        "low": options["vmin"],
        "high": options["vmax"],
        "form": ".1f",
        "title": "value",
    }
    if len(inputs) == 1:
        canvas.image(x, _VIEW_TOP, _VIEW_SIDE, inputs[0], **options)
        canvas.colour_bar(x + 0.2, _VIEW_SIDE + 0.78, 1.4, **bar)
        return
    inner = (_VIEW_SIDE - 0.12) / 2
    for at, (name, values) in enumerate(zip(CHANNEL_COLOURS, inputs, strict=True)):
        left, top = x + (inner + 0.12) * (at % 2), _VIEW_TOP + (inner + 0.12) * (at // 2)
        canvas.image(left, top, inner, values, **options)
        canvas.box(left + 0.05, top + 0.05, 0.5, 0.19, colour="none", line=0, fill="white")
        canvas.text(left + 0.3, top + 0.145, name, size=7.5, align="center", middle=True)
    canvas.colour_bar(x + inner + 0.22, _VIEW_TOP + inner + 0.7, 0.8, **bar)


def _title(canvas: Canvas, x: float, title: str, subtitle: str) -> None:
    canvas.text(x, 0.35, title, size=10, bold=True)
    canvas.text(x, 0.54, subtitle, size=8.5, colour=SOFT)


def _overlay(image: np.ndarray, heat: np.ndarray, cmap: str) -> np.ndarray:
    """Blend colours over a pale grey image: the farther the heat, from -1 to 1, is from 0, the less image remains."""
    from matplotlib import colormaps

    grey = image if image.ndim == 2 else image @ np.array([0.299, 0.587, 0.114])
    if image.ndim == 2 and np.median(grey) < 100:  # light on dark is inverted, so that it shows through the colours
        grey = 255 - grey
    paper = (0.5 + 0.5 * grey / 255)[..., None] * np.ones(3)
    tint = colormaps[cmap](heat if cmap == HEAT else (heat + 1) / 2)[..., :3]
    weight = np.clip(np.abs(heat), 0, 1)[..., None] ** 0.7 * 0.82
    blended: np.ndarray = np.clip(paper * (1 - weight) + tint * weight * (0.6 + 0.4 * paper), 0, 1)
    return blended


def _detail_corner(pixels: np.ndarray) -> tuple[int, int]:
    """Return the upper left corner of the detail of an image, (channels, size, size), that varies most."""
    size = pixels.shape[1]
    zoom = min(_DETAIL_SIDE, size)
    starts = range(0, size - zoom + 1, max(1, zoom // 4))
    spread = {
        (y, x): float(pixels[:, y : y + zoom, x : x + zoom].std(axis=(1, 2)).sum()) for y in starts for x in starts
    }
    return max(spread, key=lambda corner: spread[corner])


def _font_size(side: float) -> float:
    """Return the size in points at which three digits fit into a cell, whose side is in inches."""
    return min(9.0, side * 72 / 3 / 0.66 * 0.8)
