"""A slow, readable version of `docsight.layers.crf`: one sequence, plain Python, no tensors.

It shows the algorithms, and the tests of the fast version use it as their reference. A path has one tag per token. Its
score is the sum of its emissions, of the steps between its tags, and of its first and last tag; its probability is
exp(score) / sum of exp(score) over all paths. There are tags ** tokens paths, so no function lists them: each
passes over the tokens once and keeps one number per tag.

Is a day sunny (0) or rainy (1)? The weather seldom changes, and somebody was seen on three days: without, with and
without an umbrella:

>>> scores = ChainScores(
...     emissions=[[1.0, 0.0], [0.0, 1.5], [1.0, 0.0]],  # sunny without an umbrella, rainy with one
...     steps=[[1.0, 0.0], [0.0, 1.0]],  # no change is likelier
...     first=[0.5, 0.0],  # the first day is probably sunny
...     last=[0.0, 0.0],
... )
>>> viterbi(scores)  # two changes of the weather cost more than the one umbrella gains
[0, 0, 0]
>>> path_score(scores, [0, 0, 0]), path_score(scores, [0, 1, 0])
(4.5, 4.0)
>>> [round(exp(run_log_posterior(scores, start=day, run=[1])), 2) for day in range(3)]  # rain
[0.26, 0.61, 0.35]
>>> round(exp(run_log_posterior(scores, start=0, run=[0, 0])), 2)  # the first two days are sunny
0.36

The second day is probably rainy although the best path has it sunny: the paths with rain share its probability.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import exp, inf, log
from typing import NamedTuple


class ChainScores(NamedTuple):
    """The scores of one sequence; -inf forbids."""

    emissions: Sequence[Sequence[float]]  # [token][tag]
    steps: Sequence[Sequence[float]]  # [tag][next tag]
    first: Sequence[float]  # [tag] of the first token
    last: Sequence[float]  # [tag] of the last token


class SpanTags(NamedTuple):
    """The tags of the spans of one label."""

    begin: int  # the first tag of a span of several tokens
    inside: int  # its tags between the first and the last
    end: int  # its last tag
    single: int  # the tag of a span of one token


def path_score(scores: ChainScores, path: Sequence[int]) -> float:
    """Return the score of one path."""
    emitted = sum(row[tag] for row, tag in zip(scores.emissions, path, strict=True))
    stepped = sum(scores.steps[tag][next_tag] for tag, next_tag in pairwise(path))
    return scores.first[path[0]] + emitted + stepped + scores.last[path[-1]]


def forward(scores: ChainScores) -> list[list[float]]:
    """Return alpha[token][tag]: the log sum of the scores of all beginnings that end at this token with this tag."""
    alphas = [[first + emission for first, emission in zip(scores.first, scores.emissions[0], strict=True)]]
    for emissions in scores.emissions[1:]:
        arriving = [
            log_sum_exp(alpha + steps[tag] for alpha, steps in zip(alphas[-1], scores.steps, strict=True))
            for tag in range(len(emissions))
        ]
        alphas.append([score + emission for score, emission in zip(arriving, emissions, strict=True)])
    return alphas


def backward(scores: ChainScores) -> list[list[float]]:
    """Return beta[token][tag]: the log sum of the scores of all endings that follow this tag at this token."""
    betas = [list(scores.last)]
    for emissions in reversed(scores.emissions[1:]):
        onward = [emission + beta for emission, beta in zip(emissions, betas[0], strict=True)]
        betas.insert(
            0, [log_sum_exp(step + score for step, score in zip(steps, onward, strict=True)) for steps in scores.steps]
        )
    return betas


def log_partition(scores: ChainScores) -> float:
    """Return the log sum of the scores of all paths."""
    return log_sum_exp(alpha + last for alpha, last in zip(forward(scores)[-1], scores.last, strict=True))


def run_log_posterior(scores: ChainScores, *, start: int, run: Sequence[int]) -> float:
    """Return the log posterior of a run of tags: beginnings up to its first tag, the run, endings from its last."""
    end = start + len(run) - 1
    score = forward(scores)[start][run[0]] + backward(scores)[end][run[-1]]
    for token, (tag, next_tag) in enumerate(pairwise(run), start=start + 1):
        score += scores.steps[tag][next_tag] + scores.emissions[token][next_tag]
    return score - log_partition(scores)


def span_log_posterior(scores: ChainScores, *, start: int, size: int, tags: SpanTags) -> float:
    """Return the log posterior of a labelled span: that of the run of tags that stands for it."""
    run = [tags.single] if size == 1 else [tags.begin, *[tags.inside] * (size - 2), tags.end]
    return run_log_posterior(scores, start=start, run=run)


def viterbi(scores: ChainScores) -> list[int]:
    """Return the best path: forward with the maximum instead of the sum, then back along the best tags."""
    best = [first + emission for first, emission in zip(scores.first, scores.emissions[0], strict=True)]
    winners: list[list[int]] = []  # [token - 1][tag]: the tag before, on the best path to this tag
    for emissions in scores.emissions[1:]:
        arriving = [
            [score + steps[tag] for score, steps in zip(best, scores.steps, strict=True)] for tag in range(len(best))
        ]
        winners.append([_argmax(ways) for ways in arriving])
        best = [max(ways) + emission for ways, emission in zip(arriving, emissions, strict=True)]
    path = [_argmax([score + last for score, last in zip(best, scores.last, strict=True)])]
    for before in reversed(winners):
        path.insert(0, before[path[0]])
    return path


def log_sum_exp(values: Iterable[float]) -> float:
    """Return log(sum(exp(value))) without overflow."""
    values = list(values)
    highest = max(values)
    return highest if highest == -inf else highest + log(sum(exp(value - highest) for value in values))


def _argmax(values: Sequence[float]) -> int:
    return max(range(len(values)), key=values.__getitem__)
