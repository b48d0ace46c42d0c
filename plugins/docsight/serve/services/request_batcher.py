"""Items of concurrent requests go through the models together.

A single item takes as long as a batch of several: most of the time is overhead of each call of the networks.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Generic, TypeVar

from docsight.errors import DocsightError

Item = TypeVar("Item")
Result = TypeVar("Result")

# A batch of 16 short texts takes about one and a half times as long as one text. Larger batches have a somewhat higher
# throughput, but everybody in them, and behind them, waits for all of it.
MAX_BATCH_ITEMS = 16
MAX_BATCH_CHARS = 4000  # takes about as long as eight short texts one by one
_WINDOW_SECONDS = 0.004  # the longest wait for more items
_IDLE_SECONDS = 0.02  # without a batch, after which the next one is small again
_GAP_SECONDS = 0.001  # without a new item, after which the batch starts


class DroppedError(DocsightError):
    """An item was dropped before its turn, as too many others wait."""


@dataclass
class _Waiting(Generic[Item, Result]):
    item: Item
    cost: int
    together: int  # the items of its request
    result: "asyncio.Future[Result]"


class RequestBatcher(Generic[Item, Result]):
    """Collects items of concurrent requests into batches. It belongs to one event loop, and runs one batch at a time.

    A batch starts at once when the models are free, so a client that is alone never waits. If the batch before had
    several items, it waits for up to four milliseconds as long as items keep arriving. If `wanted` says so, it waits
    for a number of items instead, for the same time at most.

    A batch has at most twice as many items as the one before, or the items of one request. When many clients come at
    once, the first of them would otherwise wait for large batches before the server can tell that it is overloaded.

    Args:
        run: Called in the executor with the items of a batch; returns a result or an exception for each.
        executor: Where batches run; a single thread.
        cost: The characters of an item. A batch has at most `MAX_BATCH_CHARS`, but at least one item.
        on_batch: Called with the number of items of each batch.
        wanted: Returns the number of items that a batch waits for; 0 for none.
    """

    def __init__(
        self,
        run: Callable[[list[Item]], Sequence[Result | Exception]],
        executor: Executor,
        *,
        cost: Callable[[Item], int],
        on_batch: Callable[[int], None] = lambda _: None,
        wanted: Callable[[], int] = lambda: 0,
    ) -> None:
        self._run, self._executor, self._cost, self._on_batch = run, executor, cost, on_batch
        self._waiting: deque[_Waiting[Item, Result]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._wanted, self._last_size, self._last_end = wanted, 1, 0.0
        self.is_running = False  # a batch
        self._has_computed = threading.Event()

    def __len__(self) -> int:
        """The number of items that wait for a batch."""
        return len(self._waiting)

    async def submit(self, items: Sequence[Item]) -> list[Result]:
        """Return the results of items in order; raises the first exception among them.

        If the caller is cancelled, items that have not begun are dropped.
        """
        loop = asyncio.get_running_loop()
        count = len(items)
        waiting = [_Waiting[Item, Result](item, self._cost(item), count, loop.create_future()) for item in items]
        self._waiting.extend(waiting)
        if self._task is None:
            self._task = loop.create_task(self._work())
        try:
            return list(await asyncio.gather(*(each.result for each in waiting)))
        except Exception:
            for each in waiting:
                if not each.result.done():
                    each.result.cancel()  # nobody waits for the others
                elif not each.result.cancelled():
                    each.result.exception()  # several may have failed; asyncio would log that nobody looked at it
            raise

    def wait_for_batch(self, seconds: float) -> None:
        """Stop the event loop until the batch that runs is computed, but not for longer than some seconds."""
        self._has_computed.wait(seconds)

    def drop_waiting(self) -> None:
        """Drop the items that wait for a batch; their requests get a `DroppedError`."""
        while self._waiting:
            result = self._waiting.popleft().result
            if not result.done():
                result.set_exception(DroppedError("too many texts are waiting"))

    async def _work(self) -> None:
        if asyncio.get_running_loop().time() - self._last_end > _IDLE_SECONDS:
            self._last_size = 1
        try:
            while self._waiting:
                if self._wanted() or self._last_size > 1:
                    await self._collect()
                batch = self._take()
                if batch:
                    await self._run_batch(batch)
        finally:
            self._task, self._last_end = None, asyncio.get_running_loop().time()

    async def _collect(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _WINDOW_SECONDS
        size = 0
        wanted = self._wanted()
        while len(self._waiting) < (wanted or MAX_BATCH_ITEMS) and loop.time() < deadline:
            if size == len(self._waiting) and not wanted:
                break
            size = len(self._waiting)
            await asyncio.sleep(_GAP_SECONDS)

    def _take(self) -> list[_Waiting[Item, Result]]:
        """Take the items of the next batch, without those whose request has gone."""
        batch: list[_Waiting[Item, Result]] = []
        chars, limit = 0, 2 * self._last_size
        while self._waiting and len(batch) < min(limit, MAX_BATCH_ITEMS):
            first = self._waiting[0]
            limit = max(limit, first.together)
            if not first.result.done():
                chars += first.cost
                if batch and chars > MAX_BATCH_CHARS:
                    break
                batch.append(first)
            self._waiting.popleft()
        return batch

    async def _run_batch(self, batch: list[_Waiting[Item, Result]]) -> None:
        self._last_size = len(batch)
        self._on_batch(len(batch))
        self.is_running = True
        self._has_computed.clear()
        results: Sequence[Result | Exception]
        try:
            loop = asyncio.get_running_loop()
            results = await loop.run_in_executor(self._executor, self._compute, [each.item for each in batch])
        except Exception as err:  # noqa: BLE001 - every request of the batch gets it
            results = [err] * len(batch)
        finally:
            self.is_running = False
        for each, result in zip(batch, results, strict=True):
            if each.result.done():
                continue
            if isinstance(result, Exception):
                each.result.set_exception(result)
            else:
                each.result.set_result(result)

    def _compute(self, items: list[Item]) -> Sequence[Result | Exception]:
        try:
            return self._run(items)
        finally:
            self._has_computed.set()
