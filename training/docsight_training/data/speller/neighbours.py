"""The words of the lexicon that are one edit apart."""

import itertools
from collections.abc import Sequence

import numpy as np

from docsight.spelling.arrays import Ints
from docsight.spelling.tokens import is_key


def edit_neighbours(words: Sequence[str], *, most: int, among: int = 60_000) -> Ints:
    """Return for each word the most frequent words that become equal to it when each loses at most one letter.

    These are the words one edit away, and those where one letter has moved (act, cat).

    Args:
        words: The words by falling frequency.
        most: The maximum number of neighbours of a word.
        among: How many of the most frequent words have neighbours, and are neighbours.

    Returns:
        (words + 2, most) ids, 0 for none.
    """
    by_rest: dict[str, list[int]] = {}
    frequent = [word for word in words[:among] if is_key(word)]
    ids = {word: at for at, word in enumerate(words[:among], start=2)}
    for word in frequent:
        for rest in {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}:
            by_rest.setdefault(rest, []).append(ids[word])
    neighbours: list[set[int]] = [set() for _ in range(len(words) + 2)]
    for sharing in by_rest.values():
        for word_id, other in itertools.permutations(sharing, 2):
            neighbours[word_id].add(other)
    table = np.zeros((len(words) + 2, most), dtype=np.int64)
    for word_id, others in enumerate(neighbours):
        nearest = sorted(others)[:most]
        table[word_id, : len(nearest)] = nearest
    return table
