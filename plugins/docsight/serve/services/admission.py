"""Which texts are admitted, and which are refused because too many are in flight."""

import time
from collections.abc import Callable

# In a batch, which then takes not much longer than a single text.
_ITEMS_IN_OVERLOAD = 4
_BURST_PARTS = 4  # an overload begins when more than this part of the maximum was refused
_CALM_SECONDS = 1.0  # without a refused request, after which an overload is over


class Admission:
    """Admits requests as long as few enough texts are in flight.

    Without overload, up to `maximum` texts wait in a queue or are in the batch that runs: the batches are large, and
    the throughput is the highest. A burst of more is cut off. If more than a quarter of `maximum` were
    refused, the models are too slow, and a queue only makes all texts wait. During such an overload there is none:
    texts are admitted between two batches only, so that they take as long as one batch. It is over when no request was
    refused for a second.

    It belongs to one event loop.

    Args:
        maximum: Texts in flight without overload.
        is_busy: Returns whether a batch runs.
        on_overload: Called when an overload begins.
        clock: Returns seconds.
    """

    def __init__(
        self,
        maximum: int,
        *,
        is_busy: Callable[[], bool],
        on_overload: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.maximum = maximum
        self.in_flight = 0
        self._is_busy, self._on_overload, self._clock = is_busy, on_overload, clock
        self._refused = 0  # since the last calm
        self._last_refused = -float("inf")

    @property
    def is_overloaded(self) -> bool:
        return self._refused > max(1, self.maximum // _BURST_PARTS)

    @property
    def limit(self) -> int:
        """The number of texts that may be in flight now."""
        return min(self.maximum, _ITEMS_IN_OVERLOAD) if self.is_overloaded else self.maximum

    @property
    def is_full(self) -> bool:
        """Whether a request with one text would be refused; it then counts as refused."""
        if self.try_acquire():
            self.release()
            return False
        return True

    def try_acquire(self, cost: int = 1) -> bool:
        """Admit a request with this many texts; a request that is alone is always admitted, however many it has."""
        if self._refused and self._clock() - self._last_refused > _CALM_SECONDS:
            self._refused = 0
        too_many = self.in_flight and self.in_flight + cost > self.limit
        if too_many or (self.is_overloaded and self._is_busy()):
            self._refuse()
            return False
        self.in_flight += cost
        return True

    def release(self, cost: int = 1) -> None:
        self.in_flight -= cost

    def _refuse(self) -> None:
        was_overloaded = self.is_overloaded
        self._refused += 1
        self._last_refused = self._clock()
        if self.is_overloaded and not was_overloaded:
            self._on_overload()
