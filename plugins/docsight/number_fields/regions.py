"""Connected regions of a mask."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Region:
    """A connected region: its bounding box, half open, and its pixels in the box, (bottom - top, right - left)."""

    left: int
    top: int
    right: int
    bottom: int
    mask: np.ndarray

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def area(self) -> int:
        return int(self.mask.sum())


def find_regions(mask: np.ndarray, *, corners: bool = True) -> list[Region]:
    """Find the connected regions of a mask, (height, width), from left to right.

    Pixels are connected by their sides, and with `corners` also by their corners.
    """
    reach = 0 if corners else 1
    rows, starts, ends = _runs(mask)
    parents = list(range(len(rows)))
    first_of_row = np.searchsorted(rows, np.arange(mask.shape[0] + 1)).tolist()
    start_list, end_list = starts.tolist(), ends.tolist()
    for row in range(1, mask.shape[0]):
        above, stop = first_of_row[row - 1], first_of_row[row]
        for run in range(first_of_row[row], first_of_row[row + 1]):
            # A run above that ends before this one starts cannot touch a later one, either.
            while above < stop and end_list[above] < start_list[run] + reach:
                above += 1
            other = above
            while other < stop and start_list[other] + reach <= end_list[run]:
                _join(parents, run, other)
                other += 1
    groups: dict[int, list[int]] = {}
    for run in range(len(parents)):
        groups.setdefault(_root(parents, run), []).append(run)
    regions = [_region(rows[runs], starts[runs], ends[runs]) for runs in map(np.array, groups.values())]
    return sorted(regions, key=lambda region: (region.left, region.top))


def _runs(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the row, the start and the end (exclusive) of each run of true pixels, row by row."""
    padded = np.pad(mask, ((0, 0), (1, 1))).astype(np.int8)
    change = np.diff(padded, axis=1)
    rows, starts = np.nonzero(change == 1)
    _, ends = np.nonzero(change == -1)
    return rows, starts, ends


def _root(parents: list[int], run: int) -> int:
    while parents[run] != run:
        parents[run] = parents[parents[run]]  # halves the path
        run = parents[run]
    return run


def _join(parents: list[int], one: int, other: int) -> None:
    parents[_root(parents, one)] = _root(parents, other)


def _region(rows: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> Region:
    left, top, right, bottom = int(starts.min()), int(rows.min()), int(ends.max()), int(rows.max()) + 1
    mask = np.zeros((bottom - top, right - left), dtype=bool)
    for row, start, end in zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True):
        mask[row - top, start - left : end - left] = True
    return Region(left, top, right, bottom, mask)
