"""Corrections that are flagged but not applied, however sure the judge is.

The judge weighs facts against each other. Each of these settles the matter alone.
"""

import re
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from docsight.networks.judge import EVIDENCE
from docsight.spelling.arrays import Bools, Floats, Ints
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.evidence import Occurrences
from docsight.spelling.correction.ranked import RankedGroups
from docsight.spelling.tokens import LOWER

# The highest score of a limited correction. Of three corrections of names in learners' sentences and in judged
# documents that had at least 0.5, one was right.
MAX_LIMITED_SCORE = 0.25
# Both pairs of a word and a neighbour are usual in technical text: "the man page" has 7.2, and a single pair at most
# 5.5. With function words, pairs are usual anywhere.
_MIN_TERM_PHRASES = 7.0
_MAX_TERM_ZIPF = 6.0
_MIN_PRONOUNS = 0.01  # of the words of a text that uses a pronoun
_LONG_TEXT = 100  # words; a shorter text says little about its kind and its writer
_CONTRACTION = re.compile(r"(i|you|he|she|it|we|they)'(?:d|ll|m|re|ve)")
_ARTICLE = "a"
# Between a misspelling and its correction where a text has both: tokens at most, and the words: teh -> the; teh should
# be the; the, not teh.
_MAX_BETWEEN = 6
_BEFORE_CORRECTION = frozenset(("to", "by", "with", "into", "as", "should", "be"))
_AFTER_CORRECTION = frozenset(("not", "instead", "rather", "of", "than"))
_MENTION_ENDS = frozenset(".!?;")
_TYPED_PHRASES, _SUGGESTED_PHRASES, _TYPED_ZIPF = map(
    list(EVIDENCE).index, ("typed_phrases", "suggested_phrases", "typed_zipf")
)


class Limit(NamedTuple):
    """A reason to limit a correction."""

    fact: str
    text: str  # what it says, in words


NAME = Limit("name", "the word is a name")
TERM = Limit("term", "technical text often has the word as typed beside these words")
CONTRACTION = Limit("contraction", "the text hardly uses the pronoun of the contraction")
LETTER = Limit("letter", "the word is a single letter in a long text")
MENTION = Limit("mention", "the text has the correction beside the word, as where it speaks of a misspelling")
REPETITION = Limit("repetition", "the correction repeats the word beside it")
LIMITS = (NAME, TERM, CONTRACTION, LETTER, MENTION, REPETITION)
UNLIMITED = -1


class LimitFinder:
    """Finds the limited corrections of a batch of texts.

    Args:
        batch: The tokens.
        occurrences: How often words occur in the texts.
        names: The words of the dictionary, by id.
        words: (texts,) the number of words of each text.
    """

    def __init__(self, batch: TokenBatch, occurrences: Occurrences, names: Sequence[str], words: Floats) -> None:
        self._batch, self._occurrences, self._names, self._words = batch, occurrences, names, words

    def find(self, ranked: RankedGroups, evidence: Floats) -> Ints:
        """Return the index in `LIMITS` for each judged group, `UNLIMITED` where there is none: (judged,).

        Args:
            ranked: The groups with their scores.
            evidence: (judged, evidence), the facts about them.
        """
        groups, chosen = ranked.groups, ranked.judged
        token, best, known = groups.token[chosen], ranked.best[chosen], ranked.known[chosen]
        suggested = groups.first[best]
        is_one = (groups.span[chosen] == 1) & (groups.second[best] == 0)  # no words are split or joined
        is_long = self._words[self._batch.texts[token]] >= _LONG_TEXT
        where = {
            REPETITION: _holds(self._is_repetition, is_one & known, token, suggested),
            MENTION: _holds(self._is_mention, is_one & ~known, token, suggested),
            LETTER: _holds(self._is_letter, is_one & is_long, token, suggested),
            CONTRACTION: _holds(self._is_odd_contraction, is_one & is_long & known, token, suggested),
            TERM: known & _is_term(evidence),
            NAME: self._batch.is_name[token],
        }
        limits = np.full(len(chosen), UNLIMITED, dtype=np.int64)
        for limit, is_limited in where.items():
            limits[is_limited] = LIMITS.index(limit)
        return limits

    @cached_property
    def _ids(self) -> dict[str, int]:
        types = self._batch.types
        return dict(zip(types.keys, types.ids.tolist(), strict=True))

    def _key(self, token: int) -> str:
        return self._batch.types.keys[int(self._batch.tokens[token])]

    def _is_letter(self, token: int, _: int) -> bool:
        key = self._key(token)
        return len(key) == 1 and key != _ARTICLE and bool(self._batch.casings[token] == LOWER)

    def _is_odd_contraction(self, token: int, suggested: int) -> bool:
        """Return whether the suggestion is a contraction such as "we're", in a text that hardly says "we"."""
        contraction = _CONTRACTION.fullmatch(self._names[suggested])
        if contraction is None:
            return False
        pronoun = self._ids.get(contraction[1])
        uses = self._occurrences.count(np.array([token]), np.array([pronoun]))[0] if pronoun is not None else 0
        return bool(uses < _MIN_PRONOUNS * self._words[self._batch.texts[token]])

    def _is_repetition(self, token: int, suggested: int) -> bool:
        batch = self._batch
        beside = (at for at in (token - 1, token + 1) if 0 <= at < len(batch.tokens))
        return any(batch.ids[at] == suggested and batch.sentence[at] == batch.sentence[token] for at in beside)

    def _is_mention(self, token: int, suggested: int) -> bool:
        """Return whether the suggestion follows the word, or stands before it as what should be written instead."""
        after = self._reach(token, 1, suggested, _BEFORE_CORRECTION)
        return after is not None or bool(self._reach(token, -1, suggested, _AFTER_CORRECTION))

    def _reach(self, token: int, step: int, wanted: int, between: Collection[str]) -> int | None:
        """Return how many of the words `between` are on the way to a word; None if another word comes first."""
        batch, passed = self._batch, 0
        for at in range(token + step, token + step * (_MAX_BETWEEN + 1), step):
            if not 0 <= at < len(batch.tokens) or batch.texts[at] != batch.texts[token]:
                return None
            key = self._key(at)
            if batch.ids[at] == wanted:
                return passed
            if key in _MENTION_ENDS or (batch.is_word[at] and key not in between):
                return None
            passed += key in between
        return None


def _is_term(evidence: Floats) -> Bools:
    """Return where the word as typed is usual in technical text, and more so than the suggestion, (judged,)."""
    typed = evidence[:, _TYPED_PHRASES]
    is_usual = (typed >= _MIN_TERM_PHRASES) & (typed > evidence[:, _SUGGESTED_PHRASES])
    is_term: Bools = is_usual & (evidence[:, _TYPED_ZIPF] < _MAX_TERM_ZIPF)
    return is_term


def _holds(condition: Callable[[int, int], bool], where: Bools, token: Ints, suggested: Ints) -> Bools:
    """Return where a condition of the token and the id of its suggestion holds, (judged,)."""
    found = np.zeros(len(where), dtype=bool)
    for at in np.flatnonzero(where):
        found[at] = condition(int(token[at]), int(suggested[at]))
    return found
