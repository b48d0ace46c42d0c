"""The array types of the package, and the bookkeeping of ragged rows in flat arrays."""

from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor

Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Hashes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]


def starts_of(sizes: Ints) -> Ints:
    """Return the start of each of several consecutive runs, and the end of the last: (runs + 1,)."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])


def spread(start: npt.NDArray[Any], end: npt.NDArray[Any]) -> tuple[Ints, Ints]:
    """Expand ranges: (row, position), one entry for each position of each range, in order."""
    counts = (end - start).astype(np.int64)
    row = np.repeat(np.arange(len(counts)), counts)
    before = np.cumsum(counts) - counts
    return row, np.arange(len(row)) + (start - before)[row]


def as_array(tensor: Tensor) -> npt.NDArray[Any]:
    return tensor.detach().cpu().numpy()
