"""The cost of typing one word when another was meant: an edit distance with learned costs, in batches."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from docsight.spelling.arrays import Bytes, Floats, Ints, as_array
from docsight.spelling.lexicon.hashing import MAX_LETTERS

# Codes of letters: 0 padding, and the edges of a word; 1-26 a-z; 27 the apostrophe; 28 anything else.
NUM_CODES = 29
# The maximum cost in nats: "not what was meant".
MAX_COST = 20.0

_LONGEST_RULE = 3
# Common letters at either end cost nothing and are cut off, except for the letters that a rule can reach.
_RULE_MARGIN = _LONGEST_RULE - 1
_BAND = 3  # letters by which an alignment may leave the diagonal, beyond the difference in length
_MAX_LENGTH_DIFFERENCE = 5  # letters
_MAX_ROW_CELLS = 1 << 15  # numbers in one row of the dynamic program, so that it fits the processor's cache
_MIN_PAIRS_PER_RUN = 256
_CODES_OF_ASCII = np.full(128, NUM_CODES - 1, dtype=np.uint8)
_CODES_OF_ASCII[0] = 0
_CODES_OF_ASCII[ord("a") : ord("z") + 1] = np.arange(1, 27)
_CODES_OF_ASCII[ord("A") : ord("Z") + 1] = np.arange(1, 27)
_CODES_OF_ASCII[ord("'")] = 27


def encode_letters(words: Sequence[str]) -> Tensor:
    """Encode the letters of words, ignoring case: (words, longest) uint8, padded with 0.

    Words are cut off after 32 letters.
    """
    points = np.array(words, dtype=f"<U{MAX_LETTERS}").view(np.uint32).reshape(len(words), MAX_LETTERS)
    longest = max(int(np.count_nonzero(points.any(0))), 1)
    return torch.from_numpy(_CODES_OF_ASCII[np.minimum(points[:, :longest], 127)])


class ErrorModel(nn.Module):
    """The costs of single edits by context, and of groups of up to three letters (Brill and Moore, 2000).

    Every cost is in nats: the negative log of how often the edit is made where it could be made. A letter typed as
    meant costs nothing. All costs start at `MAX_COST`; training fills the buffers.

    Args:
        num_typed: The number of letter groups on the typed side of the rules.
        num_meant: The number of letter groups on the meant side.
    """

    def __init__(self, *, num_typed: int, num_meant: int) -> None:
        super().__init__()
        n = NUM_CODES
        # By the typed letter, the letter meant there (substitute) or before it (insert), and the next meant letter.
        self.substitute = nn.Buffer(torch.full((n, n, n), MAX_COST))
        self.insert = nn.Buffer(torch.full((n, n, n), MAX_COST))
        # By the letter before, the deleted letter and the next one.
        self.delete = nn.Buffer(torch.full((n, n, n), MAX_COST))
        # By the two letters in the order in which they are meant.
        self.swap = nn.Buffer(torch.full((n, n), MAX_COST))
        # The number of each letter group by its `group_code`, 0 for groups in no rule; and the cost of each pair.
        self.typed_groups = nn.Buffer(torch.zeros(n**_LONGEST_RULE, dtype=torch.int16))
        self.meant_groups = nn.Buffer(torch.zeros(n**_LONGEST_RULE, dtype=torch.int16))
        self.rules = nn.Buffer(torch.full((num_typed + 1, num_meant + 1), MAX_COST))
        # The extra cost of a wrong first letter.
        self.first = nn.Buffer(torch.zeros(()))

    @torch.no_grad()
    def costs(self, typed: Tensor, meant: Tensor) -> Tensor:
        """Return the cost of typing each word where another was meant: (pairs,) float32 from 0 to `MAX_COST`.

        It is 0 for equal words, and `MAX_COST` where the lengths differ by more than five letters. The words are from
        `encode_letters`: (pairs, letters) uint8, of any width.
        """
        # Both of one width, with room to shift one against the other.
        padded = np.zeros((2, len(typed), max(typed.shape[1], meant.shape[1]) + _MAX_LENGTH_DIFFERENCE + 1), np.uint8)
        typed_letters, meant_letters = padded
        typed_letters[:, : typed.shape[1]], meant_letters[:, : meant.shape[1]] = as_array(typed), as_array(meant)
        costs = np.full(len(typed_letters), MAX_COST, dtype=np.float32)
        if not costs.size:
            return torch.from_numpy(costs)
        typed_lengths, meant_lengths = (typed_letters != 0).sum(1), (meant_letters != 0).sum(1)
        start, end = _common_ends(typed_letters, meant_letters, typed_lengths, meant_lengths)
        costs[(typed_letters == meant_letters).all(1)] = 0.0
        difference = np.abs(typed_lengths - meant_lengths)
        rows = np.flatnonzero((costs > 0) & (difference <= _MAX_LENGTH_DIFFERENCE))
        sizes = np.stack([typed_lengths - end - start, meant_lengths - end - start])  # (2, pairs)
        width = sizes.max(0)
        program = _Program(self)
        # Pairs of similar size run together, first those of about equal lengths, which need a narrow band.
        group = width + np.where(difference > 1, 2 * typed_letters.shape[1], 0)
        rows = rows[np.argsort(group[rows], kind="stable")]
        at = 0
        while at < len(rows):
            similar = int(np.searchsorted(group[rows], group[rows[at]] + 2, side="right")) - at
            chunk = rows[at : at + min(max(similar, _MIN_PAIRS_PER_RUN), _MAX_ROW_CELLS // (int(width[rows[at]]) + 3))]
            costs[chunk] = program.run(typed_letters[chunk], meant_letters[chunk], start[chunk], sizes[:, chunk])
            at += len(chunk)
        costs[typed_letters[:, 0] != meant_letters[:, 0]] += float(self.first)
        return torch.from_numpy(np.minimum(costs, np.float32(MAX_COST)))


class _Program:
    """The dynamic program, over the model's tables as flat arrays."""

    def __init__(self, model: ErrorModel) -> None:
        def flat(table: Tensor, dtype: type) -> NDArray[Any]:
            return as_array(table).astype(dtype, copy=False).reshape(-1)

        self.insert, self.delete = flat(model.insert, np.float32), flat(model.delete, np.float32)
        self.swap, self.rules = flat(model.swap, np.float32), flat(model.rules, np.float32)
        self.typed_groups, self.meant_groups = flat(model.typed_groups, np.int64), flat(model.meant_groups, np.int64)
        self.num_meant = model.rules.shape[1]
        substitute = as_array(model.substitute).astype(np.float32)
        substitute[np.arange(NUM_CODES), np.arange(NUM_CODES)] = 0.0
        self.substitute = substitute.reshape(-1)

    def run(self, typed: Bytes, meant: Bytes, start: Ints, sizes: Ints) -> Floats:
        """Return the costs, (pairs,), of the windows of word pairs, (pairs, letters) each.

        A window begins at its `start`, (pairs,), in both words; `sizes`, (2, pairs), are its letters in each.
        """
        width = int(sizes.max())
        difference = int(np.abs(sizes[0] - sizes[1]).max())
        band = _BAND + (difference if difference > 1 else 0)
        n = NUM_CODES
        t = _window(typed, start, width)  # (width + 2, pairs): row 0 is the letter before the window
        m = _window(meant, start, width)
        follows = m[:-1] * n + m[1:]  # (width + 1, pairs): the letters before and after each gap
        deletions = np.take(self.delete, m[:-2] * (n * n) + follows[1:])  # (width, pairs)
        typed_groups = [self._groups(self.typed_groups, t, length) * self.num_meant for length in (1, 2, 3)]
        meant_groups = [self._groups(self.meant_groups, m, length) for length in (1, 2, 3)]
        swaps = _swaps(t, m)
        costs = np.empty(len(start), dtype=np.float32)
        table: list[Floats] = []
        for i in range(width + 1):
            row = np.full((width + 1, len(start)), 3 * MAX_COST, dtype=np.float32)
            low, high = max(0, i - band), min(width, i + band)
            if i == 0:
                row[0] = 0.0
            else:
                index = t[i] * (n * n) + follows[low : high + 1]
                row[low : high + 1] = table[i - 1][low : high + 1] + np.take(self.insert, index)
                skip = max(1 - low, 0)
                self._improve(row, table[i - 1], np.take(self.substitute, index[skip:]), low + skip, high, 1)
                if i > 1:
                    j, pair = swaps[i - 2]
                    cost = table[i - 2][j - 2, pair] + self.swap[m[j - 1, pair] * n + m[j, pair]]
                    row[j, pair] = np.minimum(row[j, pair], cost)
                for a in range(1, min(i, _LONGEST_RULE) + 1):
                    for b in range(1, _LONGEST_RULE + 1):
                        begin = max(low, b)
                        if (a, b) != (1, 1) and begin <= high:
                            rule = typed_groups[a - 1][i - a] + meant_groups[b - 1][begin - b : high - b + 1]
                            self._improve(row, table[i - a], np.take(self.rules, rule), begin, high, b)
            for cell in range(low + 1, high + 1):
                np.minimum(row[cell], row[cell - 1] + deletions[cell - 1], out=row[cell])
            table.append(row)
            ends = np.flatnonzero(sizes[0] == i)
            costs[ends] = row[sizes[1, ends], ends]
        return costs

    @staticmethod
    def _improve(row: Floats, before: Floats, cost: Floats, first: int, last: int, back: int) -> None:
        """Lower the cells `first` to `last` of a row to the cost of reaching them from `back` letters before."""
        cost += before[first - back : last - back + 1]
        np.minimum(row[first : last + 1], cost, out=row[first : last + 1])

    @staticmethod
    def _groups(numbers: Ints, letters: Ints, length: int) -> Ints:
        """Return the numbers of all groups of a length, by the place of their first letter in the window."""
        code = letters[1 : len(letters) - length]
        for k in range(1, length):
            code = code + letters[1 + k : len(letters) - length + k] * NUM_CODES**k
        return np.take(numbers, code)


