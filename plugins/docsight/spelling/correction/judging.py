"""Judging the corrections of a batch of texts by the evidence, and by the density of errors in each text."""

import math
from collections.abc import Collection, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from docsight.errors import ConfigError
from docsight.networks.judge import EVIDENCE, Judge
from docsight.spelling.arrays import Bools, Floats, Ints, as_array
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.evidence import Occurrences, make_evidence
from docsight.spelling.correction.limits import LIMITS, MAX_LIMITED_SCORE, UNLIMITED, LimitFinder
from docsight.spelling.correction.ranked import RankedGroups
from docsight.spelling.correction.surroundings import Surroundings, find_surroundings
from docsight.spelling.lexicon.tables import TechnicalText
from docsight.spelling.lexicon.word_forms import WordForms

DENSITY = "density"  # the name of the density of errors among the reasons
MIN_REASON = 0.05  # nats; weaker reasons are left out
_SHOWN_REASONS = 2  # of a verdict
_REASONS = (*EVIDENCE.values(), ("the text has other errors", "the text has few errors"))


def _reason(number: int, *, is_high: bool) -> str:
    """Return what a fact says, by its number, where its value is above or below the mean."""
    high, low = _REASONS[number]
    return high if is_high else low


def _log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability + 1e-9))


class Reason(NamedTuple):
    """A fact about a correction, and what it adds to the log odds that the correction is right."""

    fact: str  # a key of `EVIDENCE`, `DENSITY`, or the fact of a limit
    text: str  # what it says, in words
    weight: float  # nats, above 0 for the correction and below 0 against it


class Verdict(NamedTuple):
    score: float  # the probability that the suggestion is right
    because: tuple[str, ...]  # the strongest reasons, in words


