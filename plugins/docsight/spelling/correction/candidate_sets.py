"""The words that may have been meant: those near to a suspicious word, those that a known one is mixed up with."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from docsight.spelling.arrays import Floats, Ints, as_array, spread, starts_of
from docsight.spelling.candidates.confusions import Confusions
from docsight.spelling.candidates.error_model import ErrorModel, encode_letters
from docsight.spelling.candidates.index import CandidateIndex
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.features import CandidateGroups
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.lexicon.known_pairs import KnownPairs
from docsight.spelling.lexicon.tables import WordSource
from docsight.vocab import UNK

MOST = 14  # alternatives of a suspicious word
_PER_ZIPF = 1.8  # nats of cost that a step of the Zipf scale makes up for, when these are chosen
_LISTED = 2.0  # nats that a place in a list of misspellings makes up for
_JOIN_COST = 3.0  # nats, of a space too many
_JOIN_ZIPF = 3.0  # of a word that two words are joined to
_SPLIT_ZIPF = 3.5  # of the parts of a word that is cut in two
_SHORT_ZIPF = 5.0  # of such a part of one or two letters
_REMEMBERED = 100_000  # words whose alternatives are kept
_ALIKE = 9.0  # nats of an error that is taken back before the neighbours are looked at
_BITS = 21  # of an id


@dataclass
class CandidateTable:
    """The alternatives of some words, as rows of a sparse matrix."""

    start: Ints  # (words + 1,)
    first: Ints
    second: Ints
    cost: Floats
    pair: Ints


class CandidateFinder:
    """Finds what may have been meant.

    Args:
        error_model: The cost of each misspelling.
        pairs: The listed misspellings.
        confusions: The words that are typed for one another.
        dictionary: The words that may be meant, those of the user among them.
        index: Finds words of the lexicon that are near to others.
    """

    def __init__(
        self,
        error_model: ErrorModel,
        pairs: KnownPairs,
        confusions: Confusions,
        dictionary: Dictionary,
        index: CandidateIndex,
    ) -> None:
        self._error_model, self._pairs, self._dictionary, self._index = error_model, pairs, dictionary, index
        self._offsets = as_array(confusions.offsets).astype(np.int64)
        self._confused = as_array(confusions.ids).astype(np.int64)
        fresh = dictionary.fresh
        self._user_index = CandidateIndex(fresh, dictionary.zipf[dictionary.lexicon_size :]) if fresh else None
        self._memory: OrderedDict[str, tuple[np.ndarray, ...]] = OrderedDict()

    def of_text(self, reading: TokenBatch) -> "CandidateTable":
        """Find the alternatives of the suspicious words of texts, by type: row n is that of type n."""
        types = reading.types
        wanted = np.zeros(len(types.keys), dtype=bool)
        wanted[reading.tokens[reading.suspicious]] = True
        # Rows are taken out at once: another thread may forget them.
        rows = {key: self._memory.get(key) for key in dict.fromkeys(types.keys[at] for at in np.flatnonzero(wanted))}
        found = self._search([key for key, row in rows.items() if row is None])
        rows |= found
        self._memory |= found
        while len(self._memory) > _REMEMBERED:
            self._memory.popitem(last=False)
        empty = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0, np.int64))
        parts = [rows[key] or empty if want else empty for key, want in zip(types.keys, wanted, strict=True)]
        columns = [np.concatenate([part[n] for part in (*parts, empty)]) for n in range(4)]
        return CandidateTable(starts_of(np.array([len(part[0]) for part in parts], dtype=np.int64)), *columns)

    def groups(self, reading: TokenBatch, near: CandidateTable, low: int, high: int) -> CandidateGroups:
        """Collect the alternatives of the tokens from `low` to `high`, places without any left out.

        Places of unknown words stay, too: such a word is flagged even if nobody knows what it should be.
        """
        tokens = np.arange(low, high)[reading.open[low:high]]
        close = tokens[reading.suspicious[tokens]]
        types = reading.tokens[close]
        close_of, close_at = spread(near.start[types], near.start[types + 1])

        usual = tokens[~reading.suspicious[tokens]]
        usual = usual[reading.ids[usual] < self._dictionary.lexicon_size]
        ids = reading.ids[usual]
        usual_of, usual_at = spread(self._offsets[ids], self._offsets[ids + 1])
        confused = self._confused[usual_at]

        joins, joined = self._joins(reading, low, high)

        token = np.concatenate([close, usual, joins])
        span = np.concatenate([np.ones(len(close) + len(usual), np.int64), np.full(len(joins), 2)])
        nothing = np.zeros(len(confused) + len(joins), np.int64)
        of = np.concatenate([close_of, usual_of + len(close), np.arange(len(joins)) + len(close) + len(usual)])
        sizes = np.bincount(of, minlength=len(token)) + 1
        # The word as typed heads each group.
        order = np.argsort(np.concatenate([np.arange(len(token)), of]), kind="stable")
        typed_second = np.where(span == 2, reading.ids[np.minimum(token + 1, len(reading.ids) - 1)], 0)
        groups = CandidateGroups(
            token,
            span,
            starts_of(sizes),
            np.concatenate([reading.ids[token], near.first[close_at], confused, joined])[order],
            np.concatenate([typed_second, near.second[close_at], nothing])[order],
            np.concatenate([np.ones(len(token), bool), np.zeros(len(of), bool)])[order],
            np.concatenate(
                [
                    np.zeros(len(token), np.float32),
                    near.cost[close_at],
                    self._costs(ids[usual_of], confused),
                    np.full(len(joins), _JOIN_COST, np.float32),
                ]
            )[order],
            np.concatenate([np.zeros(len(token), np.int64), near.pair[close_at], nothing])[order],
        )
        return groups.select((sizes > 1) | ~reading.types.known[reading.tokens[token]])

    def guesses(self, reading: TokenBatch, near: CandidateTable) -> Ints:
        """Return the ids of words as read by their neighbours: an unknown word in lower case as what it looks like."""
        types = reading.types
        best = np.minimum(near.start[:-1], max(len(near.first) - 1, 0))
        alike = (np.diff(near.start) > 0) & ~types.known & (types.casings == 1)
        if len(near.first):
            alike &= (near.second[best] == 0) & (near.cost[best] < _ALIKE)
            return np.where(alike, near.first[best], types.ids)[reading.tokens]
        return reading.ids

    def _search(self, keys: list[str]) -> dict[str, tuple[np.ndarray, ...]]:
        """Find the best alternatives of words: for each first and second word, cost, and whether it is listed."""
        if not keys:
            return {}
        dictionary = self._dictionary
        row, word = self._index.search(keys)
        if self._user_index is not None:
            row_user, word_user = self._user_index.search(keys)
            row = np.concatenate([row, row_user])
            word = np.concatenate([word, word_user - 2 + dictionary.lexicon_size])
        listed, listed_first, listed_second = self._pairs.lookup(keys)
        cut, cut_first, cut_second = self._splits(keys)
        rows = np.concatenate([listed, row, cut])
        first = np.concatenate([listed_first, word, cut_first])
        second = np.concatenate([listed_second, np.zeros(len(row), np.int64), cut_second])
        corrections = np.bincount(listed, minlength=len(keys))
        pair = np.zeros(len(rows), np.int64)
        pair[: len(listed)] = np.where(corrections[listed] > 1, 1, 2)
        own = np.array([dictionary.ids.get(key, UNK) for key in keys], dtype=np.int64)[rows]
        # Each alternative once, as listed if it is; neither the word itself nor the same one in other English.
        _, once = np.unique((rows << 2 * _BITS) | (first << _BITS) | second, return_index=True)
        is_variant = (dictionary.variant[own] == first) & (second == 0)
        once = once[(first != own)[once] & ~is_variant[once]]
        rows, first, second, pair = rows[once], first[once], second[once], pair[once]
        cost = self._pair_costs(keys, rows, first, second)
        zipf = np.where(second > 0, np.minimum(dictionary.zipf[first], dictionary.zipf[second]), dictionary.zipf[first])
        order = np.lexsort((cost - _PER_ZIPF * zipf - _LISTED * (pair > 0), rows))
        rank = np.arange(len(rows)) - np.searchsorted(rows[order], rows[order])
        order = order[rank < MOST]
        bounds = np.searchsorted(rows[order], np.arange(len(keys) + 1))
        chosen = [order[bounds[n] : bounds[n + 1]] for n in range(len(keys))]
        return {key: (first[at], second[at], cost[at], pair[at]) for key, at in zip(keys, chosen, strict=True)}

    def _pair_costs(self, keys: list[str], rows: Ints, first: Ints, second: Ints) -> Floats:
        """Return the cost of typing keys[rows] where words, or two of them, were meant."""
        if not len(rows):
            return np.zeros(0, np.float32)
        names = self._dictionary.names
        meant = [f"{names[a]}-{names[b]}" if b else names[a] for a, b in zip(first, second, strict=True)]
        return self._error_model.costs(encode_letters(keys)[rows], encode_letters(meant)).numpy()

    def _costs(self, typed: Ints, meant: Ints) -> Floats:
        """Return the cost of typing each word of the lexicon where another was meant."""
        pairs, where = np.unique((typed << _BITS) | meant, return_inverse=True)
        if not len(pairs):
            return np.zeros(0, np.float32)
        names = self._dictionary.names
        typed_names = [names[at] for at in pairs >> _BITS]
        meant_names = [names[at] for at in pairs & ((1 << _BITS) - 1)]
        costs = self._error_model.costs(encode_letters(typed_names), encode_letters(meant_names)).numpy()
        return costs[where.reshape(-1)]

    def _splits(self, keys: list[str]) -> tuple[Ints, Ints, Ints]:
        """Cut keys into two frequent words."""
        dictionary, found = self._dictionary, []
        for row, key in enumerate(keys):
            for at in range(1, len(key)):
                first, second = dictionary.ids.get(key[:at], UNK), dictionary.ids.get(key[at:], UNK)
                least = _SHORT_ZIPF if min(at, len(key) - at) < 3 else _SPLIT_ZIPF
                if min(dictionary.zipf[first], dictionary.zipf[second]) >= least:
                    found.append((row, first, second))
        columns = np.array(found, dtype=np.int64).reshape(-1, 3)
        return columns[:, 0], columns[:, 1], columns[:, 2]

    def _joins(self, reading: TokenBatch, low: int, high: int) -> tuple[Ints, Ints]:
        """Find pairs of words with one space between them that are one word without it."""
        dictionary, keys = self._dictionary, reading.types.keys
        at = np.arange(low, max(low, high - 1))
        at = at[reading.open[at] & reading.open[at + 1] & reading.glued[at]]
        at = at[~reading.types.possessive[reading.tokens[at]]]
        pairs, where = np.unique((reading.tokens[at] << 32) | reading.tokens[at + 1], return_inverse=True)
        names = (keys[pair >> 32] + keys[pair & 0xFFFFFFFF] for pair in pairs.tolist())
        joined = np.fromiter((dictionary.ids.get(name, UNK) for name in names), np.int64, len(pairs))
        base = (dictionary.sources[joined] & int(WordSource.US | WordSource.UK)) > 0
        joined = np.where(base & (dictionary.zipf[joined] >= _JOIN_ZIPF), joined, 0)[where.reshape(-1)]
        return at[joined > 0], joined[joined > 0]
