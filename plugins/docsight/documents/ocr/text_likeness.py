"""Find out at little cost whether an image may have text, so that icons and photographs never reach the OCR engine.

Letters are strokes that differ from their surroundings, and letters of a line have about the same size and stand side
by side. The search is for such rows of shapes, darker or lighter than their surroundings.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageChops, ImageFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAX_PIXELS = 2_000_000  # larger images are reduced to this size; an A4 page at 150 dpi has 2.2 million
_SCALES = (1.0, 0.25)  # large letters are found in the smaller copy
_SMALL_PIXELS = 60_000  # smaller images are enlarged twofold, since their text is often tiny
_MIN_REDUCED_SIDE = 40  # pixels: a smaller copy has no large letters that the image itself does not show
_SURROUNDINGS = 12  # pixels: a pixel is compared with the mean of the pixels within this distance
_MIN_STROKE_CONTRAST = 12  # of a stroke, in grey levels
_CONTRAST_FRACTION = 0.45  # of the strongest contrast nearby: weaker pixels join letters that touch
_BLOCK_PIXELS = 16  # pixels: the size of the blocks in which the strongest contrast is found

_HEIGHTS = (5, 140)  # pixels
_MIN_LETTER_WIDTH = 1 / 16  # of its height; a narrower shape is a rule
_MAX_LETTER_WIDTH = 1.3  # of its height; a wider shape is several letters that touch
_JOINED_WIDTH = 0.75  # of its height: of each of several letters that touch
_MAX_JOINED = 3  # letters that one shape counts for
_MAX_JOINED_WIDTH = 40.0  # of its height; a wider shape is a rule
_FILLS = (0.15, 0.9)  # the fraction of its bounding box that a letter covers
_MIN_RUNS_PER_ROW = 1.2  # the strokes that a row of pixels crosses in a shape of several letters
_MAX_GAP = 0.8  # of the height: between letters of a line
_MAX_SIZE_RATIO = 2.0  # of the heights of neighbours
_MAX_MISALIGNMENT = 0.2  # of the height: of the lower or the upper edges of neighbours
_MAX_CONTRAST_DIFFERENCE = 0.3  # of the contrast: between neighbours
_MIN_LETTER_OVERLAP = 0.5  # of the height of the smaller neighbour
_MAX_INTRUSION = 0.3  # of the height: by this, the bounding boxes of neighbours may overlap
_GROUP = 400  # shapes that are compared with each other
_MIN_LINE_LETTERS = 4  # in a line; `engines` takes fewer for a drawing
_MIN_VERTICAL_LETTERS = 10  # in a line of a page that lies on its side


class _Shapes(NamedTuple):
    """The connected shapes of an image: an item per shape, in pixels."""

    left: "NDArray[np.int64]"
    top: "NDArray[np.int64]"
    right: "NDArray[np.int64]"
    bottom: "NDArray[np.int64]"
    area: "NDArray[np.int64]"
    runs: "NDArray[np.int64]"  # horizontal rows of pixels that it consists of
    contrast: "NDArray[np.int64]"  # the mean of its pixels, in grey levels

    def transposed(self) -> "_Shapes":
        """Return the same shapes, with x and y exchanged."""
        return _Shapes(self.top, self.left, self.bottom, self.right, self.area, self.runs, self.contrast)

    def chosen(self, which: "NDArray[np.int64]") -> "_Shapes":
        return _Shapes(*(values[which] for values in self))


def may_have_text(image: Image.Image) -> bool:
    """Return whether an image of mode L or RGB has a row of shapes that may be letters, horizontal or vertical."""
    grey = image.convert("L")
    pixels = grey.width * grey.height
    factor = 2.0 if pixels < _SMALL_PIXELS else min(1.0, (_MAX_PIXELS / pixels) ** 0.5)
    for scale in _SCALES:
        size = round(grey.width * factor * scale), round(grey.height * factor * scale)
        if scale < 1 and min(size) < _MIN_REDUCED_SIDE:
            continue
        if _has_line(grey.resize(size, Image.Resampling.BICUBIC)):
            return True
    return False


def _has_line(grey: Image.Image) -> bool:
    surroundings = grey.filter(ImageFilter.BoxBlur(_SURROUNDINGS))
    for contrast in (ImageChops.subtract(surroundings, grey), ImageChops.subtract(grey, surroundings)):
        values = np.asarray(contrast)
        shapes = _shapes(values, values >= np.maximum(_MIN_STROKE_CONTRAST, _CONTRAST_FRACTION * _local_maxima(values)))
        if _longest_line(shapes) >= _MIN_LINE_LETTERS or _longest_line(shapes.transposed()) >= _MIN_VERTICAL_LETTERS:
            return True
    return False


def _local_maxima(values: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """Return, for each pixel, the maximum of its block of pixels and of the blocks around it."""
    height, width = values.shape
    rows, columns = -(-height // _BLOCK_PIXELS), -(-width // _BLOCK_PIXELS)
    padded = np.zeros((rows * _BLOCK_PIXELS, columns * _BLOCK_PIXELS), dtype=np.uint8)
    padded[:height, :width] = values
    blocks = np.zeros((rows + 2, columns + 2), dtype=np.uint8)
    blocks[1:-1, 1:-1] = padded.reshape(rows, _BLOCK_PIXELS, columns, _BLOCK_PIXELS).max(axis=(1, 3))
    maxima: NDArray[np.uint8] = np.lib.stride_tricks.sliding_window_view(blocks, (3, 3)).max(axis=(2, 3))
    return maxima.repeat(_BLOCK_PIXELS, axis=0).repeat(_BLOCK_PIXELS, axis=1)[:height, :width]


def _longest_line(shapes: _Shapes) -> int:
    """Return the number of letters in the longest row of shapes that may be letters."""
    letters = _letter_counts(shapes)
    which = np.flatnonzero(letters)
    which = which[np.argsort((shapes.top + shapes.bottom)[which], kind="stable")]
    longest = 0
    for start in range(0, len(which), _GROUP // 2):  # half of each group is in the next one, too
        group = which[start : start + _GROUP]
        group = group[np.argsort(shapes.left[group], kind="stable")]
        longest = max(longest, _longest_chain(shapes.chosen(group), letters[group]))
    return longest


def _letter_counts(shapes: _Shapes) -> "NDArray[np.int64]":
    """Return how many letters each shape may be; 0 if it is none."""
    width, height = shapes.right - shapes.left, shapes.bottom - shapes.top
    fill = shapes.area / (width * height)
    may_be_letter = (height >= _HEIGHTS[0]) & (height <= _HEIGHTS[1]) & (width <= _MAX_JOINED_WIDTH * height)
    may_be_letter &= (fill >= _FILLS[0]) & ((fill <= _FILLS[1]) | (width < height / 2))
    may_be_letter &= width >= _MIN_LETTER_WIDTH * height
    is_wide = width > _MAX_LETTER_WIDTH * height
    may_be_letter &= ~is_wide | (shapes.runs >= _MIN_RUNS_PER_ROW * height)
    return np.where(
        may_be_letter,
        np.where(is_wide, np.clip(np.rint(width / (_JOINED_WIDTH * height)).astype(np.int64), 1, _MAX_JOINED), 1),
        0,
    )


def _longest_chain(shapes: _Shapes, letters: "NDArray[np.int64]") -> int:
    """Return the number of letters in the longest chain of neighbours; the shapes are sorted by their left edges."""
    height = shapes.bottom - shapes.top
    overlap = np.minimum.outer(shapes.bottom, shapes.bottom) - np.maximum.outer(shapes.top, shapes.top)
    smaller, larger = np.minimum.outer(height, height), np.maximum.outer(height, height)
    gap = shapes.left[None, :] - shapes.right[:, None]
    are_neighbours = (overlap >= _MIN_LETTER_OVERLAP * smaller) & (larger <= _MAX_SIZE_RATIO * smaller)
    are_neighbours &= (gap <= _MAX_GAP * larger) & (gap >= -_MAX_INTRUSION * smaller)
    bases = np.abs(np.subtract.outer(shapes.bottom, shapes.bottom))
    tops = np.abs(np.subtract.outer(shapes.top, shapes.top))
    are_neighbours &= np.minimum(bases, tops) <= np.maximum(1, _MAX_MISALIGNMENT * larger)
    differences = np.abs(np.subtract.outer(shapes.contrast, shapes.contrast))
    are_neighbours &= differences <= _MAX_CONTRAST_DIFFERENCE * np.maximum.outer(shapes.contrast, shapes.contrast)
    are_neighbours &= np.arange(len(height))[None, :] > np.arange(len(height))[:, None]
    following = np.where(are_neighbours.any(axis=1), are_neighbours.argmax(axis=1), -1).tolist()
    lengths = [*letters.tolist(), 0]
    for number in range(len(height) - 1, -1, -1):
        lengths[number] += lengths[following[number]]
    return int(max(lengths))


def _shapes(contrast: "NDArray[np.uint8]", mask: "NDArray[np.bool_]") -> _Shapes:
    """Return the connected shapes of a mask, with their contrast; diagonal neighbours are connected."""
    height, width = mask.shape
    padded = np.zeros((height, width + 2), dtype=np.int8)
    padded[:, 1:-1] = mask
    steps = np.diff(padded, axis=1)
    rows, starts = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    labels = _connect(rows, starts, ends, width)
    shapes, labels = np.unique(labels, return_inverse=True)
    count = len(shapes)
    low = np.full((2, count), max(height, width), dtype=np.int64)
    high = np.zeros((2, count), dtype=np.int64)
    for values, others, smallest, largest in ((starts, ends, low[0], high[0]), (rows, rows + 1, low[1], high[1])):
        np.minimum.at(smallest, labels, values)
        np.maximum.at(largest, labels, others)
    area = np.bincount(labels, weights=ends - starts, minlength=count).astype(np.int64)
    sums = np.zeros((height, width + 1), dtype=np.int64)
    np.cumsum(contrast, axis=1, out=sums[:, 1:])
    total = np.bincount(labels, weights=sums[rows, ends] - sums[rows, starts], minlength=count).astype(np.int64)
    runs = np.bincount(labels, minlength=count)
    return _Shapes(low[0], low[1], high[0], high[1], area, runs, total // np.maximum(area, 1))


def _connect(
    rows: "NDArray[np.int64]", starts: "NDArray[np.int64]", ends: "NDArray[np.int64]", width: int
) -> "NDArray[np.int64]":
    """Return the label of each run of pixels; runs that touch in adjacent rows have the same label."""
    # Runs are sorted by row and start, so those that touch a run in the row above are consecutive.
    stride = width + 2
    first = np.searchsorted(rows * stride + ends, (rows - 1) * stride + starts, side="left")
    last = np.searchsorted(rows * stride + starts, (rows - 1) * stride + ends, side="right")
    counts = np.maximum(last - first, 0)
    below = np.repeat(np.arange(len(rows)), counts)
    above = np.arange(len(below)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
    labels = np.arange(len(rows))
    while len(below):
        smallest = np.minimum(labels[above], labels[below])
        np.minimum.at(labels, labels[above], smallest)
        np.minimum.at(labels, labels[below], smallest)
        while not np.array_equal(labels, roots := labels[labels]):
            labels = roots
        differ = labels[above] != labels[below]
        above, below = above[differ], below[differ]
    return labels
