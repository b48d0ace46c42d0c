"""Search for the candidates of words: of suspicious words by closeness, of known words by the table of confusions."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from docsight.spelling.arrays import Floats, Ints, as_array, spread, starts_of
from docsight.spelling.candidates.error_model import encode_letters
from docsight.spelling.candidates.index import CandidateIndex
from docsight.spelling.correction.batch import TokenBatch, TokenTypes
from docsight.spelling.correction.candidate_groups import CandidateGroups
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.lexicon.tables import WordSource
from docsight.spelling.model import Speller
from docsight.spelling.tokens import LOWER
from docsight.vocab import UNK

MAX_CANDIDATES = 14  # of a suspicious word
# The preliminary order of candidates is by cost minus these bonuses, in nats.
_BONUS_PER_ZIPF = 1.8
_BONUS_LISTED = 2.0
_JOIN_COST = 3.0  # nats, of a superfluous space
_MIN_JOIN_ZIPF = 3.0  # of the word that two words are joined to
# Words that may as well be written as two (per cent, some day), or whose two words mean something else (log in).
_OPEN_FORM_LIST = (
    "anymore anytime backup cannot database everyday filename forever login onto percent setup shutdown someday "
    "startup underway username website worldwide"
)
_OPEN_FORMS = frozenset(_OPEN_FORM_LIST.split())
_MIN_SPLIT_ZIPF = 3.5  # of the parts of a word that is split
_MIN_SPLIT_ZIPF_SHORT = 5.0  # of parts of one or two letters
_MAX_CACHED_WORDS = 100_000
_MAX_RESTORED_COST = 9.0  # nats, of a misspelling that is read as its best candidate in the context of its neighbours
_ID_BITS = 21


class Candidates(NamedTuple):
    """The candidates of a word, the best first, (candidates,) each; see `CandidateGroups`."""

    first: Ints
    second: Ints
    cost: Floats
    pair: Ints

    def take(self, at: Ints) -> "Candidates":
        return Candidates(self.first[at], self.second[at], self.cost[at], self.pair[at])


_NO_CANDIDATES = Candidates(
    np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0, np.int64)
)


class CandidateTable(NamedTuple):
    """The candidates of all types of a batch, as rows of a sparse matrix."""

    start: Ints  # (types + 1,)
    columns: Candidates
    restored: Ints  # (types,) word ids; an unknown word that is easily corrected has that of its best candidate


class CandidateFinder:
    """Finds what may have been meant: the index has the words of the lexicon, the dictionary those of the user, too."""

    def __init__(self, network: Speller, dictionary: Dictionary, index: CandidateIndex) -> None:
        self._error_model, self._pairs = network.channel, network.pairs
        self._dictionary, self._index = dictionary, index
        self._offsets = as_array(network.confusions.offsets).astype(np.int64)
        self._confused = as_array(network.confusions.ids).astype(np.int64)
        self._confusion_cost = np.full(len(self._confused), np.nan, np.float32)  # NaN is not yet known
        fresh = dictionary.fresh
        self._user_index = CandidateIndex(fresh, dictionary.zipf[dictionary.lexicon_size :]) if fresh else None
        self._cache: OrderedDict[str, Candidates] = OrderedDict()

    def find(self, batch: TokenBatch) -> CandidateTable:
        """Find the candidates of the suspicious words of a batch; row n is that of type n."""
        types = batch.types
        wanted = np.zeros(len(types.keys), dtype=bool)
        wanted[batch.tokens[batch.suspicious]] = True
        # All rows are read before the search: another thread may evict them.
        rows = {key: self._cache.get(key) for key in dict.fromkeys(types.keys[at] for at in np.flatnonzero(wanted))}
        searched = self._search([key for key, row in rows.items() if row is None])
        rows |= searched
        self._cache |= searched
        while len(self._cache) > _MAX_CACHED_WORDS:
            self._cache.popitem(last=False)
        none = _NO_CANDIDATES
        parts = [rows[key] or none if want else none for key, want in zip(types.keys, wanted, strict=True)]
        columns = Candidates(*map(np.concatenate, zip(*parts, none, strict=True)))
        start = starts_of(np.array([len(part.first) for part in parts], dtype=np.int64))
        return CandidateTable(start, columns, _restore(types, start, columns))

    def group(self, batch: TokenBatch, table: CandidateTable, low: int, high: int) -> CandidateGroups:
        """Collect the candidates of the tokens from `low` to `high`.

        Places without candidates are left out, unless the word is unknown: it is reported even without a suggestion.
        """
        tokens = np.arange(low, high)[batch.open[low:high]]
        suspicious = tokens[batch.suspicious[tokens]]
        types = batch.tokens[suspicious]
        suspicious_of, suspicious_at = spread(table.start[types], table.start[types + 1])
        found = table.columns.take(suspicious_at)

        usual = tokens[~batch.suspicious[tokens]]
        usual = usual[batch.ids[usual] < self._dictionary.lexicon_size]
        ids = batch.ids[usual]
        usual_of, usual_at = spread(self._offsets[ids], self._offsets[ids + 1])
        confused = self._confused[usual_at]

        joins, joined = self._joins(batch, low, high)

        token = np.concatenate([suspicious, usual, joins])
        span = np.concatenate([np.ones(len(suspicious) + len(usual), np.int64), np.full(len(joins), 2)])
        zeros = np.zeros(len(confused) + len(joins), np.int64)
        before_joins = len(suspicious) + len(usual)
        of = np.concatenate([suspicious_of, usual_of + len(suspicious), np.arange(len(joins)) + before_joins])
        sizes = np.bincount(of, minlength=len(token)) + 1
        # The word as typed is the first row of each group.
        order = np.argsort(np.concatenate([np.arange(len(token)), of]), kind="stable")
        typed_second = np.where(span == 2, batch.ids[np.minimum(token + 1, len(batch.ids) - 1)], 0)
        join_costs = np.full(len(joins), _JOIN_COST, np.float32)
        costs = [found.cost, self._confusion_costs(usual_at, ids[usual_of]), join_costs]
        groups = CandidateGroups(
            token=token,
            span=span,
            start=starts_of(sizes),
            first=np.concatenate([batch.ids[token], found.first, confused, joined])[order],
            second=np.concatenate([typed_second, found.second, zeros])[order],
            typed=np.concatenate([np.ones(len(token), bool), np.zeros(len(of), bool)])[order],
            cost=np.concatenate([np.zeros(len(token), np.float32), *costs])[order],
            pair=np.concatenate([np.zeros(len(token), np.int64), found.pair, zeros])[order],
        )
        return groups.select((sizes > 1) | ~batch.types.known[batch.tokens[token]])

    def _search(self, keys: list[str]) -> dict[str, Candidates]:
        if not keys:
            return {}
        dictionary = self._dictionary
        rows, first, second, pair = self._candidates(keys)
        own = np.array([dictionary.ids.get(key, UNK) for key in keys], dtype=np.int64)[rows]
        # Each candidate once, as listed if it is. Neither the word itself nor its variant in other English.
        _, once = np.unique((rows << 2 * _ID_BITS) | (first << _ID_BITS) | second, return_index=True)
        is_variant = (dictionary.variant[own] == first) & (second == 0)
        once = once[(first != own)[once] & ~is_variant[once]]
        rows, first, second, pair = rows[once], first[once], second[once], pair[once]
        cost = self._costs(keys, rows, first, second)
        zipf = np.where(second > 0, np.minimum(dictionary.zipf[first], dictionary.zipf[second]), dictionary.zipf[first])
        order = np.lexsort((cost - _BONUS_PER_ZIPF * zipf - _BONUS_LISTED * (pair > 0), rows))
        rank = np.arange(len(rows)) - np.searchsorted(rows[order], rows[order])
        order = order[rank < MAX_CANDIDATES]
        chosen = np.split(order, np.searchsorted(rows[order], np.arange(1, len(keys))))
        candidates = Candidates(first, second, cost, pair)
        return {key: candidates.take(at) for key, at in zip(keys, chosen, strict=True)}

    def _candidates(self, keys: list[str]) -> tuple[Ints, Ints, Ints, Ints]:
        """Collect listed corrections, close words and splits: row, first, second and pair of each, with duplicates."""
        row, word = self._index.search(keys)
        if self._user_index is not None:
            user_row, user_word = self._user_index.search(keys)
            row = np.concatenate([row, user_row])
            word = np.concatenate([word, user_word - 2 + self._dictionary.lexicon_size])
        listed, listed_first, listed_second = self._pairs.lookup(keys)
        split, split_first, split_second = self._splits(keys)
        rows = np.concatenate([listed, row, split])
        first = np.concatenate([listed_first, word, split_first])
        second = np.concatenate([listed_second, np.zeros(len(row), np.int64), split_second])
        corrections = np.bincount(listed, minlength=len(keys))
        pair = np.zeros(len(rows), np.int64)
        pair[: len(listed)] = np.where(corrections[listed] > 1, 1, 2)
        return rows, first, second, pair

    def _costs(self, keys: list[str], rows: Ints, first: Ints, second: Ints) -> Floats:
        """Return the cost of typing keys[rows] where a word, or two, were meant."""
        names = self._dictionary.names
        meant = [f"{names[a]}-{names[b]}" if b else names[a] for a, b in zip(first, second, strict=True)]
        return as_array(self._error_model.costs(encode_letters(keys)[rows], encode_letters(meant)))

    def _confusion_costs(self, at: Ints, typed: Ints) -> Floats:
        """Return the costs of confusions: their places in the table, and the ids of the words that were typed.

        They are computed once, as the same words are confused again and again.
        """
        costs: Floats = self._confusion_cost[at]
        fresh = np.flatnonzero(np.isnan(costs))
        if len(fresh):
            places, first = np.unique(at[fresh], return_index=True)
            names = self._dictionary.names
            typed_names = [names[word] for word in typed[fresh][first]]
            meant_names = [names[word] for word in self._confused[places]]
            found = self._error_model.costs(encode_letters(typed_names), encode_letters(meant_names))
            self._confusion_cost[places] = as_array(found)
            costs = self._confusion_cost[at]
        return costs

    def _splits(self, keys: Sequence[str]) -> tuple[Ints, Ints, Ints]:
        """Split keys into two frequent words: (row, first, second)."""
        dictionary, splits = self._dictionary, []
        for row, key in enumerate(keys):
            for at in range(1, len(key)):
                first, second = dictionary.ids.get(key[:at], UNK), dictionary.ids.get(key[at:], UNK)
                min_zipf = _MIN_SPLIT_ZIPF_SHORT if min(at, len(key) - at) < 3 else _MIN_SPLIT_ZIPF
                if min(dictionary.zipf[first], dictionary.zipf[second]) >= min_zipf:
                    splits.append((row, first, second))
        columns = np.array(splits, dtype=np.int64).reshape(-1, 3)
        return columns[:, 0], columns[:, 1], columns[:, 2]

    def _joins(self, batch: TokenBatch, low: int, high: int) -> tuple[Ints, Ints]:
        """Find pairs of tokens with one space between them that are one word without it: (token, word_id)."""
        dictionary, keys = self._dictionary, batch.types.keys
        at = np.arange(low, max(low, high - 1))
        at = at[batch.open[at] & batch.open[at + 1] & batch.before_space[at]]
        at = at[~batch.types.possessive[batch.tokens[at]]]
        pairs, where = np.unique((batch.tokens[at] << 32) | batch.tokens[at + 1], return_inverse=True)
        names = (keys[pair >> 32] + keys[pair & 0xFFFFFFFF] for pair in pairs.tolist())
        ids = (UNK if name in _OPEN_FORMS else dictionary.ids.get(name, UNK) for name in names)
        joined = np.fromiter(ids, np.int64, len(pairs))
        base = (dictionary.sources[joined] & int(WordSource.US | WordSource.UK)) > 0
        joined = np.where(base & (dictionary.zipf[joined] >= _MIN_JOIN_ZIPF), joined, 0)[where.reshape(-1)]
        return at[joined > 0], joined[joined > 0]


def _restore(types: TokenTypes, start: Ints, columns: Candidates) -> Ints:
    """Return the word ids of types as context for other words, given the candidates of each."""
    if not len(columns.first):
        return types.ids
    best = np.minimum(start[:-1], len(columns.first) - 1)
    is_restored = (np.diff(start) > 0) & ~types.known & (types.casings == LOWER)
    is_restored &= (columns.second[best] == 0) & (columns.cost[best] < _MAX_RESTORED_COST)
    return np.where(is_restored, columns.first[best], types.ids)
