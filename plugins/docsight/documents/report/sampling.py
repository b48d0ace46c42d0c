"""Which documents the report shows: a spread over all of them, and those with the most to look at."""

import heapq
from collections.abc import Callable
from typing import Generic, TypeVar

from docsight.documents.report.tallies import Reservoir

Item = TypeVar("Item")

MAX_DOCUMENTS = 200
OF_A_FORMAT = 5
FORMATS = 16
MOST = 25  # with the most entities, and with the most corrections
WITH_NOTES = 15


class Selection(Generic[Item]):
    """Chooses among documents as they come: all of them while they are few.

    When they are more, it has some of each format, those with the most entities, those with the most corrections,
    some of which something could not be had, and fills up with an even sample of all.
    """

    def __init__(self) -> None:
        self.seen = 0
        self._sample: Reservoir[tuple[int, Item]] = Reservoir(MAX_DOCUMENTS)
        self._formats: dict[str, Reservoir[tuple[int, Item]]] = {}
        self._noted: Reservoir[tuple[int, Item]] = Reservoir(WITH_NOTES)
        self._entities: list[tuple[int, int, Item]] = []
        self._corrections: list[tuple[int, int, Item]] = []

    def add(self, make: Callable[[], Item], *, format: str, entities: int, corrections: int, is_noted: bool) -> None:
        """Take a document into account.

        Args:
            make: Makes what is shown of it; called, once, if it is chosen for now.
            format: The name of its format.
            entities: How many it has.
            corrections: How many it has.
            is_noted: Whether something of it could not be had.
        """
        self.seen += 1
        made: list[Item] = []

        def item() -> tuple[int, Item]:
            if not made:
                made.append(make())
            return self.seen, made[0]

        if format not in self._formats and len(self._formats) < FORMATS:
            self._formats[format] = Reservoir(OF_A_FORMAT)
        for reservoir in (self._sample, self._formats.get(format), self._noted if is_noted else None):
            if reservoir is not None and (place := reservoir.place()) is not None:
                reservoir.put(place, item())
        for number, best in ((entities, self._entities), (corrections, self._corrections)):
            # Of equals the first: its order number, negated, is the greater.
            if number and (len(best) < MOST or number > best[0][0]):
                heapq.heappush(best, (number, -self.seen, item()[1]))
                if len(best) > MOST:
                    heapq.heappop(best)

    def items(self) -> list[Item]:
        """Return what is shown, in the order in which it came."""
        chosen: dict[int, Item] = {}
        for reservoir in (*self._formats.values(), self._noted):
            chosen |= dict(reservoir.items)
        for best in (self._entities, self._corrections):
            chosen |= {-order: item for _, order, item in best}
        for order, item in self._sample.items:
            if len(chosen) >= MAX_DOCUMENTS:
                break
            chosen.setdefault(order, item)
        return [item for _, item in sorted(chosen.items(), key=lambda pair: pair[0])]
