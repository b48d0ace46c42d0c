"""Cut work into batches of bounded cost, and long rows into overlapping windows."""

from collections.abc import Sequence
from typing import NamedTuple


class Window(NamedTuple):
    """A stretch of a long row: `start` to `end` is read, `core_start` to `core_end` is what it answers for."""

    start: int
    end: int
    core_start: int
    core_end: int


def batches_by_cost(lengths: Sequence[int], *, max_cost: int) -> list[list[int]]:
    """Group rows of like length so that rows times the longest stays within `max_cost`.

    A row that alone costs more gets a batch of its own.

    Args:
        lengths: The length of each row.
        max_cost: The most cells (rows times the longest, padding included) in a batch.

    Returns:
        Batches of indexes into `lengths`, the shortest rows first; write results back by index to restore the order.
    """
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        # In rising order the row that joins is the longest of its batch.
        if batches and (len(batches[-1]) + 1) * lengths[index] <= max_cost:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches


def windows(length: int, *, size: int, margin: int) -> list[Window]:
    """Cut a row into windows that overlap by twice the margin; their cores tile the row.

    A row of at most `size` is one window. Time and memory of whatever reads the windows are linear in `length`.
    """
    if length <= size:
        return [Window(0, length, 0, length)] if length else []
    core = size - 2 * margin
    if core < 1:
        raise ValueError(f"Windows of {size} with margins of {margin} leave no core; expected size > 2 * margin.")
    cut = []
    for core_start in range(0, length, core):
        core_end = min(core_start + core, length)
        cut.append(Window(max(0, core_start - margin), min(length, core_end + margin), core_start, core_end))
    return cut
