"""Counting what there is no end of, in memory that has one."""

import random
from collections import Counter
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")

SEED = 1  # the same run shows the same selection every time


class Tally(Generic[Key]):
    """Counts things and knows the most frequent ones: the rare are dropped whenever there are too many.

    A count may be too low, by what was dropped, once `is_capped`; `total` is right.

    Args:
        limit: How many different ones to keep at least, when it has to drop some.
    """

    def __init__(self, *, limit: int = 20_000) -> None:
        self.total = 0
        self.distinct = 0  # at least so many
        self.is_capped = False
        self._limit = limit
        self._counts: Counter[Key] = Counter()

    def add(self, key: Key) -> None:
        """Count one."""
        self.total += 1
        self._counts[key] += 1
        self.distinct = max(self.distinct, len(self._counts))
        if len(self._counts) > 2 * self._limit:
            self._counts = Counter(dict(self._counts.most_common(self._limit)))
            self.is_capped = True

    def most_common(self, number: int) -> list[tuple[Key, int]]:
        """Return the most frequent, with how often they came."""
        return self._counts.most_common(number)


class Reservoir(Generic[Item]):
    """Keeps a number of items so that each of those that came by is as likely to be kept."""

    def __init__(self, size: int) -> None:
        self.items: list[Item] = []
        self.seen = 0
        self._size = size
        self._random = random.Random(SEED)

    def place(self) -> int | None:
        """Draw the place of the next item, None where it is not kept; `put` it there."""
        self.seen += 1
        if len(self.items) < self._size:
            return len(self.items)
        place = self._random.randrange(self.seen)
        return place if place < self._size else None

    def put(self, place: int, item: Item) -> None:
        """Keep an item, in place of the one that is there."""
        self.items[place : place + 1] = [item]