class Places(NamedTuple):
    """The places of some texts where a suggestion may be right, (places,) each, and the words of each text."""

    evidence: Floats  # (places, evidence); see `Judge`
    known: Ints  # 1 where the word as typed is known, 0 elsewhere
    text: Ints  # the index of the text
    share: Floats  # 1 divided by the number of places of the same word in the text
    start: Ints  # characters
    end: Ints
    words: Floats  # (texts,)

    def tensors(self) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Return the arguments of `Judge`."""
        evidence, known, text, words, share = map(
            torch.from_numpy, (self.evidence, self.known, self.text, self.words, self.share)
        )
        return evidence, known, text, words, share


class Judging:
    """Collects the evidence of the places of a batch of texts, and judges them together."""

    def __init__(
        self,
        judge: Judge,
        technical: TechnicalText,
        forms: WordForms,
        names: Sequence[str],  # of the words of the dictionary, by id
        texts: Sequence[str],
        batch: TokenBatch,
        is_misspelt: Bools,  # (types,); unknown words that are easily corrected
        outside_words: Sequence[Collection[str]] = (),  # see `Occurrences`
    ) -> None:
        self._judge, self._technical, self._forms, self._names, self._batch = judge, technical, forms, names, batch
        self._texts, self._is_misspelt, self._outside_words = texts, is_misspelt, outside_words
        self._words = np.bincount(batch.texts, batch.is_word, len(texts)).astype(np.float32)
        self._count = 0
        self._parts: list[tuple[Floats, Ints, Ints, Ints, Ints]] = []
        self._limits = [np.zeros(0, np.int64)]

    @cached_property
    def _around(self) -> Surroundings:
        """The surroundings of the tokens; many short texts have nothing to judge and do not need them."""
        # A misspelt neighbour does not make a text technical; a term may look misspelt.
        types = self._batch.types
        is_new = ~types.known & (~self._is_misspelt | self._technical.has(types.keys))
        return find_surroundings(self._texts, self._batch, is_new)

    @cached_property
    def _occurrences(self) -> Occurrences:
        return Occurrences(self._batch, self._outside_words)

    @cached_property
    def _limit_finder(self) -> LimitFinder:
        return LimitFinder(self._batch, self._occurrences, self._names, self._words)

    def add(self, ranked: RankedGroups, features: Floats) -> Ints:
        """Add the judged groups; return the number of the place of each group, -1 where it is not judged.

        Args:
            ranked: Groups with their scores; groups must be added in the order of the text.
            features: (rows, features) of the ranker.
        """
        chosen, batch = ranked.judged, self._batch
        number = np.full(len(ranked.groups.token), -1, dtype=np.int64)
        if not len(chosen):
            return number
        number[chosen] = self._count + np.arange(len(chosen))
        self._count += len(chosen)
        token = ranked.groups.token[chosen]
        types = batch.tokens[token]
        keys = [batch.types.keys[at] for at in types.tolist()]
        unknown = ~ranked.known[chosen]
        new_keys = [(key, is_new) for key, is_new in zip(keys, unknown.tolist(), strict=True)]
        typed_phrases, suggested_phrases = self._phrases(ranked)
        lookups = {
            "vocabulary": self._technical.has(keys) & unknown,
            "typed_phrases": typed_phrases,
            "suggested_phrases": suggested_phrases,
            "derived": np.array([is_new and self._forms.is_derived(key) for key, is_new in new_keys], bool),
            "compound": np.array([is_new and self._forms.is_compound(key) for key, is_new in new_keys], bool),
        }
        evidence = make_evidence(ranked, batch, self._around, self._occurrences, features, lookups)
        self._limits.append(self._limit_finder.find(ranked, evidence))
        end = batch.ends[token + ranked.groups.span[chosen] - 1]
        self._parts.append((evidence, ranked.known[chosen].astype(np.int64), token, batch.starts[token], end))
        return number

    def _phrases(self, ranked: RankedGroups) -> list[Floats]:
        """Return how usual the words as typed, and the suggestions, are between their neighbours in technical text.

        The logarithms of the counts of all pairs of neighbouring words, summed for each judged group.
        """
        batch, groups, chosen = self._batch, ranked.groups, ranked.judged
        first, last = groups.token[chosen], groups.token[chosen] + groups.span[chosen] - 1
        sums = []
        for ids in (
            [batch.ids[first], np.where(last > first, batch.ids[last], 0)],
            [groups.first[ranked.best[chosen]], groups.second[ranked.best[chosen]]],
        ):
            left, right = [], []
            for before, one, two, after in zip(
                self._neighbours(first, -1), *map(self._keys, ids), self._neighbours(last, 1), strict=True
            ):
                words = [before, one, *([two] if two else []), after]
                left += [*words[:-1], *[""] * (4 - len(words))]
                right += [*words[1:], *[""] * (4 - len(words))]
            counts = self._technical.count_pairs(left, right) if left else np.zeros(0, np.int64)
            sums.append(np.log1p(counts).reshape(-1, 3).sum(axis=1).astype(np.float32))
        return sums

    def _keys(self, ids: Ints) -> list[str]:
        names, unknown = self._names, self._batch.types.unknown
        return [names[at] if at < len(names) else unknown[at - len(names)] for at in ids.tolist()]

    def _neighbours(self, token: Ints, step: int) -> list[str]:
        """Return the key of the word before or after each token, '' where there is none in its sentence."""
        batch = self._batch
        at = token + step
        inside = (at >= 0) & (at < len(batch.tokens))
        at = np.where(inside, at, token)
        inside &= batch.sentence[at] == batch.sentence[token]
        return [key if is_near else "" for key, is_near in zip(self._keys(batch.ids[at]), inside.tolist(), strict=True)]

    def places(self) -> Places:
        evidence = np.concatenate([np.zeros((0, len(EVIDENCE)), np.float32), *(part[0] for part in self._parts)])
        none = np.zeros(0, np.int64)
        known, token, start, end = (
            (np.concatenate([none, *columns]) for columns in zip(*(part[1:] for part in self._parts), strict=True))
            if self._parts
            else (none,) * 4
        )
        text = self._batch.texts[token]
        _, where, counts = np.unique((text << 32) | self._batch.ids[token], return_inverse=True, return_counts=True)
        share = (1 / counts[where.reshape(-1)]).astype(np.float32)
        return Places(evidence, known, text, share, start, end, self._words)

    def verdicts(self) -> list[Verdict]:
        """Return the verdict on each place, in the order in which the places were added."""
        if not self._count:
            return []
        weights, is_high, scores = self._weigh(self.places())
        limits = np.where(scores > MAX_LIMITED_SCORE, np.concatenate(self._limits), UNLIMITED)
        # What speaks for a correction that is likely right, or against one that is not.
        ordered = np.argsort(np.where(scores[:, None] >= 0.5, -weights, weights), axis=1)[:, :_SHOWN_REASONS]
        verdicts = []
        for limit, score, best, row, high in zip(
            *(column.tolist() for column in (limits, scores, ordered, weights, is_high)), strict=True
        ):
            if limit != UNLIMITED:
                verdicts.append(Verdict(MAX_LIMITED_SCORE, (LIMITS[limit].text,)))
                continue
            strong = [at for at in best if (row[at] > 0) == (score >= 0.5) and abs(row[at]) >= MIN_REASON]
            verdicts.append(Verdict(score, tuple(_reason(at, is_high=high[at]) for at in strong)))
        return verdicts

    def reasons(self, start: int) -> list[Reason]:
        """Return what decides on the place that begins at an offset of the only text, the strongest reason first.

        Raises:
            ConfigError: No place with a suggestion begins there.
        """
        places = self.places()
        at = np.flatnonzero(places.start == start)
        if not len(at):
            raise ConfigError(f"Expected the start of a correction with a suggestion; found none at {start}.")
        weights, is_high, score = (part[at[0]].tolist() for part in self._weigh(places))
        reasons = [
            Reason(name, _reason(number, is_high=is_high[number]), weight)
            for number, (name, weight) in enumerate(zip((*EVIDENCE, DENSITY), weights, strict=True))
            if abs(weight) >= MIN_REASON
        ]
        limit = np.concatenate(self._limits)[at[0]]
        if limit != UNLIMITED and score > MAX_LIMITED_SCORE:
            reasons.append(Reason(*LIMITS[limit], _log_odds(MAX_LIMITED_SCORE) - _log_odds(score)))
        return sorted(reasons, key=lambda reason: -abs(reason.weight))

    def _weigh(self, places: Places) -> tuple[Floats, Bools, Floats]:
        """Return what each fact and the density of errors add to the log odds, and the probabilities.

        Returns:
            What they add, (places, evidence + 1), whether their values are above the mean, of the same shape, and the
            probabilities, (places,).
        """
        with torch.inference_mode():
            evidence, known, text, words, share = places.tensors()
            contributions, own, density = self._judge.parts(evidence, known, text, words, share)
            more = density - self._judge.usual_log_odds(words[text])
            weights = torch.cat([contributions, more.unsqueeze(1)], dim=1)
            is_high = torch.cat([evidence > self._judge.mean, more.unsqueeze(1) > 0], dim=1)
            return as_array(weights), as_array(is_high), as_array((own + density).sigmoid())
