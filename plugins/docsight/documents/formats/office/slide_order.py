"""The reading order of the shapes of a slide: columns of boxes stay together."""

from collections.abc import Callable, Sequence

from docsight.documents.formats.content import Box

_MAX_CUT = 200  # shapes; more are only sorted from top to bottom
_BOX_TOLERANCE = 0.1  # of its width or height, by which a box may extend into its neighbour
_MAX_STEP = 0.2  # of the height of all columns, by which one may begin below another


def reading_order(boxes: Sequence[Box]) -> list[int]:
    """Return the indices of the boxes in reading order: columns from left to right, rows from top to bottom.

    The boxes are cut into columns that lie beside each other, else into rows, and so on in each part. Where no cut
    is possible, such as in front of a picture, the topmost box comes first, and of those beside it the leftmost.
    """
    indices = list(range(len(boxes)))
    if len(boxes) > _MAX_CUT:
        return sorted(indices, key=lambda index: _top_left(boxes[index]))
    return _ordered(indices, boxes)


def _ordered(indices: list[int], boxes: Sequence[Box]) -> list[int]:
    first: list[int] = []
    while len(indices) > 1:
        parts = _columns(indices, boxes) or _rows(indices, boxes)
        if parts:
            return [*first, *(index for part in parts for index in _ordered(part, boxes))]
        next_one = _first_of_top_row(indices, boxes)
        indices.remove(next_one)
        first.append(next_one)
    return first + indices


def _first_of_top_row(indices: list[int], boxes: Sequence[Box]) -> int:
    """Return the leftmost of the boxes that begin at about the same height as the topmost one."""
    topmost = boxes[min(indices, key=lambda index: _top_left(boxes[index]))]

    def is_beside(box: Box) -> bool:
        height = min(topmost[3] - topmost[1], box[3] - box[1])
        return box[1] - topmost[1] <= height * _BOX_TOLERANCE

    return min((index for index in indices if is_beside(boxes[index])), key=lambda index: boxes[index][0])


def _columns(indices: list[int], boxes: Sequence[Box]) -> list[list[int]]:
    """Return the columns, if there are several that begin at about the same height; else none."""
    parts = _cut(indices, lambda index: (boxes[index][0], boxes[index][2]))
    tops = [min(boxes[index][1] for index in part) for part in parts]
    height = max(boxes[index][3] for index in indices) - min(tops)
    return parts if len(parts) > 1 and max(tops) - min(tops) <= _MAX_STEP * height else []


def _rows(indices: list[int], boxes: Sequence[Box]) -> list[list[int]]:
    """Return the first row and all others together, because these may have columns; none if there is only one row.

    Several rows that have columns together, above a shape as wide as these, stay together.
    """
    rows = _cut(indices, lambda index: (boxes[index][1], boxes[index][3]))
    if len(rows) == 1:
        return []
    count = next((n for n in range(len(rows) - 1, 1, -1) if _columns(_flat(rows[:n]), boxes)), 1)
    return [_flat(rows[:count]), _flat(rows[count:])]


def _flat(parts: list[list[int]]) -> list[int]:
    return [index for part in parts for index in part]


def _cut(indices: list[int], extent: Callable[[int], tuple[float, float]]) -> list[list[int]]:
    """Cut boxes where no extent, from its start to its end, continues; each is first shortened by the tolerance."""
    parts: list[list[int]] = []
    reached = 0.0
    for index in sorted(indices, key=extent):
        start, end = extent(index)
        margin = (end - start) * _BOX_TOLERANCE
        if not parts or start + margin >= reached:
            parts.append([])
            reached = end - margin
        parts[-1].append(index)
        reached = max(reached, end - margin)
    return parts


def _top_left(box: Box) -> tuple[float, float]:
    return box[1], box[0]
