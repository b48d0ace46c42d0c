"""Find long, thin, nearly horizontal runs of ink: printed lines, and strokes that look like them."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

Column = TypeVar("Column", float, np.ndarray)

_SLOPES = np.linspace(-0.06, 0.06, 13)  # rows per column
_CLOSING = 1  # pixels: gaps of up to twice as many are closed, where a pale line is lost
_COVERAGE = 0.7  # the fraction of a line's length that has ink at each row of its thickness
_MIN_ALONE = 0.55  # the fraction of a line's length that has paper above and below; strokes run side by side
_BESIDE = 2  # pixels from a line to the paper above and below
_SAME_PLACE = 3  # pixels between runs that belong to the same line
_TWIN = 4  # pixels from a line to one that is measured as a part of it
_MAX_BREAK = 16  # pixels between the ends of lines that are joined


@dataclass(frozen=True)
class FormLine:
    """A nearly horizontal line.

    Args:
        start: Its first column.
        end: The column after its last one.
        offset: The row of its middle at column 0.
        slope: Rows per column.
        thickness: Pixels.
    """

    start: int
    end: int
    offset: float
    slope: float
    thickness: float

    @property
    def length(self) -> int:
        return self.end - self.start

    def row_at(self, column: Column) -> Column:
        """Return the row of the line's middle at a column, or at each of several."""
        return self.offset + self.slope * column


def find_lines(mask: np.ndarray, *, min_length: float, max_thickness: float) -> list[FormLine]:
    """Find the runs of a mask, (height, width), that may be lines, the longest first."""
    found: list[FormLine] = []
    for line in sorted(_runs_at_any_slope(mask, min_length), key=lambda line: -line.length):
        middle = (line.start + line.end) / 2
        is_known = any(
            abs(line.row_at(middle) - other.row_at(middle)) <= _SAME_PLACE + other.thickness / 2
            and min(line.end, other.end) - max(line.start, other.start) > 0.5 * line.length
            for other in found
        )
        if not is_known and (measured := _measured(mask, line, max_thickness)) is not None:
            found.append(measured)
    return sorted(_joined(mask, found, max_thickness), key=lambda line: -line.length)


def _joined(mask: np.ndarray, lines: list[FormLine], max_thickness: float) -> list[FormLine]:
    """Join lines that continue each other: the slope of a long one lies between those that were tried."""
    joined: list[FormLine] = []
    for line in sorted(lines, key=lambda line: line.start):
        for at, other in enumerate(joined):
            if line.start > other.end + _MAX_BREAK or line.end <= other.end:
                continue
            middle = (line.start + other.end) / 2
            if abs(line.row_at(middle) - other.row_at(middle)) > _SAME_PLACE:
                continue
            first, last = other.row_at(other.start), line.row_at(line.end)
            slope = (last - first) / (line.end - other.start)
            whole = FormLine(other.start, line.end, first - slope * other.start, slope, 1.0)
            if (measured := _measured(mask, whole, max_thickness)) is not None:
                joined[at] = measured
                break
        else:
            joined.append(line)
    return joined


def _runs_at_any_slope(mask: np.ndarray, min_length: float) -> list[FormLine]:
    height, width = mask.shape
    columns = np.arange(width)
    # A line as thin as a pixel changes from row to row where it rises.
    doubled = mask.copy()
    doubled[:-1] |= mask[1:]
    runs = []
    for slope in _SLOPES:
        shift = np.rint(slope * columns).astype(int)
        pad = int(np.abs(shift).max(initial=0))
        rows = np.arange(-pad, height + pad)[:, None] + shift
        sheared = doubled[rows.clip(0, height - 1), columns] & (rows >= 0) & (rows < height)
        for row, start, end in _long_runs(_closed(sheared), min_length):
            runs.append(FormLine(start, end, row - pad + 0.5, float(slope), 1.0))
    return runs


def _measured(mask: np.ndarray, line: FormLine, max_thickness: float) -> FormLine | None:
    """Measure the thickness and the middle of a line; None if it is too thick, or has ink beside it."""
    columns = np.arange(line.start, line.end)
    reach = int(max_thickness) + 2 + _BESIDE
    offsets = np.arange(-reach, reach + 1)
    rows = np.rint(line.row_at(columns) + offsets[:, None]).astype(int)
    inked = mask[rows.clip(0, mask.shape[0] - 1), columns] & (rows >= 0) & (rows < mask.shape[0])
    covered = inked.mean(axis=1) >= _COVERAGE
    if not covered.any():
        covered = inked.mean(axis=1) == inked[reach - 2 : reach + 3].mean(axis=1).max()
    middle = int(np.flatnonzero(covered)[np.abs(offsets[covered]).argmin()])
    first = last = middle
    # Two lines close together, as between boxes, are measured as one.
    while first > 0 and (near := np.flatnonzero(covered[max(0, first - _TWIN) : first])).size:
        first = max(0, first - _TWIN) + int(near[0])
    while (near := np.flatnonzero(covered[last + 1 : last + 1 + _TWIN])).size:
        last += 1 + int(near[-1])
    thickness = float(last - first + 1)
    beside = inked[max(0, first - _BESIDE)] | inked[min(len(inked) - 1, last + _BESIDE)]
    if thickness > max_thickness or 1 - beside.mean() < _MIN_ALONE:
        return None
    return FormLine(
        line.start, line.end, line.offset + float(offsets[first] + offsets[last]) / 2, line.slope, thickness
    )


def _closed(mask: np.ndarray) -> np.ndarray:
    """Close short gaps in horizontal runs."""
    width = mask.shape[1]
    padded = np.pad(mask, ((0, 0), (2 * _CLOSING, 2 * _CLOSING)))
    span = range(2 * _CLOSING + 1)
    dilated = np.logical_or.reduce([padded[:, at : at + width + 2 * _CLOSING] for at in span])
    closed: np.ndarray = np.logical_and.reduce([dilated[:, at : at + width] for at in span])
    return closed


def _long_runs(mask: np.ndarray, min_length: float) -> list[tuple[int, int, int]]:
    """Return the row, the start and the end of each run of at least `min_length` pixels."""
    padded = np.pad(mask, ((0, 0), (1, 1))).astype(np.int8)
    change = np.diff(padded, axis=1)
    rows, starts = np.nonzero(change == 1)
    ends = np.nonzero(change == -1)[1]
    kept = ends - starts >= min_length
    return list(zip(rows[kept].tolist(), starts[kept].tolist(), ends[kept].tolist(), strict=True))
