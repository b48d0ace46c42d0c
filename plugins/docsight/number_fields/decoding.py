"""Choose the pieces that make up each digit: the best path through all segmentations (Viterbi), and its probability."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Segment:
    """Consecutive pieces that may be a digit.

    Args:
        start: The first piece.
        end: The piece after the last one.
        log_probabilities: Of each digit, (10,). Their probabilities add up to less than 1: the rest is that of no digit.
        cost: What speaks against the segment apart from its looks, such as its width, 0 or more.
    """

    start: int
    end: int
    log_probabilities: np.ndarray
    cost: float = 0.0


@dataclass(frozen=True)
class Path:
    """The best segmentation.

    Args:
        segments: Its segments; pieces between them are skipped.
        digits: The digit of each.
        log_probability: The sum of the log probabilities of its segments, less their costs and those of skipped pieces.
        log_share: The log of its share of the probability of all paths.
    """

    segments: tuple[Segment, ...]
    digits: tuple[int, ...]
    log_probability: float
    log_share: float


def best_path(num_pieces: int, segments: Sequence[Segment], skip_costs: Sequence[float]) -> Path:
    """Find the best segmentation of pieces, by dynamic programming over the cuts between them.

    Args:
        num_pieces: The number of pieces.
        segments: All segments that are considered.
        skip_costs: For each piece, the cost of leaving it out as dirt.
    """
    best = [0.0] + [-math.inf] * num_pieces  # by cut, the log probability of the best path up to it
    total = [0.0] + [-math.inf] * num_pieces  # by cut, that of all paths together
    came_by: list[Segment | None] = [None] * (num_pieces + 1)
    by_end: dict[int, list[Segment]] = {}
    for segment in segments:
        by_end.setdefault(segment.end, []).append(segment)
    for cut in range(1, num_pieces + 1):
        best[cut] = best[cut - 1] - skip_costs[cut - 1]
        total[cut] = total[cut - 1] - skip_costs[cut - 1]
        for segment in by_end.get(cut, ()):
            score = best[segment.start] + float(segment.log_probabilities.max()) - segment.cost
            if score > best[cut]:
                best[cut], came_by[cut] = score, segment
            all_digits = float(np.logaddexp.reduce(segment.log_probabilities))
            total[cut] = float(np.logaddexp(total[cut], total[segment.start] + all_digits - segment.cost))
    path: list[Segment] = []
    cut = num_pieces
    while cut:
        segment_here = came_by[cut]
        if segment_here is None:
            cut -= 1
        else:
            path.append(segment_here)
            cut = segment_here.start
    path.reverse()
    digits = tuple(int(segment.log_probabilities.argmax()) for segment in path)
    return Path(tuple(path), digits, best[num_pieces], best[num_pieces] - total[num_pieces])
