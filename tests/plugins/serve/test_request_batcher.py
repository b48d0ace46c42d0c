import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from docsight.serve.services import request_batcher
from docsight.serve.services.request_batcher import MAX_BATCH_CHARS, MAX_BATCH_ITEMS, DroppedError, RequestBatcher


def run(work, batch_function, **options):
    """Run `work(batcher)` in an event loop."""

    async def main():
        with ThreadPoolExecutor(1) as executor:
            return await work(RequestBatcher(batch_function, executor, cost=len, **options))

    return asyncio.run(main())


def test_batcher_returns_each_result_to_its_request():
    async def work(batcher):
        return await asyncio.gather(*(batcher.submit([f"{number}", f"{number}!"]) for number in range(100)))

    results = run(work, lambda items: [item * 2 for item in items])
    assert results == [[f"{number}{number}", f"{number}!{number}!"] for number in range(100)]


def test_batcher_collects_concurrent_items_and_limits_batches():
    sizes = []

    async def work(batcher):
        await asyncio.gather(*(batcher.submit(["a"]) for _ in range(200)))

    run(work, lambda items: items, on_batch=sizes.append)
    assert sum(sizes) == 200
    assert max(sizes) == MAX_BATCH_ITEMS


def test_batches_grow_when_many_clients_come_at_once_and_start_small_after_a_pause():
    sizes = []

    async def work(batcher):
        for _ in range(2):
            await asyncio.gather(*(batcher.submit(["a"]) for _ in range(46)))
            await asyncio.sleep(0.1)

    run(work, lambda items: items, on_batch=sizes.append)
    assert sizes == [2, 4, 8, 16, 16] * 2


def test_texts_of_one_request_are_not_divided_into_small_batches():
    sizes = []

    async def work(batcher):
        await batcher.submit(["a"] * (MAX_BATCH_ITEMS + 3))

    run(work, lambda items: items, on_batch=sizes.append)
    assert sizes == [MAX_BATCH_ITEMS, 3]


def test_batcher_limits_the_characters_of_a_batch():
    sizes = []
    long = "a" * (MAX_BATCH_CHARS - 1)

    async def work(batcher):
        await asyncio.gather(*(batcher.submit([text]) for text in ("a", long, long, "a" * 2 * MAX_BATCH_CHARS)))

    run(work, lambda items: items, on_batch=sizes.append)
    assert sizes == [2, 1, 1]


def test_batcher_does_not_wait_for_a_client_that_is_alone():
    async def work(batcher):
        seconds = []
        for _ in range(50):
            started = time.perf_counter()
            await batcher.submit(["a"])
            seconds.append(time.perf_counter() - started)
        return min(seconds)

    assert run(work, lambda items: items) < 0.001


def test_batcher_raises_for_the_item_that_failed_only():
    async def work(batcher):
        return await asyncio.gather(batcher.submit(["a"]), batcher.submit(["b"]), return_exceptions=True)

    good, bad = run(work, lambda items: [ValueError("b") if item == "b" else item for item in items])
    assert good == ["a"]
    assert isinstance(bad, ValueError)


def test_batcher_that_fails_fails_its_requests_and_goes_on():
    calls = []

    def fail_once(items):
        calls.append(items)
        if len(calls) == 1:
            raise ZeroDivisionError
        return items

    async def work(batcher):
        with pytest.raises(ZeroDivisionError):
            await batcher.submit(["a"])
        return await batcher.submit(["b"])

    assert run(work, fail_once) == ["b"]


def test_batcher_drops_items_of_requests_that_have_gone():
    seen, may_go = [], threading.Event()

    def note(items):
        may_go.wait(10)
        seen.extend(items)
        return items

    async def work(batcher):
        first = asyncio.create_task(batcher.submit(["first"]))
        await asyncio.sleep(0.05)
        gone = asyncio.create_task(batcher.submit(["gone"]))
        last = asyncio.create_task(batcher.submit(["last"]))
        await asyncio.sleep(0.05)
        gone.cancel()
        await asyncio.sleep(0)
        may_go.set()
        await asyncio.gather(first, last)

    run(work, note)
    assert seen == ["first", "last"]


def test_batcher_drops_the_items_that_wait():
    may_go = threading.Event()

    def wait(items):
        may_go.wait(10)
        return items

    async def work(batcher):
        first = asyncio.create_task(batcher.submit(["0"]))
        await asyncio.sleep(0.05)
        assert batcher.is_running
        others = [asyncio.create_task(batcher.submit([f"{number}a", f"{number}b"])) for number in range(4)]
        await asyncio.sleep(0.05)
        batcher.drop_waiting()
        assert len(batcher) == 0
        may_go.set()
        return await asyncio.gather(first, *others, return_exceptions=True)

    first, *dropped = run(work, wait)
    assert first == ["0"]
    assert [type(each) for each in dropped] == [DroppedError] * 4


def test_batcher_waits_for_the_items_that_are_wanted(monkeypatch):
    monkeypatch.setattr(request_batcher, "_WINDOW_SECONDS", 10.0)
    sizes = []

    async def work(batcher):
        async def later():
            await asyncio.sleep(0.002)
            await batcher.submit(["b"])

        await asyncio.gather(batcher.submit(["a"]), later())

    run(work, lambda items: items, on_batch=sizes.append, wanted=lambda: 2)
    assert sizes == [2]


def test_wait_for_batch_ends_when_the_batch_is_computed_or_after_its_time():
    may_go = threading.Event()

    def wait(items):
        may_go.wait(10)
        return items

    async def work(batcher):
        task = asyncio.create_task(batcher.submit(["a"]))
        await asyncio.sleep(0.05)
        started = time.perf_counter()
        batcher.wait_for_batch(0.01)
        waited = time.perf_counter() - started
        assert batcher.is_running
        may_go.set()
        batcher.wait_for_batch(10)
        return waited, time.perf_counter() - started, await task

    waited, until_end, results = run(work, wait)
    assert waited >= 0.01
    assert until_end < 5
    assert results == ["a"]
