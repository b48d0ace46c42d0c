"""Choose the pieces that make up each digit: the best path through all segmentations (Viterbi), and its probability."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_WEIGHTS, _BIAS = (-0.05, 5.91, -0.11), 3.27  # of `Path.features`
_MIN_FEATURE = -20.0


@dataclass(frozen=True)
class DigitCandidate:
    """Consecutive pieces that may be a digit.

    Args:
        start: The first piece.
        end: The piece after the last one.
        log_probabilities: Of each digit, (10,). Their probabilities add up to at most 1; the rest is that of no digit.
        cost: What speaks against the segment apart from its looks, such as its width, 0 or more.
    """

    start: int
    end: int
    log_probabilities: np.ndarray
    cost: float = 0.0


@dataclass(frozen=True)
class Path:
    """The best segmentation, and what its probability depends on.

    Args:
        segments: Its segments; pieces between them are skipped.
        digits: The digit of each.
        log_share: The log of its share of the probability of all paths.
        log_digits: The sum of the log probabilities of its digits, each among the ten.
        log_any: The sum of the log probabilities that its segments are any digit.
        cost: The sum of the costs of its segments.
    """

    segments: tuple[DigitCandidate, ...]
    digits: tuple[int, ...]
    log_share: float
    log_digits: float
    log_any: float
    cost: float

    @property
    def features(self) -> tuple[float, float, float]:
        """What decides whether the digits are right, if all segments are digits."""
        return self.log_share, self.log_digits, self.cost

    @property
    def probability(self) -> float:
        """The probability that all segments are digits, and the right ones, from 0 to 1.

        The first factor is the classifier's, the second a logistic regression. `benchmarks/number_fields.py --fit` fits
        its weights to numbers that are composed of validation images.
        """
        score = _BIAS + sum(
            weight * max(_MIN_FEATURE, value) for weight, value in zip(_WEIGHTS, self.features, strict=True)
        )
        return math.exp(min(0.0, self.log_any)) / (1 + math.exp(-score))


def best_path(num_pieces: int, segments: Sequence[DigitCandidate], skip_costs: Sequence[float]) -> Path:
    """Find the best segmentation of pieces, by dynamic programming over the cuts between them.

    Args:
        num_pieces: The number of pieces.
        segments: All segments that are considered.
        skip_costs: For each piece, the cost of leaving it out as dirt.
    """
    best = [0.0] + [-math.inf] * num_pieces  # by cut, the log probability of the best path up to it
    total = [0.0] + [-math.inf] * num_pieces  # by cut, that of all paths together
    came_by: list[DigitCandidate | None] = [None] * (num_pieces + 1)
    by_end: dict[int, list[DigitCandidate]] = {}
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
    path: list[DigitCandidate] = []
    cut = num_pieces
    while cut:
        segment_here = came_by[cut]
        if segment_here is None:
            cut -= 1
        else:
            path.append(segment_here)
            cut = segment_here.start
    path.reverse()
    any_digit = [float(np.logaddexp.reduce(segment.log_probabilities)) for segment in path]
    return Path(
        segments=tuple(path),
        digits=tuple(int(segment.log_probabilities.argmax()) for segment in path),
        log_share=best[num_pieces] - total[num_pieces],
        log_digits=sum(float(segment.log_probabilities.max()) for segment in path) - sum(any_digit),
        log_any=sum(any_digit),
        cost=sum(segment.cost for segment in path),
    )
