"""How many texts may be in flight at a time."""

import time
from collections import deque
from collections.abc import Callable, Iterable

_WINDOW = 16  # completed requests between two adjustments
_CALM_SECONDS = 1.0  # without a refused request, after which the limit is the maximum again
_KEPT_LATENCIES = 200  # of requests that were alone
_TARGET = 1.6  # times the p99 of requests that were alone; below 2, as the limit reacts late
_DECREASE = 0.75
_MIN_LIMIT = 2


class AdaptiveLimit:
    """Admits requests as long as few enough texts are in flight.

    Without overload the limit is `maximum`: many texts in flight make large batches, and the highest throughput. Once
    requests are refused, the throughput does not suffice, however large the batches are. The limit then falls until
    the requests that are admitted take less than twice as long as requests that are alone, and rises again when they
    do, or when no request was refused for a second (additive increase, multiplicative decrease).

    It belongs to one event loop.

    Args:
        maximum: Texts in flight without overload.
        clock: Returns seconds.
    """

    def __init__(self, maximum: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.maximum = maximum
        self.limit = float(maximum)
        self.in_flight = 0
        self._clock = clock
        self._alone: deque[float] = deque(maxlen=_KEPT_LATENCIES)
        self._recent: list[float] = []
        self._last_refused = -float("inf")

    @property
    def is_full(self) -> bool:
        """Whether a request with one text would be refused; it then counts as refused."""
        if self.try_acquire():
            self.release()
            return False
        return True

    def try_acquire(self, cost: int = 1) -> bool:
        """Admit a request with this many texts; a single request is always admitted, however many it has."""
        if self._clock() - self._last_refused > _CALM_SECONDS:
            self.limit = float(self.maximum)
        if self.in_flight and self.in_flight + cost > self.limit:
            self._last_refused = self._clock()
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
        if not self._alone or self._clock() - self._last_refused > _CALM_SECONDS:
            return
        if slow > _TARGET * _percentile(self._alone, 0.99):
            self.limit = max(_MIN_LIMIT, self.limit * _DECREASE)
        else:
            self.limit = min(self.maximum, self.limit + 1)


def _percentile(values: Iterable[float], fraction: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(fraction * len(ordered)))]
