"""Estimation of the speller's error model from pairs of a misspelling and its correction."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray

from docsight.errors import DataError
from docsight.spelling.candidates.error_model import MAX_COST, NUM_CODES, ErrorModel, group_code
from docsight_training.data.speller.alignment import LEARNER_MIX, Edit, align, edit_kind

_SINGLE_WORD = re.compile(r"[a-z'-]{1,32}")
_LETTER_CODES = {letter: code for code, letter in enumerate("abcdefghijklmnopqrstuvwxyz'-", start=1)}
_CONTEXT_SMOOTHING = 60.0  # the rate without context counts as much as this many occurrences of the context
_RULE_SMOOTHING = 20.0  # the single edits of a group count as much as this many occurrences of the group
_MIN_RULE_COUNT = 4.0  # occurrences of a rule, in reweighted counts
_MAX_GROUP_LETTERS = 3
# The maximum cost of a single edit, seen or not: a word with one odd letter is still nearer than other words.
_MAX_SINGLE_COST = 14.0


def fit_error_model(
    pairs: Iterable[tuple[str, str, int]],
    *,
    mix: Mapping[str, float] = LEARNER_MIX,
    first: float = 1.0,
    num_groups: int = 400,
) -> ErrorModel:
    """Count the edits of pairs, and return the model of their costs.

    Args:
        pairs: (misspelling, correction, weight); pairs that are not single words, or far apart, are skipped.
        mix: The fraction of each kind of edit that the counts are scaled to, as in `LEARNER_MIX`.
        first: The cost of a wrong first letter in addition to its edit, in nats.
        num_groups: The number of groups of letters on either side of the rules.

    Raises:
        DataError: No pair can be used.
    """
    counts = _Counts(mix)
    counts.add(list(_aligned(pairs)))
    model = ErrorModel(num_typed=num_groups, num_meant=num_groups)
    singles = counts.singles()
    for name, costs in singles.items():
        model.get_buffer(name).copy_(torch.from_numpy(costs))
    model.first.fill_(first)
    _fill_rules(model, counts.rules(singles), num_groups)
    return model


def _aligned(pairs: Iterable[tuple[str, str, int]]) -> Iterator[tuple[str, str, float, list[Edit]]]:
    for misspelling, correction, weight in pairs:
        typed, meant = misspelling.lower(), correction.lower()
        if typed == meant or not (_SINGLE_WORD.fullmatch(typed) and _SINGLE_WORD.fullmatch(meant)):
            continue
        edits = align(typed, meant)
        if edits is not None and len(edits) < max(len(meant), 2):
            yield typed, meant, float(weight), edits


class _Counts:
    """Counts edits by their context, and groups of letters that replace other groups, in the wanted mix."""

    def __init__(self, mix: Mapping[str, float]) -> None:
        self.mix = dict(mix)
        n = NUM_CODES
        # By the letter typed, the letter meant (before the gap), and its neighbours; 0 outside the word.
        self.substituted = np.zeros((n, n, n, n), dtype=np.float32)
        self.inserted = np.zeros((n, n, n), dtype=np.float32)
        self.deleted = np.zeros((n, n, n), dtype=np.float32)
        self.swapped = np.zeros((n, n), dtype=np.float32)
        self.seen = np.zeros((n, n, n), dtype=np.float32)  # by previous, letter, next
        self.gaps = np.zeros((n, n), dtype=np.float32)  # by the letters on either side
        self.groups: Counter[str] = Counter()
        self.replaced: defaultdict[tuple[str, str], float] = defaultdict(float)

    def add(self, aligned: Sequence[tuple[str, str, float, list[Edit]]]) -> None:
        """Count all pairs, each edit with the weight that brings its kind to the wanted fraction."""
        if not aligned:
            raise DataError("Expected pairs of a misspelling and its correction; found none. Check the lists.")
        kinds: Counter[str] = Counter()
        named = []
        for typed, meant, weight, edits in aligned:
            names = [edit_kind(typed, meant, edit) for edit in edits]
            named.append(names)
            for name in names:
                kinds[name] += weight  # type: ignore[assignment]
        total, wanted = sum(kinds.values()), sum(self.mix.values())
        scales = {kind: self.mix[kind] / wanted * total / count for kind, count in kinds.items()}
        for (typed, meant, weight, edits), names in zip(aligned, named, strict=True):
            self._add_word(meant, weight)
            for edit, name in zip(edits, names, strict=True):
                self._add_edit(typed, meant, edit, weight * scales[name])
            self._add_groups(typed, meant, edits, weight, [scales[name] for name in names])

    def _add_word(self, meant: str, weight: float) -> None:
        codes = [0, *(_LETTER_CODES[letter] for letter in meant), 0]
        for i in range(1, len(codes) - 1):
            self.seen[codes[i - 1], codes[i], codes[i + 1]] += weight
            self.gaps[codes[i - 1], codes[i]] += weight
        self.gaps[codes[-2], 0] += weight
        for length in range(1, _MAX_GROUP_LETTERS + 1):
            for i in range(len(meant) - length + 1):
                self.groups[meant[i : i + length]] += weight  # type: ignore[assignment]

    def _add_edit(self, typed: str, meant: str, edit: Edit, weight: float) -> None:
        wrong, right, before, behind = _edit_codes(typed, meant, edit)
        if len(wrong) == 2:
            self.swapped[right[0], right[1]] += weight
        elif not right:
            self.inserted[wrong[0], before, behind] += weight
        elif not wrong:
            self.deleted[before, right[0], behind] += weight
        else:
            self.substituted[wrong[0], right[0], before, behind] += weight

    def _add_groups(
        self, typed: str, meant: str, edits: Sequence[Edit], weight: float, scales: Sequence[float]
    ) -> None:
        """Count all groups of up to three letters, typed and meant, that contain whole edits."""
        for i, first in enumerate(edits):
            scale = weight
            for k in range(i, len(edits)):
                last = edits[k]
                scale *= scales[k]
                if max(last.stop - first.start, last.typed_stop - first.typed_start) > _MAX_GROUP_LETTERS:
                    break
                left = first.start - (edits[i - 1].stop if i else 0)  # right letters before the group
                right = (edits[k + 1].start if k + 1 < len(edits) else len(meant)) - last.stop
                for a, b in product(range(min(left, 2) + 1), range(min(right, 2) + 1)):
                    group = typed[first.typed_start - a : last.typed_stop + b], meant[first.start - a : last.stop + b]
                    if all(1 <= len(letters) <= _MAX_GROUP_LETTERS for letters in group):
                        self.replaced[group] += scale

    def singles(self) -> dict[str, NDArray[np.float32]]:
        """Return the costs of single edits, the buffers of the model without the rules."""
        seen = self.seen.sum((0, 2))  # (letter,)
        pairs = self.seen.sum(0)  # (letter, next)
        prior = self.substituted.sum() / seen.sum() / 26
        alone = _smooth(self.substituted.sum((2, 3)), seen, prior)  # (typed, letter)
        substitute = _smooth(self.substituted.sum(2), pairs, alone[:, :, None])
        prior = self.inserted.sum() / self.gaps.sum() / 26
        alone = _smooth(self.inserted.sum(2), self.gaps.sum(1), prior)
        insert = _smooth(self.inserted, self.gaps, alone[:, :, None])
        prior = self.deleted.sum() / seen.sum()
        alone = _smooth(self.deleted.sum((0, 2)), seen, prior)  # (letter,)
        left = _smooth(self.deleted.sum(2), self.seen.sum(2), alone[None])
        delete = _smooth(self.deleted, self.seen, left[:, :, None])
        swap = _smooth(self.swapped, pairs, self.swapped.sum() / pairs[1:, 1:].sum())
        return {
            name: np.minimum(-np.log(rates), _MAX_SINGLE_COST).astype(np.float32)
            for name, rates in (("substitute", substitute), ("insert", insert), ("delete", delete), ("swap", swap))
        }

    def rules(self, singles: Mapping[str, NDArray[np.float32]]) -> list[tuple[float, str, str, float]]:
        """Return (gain, typed group, meant group, cost) of groups that cost less than their single edits."""
        found = []
        for (wrong, right), count in self.replaced.items():
            if count < _MIN_RULE_COUNT or len(wrong) == len(right) == 1:
                continue
            parts = _cost_of_singles(wrong, right, singles)
            cost = -np.log((count + _RULE_SMOOTHING * np.exp(-parts)) / (self.groups[right] + _RULE_SMOOTHING))
            if cost < parts - 0.1:
                found.append((float(count * (parts - cost)), wrong, right, float(max(cost, 0.1))))
        return sorted(found, reverse=True)


def _cost_of_singles(wrong: str, right: str, singles: Mapping[str, NDArray[np.float32]]) -> float:
    total = 0.0
    for edit in align(wrong, right) or ():
        typed, codes, before, behind = _edit_codes(wrong, right, edit)
        if len(typed) == 2:
            total += float(singles["swap"][codes[0], codes[1]])
        elif not codes:
            total += _median_cost(singles["insert"][typed[0]], before, behind)
        elif not typed:
            total += _median_cost(singles["delete"][:, codes[0]], before, behind)
        else:
            total += _median_cost(singles["substitute"][typed[0], codes[0]][None], 0, behind)
    return total


def _edit_codes(typed: str, meant: str, edit: Edit) -> tuple[list[int], list[int], int, int]:
    """Return the codes of the letters typed and meant, and of those before and behind; 0 outside the word."""
    return (
        [_LETTER_CODES[letter] for letter in typed[edit.typed_start : edit.typed_stop]],
        [_LETTER_CODES[letter] for letter in meant[edit.start : edit.stop]],
        _LETTER_CODES[meant[edit.start - 1]] if edit.start else 0,
        _LETTER_CODES[meant[edit.stop]] if edit.stop < len(meant) else 0,
    )


def _median_cost(costs: NDArray[np.float32], before: int, behind: int) -> float:
    """Return the cost between two letters; where one is unknown (0), the median over all letters."""
    if before:
        costs = costs[before : before + 1]
    if behind:
        costs = costs[:, behind : behind + 1]
    return float(np.median(costs))


def _fill_rules(model: ErrorModel, rules: Sequence[tuple[float, str, str, float]], num_groups: int) -> None:
    """Fill the table of rules, those with the largest gain first, as long as there are numbers for their groups."""
    numbers: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for _, wrong, right, cost in rules:
        for known, group in zip(numbers, (wrong, right), strict=True):
            if group not in known and len(known) < num_groups:
                known[group] = len(known) + 1
        if wrong in numbers[0] and right in numbers[1]:
            model.rules[numbers[0][wrong], numbers[1][right]] = min(cost, MAX_COST)
    for name, known in zip(("typed_groups", "meant_groups"), numbers, strict=True):
        for group, number in known.items():
            model.get_buffer(name)[group_code([_LETTER_CODES[letter] for letter in group])] = number


def _smooth(
    count: NDArray[np.float32], seen: NDArray[np.float32], prior: NDArray[np.float32] | float
) -> NDArray[np.float32]:
    """Return rates that fall back on those of a wider context where a context was rarely seen."""
    rates: NDArray[np.float32] = (count + _CONTEXT_SMOOTHING * prior) / (seen + _CONTEXT_SMOOTHING)
    return rates