def group_code(letters: Sequence[int]) -> int:
    return sum(letter * NUM_CODES**k for k, letter in enumerate(letters))


def _common_ends(typed: Bytes, meant: Bytes, typed_lengths: Ints, meant_lengths: Ints) -> tuple[Ints, Ints]:
    """Return the number of letters each pair shares at its start and end, minus the margin that rules need."""
    shortest = np.minimum(typed_lengths, meant_lengths)
    width = typed.shape[1]
    differs = typed != meant
    head = np.where(differs.any(1), differs.argmax(1), shortest)
    tail = shortest.copy()
    shift = meant_lengths - typed_lengths
    for k in range(-_MAX_LENGTH_DIFFERENCE, _MAX_LENGTH_DIFFERENCE + 1):
        # Pairs whose last letters are in the same column once the meant word is shifted by k letters.
        rows = np.flatnonzero(shift == k)
        differs = typed[rows, max(-k, 0) : width - max(k, 0)] != meant[rows, max(k, 0) : width - max(-k, 0)]
        last = differs.shape[1] - 1 - differs[:, ::-1].argmax(1) + max(-k, 0)
        tail[rows] = np.where(differs.any(1), typed_lengths[rows] - 1 - last, shortest[rows])
    tail = np.minimum(tail, shortest - head)
    return np.maximum(head - _RULE_MARGIN, 0), np.maximum(tail - _RULE_MARGIN, 0)


def _swaps(typed: Ints, meant: Ints) -> list[tuple[Ints, Ints]]:
    """Return, for each window letter from the second on, the cells (j, pair) where two letters are swapped."""
    t, m = typed.astype(np.uint8), meant.astype(np.uint8)
    cells = []
    for i in range(2, len(t) - 1):
        first = max(2, i - _BAND)
        last = min(len(m) - 2, i + _BAND)
        swapped = (m[first - 1 : last] == t[i]) & (m[first : last + 1] == t[i - 1]) & (t[i] != 0) & (t[i] != t[i - 1])
        j, pair = np.nonzero(swapped)
        cells.append((j + first, pair))
    return cells


def _window(letters: Bytes, start: Ints, width: int) -> Ints:
    """Return the window of each word: (width + 2, pairs), with the letter before and the letter after it."""
    columns = start + np.arange(-1, width + 1)[:, None]
    inside = (columns >= 0) & (columns < letters.shape[1])
    window = letters[np.arange(len(letters)), np.clip(columns, 0, letters.shape[1] - 1)]
    return np.where(inside, window, 0).astype(np.int64)
