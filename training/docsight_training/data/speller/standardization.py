"""The mean and the scale by which a network standardizes its input columns."""

from collections.abc import Sequence

import numpy as np

from docsight.spelling.arrays import Floats

_MIN_DEVIATION = 1e-4  # of a column that is not constant


def mean_and_scale(columns: Floats, *, hidden: Sequence[int] = ()) -> tuple[Floats, Floats]:
    """Return the mean and the inverse standard deviation of each column.

    Args:
        columns: (rows, columns); without rows, both results are 0.
        hidden: Columns that the network shall not see. Their scale is 0, as is that of constant columns.
    """
    if not len(columns):
        nothing = np.zeros(columns.shape[1], np.float32)
        return nothing, nothing
    deviation = columns.std(axis=0)
    inverse = 1 / np.maximum(deviation, _MIN_DEVIATION)
    scale = np.where(deviation > _MIN_DEVIATION, inverse, 0.0).astype(np.float32)
    scale[list(hidden)] = 0.0
    return columns.mean(axis=0), scale
