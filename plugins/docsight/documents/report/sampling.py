"""Samples in bounded memory: a reservoir, and the choice of documents that the report shows."""

import heapq
import random
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")

SAMPLING_SEED = 1  # fixed: the same run shows the same selection every time

MAX_DOCUMENTS = 200
MAX_SAMPLED_FORMATS = 16
DOCUMENTS_PER_FORMAT = 5
TOP_DOCUMENTS = 25  # with the most entities, and as many with the most corrections
DOCUMENTS_WITH_NOTES = 15


class Reservoir(Generic[Item]):
    """A uniform sample of a stream (reservoir sampling: every item is kept with the same probability)."""

    def __init__(self, size: int) -> None:
        self.items: list[Item] = []
        self.seen = 0
        self._size = size
        self._random = random.Random(SAMPLING_SEED)

    def draw_slot(self) -> int | None:
        """Draw the index at which to `put` the next item, or None if it is not kept."""
        self.seen += 1
        if len(self.items) < self._size:
            return len(self.items)
        slot = self._random.randrange(self.seen)
        return slot if slot < self._size else None

    def put(self, slot: int, item: Item) -> None:
        """Keep an item in place of the one that has this index."""
        self.items[slot : slot + 1] = [item]


class DocumentSample(Generic[Item]):
    """Chooses documents from a stream: all of them while they are few.

    Of more documents it keeps some of each format, those with the most entities, those with the most corrections
    and some with notes. The rest is a uniform sample of all.
    """

    def __init__(self) -> None:
        self.seen = 0
        self._uniform: Reservoir[tuple[int, Item]] = Reservoir(MAX_DOCUMENTS)
        self._by_format: dict[str, Reservoir[tuple[int, Item]]] = {}
        self._with_notes: Reservoir[tuple[int, Item]] = Reservoir(DOCUMENTS_WITH_NOTES)
        self._most_entities: list[tuple[int, int, Item]] = []
        self._most_corrections: list[tuple[int, int, Item]] = []

    def add(self, make: Callable[[], Item], *, format: str, entities: int, corrections: int, has_notes: bool) -> None:
        """Consider a document.

        Args:
            make: Makes what is shown of the document. Called at most once, and only if the document is kept for now.
            format: The name of its format.
            entities: The number of its entities.
            corrections: The number of its corrections.
            has_notes: Whether it has extraction warnings.
        """
        self.seen += 1
        made: list[Item] = []

        def item() -> tuple[int, Item]:
            if not made:
                made.append(make())
            return self.seen, made[0]

        if format not in self._by_format and len(self._by_format) < MAX_SAMPLED_FORMATS:
            self._by_format[format] = Reservoir(DOCUMENTS_PER_FORMAT)
        for reservoir in (self._uniform, self._by_format.get(format), self._with_notes if has_notes else None):
            if reservoir is not None and (slot := reservoir.draw_slot()) is not None:
                reservoir.put(slot, item())
        for number, top in ((entities, self._most_entities), (corrections, self._most_corrections)):
            # Among equals the first document wins: its negated order is the greatest.
            if number and (len(top) < TOP_DOCUMENTS or number > top[0][0]):
                heapq.heappush(top, (number, -self.seen, item()[1]))
                if len(top) > TOP_DOCUMENTS:
                    heapq.heappop(top)

    def items(self) -> list[Item]:
        """Return the chosen documents in the order of the stream."""
        chosen: dict[int, Item] = {}
        for reservoir in (*self._by_format.values(), self._with_notes):
            chosen |= dict(reservoir.items)
        for top in (self._most_entities, self._most_corrections):
            chosen |= {-order: item for _, order, item in top}
        for order, item in self._uniform.items:
            if len(chosen) >= MAX_DOCUMENTS:
                break
            chosen.setdefault(order, item)
        return [chosen[order] for order in sorted(chosen)]
