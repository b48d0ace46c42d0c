"""What a picture is to a model, and what the model makes of it, as PNGs."""

import numpy as np

from docsight.inspection.loading import Verdict
from docsight.inspection.sheet import (
    ACCENT,
    EDGE,
    GREY,
    HEAT,
    INK,
    SECOND,
    SIGNED,
    SOFT,
    WIDTH,
    Sheet,
    colours,
    greys,
    ramp,
)

TINTS = {"red": "#f0483e", "green": "#3fb950", "blue": "#4c8dff"}

_ALL_NUMBERS = 32  # pixels of the side up to which every number is written
_ZOOM = 16  # pixels of the side of what is shown of a larger picture
_LABELS = 14


def draw_picture(given: np.ndarray, pixels: np.ndarray, inputs: np.ndarray, *, came: tuple[int, int]) -> bytes:
    """Draw the picture as it came, as it was fitted, and the numbers that the first filters get.

    Args:
        given: uint8, (height, width) or (height, width, 3).
        pixels: uint8, (channels, size, size).
        inputs: float32, (channels, size, size).
        came: Width and height of the picture as it came, in pixels.
    """
    side, gap = 3.3, 0.4
    sheet = Sheet(side + 1.25)
    size = f"{came[0]:,} \u00d7 {came[1]:,} pixels"
    square = f"{pixels.shape[1]} \u00d7 {pixels.shape[2]} pixels"
    x = EDGE
    _title(sheet, x, "As it came", size)
    scale = min(side / given.shape[1], side / given.shape[0])
    width, height = given.shape[1] * scale, given.shape[0] * scale
    sheet.image(
        x + (side - width) / 2, 0.65 + (side - height) / 2, width, given, interpolation="antialiased", **greys(given)
    )
    x += side + gap
    _title(sheet, x, "As the network gets it", square)
    sheet.image(x, 0.65, side, colours(pixels), **greys(colours(pixels)))
    x += side + gap
    low, high = float(inputs.min()), float(inputs.max())
    _title(sheet, x, "As numbers around 0", "what the first filters read")
    if len(inputs) == 1:
        sheet.image(x, 0.65, side, inputs[0], cmap=GREY, vmin=low, vmax=high)
        sheet.scale(x + 0.2, side + 0.78, 1.4, colours=GREY, low=low, high=high, form=".1f", title="value")
    else:
        inner = (side - 0.12) / 2
        for at, (name, values) in enumerate(zip(TINTS, inputs, strict=True)):
            left, top = x + (inner + 0.12) * (at % 2), 0.65 + (inner + 0.12) * (at // 2)
            sheet.image(left, top, inner, values, cmap=GREY, vmin=low, vmax=high)
            sheet.box(left + 0.05, top + 0.05, 0.5, 0.19, colour="none", line=0, fill="white")
            sheet.text(left + 0.3, top + 0.145, name, size=7.5, align="center", middle=True)
        left, top = x + inner + 0.22, 0.65 + inner + 0.7
        sheet.scale(left, top, 0.8, colours=GREY, low=low, high=high, form=".1f", title="value")
    return sheet.png()


def draw_pixels(pixels: np.ndarray) -> bytes:
    """Write the values of the pixels into their cells; of a large or a coloured picture those of a lively part."""
    channels, size, _ = pixels.shape
    if channels == 1 and size <= _ALL_NUMBERS:
        side = (WIDTH - 2 * EDGE) / size
        sheet = Sheet(size * side + 2 * EDGE)
        sheet.cells(EDGE, EDGE, side, pixels[0], form="d", size=_fitting(side), cmap=GREY, vmin=0, vmax=255)
        return sheet.png()
    top, left = _lively(pixels)
    zoom = min(_ZOOM, size)
    part = pixels[:, top : top + zoom, left : left + zoom]
    side, across = (WIDTH - 2 * EDGE - 0.35) / 2, (WIDTH - EDGE + 0.1) / 2
    cell = side / zoom
    sheet = Sheet((side + 0.5) * (2 if channels == 3 else 1) + EDGE)
    sheet.text(EDGE, 0.33, "The whole picture, and the part whose numbers are shown", bold=True)
    sheet.image(EDGE, 0.45, side, colours(pixels), **greys(colours(pixels)))
    scale = side / size
    sheet.box(EDGE + left * scale, 0.45 + top * scale, zoom * scale, zoom * scale, colour=ACCENT, line=1.6)
    names = ("light",) if channels == 1 else tuple(TINTS)
    for at, (name, values) in enumerate(zip(names, part, strict=True), start=1):
        x, y = EDGE + (at % 2) * (across - EDGE + 0.15), 0.45 + (at // 2) * (side + 0.5)
        sheet.text(x, y - 0.12, f"How much {name}", bold=True)
        shown = {"cmap": ramp(TINTS[name]) if name in TINTS else GREY, "vmin": 0, "vmax": 255}
        sheet.cells(x, y, cell, values, form="d", size=_fitting(cell), **shown)
    return sheet.png()


def draw_scores(verdict: Verdict, label: str) -> bytes:
    """Draw the probabilities as bars, and the abstention score against its threshold."""
    names = sorted(verdict.scores, key=lambda name: -verdict.scores[name])
    if len(names) <= _LABELS:
        names = list(verdict.scores)
    shown = names[:_LABELS]
    row, top = 0.27, 0.6
    sheet = Sheet(max(top + row * (len(shown) + (len(names) > _LABELS)) + 0.3, 2.4))
    start = EDGE + min(1.9, 0.12 + 0.085 * max(map(len, shown)))
    length = 6.1 - start
    sheet.text(EDGE, 0.35, "Probability of each class", bold=True)
    for at, name in enumerate(shown):
        y, share = top + at * row, verdict.scores[name]
        colour = ACCENT if name == label else SECOND
        sheet.box(start, y, length, row * 0.62, colour="none", line=0, fill="#f1efea")
        sheet.box(start, y, max(length * share, 0.006), row * 0.62, colour="none", line=0, fill=colour)
        sheet.text(start - 0.1, y + row * 0.48, _short(name), align="right", bold=name == label)
        sheet.text(start + length + 0.1, y + row * 0.48, f"{share:.3f}", colour=INK if share >= 0.01 else SOFT)
    if len(names) > _LABELS:
        rest = sum(verdict.scores[name] for name in names[_LABELS:])
        line = f"and {len(names) - _LABELS} more classes with {rest:.3f} together"
        sheet.text(start, top + len(shown) * row + 0.15, line, colour=SOFT)
    _draw_in_domain(sheet, verdict)
    return sheet.png()


def draw_decision(pixels: np.ndarray, cam: np.ndarray, lost: np.ndarray, label: str) -> bytes:
    """Draw what moved the decision for a label: Grad-CAM and occlusion, each over the picture.

    Args:
        pixels: uint8, (channels, size, size).
        cam: (size, size), of `grad_cam`.
        lost: (size, size), of `occlusion`.
        label: Whose decision.
    """
    side, gap = 3.3, 0.4
    sheet = Sheet(side + 1.3)
    seen = colours(pixels)
    _title(sheet, EDGE, "As the network gets it", f"and what speaks for “{_short(label)}”")
    sheet.image(EDGE, 0.65, side, seen, **greys(seen))
    x = EDGE + side + gap
    high = float(cam.max()) or 1.0
    _title(sheet, x, "Grad-CAM", "where the last filters found it")
    sheet.image(x, 0.65, side, _over(seen, cam / high, HEAT))
    sheet.scale(x + 0.15, side + 0.8, 1.2, colours=HEAT, low=0, high=high, form=".2g", title="part in the score")
    x += side + gap
    most = float(np.abs(lost).max()) or 1.0
    _title(sheet, x, "Occlusion", "what is lost where a patch covers it")
    sheet.image(x, 0.65, side, _over(seen, lost / most, SIGNED))
    sheet.scale(x + 0.2, side + 0.8, 1.4, colours=SIGNED, low=-most, high=most, form=".2g", title="log odds lost")
    return sheet.png()


def _draw_in_domain(sheet: Sheet, verdict: Verdict) -> None:
    """Draw where the score lies to the threshold, and the words for it."""
    left, right, y = 7.4, WIDTH - EDGE - 0.1, 1.35
    sheet.text(left, 0.35, "Like what it learned from?", bold=True)
    never = verdict.threshold < -1e20
    threshold = verdict.in_domain - 1 if never else verdict.threshold
    reach = max(abs(verdict.in_domain - threshold) * 1.1, abs(threshold), 1.0)
    at = left + (right - left) * (0.5 + 0.5 * (verdict.in_domain - threshold) / reach)
    middle = (left + right) / 2
    if not never:
        sheet.box(left, y - 0.07, middle - left, 0.14, colour="none", line=0, fill="#eadfd9")
        sheet.text(left, y - 0.2, "refused", size=8, colour=SOFT)
        sheet.line((middle, middle), (y - 0.16, y + 0.16), colour=INK, line=1.4)
        sheet.text(middle, y + 0.34, f"threshold {_number(threshold)}", size=8.5, colour=SOFT, align="center")
    sheet.box(
        left if never else middle,
        y - 0.07,
        right - (left if never else middle),
        0.14,
        colour="none",
        line=0,
        fill="#d8e6d6",
    )
    sheet.text(right, y - 0.2, "gets its label", size=8, colour=SOFT, align="right")
    sheet.line((at, at), (y - 0.12, y + 0.12), colour=ACCENT if verdict.label is None else SECOND, line=5)
    sheet.text(left, y + 0.72, f"in_domain {_number(verdict.in_domain)}", bold=True)
    word = "below the threshold: no label" if verdict.label is None else "the label is given"
    sheet.text(left, y + 0.92, word, colour=SOFT)


def _title(sheet: Sheet, x: float, title: str, below: str) -> None:
    sheet.text(x, 0.35, title, size=10, bold=True)
    sheet.text(x, 0.54, below, size=8.5, colour=SOFT)


def _over(seen: np.ndarray, heat: np.ndarray, scale: str) -> np.ndarray:
    """Lay colours over a picture in pale grey: the stronger the heat, from -1 to 1, the less of the picture is left."""
    from matplotlib import colormaps

    grey = seen if seen.ndim == 2 else seen @ np.array([0.299, 0.587, 0.114])
    if seen.ndim == 2 and np.median(grey) < 100:  # light on dark: as ink on paper it can be seen through the colours
        grey = 255 - grey
    paper = (0.5 + 0.5 * grey / 255)[..., None] * np.ones(3)
    tint = colormaps[scale](heat if scale == HEAT else (heat + 1) / 2)[..., :3]
    share = np.clip(np.abs(heat), 0, 1)[..., None] ** 0.7 * 0.82
    return np.clip(paper * (1 - share) + tint * share * (0.6 + 0.4 * paper), 0, 1)


def _lively(pixels: np.ndarray) -> tuple[int, int]:
    """Find the part of a picture, (channels, size, size), in which the most happens: its upper left corner."""
    size = pixels.shape[1]
    zoom = min(_ZOOM, size)
    starts = range(0, size - zoom + 1, max(1, zoom // 4))
    spread = {
        (y, x): float(pixels[:, y : y + zoom, x : x + zoom].std(axis=(1, 2)).sum()) for y in starts for x in starts
    }
    return max(spread, key=lambda corner: spread[corner])


def _fitting(side: float) -> float:
    """Return the size in points at which three digits fit into a cell."""
    return min(9.0, side * 72 / 3 / 0.66 * 0.8)


def _short(name: str) -> str:
    return name if len(name) <= 22 else name[:21] + "…"


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "\u2212")
