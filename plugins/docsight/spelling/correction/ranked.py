"""Places with the ranker's scores of their candidates: which are reported, and which are judged."""

import numpy as np
import numpy.typing as npt

from docsight.spelling.arrays import Bools, Floats, Ints
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.candidate_groups import CandidateGroups
from docsight.spelling.tokens import LOWER

# The ranker's scores from which a place is reported: of a known word or one with a capital, and of two words that may
# be one. Unknown words in lower case are always reported.
MIN_SCORE, MIN_JOIN_SCORE = 0.2, 0.5
# The same for the places that count for the density of errors in a text.
MIN_JUDGED_SCORE, MIN_JUDGED_JOIN_SCORE = 0.05, 0.3


class RankedGroups:
    """Groups of candidates with their scores.

    Attributes:
        groups: The places.
        logits: (rows,) the scores.
        probabilities: (rows,) the softmax of the scores of each group.
        best: (groups,) the row of the best suggestion, or that of the word as typed if there is no suggestion.
        score: (groups,) the probability of the best suggestion against the word as typed.
        known: (groups,) whether the word as typed is known.
        reported: The groups to report, in the order of the text; none overlap.
        judged: (judged,) the groups to judge, the reported ones with a suggestion and others.
    """

    def __init__(self, groups: CandidateGroups, batch: TokenBatch, logits: Floats) -> None:
        self.groups, self.logits = groups, logits
        heads, of = groups.start[:-1], groups.of
        weights = np.exp(logits - np.maximum.reduceat(logits, heads)[of])
        self.probabilities = weights / np.add.reduceat(weights, heads)[of]
        others = np.where(groups.typed, -np.inf, logits)
        self.best: Ints = np.lexsort((-others, of))[heads]
        best_logits = np.maximum.reduceat(others, heads)
        self.score = 1 / (1 + np.exp(np.clip(logits[heads] - best_logits, -50, 50)))
        self.known: Bools = batch.types.known[batch.tokens[groups.token]]
        self._starts, self._ends = batch.starts, batch.ends
        # Two words that may be one are correct as they are, and an unknown word with a capital is often a name.
        is_strange = ~self.known & (batch.casings[groups.token] == LOWER)
        is_join = groups.span > 1
        reported = np.where(is_join, self.score >= MIN_JOIN_SCORE, (self.score >= MIN_SCORE) | is_strange)
        judged = np.where(is_join, self.score >= MIN_JUDGED_JOIN_SCORE, self.score >= MIN_JUDGED_SCORE) | reported
        order = np.lexsort((-self.score, ~reported, ~judged))[: int(judged.sum())]
        chosen = _without_overlaps(groups, order)
        self.reported: list[int] = chosen[reported[chosen]].tolist()
        self.judged: Ints = chosen[self.best[chosen] != heads[chosen]]

    def span(self, g: int) -> tuple[int, int]:
        """Return the offsets of a group in its text, in characters."""
        token = self.groups.token[g]
        return int(self._starts[token]), int(self._ends[token + self.groups.span[g] - 1])


def _without_overlaps(groups: CandidateGroups, order: npt.NDArray[np.int64]) -> Ints:
    """Return groups in the order of the text; where some overlap, the first of them in `order`."""
    taken: set[int] = set()
    chosen = []
    for g in order.tolist():
        covered = range(groups.token[g], groups.token[g] + groups.span[g])
        if taken.isdisjoint(covered):
            taken.update(covered)
            chosen.append(g)
    return np.array(sorted(chosen, key=lambda g: groups.token[g]), dtype=np.int64)
