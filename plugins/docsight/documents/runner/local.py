"""Ways to do the units of a run: in this process, or in worker processes on this machine.

An engine is given chunks of units and yields shards as they are complete, in any order. When it is closed before
its end, its workers are stopped.
"""

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING

from docsight.documents.runner.shards import FileEntry, Shard
from docsight.documents.runner.supervisor import Setup, Supervisor
from docsight.documents.runner.worker import Settings, Worker, WorkItem

if TYPE_CHECKING:
    from pathlib import Path

    from spacy.language import Language

Chunks = Iterator[tuple[WorkItem, ...]]


def run_here(
    chunks: Chunks,
    nlp: "Language",
    settings: Settings,
    folder: "Path",
    *,
    on_batch: Callable[[list[FileEntry]], None] | None = None,
) -> Generator[Shard, None, None]:
    """Do the work in this process; what kills it, kills the run."""
    worker = Worker(nlp, settings, folder, on_batch=on_batch)
    for units in chunks:
        while units:
            outcome = worker(units)
            yield outcome.shard
            units = outcome.left


def run_workers(chunks: Chunks, setup: Setup, *, workers: int) -> Generator[Shard, None, None]:
    """Do the work in processes of their own, each with a thread here that looks after it."""
    done: queue.Queue[Shard | BaseException | None] = queue.Queue(maxsize=4 * workers)
    supervisors = [Supervisor(setup) for _ in range(workers)]
    is_over = threading.Event()
    lock = threading.Lock()

    def put(item: Shard | BaseException | None) -> None:
        while not is_over.is_set():
            try:
                return done.put(item, timeout=0.2)
            except queue.Full:
                continue

    def supply() -> tuple[WorkItem, ...] | None:
        with lock:
            return None if is_over.is_set() else next(chunks, None)

    def look_after(supervisor: Supervisor) -> None:
        try:
            with supervisor:
                while (units := supply()) is not None:
                    for shard in supervisor.run(units):
                        put(shard)
        except BaseException as err:  # noqa: BLE001 - raised in the thread that waits for it
            put(err)
        else:
            put(None)

    threads = [threading.Thread(target=look_after, args=(one,), daemon=True) for one in supervisors]
    for thread in threads:
        thread.start()
    try:
        running = len(threads)
        while running:
            try:
                item = done.get(timeout=0.5)  # so that a signal is heard now and then, on every system
            except queue.Empty:
                continue
            if item is None:
                running -= 1
            elif isinstance(item, BaseException):
                raise item
            else:
                yield item
    finally:
        is_over.set()
        for supervisor in supervisors:
            supervisor.stop()
        for thread in threads:
            thread.join()
