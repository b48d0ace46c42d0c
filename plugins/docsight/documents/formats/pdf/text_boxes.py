"""The boxes of words and runs: the directions in which text runs, and the lines that the words are in."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FAR_MOVE = 1.5  # em, across and along: from the end of one line to the beginning of another, whatever their direction

Boxes = NDArray[np.float64]
Indexes = NDArray[Any]
Rect = tuple[float, float, float, float]  # left, top, right, bottom; y grows downwards, in the direction of the text

# By the direction of the text in quarter turns: from a box of a run to left, top, right and bottom in the page.
_TURNS_BACK: tuple[Callable[[float, float, float, float], Rect], ...] = (
    lambda left, top, right, bottom: (left, -top, right, -bottom),
    lambda left, top, right, bottom: (top, right, bottom, left),
    lambda left, top, right, bottom: (-right, bottom, -left, top),
    lambda left, top, right, bottom: (-bottom, -left, -top, -right),
)


def turn_back(box: Rect, turn: int) -> Rect:
    """Return a box of a run as left, top, right and bottom in the page's own coordinates, where y grows upwards."""
    return _TURNS_BACK[turn](*box)


def split_lines(edges: Boxes, lines: Indexes) -> Indexes:
    """Return the number of the line of each word, where lines that pdfium takes for one are several.

    pdfium joins the end of a line to the beginning of another one where a program has set each letter apart.

    Args:
        edges: The boxes of the first and of the last letter of each word, (2, words, 4).
        lines: The number of pdfium's line of each word.
    """
    sizes = np.abs(edges[..., 2:] - edges[..., :2]).max(axis=-1)
    moves = np.abs(edges[0, 1:, :2] - edges[1, :-1, :2])
    is_far = moves > _FAR_MOVE * np.maximum(sizes[0, 1:], sizes[1, :-1])[:, None]
    jumps: Indexes = np.concatenate(([0], np.cumsum(is_far.all(axis=-1))))
    return lines + jumps


def text_directions(first: Boxes, last: Boxes, lines: Indexes) -> Indexes:
    """Return the direction of the line of each word, in anticlockwise quarter turns."""
    begins = np.flatnonzero(lines[1:] != lines[:-1]) + 1
    heads, tails = np.concatenate(([0], begins)), np.append(begins, len(lines)) - 1
    moves = last[tails] - first[heads]
    across, upward = moves[:, 0] + moves[:, 2], moves[:, 1] + moves[:, 3]
    if (across >= np.abs(upward)).all():
        return np.zeros(len(lines), np.int64)
    is_flat = np.abs(across) >= np.abs(upward)
    # A line from the right to the left is one of Hebrew or Arabic unless its letters hang upside down.
    is_turned = (across < 0) & (first[heads, 1] < first[heads, 3])
    turns = np.where(is_flat, np.where(is_turned, 2, 0), np.where(upward > 0, 1, 3))
    return np.repeat(turns, tails - heads + 1)


def turned_boxes(boxes: Boxes, turn: int) -> Boxes:
    """Return boxes of pdfium in the coordinates of runs of a direction."""
    lows, highs = np.minimum(boxes[..., :2], boxes[..., 2:]), np.maximum(boxes[..., :2], boxes[..., 2:])
    left, bottom, right, top = lows[..., 0], lows[..., 1], highs[..., 0], highs[..., 1]
    edges = (
        (left, -top, right, -bottom),
        (bottom, left, top, right),
        (-right, bottom, -left, top),
        (-top, -right, -bottom, -left),
    )
    return np.stack(edges[turn], axis=-1)


def join_boxes(first: Boxes, last: Boxes) -> Boxes:
    """Return the boxes around two boxes each."""
    return np.concatenate((np.minimum(first, last)[..., :2], np.maximum(first, last)[..., 2:]), axis=-1)
