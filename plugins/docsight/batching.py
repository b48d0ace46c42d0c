"""Group rows into batches of bounded cost, and split long rows into overlapping windows."""

from collections.abc import Sequence
from typing import NamedTuple


class Window(NamedTuple):
    """A part of a long row: `start` to `end` is processed, results are kept for `core_start` to `core_end`."""

    start: int
    end: int
    core_start: int
    core_end: int


def batches_by_cost(lengths: Sequence[int], *, max_cost: int) -> list[list[int]]:
    """Group rows of similar length so that the number of rows times the longest is at most `max_cost`.

    A row that alone exceeds it gets its own batch. A batch is a list of indices into `lengths`; the shortest rows
    come first.
    """
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        # In ascending order, the row that is added is the longest of its batch.
        if batches and (len(batches[-1]) + 1) * lengths[index] <= max_cost:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches


def windows(length: int, *, size: int, margin: int) -> list[Window]:
    """Split a row into windows that overlap by twice the margin; their cores tile the row.

    A row of at most `size` is one window. Processing the windows takes time and memory linear in `length`.
    """
    if length <= size:
        return [Window(0, length, 0, length)] if length else []
    core = size - 2 * margin
    if core < 1:
        raise ValueError(f"Expected size > 2 * margin; windows of {size} with margins of {margin} leave no core.")
    result = []
    for core_start in range(0, length, core):
        core_end = min(core_start + core, length)
        result.append(Window(max(0, core_start - margin), min(length, core_end + margin), core_start, core_end))
    return result
