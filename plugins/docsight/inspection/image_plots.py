"""Plots of an image, its pixels, its prediction and the pixels that influence the decision, as PNGs."""

from functools import partial
from typing import Any

import numpy as np

from docsight.inspection.canvas import (
    ACCENT,
    CANVAS_WIDTH,
    GREY,
    HEAT,
    INK,
    MARGIN,
    SECOND,
    SIGNED,
    SOFT,
    Canvas,
    channels_last,
    format_number,
    grey_options,
)
from docsight.inspection.loading import Prediction

CHANNEL_COLOURS = {"red": "#f0483e", "green": "#3fb950", "blue": "#4c8dff"}

_MAX_NUMBERED_SIDE = 32  # pixels: up to this size, every pixel shows its value
_DETAIL_SIDE = 16  # pixels of a larger image that show their values
_MAX_BARS = 14
_MAX_LABEL_CHARS = 22

# Views side by side, in inches.
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
    from matplotlib.colors import LinearSegmentedColormap

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
        cmap = GREY if channels == 1 else LinearSegmentedColormap.from_list(name, ["#000000", CHANNEL_COLOURS[name]])
        canvas.cells(x, y, cell, values, form="d", size=_font_size(cell), cmap=cmap, vmin=0, vmax=255)
    return canvas.png()


def draw_scores(prediction: Prediction, label: str) -> bytes:
    """Draw the probabilities as bars, that of the label highlighted, and the abstention score against its threshold."""
    names = sorted(prediction.scores, key=lambda name: -prediction.scores[name])
    if len(names) <= _MAX_BARS:
        names = list(prediction.scores)
    shown = names[:_MAX_BARS]
    row, top = 0.27, 0.6
    canvas = Canvas(max(top + row * (len(shown) + (len(names) > _MAX_BARS)) + 0.3, 2.4))
    start = MARGIN + min(1.9, 0.12 + 0.085 * max(map(len, shown)))
    length = 6.1 - start
    canvas.text(MARGIN, 0.35, "Probability of each class", bold=True)
    for at, name in enumerate(shown):
        y, score = top + at * row, prediction.scores[name]
        colour = ACCENT if name == label else SECOND
        canvas.box(start, y, length, row * 0.62, fill="#f1efea")
        canvas.box(start, y, max(length * score, 0.006), row * 0.62, fill=colour)
        canvas.text(start - 0.1, y + row * 0.48, _shorten(name), align="right", bold=name == label)
        canvas.text(start + length + 0.1, y + row * 0.48, f"{score:.3f}", colour=INK if score >= 0.01 else SOFT)
    if len(names) > _MAX_BARS:
        rest = sum(prediction.scores[name] for name in names[_MAX_BARS:])
        line = f"and {len(names) - _MAX_BARS} more with a total of {rest:.3f}"
        canvas.text(start, top + len(shown) * row + 0.15, line, colour=SOFT)
    _draw_in_domain(canvas, prediction)
    return canvas.png()


def draw_decision(pixels: np.ndarray, cam: np.ndarray, losses: np.ndarray, label: str) -> bytes:
    """Draw what influences the decision for a label: Grad-CAM and occlusion, both (size, size), over the image."""
    canvas = Canvas(_VIEW_SIDE + 1.3)
    image = channels_last(pixels)
    _title(canvas, MARGIN, "Fitted to the network", f"explained for “{_shorten(label)}”")
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
    low, high = float(inputs.min()), float(inputs.max())
    options: dict[str, Any] = {"cmap": GREY, "vmin": low, "vmax": high}
    draw_bar = partial(canvas.colour_bar, cmap=GREY, low=low, high=high, form=".1f", title="value")
    if len(inputs) == 1:
        canvas.image(x, _VIEW_TOP, _VIEW_SIDE, inputs[0], **options)
        draw_bar(x + 0.2, _VIEW_SIDE + 0.78, 1.4)
        return
    inner = (_VIEW_SIDE - 0.12) / 2
    for at, (name, values) in enumerate(zip(CHANNEL_COLOURS, inputs, strict=True)):
        left, top = x + (inner + 0.12) * (at % 2), _VIEW_TOP + (inner + 0.12) * (at // 2)
        canvas.image(left, top, inner, values, **options)
        canvas.box(left + 0.05, top + 0.05, 0.5, 0.19, fill="white")
        canvas.text(left + 0.3, top + 0.145, name, size=7.5, align="center", middle=True)
    draw_bar(x + inner + 0.22, _VIEW_TOP + inner + 0.7, 0.8)


def _title(canvas: Canvas, x: float, title: str, subtitle: str) -> None:
    canvas.text(x, 0.35, title, size=10, bold=True)
    canvas.text(x, 0.54, subtitle, size=8.5, colour=SOFT)


def _draw_in_domain(canvas: Canvas, prediction: Prediction) -> None:
    left, right, y = 7.4, CANVAS_WIDTH - MARGIN - 0.1, 1.35
    canvas.text(left, 0.35, "Similar to the training images?", bold=True)
    threshold = prediction.threshold if prediction.has_threshold else prediction.in_domain - 1
    reach = max(abs(prediction.in_domain - threshold) * 1.1, abs(threshold), 1.0)
    middle = (left + right) / 2
    at = middle + (right - left) * 0.5 * (prediction.in_domain - threshold) / reach
    accepted = middle if prediction.has_threshold else left
    if prediction.has_threshold:
        canvas.box(left, y - 0.07, middle - left, 0.14, fill="#eadfd9")
        canvas.text(left, y - 0.2, "no label", size=8, colour=SOFT)
        canvas.line((middle, middle), (y - 0.16, y + 0.16), colour=INK, line=1.4)
        canvas.text(middle, y + 0.34, f"threshold {format_number(threshold)}", size=8.5, colour=SOFT, align="center")
    canvas.box(accepted, y - 0.07, right - accepted, 0.14, fill="#d8e6d6")
    canvas.text(right, y - 0.2, "label", size=8, colour=SOFT, align="right")
    canvas.line((at, at), (y - 0.12, y + 0.12), colour=ACCENT if prediction.label is None else SECOND, line=5)
    canvas.text(left, y + 0.72, f"in_domain {format_number(prediction.in_domain)}", bold=True)
    verdict = "below the threshold: no label" if prediction.label is None else "the image gets its label"
    canvas.text(left, y + 0.92, verdict, colour=SOFT)


def _shorten(label: str) -> str:
    return label if len(label) <= _MAX_LABEL_CHARS else label[: _MAX_LABEL_CHARS - 1] + "…"


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
    corners = [(top, left) for top in starts for left in starts]
    spreads = [pixels[:, y : y + zoom, x : x + zoom].std(axis=(1, 2)).sum() for y, x in corners]
    return corners[int(np.argmax(spreads))]


def _font_size(side: float) -> float:
    """Return the size in points at which three digits fit into a cell, whose side is in inches."""
    return min(9.0, side * 72 / 3 / 0.66 * 0.8)
