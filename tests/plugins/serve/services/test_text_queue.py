import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from docsight.serve.services.model_services import is_bulk
from docsight.serve.services.request_batcher import MAX_BATCH_CHARS, DroppedError
from docsight.serve.services.text_annotator import TextItem
from docsight.serve.services.text_queue import TextQueue, count_chars


def run(work, annotate=lambda items: [{"text": item.text} for item in items], maximum=4, **options):
    """Run `work(queue)` in an event loop."""

    async def main():
        with ThreadPoolExecutor(1) as executor:
            lane = SimpleNamespace(annotator=annotate, executor=executor)
            return await work(TextQueue(lane, maximum, **options))

    return asyncio.run(main())


def items(*texts):
    return [TextItem(text) for text in texts]


def test_queue_returns_the_record_of_each_text():
    async def work(queue):
        return await queue.annotate(items("a", "b")), queue.admission.in_flight

    assert run(work) == ([{"text": "a"}, {"text": "b"}], 0)


def test_queue_refuses_texts_beyond_its_maximum_and_forgets_those_that_are_answered():
    may_go = threading.Event()

    def wait(batch):
        may_go.wait(10)
        return [{}] * len(batch)

    async def work(queue):
        first = asyncio.create_task(queue.annotate(items(*"abcd")))
        await asyncio.sleep(0.05)
        with pytest.raises(DroppedError):
            await queue.annotate(items("e"))
        may_go.set()
        await first
        return await queue.annotate(items("e"))

    assert run(work, wait) == [{}]


def test_queue_of_characters_counts_characters():
    async def work(queue):
        first = asyncio.create_task(queue.annotate(items("a" * 9)))
        await asyncio.sleep(0)
        with pytest.raises(DroppedError):
            await queue.annotate(items("bb"))
        await queue.annotate(items("b"))
        return await first

    assert run(work, maximum=10, cost=count_chars) == [{"text": "a" * 9}]


def test_overload_drops_the_texts_that_wait():
    may_go, overloads = threading.Event(), []

    def wait(batch):
        may_go.wait(10)
        return [{}] * len(batch)

    async def work(queue):
        first = asyncio.create_task(queue.annotate(items("a")))
        await asyncio.sleep(0.05)
        waiting = asyncio.create_task(queue.annotate(items("b")))
        await asyncio.sleep(0)
        outcomes = await asyncio.gather(*(queue.annotate(items("c")) for _ in range(9)), return_exceptions=True)
        assert [type(each) for each in outcomes].count(DroppedError) == 9
        may_go.set()
        return await asyncio.gather(first, waiting, return_exceptions=True)

    first, waiting = run(work, wait, on_overload=lambda: overloads.append(1))
    assert first == [{}]
    assert isinstance(waiting, DroppedError)
    assert overloads == [1]


def test_request_that_does_not_fit_into_a_batch_is_bulk():
    assert not is_bulk(["a" * MAX_BATCH_CHARS])
    assert is_bulk(["a" * MAX_BATCH_CHARS, "a"])
