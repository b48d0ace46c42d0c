"""Places in a batch of texts with their candidates, as flat arrays."""

from dataclasses import dataclass

import numpy as np

from docsight.spelling.arrays import Bools, Floats, Ints, starts_of


@dataclass
class CandidateGroups:
    """Places with their candidates: one group of rows for each place, the word as typed first."""

    token: Ints  # (groups,) the first token of the place
    span: Ints  # (groups,) the number of tokens
    start: Ints  # (groups + 1,) the first row of each group
    first: Ints  # (rows,) the word id
    second: Ints  # (rows,) the id of the second word of two, or 0
    typed: Bools  # (rows,) whether it is the word as typed
    cost: Floats  # (rows,) of the misspelling, nats
    pair: Ints  # (rows,) 0: not listed; 1: one of several listed corrections; 2: the only listed correction

    @property
    def of(self) -> Ints:
        """The group of each row."""
        return np.repeat(np.arange(len(self.token)), np.diff(self.start))

    def select(self, groups: Bools) -> "CandidateGroups":
        """Return some of the groups."""
        rows = np.repeat(groups, np.diff(self.start))
        return CandidateGroups(
            self.token[groups],
            self.span[groups],
            starts_of(np.diff(self.start)[groups]),
            self.first[rows],
            self.second[rows],
            self.typed[rows],
            self.cost[rows],
            self.pair[rows],
        )

    def respelled(self, rows: Bools, first: Ints) -> "CandidateGroups":
        """Return only some of the rows, with other first words, and the groups that have any of them."""
        kept = np.bincount(self.of[rows], minlength=len(self.token))
        has_rows = kept > 0
        return CandidateGroups(
            self.token[has_rows],
            self.span[has_rows],
            starts_of(kept[has_rows]),
            first[rows],
            self.second[rows],
            self.typed[rows],
            self.cost[rows],
            self.pair[rows],
        )


@dataclass
class ModelScores:
    """The scores of each row by the context network and the trigrams, nats, (rows,) each."""

    context: Floats
    left: Floats
    right: Floats
    right_two: Floats
