"""Remove the straight printed lines of forms: baselines, boxes, combs and the borders of table cells.

The strokes of digits are straight in places, too, so a line must have more than that: it is longer than digits are
high, or it is part of a frame, whose sides meet. Where a stroke crosses a line, it stays. Vertical lines are found in
the transposed map, so that their "rows" are columns.
"""

import numpy as np

from docsight.number_fields.line_search import FormLine, find_lines
from docsight.number_fields.regions import find_regions

LINE_LEVEL = 0.18  # of an ink map; printed lines may be much paler than ink
_MIN_LENGTH = 0.6  # of the height of all ink; shorter runs are not looked at
_LONE_LENGTH = 1.2  # of the height of all ink; longer horizontal lines need no frame
_SPANNING_LENGTH = 0.8  # the same for lines that span the image
_COMB_LENGTH = 0.85  # the same for lines with teeth
_MAX_THICKNESS = 0.12  # of the height of all ink
_MIN_REACH, _REACH = 4, 0.1  # pixels, and of the height of all ink: between the ends of lines that meet
_POST_REACH = 3.0  # pixels between the end of a post and the line on which it stands
_MAX_EXTRA = 3.5  # pixels: two sides of neighbouring boxes are measured as one line
_MIN_TEETH = 3
_MIN_TOOTH, _MAX_TOOTH_DIFFERENCE = 0.08, 0.25  # the height of a comb's teeth, of that of all ink; between teeth
_MAX_CONTINUED = 2.0  # of the height of all ink: how far a line may continue beyond its end
_CONTINUATION = 2.0  # pixels aside: a line continues another
_MIN_REST = 0.25  # of the height of all ink: what is left without the lines is at least that high


def remove_lines(ink: np.ndarray) -> np.ndarray:
    """Return an ink map, (height, width), without the lines of forms; the same array if there are none."""
    mask = ink >= LINE_LEVEL
    rows = np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return ink
    height = int(rows[-1] - rows[0]) + 1
    limits = {"min_length": max(8, _MIN_LENGTH * height), "max_thickness": max(4.0, _MAX_THICKNESS * height)}
    down = find_lines(mask.T, **limits)
    frame = _Frame(height, ink.shape)
    candidates = find_lines(mask, **limits)
    teeth, across = [], []
    for line in candidates:
        found = frame.find_teeth(mask, line) if line.length >= _COMB_LENGTH * height else []
        if found or frame.is_lone(line) or frame.has_posts(line, down) or frame.is_border(line, candidates, down):
            across.append(line)
            teeth += found
    if not across:
        return ink
    across += [line for line in candidates if line not in across and frame.continues(line, across)]
    posts = [line for line in down if frame.is_post(line, across)]
    cleaned = _without(_without_rest(_without(ink, across), across, posts).T, posts + teeth).T
    rest = (region.height for region in find_regions(cleaned >= LINE_LEVEL))
    return cleaned if max(rest, default=0) >= _MIN_REST * height else ink


class _Frame:
    """Which lines belong to a frame.

    Args:
        height: The height of all ink in pixels.
        shape: The height and the width of the map.
    """

    def __init__(self, height: int, shape: tuple[int, ...]) -> None:
        self.height, self.shape = height, shape
        self.reach = max(_MIN_REACH, _REACH * height)

    def is_lone(self, line: FormLine) -> bool:
        """Return whether a horizontal line is long enough to be one without a frame."""
        spans = self._spans(line, self.shape[1])
        return line.length >= (_SPANNING_LENGTH if spans else _LONE_LENGTH) * self.height

    def is_border(self, line: FormLine, across: list[FormLine], down: list[FormLine]) -> bool:
        """Return whether a horizontal line spans the image, and another line, too, as around a cell of a table."""
        spanning = [other for other in across if self._spans(other, self.shape[1])]
        spanning += [other for other in down if self._spans(other, self.shape[0])]
        return line in spanning and len(spanning) > 1

    def continues(self, line: FormLine, across: list[FormLine]) -> bool:
        """Return whether a horizontal line lies in the continuation of another, as in a row of boxes."""
        middle = (line.start + line.end) / 2
        return any(
            abs(other.row_at(middle) - line.row_at(middle)) <= _CONTINUATION
            and max(line.start - other.end, other.start - line.end) <= 0.5 * self.height
            and _is_as_thin(line, other)
            for other in across
        )

    def _spans(self, line: FormLine, length: int) -> bool:
        return line.start <= self.reach and line.end >= length - self.reach

    def has_posts(self, line: FormLine, down: list[FormLine]) -> bool:
        """Return whether vertical lines end at both ends of a horizontal one, as in the corners of a box."""
        return all(
            any(
                abs(post.row_at(line.row_at(end)) - end) <= self.reach
                and min(abs(line.row_at(end) - side) for side in (post.start, post.end)) <= self.reach
                and _is_as_thin(post, line)
                for post in down
            )
            for end in (line.start, line.end - 1)
        )

    def is_post(self, post: FormLine, across: list[FormLine]) -> bool:
        """Return whether both ends of a vertical line are on horizontal ones, or at the edges of the image."""
        at_edge = post.start <= self.reach, post.end >= self.shape[0] - self.reach
        return all(
            edge or any(self._meets(post, end, line) and _is_as_thin(post, line) for line in across)
            for end, edge in zip((post.start, post.end - 1), at_edge, strict=True)
        )

    def find_teeth(self, mask: np.ndarray, base: FormLine) -> list[FormLine]:
        """Find the teeth of a comb on a horizontal line: thin, of one height, with one at an end of the line.

        There are two, one at each end, or three.
        """
        columns = np.arange(base.start, min(base.end, mask.shape[1]))
        rise = _rise(mask, base, columns)
        is_high = np.concatenate([[False], rise >= max(4.0, _MIN_TOOTH * self.height), [False]])
        change = np.diff(is_high.astype(np.int8))
        starts, ends = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
        thin = ends - starts <= 2 * base.thickness + 2
        if not len(starts):
            return []
        tops = np.array([rise[start:end].max() for start, end in zip(starts, ends, strict=True)])
        at_end = np.abs((starts + ends) / 2 - np.array([[0], [len(columns)]])) <= self.reach
        outer = (thin & at_end).any(axis=1)
        if not outer.any():
            return []
        length = float(np.median(tops[(thin & at_end).any(axis=0)]))
        alike = thin & (np.abs(tops - length) <= max(2.0, _MAX_TOOTH_DIFFERENCE * length))
        if not outer.all() and alike.sum() < _MIN_TEETH:
            return []
        teeth = []
        for start, end in zip(starts[alike].tolist(), ends[alike].tolist(), strict=True):
            middle = base.start + (start + end - 1) / 2
            row = base.row_at(middle)
            teeth.append(FormLine(max(0, round(row - length) - 1), round(row) + 1, middle, 0.0, float(end - start)))
        return teeth

    def _meets(self, post: FormLine, at: float, base: FormLine) -> bool:
        """Return whether a vertical line meets a horizontal one at its end `at`."""
        column = post.row_at(at)
        # In a row of boxes, the side of one that was not found lies in the continuation of the others.
        room = self.reach + _MAX_CONTINUED * self.height
        # A stroke that ends near a line is no post.
        near = abs(base.row_at(column) - at) <= base.thickness / 2 + _POST_REACH
        return base.start - room <= column <= base.end + room and near


