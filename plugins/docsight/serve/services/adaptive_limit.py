"""How many texts may be in flight at a time."""

import time
from collections import deque
from collections.abc import Callable, Iterable

from docsight.serve.services.request_batcher import MAX_BATCH_ITEMS

_WINDOW = 16  # completed requests between two adjustments
_CALM_SECONDS = 1.0  # without a refused request, after which an overload is over
_KEPT_LATENCIES = 200  # of requests that were alone
_TARGET = 1.6  # times the p99 of requests that were alone; below 2, as the limit reacts late
_DECREASE = 0.75
_MIN_LIMIT = 2


class AdaptiveLimit:
    """Admits requests as long as few enough texts are in flight.

    Without overload the limit is `maximum`: many texts in flight make large batches, and the highest throughput. A burst
    of more is cut off. If more than another `maximum` are refused, the throughput does not suffice, however large the
    batches are. Then there is an overload: the limit falls to a batch, and further until the requests that are admitted
    take less than twice as long as requests that are alone; it rises when they do (additive increase, multiplicative
    decrease). An overload is over when no request was refused for a second.

    It belongs to one event loop.

    Args:
        maximum: Texts in flight without overload.
        on_overload: Called when an overload begins, with the new limit.
        clock: Returns seconds.
    """

    def __init__(
        self,
        maximum: int,
        *,
        on_overload: Callable[[int], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.maximum = maximum
        self.limit = float(maximum)
        self.in_flight = 0
        self._on_overload, self._clock = on_overload, clock
        self._alone: deque[float] = deque(maxlen=_KEPT_LATENCIES)
        self._recent: list[float] = []
        self._refused = 0  # since the last calm
        self._last_refused = -float("inf")

    @property
    def is_overloaded(self) -> bool:
        return self._refused > self.maximum

    @property
    def is_full(self) -> bool:
        """Whether a request with one text would be refused; it then counts as refused."""
        if self.try_acquire():
            self.release()
            return False
        return True

    def try_acquire(self, cost: int = 1) -> bool:
        """Admit a request with this many texts; a single request is always admitted, however many it has."""
        if self._refused and self._clock() - self._last_refused > _CALM_SECONDS:
            self.limit, self._refused = float(self.maximum), 0
        if self.in_flight and self.in_flight + cost > self.limit:
            self._refuse()
            return False
        self.in_flight += cost
        return True

    def release(self, cost: int = 1) -> None:
        self.in_flight -= cost

    def observe(self, seconds: float, *, was_alone: bool) -> None:
        """Report how long a request with one short text took, and whether it was alone all the time."""
        if was_alone:
            self._alone.append(seconds)
            return
        self._recent.append(seconds)
        if len(self._recent) < _WINDOW:
            return
        slow, self._recent = _percentile(self._recent, 0.9), []
        if not self._alone or not self.is_overloaded:
            return
        if slow > _TARGET * _percentile(self._alone, 0.99):
            self.limit = max(_MIN_LIMIT, self.limit * _DECREASE)
        else:
            self.limit = min(self.maximum, self.limit + 1)

    def _refuse(self) -> None:
        was_overloaded = self.is_overloaded
        self._refused += 1
        self._last_refused = self._clock()
        if self.is_overloaded and not was_overloaded:
            self.limit, self._recent = float(min(self.maximum, MAX_BATCH_ITEMS)), []
            self._on_overload(int(self.limit))


def _percentile(values: Iterable[float], fraction: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(fraction * len(ordered)))]
