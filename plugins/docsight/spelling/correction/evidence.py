"""The evidence for and against each correction: how sure the ranker is, and what the word's surroundings say."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from docsight.networks.judge import EVIDENCE
from docsight.networks.ranker import FEATURES
from docsight.spelling.arrays import Bools, Floats, Ints
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.ranked import RankedGroups
from docsight.spelling.correction.surroundings import Surroundings
from docsight.spelling.tokens import UPPER

_COLUMN = {name: at for at, name in enumerate(FEATURES)}
_NO_MARGIN = 6.0  # nats, of a suggestion without an alternative
_MAX_COUNT = 20  # of occurrences in the text


def make_evidence(
    ranked: RankedGroups,
    batch: TokenBatch,
    around: Surroundings,
    occurrences: "Occurrences",
    features: Floats,
    lookups: Mapping[str, npt.NDArray[Any]],
) -> Floats:
    """Return the evidence for the best suggestion of each judged group, (judged, evidence).

    Args:
        ranked: The groups with their scores.
        batch: The tokens.
        around: Their surroundings.
        occurrences: How often words occur in the texts.
        features: (rows, features) of the ranker.
        lookups: The facts that are looked up in tables of words, (judged,) each.
    """
    groups, logits, chosen = ranked.groups, ranked.logits, ranked.judged
    heads, best, token = groups.start[chosen], ranked.best[chosen], groups.token[chosen]
    types, last = batch.tokens[token], token + groups.span[chosen] - 1
    is_other = ~groups.typed
    is_other[best] = False
    runner_up = np.maximum.reduceat(np.where(is_other, logits, -np.inf), groups.start[:-1])[chosen]
    letters = batch.types.letters[types]
    typed = groups.first[heads]
    elsewhere = occurrences.count(token, typed) - 1 + occurrences.is_outside(token, typed)
    repeats = np.clip(elsewhere, 0, _MAX_COUNT)
    suggested = np.minimum(occurrences.count(token, groups.first[best]), _MAX_COUNT) * (groups.second[best] == 0)

    def of_best(name: str) -> Floats:
        column: Floats = features[best, _COLUMN[name]]
        return column

    def of_typed(name: str) -> Floats:
        column: Floats = features[heads, _COLUMN[name]]
        return column

    values: dict[str, npt.NDArray[Any]] = {
        "odds": (logits[best] - logits[heads]).clip(-10, 12),
        "margin": np.where(np.isfinite(runner_up), logits[best] - runner_up, _NO_MARGIN).clip(0, _NO_MARGIN),
        "context": of_best("context"),
        "trigram": of_best("trigram").clip(-15, 15),
        "left": of_best("left").clip(-8, 8),
        "right": of_best("right").clip(-8, 8),
        "cost": of_best("cost").clip(0, 15),
        **{name: of_best(name) for name in ("pair", "only_pair", "split", "join", "apostrophe", "same_first")},
        "letters": np.minimum(letters, 12),
        "single": letters == 1,
        "typed_zipf": of_typed("typed_zipf"),
        "title_inside": of_typed("title_inside"),
        "title_start": of_typed("title_start"),
        "upper": batch.casings[token] == UPPER,
        "repeats": np.log1p(repeats),
        "repeated": repeats > 0,
        "suggestion_repeats": np.log1p(suggested),
        **lookups,
        "listed": of_typed("typed_listed"),
        "glued": around.glued[token] | around.glued[last],
        "quoted": around.quoted[token],
        **{
            name: getattr(around, name)[token]
            for name in ("symbols", "whole", "english", "usual", "unknown", "foreign", "unknown_in_text")
        },
        "beside_title": batch.beside_title[token],
        "lower_sentence": batch.lower_sentence[token],
        "upper_sentence": batch.upper_sentence[token],
    }
    return np.stack([values[name].astype(np.float32) for name in EVIDENCE], axis=1)


class Occurrences:
    """Counts words in the texts of a batch.

    Args:
        batch: The texts.
        outside_words: For each text, the keys of words that occur outside of it, such as in its file name.
    """

    def __init__(self, batch: TokenBatch, outside_words: Sequence[Collection[str]] = ()) -> None:
        self._texts = batch.texts
        self._words = np.sort(self._in_texts(batch.texts, batch.ids))
        ids = dict(zip(batch.types.keys, batch.types.ids.tolist(), strict=True)) if any(outside_words) else {}
        found = [(text, ids[word]) for text, words in enumerate(outside_words) for word in words if word in ids]
        self._outside = self._in_texts(*np.array(found, dtype=np.int64).reshape(-1, 2).T)

    def count(self, token: Ints, ids: Ints) -> Ints:
        """Return how often each word occurs in the text of its token."""
        wanted = self._in_texts(self._texts[token], ids)
        return np.searchsorted(self._words, wanted, "right") - np.searchsorted(self._words, wanted, "left")

    def is_outside(self, token: Ints, ids: Ints) -> Bools:
        """Return whether each word is among the outside words of the text of its token."""
        return np.isin(self._in_texts(self._texts[token], ids), self._outside)

    @staticmethod
    def _in_texts(texts: Ints, ids: Ints) -> Ints:
        """Return a number for each pair of a text and a word."""
        return (texts << 32) | ids
