"""The texts that wait for a lane or are being read by it."""

from collections.abc import Callable, Sequence
from typing import Any

from docsight.serve.services.admission import Admission
from docsight.serve.services.request_batcher import DroppedError, RequestBatcher
from docsight.serve.services.text_annotator import TextItem
from docsight.serve.services.text_lane import TextLane


class TextQueue:
    """Admits texts or refuses them, and gives them to a lane in batches. It belongs to one event loop.

    Args:
        lane: The lane that reads the texts.
        maximum: The cost of all texts in flight.
        cost: Returns the cost of the texts of a request; by default their number.
        on_batch: Called with the number of texts of each batch.
        on_overload: Called when an overload begins.
    """

    def __init__(
        self,
        lane: TextLane,
        maximum: int,
        *,
        cost: Callable[[Sequence[TextItem]], int] = len,
        on_batch: Callable[[int], None] = lambda _: None,
        on_overload: Callable[[], None] = lambda: None,
    ) -> None:
        def drop_waiting() -> None:
            on_overload()
            self.batcher.drop_waiting()

        self._cost = cost
        self.admission = Admission(maximum, is_busy=lambda: self.batcher.is_running, on_overload=drop_waiting)
        self.batcher = RequestBatcher[TextItem, dict[str, Any]](
            lane.annotator,
            lane.executor,
            cost=lambda item: len(item.text),
            on_batch=on_batch,
            wanted=lambda: self.admission.limit if self.admission.is_overloaded else 0,
        )

    async def annotate(self, items: Sequence[TextItem]) -> list[dict[str, Any]]:
        """Return the record of each text.

        Raises:
            DroppedError: Too many texts are in flight.
        """
        cost = self._cost(items)
        if not self.admission.try_acquire(cost):
            raise DroppedError("too many texts are waiting")
        try:
            return await self.batcher.submit(items)
        finally:
            self.admission.release(cost)


def count_chars(items: Sequence[TextItem]) -> int:
    return sum(len(item.text) for item in items)
