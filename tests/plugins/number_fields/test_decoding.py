"""The best segmentation, against all segmentations written out."""

import itertools
import math

import numpy as np
import pytest

from docsight.number_fields.decoding import DigitCandidate, best_path


def _segment(start, end, *, digit=1, probability=0.9, cost=0.0):
    rest = (1 - probability) / 20  # half of it is spread over the other digits
    row = np.full(10, rest)
    row[digit] = probability
    return DigitCandidate(start, end, np.log(row), cost)


def _all_paths(count, segments, skips):
    """Yield every path with its log probability, one for each choice of segments that do not overlap."""
    for number in range(count + 1):
        for chosen in itertools.combinations(segments, number):
            if any(a.end > b.start for a, b in itertools.pairwise(chosen)):
                continue
            covered = {piece for segment in chosen for piece in range(segment.start, segment.end)}
            skipped = sum(cost for piece, cost in enumerate(skips) if piece not in covered)
            yield chosen, sum(float(s.log_probabilities.max()) - s.cost for s in chosen) - skipped


def test_best_path_matches_all_paths_written_out():
    rng = np.random.default_rng(3)
    for _ in range(20):
        count = int(rng.integers(1, 6))
        spans = [(a, b) for a in range(count) for b in range(a + 1, min(count, a + 3) + 1)]
        segments = [
            _segment(a, b, digit=int(rng.integers(10)), probability=rng.uniform(0.2, 0.99), cost=rng.uniform(0, 1))
            for a, b in spans
        ]
        segments.sort(key=lambda segment: (segment.start, segment.end))
        skips = rng.uniform(0.2, 6, count).tolist()
        chosen, score = max(_all_paths(count, segments, skips), key=lambda pair: pair[1])
        path = best_path(count, segments, skips)
        assert path.segments == tuple(chosen)
        assert path.digits == tuple(int(segment.log_probabilities.argmax()) for segment in chosen)
        assert path.log_share <= 1e-9
        found = path.log_digits + path.log_any - path.cost
        covered = {piece for segment in chosen for piece in range(segment.start, segment.end)}
        assert found - sum(c for n, c in enumerate(skips) if n not in covered) == pytest.approx(score)


def test_best_path_prefers_one_digit_of_two_pieces_if_the_parts_look_like_none():
    whole = _segment(0, 2, digit=5, probability=0.95)
    halves = [_segment(0, 1, probability=0.2), _segment(1, 2, probability=0.3)]
    path = best_path(2, [whole, *halves], [8.0, 8.0])
    assert path.digits == (5,)
    assert math.exp(path.log_share) > 0.6


def test_best_path_skips_dirt_and_may_be_empty():
    path = best_path(2, [_segment(0, 1, digit=7), _segment(1, 2, probability=0.05)], [9.0, 0.4])
    assert path.digits == (7,)
    assert best_path(1, [], [1.0]).digits == ()


def test_probability_falls_with_doubt():
    sure = best_path(1, [_segment(0, 1, probability=0.999)], [9.0])
    unsure = best_path(1, [_segment(0, 1, probability=0.5)], [9.0])
    assert 0 <= unsure.probability < sure.probability <= 1