def _is_as_thin(post: FormLine, base: FormLine) -> bool:
    return post.thickness <= 1.6 * base.thickness + _MAX_EXTRA


def _rise(mask: np.ndarray, base: FormLine, columns: np.ndarray) -> np.ndarray:
    """Return how many pixels the ink rises above the middle of a line without a gap, (columns,)."""
    rows = np.rint(base.row_at(columns) - base.thickness / 2).astype(int).clip(0, mask.shape[0] - 1)
    rise, going = np.zeros(len(columns), dtype=int), np.ones(len(columns), dtype=bool)
    for step in range(1, int(rows.max()) + 1):
        going &= (rows >= step) & mask[(rows - step).clip(0), columns]
        if not going.any():
            break
        rise += going
    return rise


def _without(ink: np.ndarray, lines: list[FormLine]) -> np.ndarray:
    """Remove horizontal lines from an ink map, except where a stroke crosses them."""
    cleaned = ink.copy()
    mask = ink >= 1.6 * LINE_LEVEL
    for line in lines:
        half = line.thickness / 2 + 0.8
        columns = np.arange(max(0, line.start - 1), min(line.end + 1, ink.shape[1]))
        first = np.floor(line.row_at(columns) - half + 0.5).astype(int)
        last = np.ceil(line.row_at(columns) + half - 0.5).astype(int)
        crossed = _near(mask, first - 1, columns) & _near(mask, last + 1, columns)
        for column, top, bottom in zip(columns[~crossed], first[~crossed], last[~crossed], strict=True):
            cleaned[max(0, top) : max(0, bottom + 1), column] = 0
    return cleaned


def _without_rest(ink: np.ndarray, across: list[FormLine], posts: list[FormLine]) -> np.ndarray:
    """Remove what is left of horizontal lines between the outermost vertical ones, if nothing is above and below it."""
    if len(posts) < 2:
        return ink
    columns = [post.offset for post in posts]
    start, end = max(0, int(min(columns))), min(ink.shape[1], int(max(columns)) + 1)
    whole = [FormLine(start, end, line.offset, line.slope, line.thickness + 1) for line in across]
    cleaned = ink.copy()
    mask = ink >= LINE_LEVEL
    for line in whole:
        columns_of_line = np.arange(start, end)
        rows = np.rint(line.row_at(columns_of_line)).astype(int)
        half = int(line.thickness / 2 + 1)
        beside = _near(mask, rows - half - 1, columns_of_line) | _near(mask, rows + half + 1, columns_of_line)
        for column, row in zip(columns_of_line[~beside], rows[~beside], strict=True):
            cleaned[max(0, row - half) : max(0, row + half + 1), column] = 0
    return cleaned


def _near(mask: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return whether there is ink at (row, column) or a column beside it, (columns,)."""
    inside = (rows >= 0) & (rows < mask.shape[0])
    rows = rows.clip(0, mask.shape[0] - 1)
    beside = (mask[rows, (columns + offset).clip(0, mask.shape[1] - 1)] for offset in (-1, 0, 1))
    near: np.ndarray = np.logical_or.reduce(list(beside)) & inside
    return near
