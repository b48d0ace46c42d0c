"""The engine "local": jobs run in this process, or in worker processes on this machine.

An engine is given jobs and yields shards as they are complete, in any order. If it is closed before its end, its
workers are stopped.
"""

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING

from docsight.documents.pipeline import Pipeline
from docsight.documents.runner.plan import Job
from docsight.documents.runner.settings import WorkerSettings
from docsight.documents.runner.shards import FileEntry, Shard
from docsight.documents.runner.supervisor import Supervisor
from docsight.documents.runner.worker import Worker

if TYPE_CHECKING:
    from spacy.language import Language


def run_here(
    jobs: Iterator[Job], nlp: "Language", settings: WorkerSettings, *, on_batch: Callable[[list[FileEntry]], None]
) -> Generator[Shard, None, None]:
    """Run the jobs in this process. A document that kills it ends the run."""
    worker = Worker(nlp, settings, on_batch=on_batch)
    for work_items in jobs:
        while work_items:
            shard, work_items = worker(work_items)
            yield shard


def run_workers(
    jobs: Iterator[Job], pipeline: Pipeline, settings: WorkerSettings, *, workers: int
) -> Generator[Shard, None, None]:
    """Run the jobs in worker processes, each supervised by a thread of this process."""
    results: queue.Queue[Shard | BaseException | None] = queue.Queue(maxsize=4 * workers)
    supervisors = [Supervisor(pipeline, settings) for _ in range(workers)]
    is_over = threading.Event()
    lock = threading.Lock()

    def put(result: Shard | BaseException | None) -> None:
        while not is_over.is_set():
            try:
                return results.put(result, timeout=0.2)
            except queue.Full:
                continue

    def next_job() -> Job | None:
        with lock:
            return None if is_over.is_set() else next(jobs, None)

    def supervise(supervisor: Supervisor) -> None:
        try:
            with supervisor:
                while (job := next_job()) is not None:
                    for shard in supervisor.run(job):
                        put(shard)
        except BaseException as err:  # noqa: BLE001 - raised in the main thread
            put(err)
        else:
            put(None)

    threads = [threading.Thread(target=supervise, args=(supervisor,), daemon=True) for supervisor in supervisors]
    for thread in threads:
        thread.start()
    try:
        while workers:
            try:
                result = results.get(timeout=0.5)  # a timeout, so that signals are handled on every system
            except queue.Empty:
                continue
            if result is None:
                workers -= 1
            elif isinstance(result, BaseException):
                raise result
            else:
                yield result
    finally:
        is_over.set()
        for supervisor in supervisors:
            supervisor.stop()
        for thread in threads:
            thread.join()
