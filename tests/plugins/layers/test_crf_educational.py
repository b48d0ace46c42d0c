"""The readable CRF, which is the reference for the fast one, against an enumeration of all paths."""

import doctest
import itertools
import random
from math import exp, inf, log

import pytest

from docsight.layers import crf_educational
from docsight.layers.crf_educational import (
    ChainScores,
    SpanTags,
    log_partition,
    path_score,
    run_log_posterior,
    span_log_posterior,
    viterbi,
)

TAGS = 3


def _chain(tokens: int, seed: int) -> ChainScores:
    """Draw scores; a step and a first tag are forbidden."""
    rng = random.Random(seed)
    emissions, steps, (first, last) = (
        [[rng.gauss(0, 1) for _ in range(TAGS)] for _ in range(rows)] for rows in (tokens, TAGS, 2)
    )
    steps[1][2] = first[2] = -inf
    return ChainScores(emissions, steps, first, last)


def test_crf_educational_docstring_examples_are_correct():
    assert doctest.testmod(crf_educational).failed == 0
    assert doctest.testmod(crf_educational).attempted > 3


@pytest.mark.parametrize("tokens", [1, 2, 4])
def test_crf_educational_equals_an_enumeration_of_all_paths(tokens):
    chain = _chain(tokens, seed=tokens)
    scores = {path: path_score(chain, path) for path in itertools.product(range(TAGS), repeat=tokens)}
    total = log(sum(map(exp, scores.values())))
    assert log_partition(chain) == pytest.approx(total)
    assert tuple(viterbi(chain)) == max(scores, key=scores.__getitem__)
    for start, end in itertools.combinations(range(tokens + 1), 2):
        for run in itertools.product(range(TAGS), repeat=end - start):
            through = sum(exp(score) for path, score in scores.items() if path[start:end] == run)
            assert exp(run_log_posterior(chain, start=start, run=run)) == pytest.approx(through / exp(total))


@pytest.mark.parametrize("tokens", [1, 2, 4])
def test_span_log_posterior_equals_an_enumeration_of_all_paths(tokens):
    """Tag 0 is outside; 1, 2, 3 and 4 are the first, inner, last and only tag of a span."""
    rng = random.Random(tokens)
    allowed = {(0, 0), (0, 1), (0, 4), (1, 2), (1, 3), (2, 2), (2, 3), (3, 0), (3, 1), (3, 4), (4, 0), (4, 1), (4, 4)}
    chain = ChainScores(
        emissions=[[rng.gauss(0, 1) for _ in range(5)] for _ in range(tokens)],
        steps=[[rng.gauss(0, 1) if (a, b) in allowed else -inf for b in range(5)] for a in range(5)],
        first=[rng.gauss(0, 1) if tag in (0, 1, 4) else -inf for tag in range(5)],
        last=[rng.gauss(0, 1) if tag in (0, 3, 4) else -inf for tag in range(5)],
    )
    weights = {path: exp(path_score(chain, path)) for path in itertools.product(range(5), repeat=tokens)}
    for start, end in itertools.combinations(range(tokens + 1), 2):
        through = sum(weight for path, weight in weights.items() if (start, end) in _spans(path))
        found = span_log_posterior(chain, start=start, size=end - start, tags=SpanTags(1, 2, 3, 4))
        assert exp(found) == pytest.approx(through / sum(weights.values()))


def _spans(path: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return the spans of a path, if it is well formed."""
    starts = [token for token, tag in enumerate(path) if tag in (1, 4)]
    return list(zip(starts, [token + 1 for token, tag in enumerate(path) if tag in (3, 4)], strict=False))
