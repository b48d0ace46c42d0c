"""A supervisor keeps a worker process running. If the process dies or hangs, only the document at fault fails.

When a call fails, its files are processed one by one, then the items of the file at fault, by the worker's marks.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Event
from typing import Self

from docsight.documents.pipeline import Pipeline
from docsight.documents.problem import SHORTAGES, Problem, ShortageError
from docsight.documents.runner.child import load_worker, process_items, reuse_worker
from docsight.documents.runner.process import DiedError, WorkerProcess
from docsight.documents.runner.redacting import redacted_problem
from docsight.documents.runner.settings import WorkerSettings
from docsight.documents.runner.shard_files import ShardWriter, dump_problem
from docsight.documents.runner.shards import FileEntry, Shard
from docsight.documents.runner.work_items import WorkItem, hash_file
from docsight.errors import BundleError, ConfigError

logger = logging.getLogger("docsight")

_START_TIMEOUT = 600  # seconds
_MAX_ATTEMPTS = 3
_MAX_DEATHS_PER_FILE = 3  # consecutive items of one file that kill their worker
_MAX_HASHED_BYTES = 4 << 30  # size of a failed file
_MIN_ITEMS_SKIPPED_PER_SECOND = 100  # by a worker that starts in the middle of a file


@dataclass(frozen=True, kw_only=True)
class Task:
    """Work items to do in one call."""

    work_items: tuple[WorkItem, ...]
    safe: int = 0  # the items of the file before this one were done by a worker that died
    until: int = 0  # the items from `safe` up to this one are done one by one, as one of them is at fault
    is_retry: bool = False  # a second try, since the task may not have been at fault

    @property
    def limit(self) -> int | None:
        """How many items the call may do; None for no limit."""
        start = self.work_items[0].start
        return max(1, self.safe - start) if start < self.until else None

    @property
    def is_one_document(self) -> bool:
        return len(self.work_items) == 1 and (not self.work_items[0].file.format.has_parts or self.limit == 1)

    def divide(self, done: int, begun: int) -> list["Task"]:
        """Divide a task that failed, by the marks of the worker; returns an empty list if it is one document."""
        if self.is_one_document:
            return []
        if len(self.work_items) > 1:
            return [Task(work_items=(item,)) for item in self.work_items]
        start = self.work_items[0].start
        safe = max(start, done)
        if self.limit is not None:  # it failed within the items that were thought to be safe
            safe = min(safe, start + self.limit // 8)
        return [Task(work_items=self.work_items, safe=safe, until=max(self.until, begun + 1, start + 1))]

    def rest(self, remaining: tuple[WorkItem, ...]) -> "Task":
        if len(remaining) == 1:
            return replace(self, work_items=remaining, is_retry=False)
        return Task(work_items=remaining)


class Supervisor:
    """Keeps one worker process running.

    As a context manager, it calls `start` on entering and `stop` on leaving.
    """

    def __init__(self, pipeline: Pipeline, settings: WorkerSettings) -> None:
        self._pipeline = pipeline
        self._settings = settings
        self._process = WorkerProcess()
        self._documents = 0  # done by the process
        self._stopped = Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    def start(self) -> None:
        """Start the worker, which loads its pipeline.

        Raises:
            BundleError, ConfigError: The pipeline cannot be loaded.
        """
        self._documents = 0
        try:
            self._process.start(load_worker, self._pipeline, self._settings, timeout=_START_TIMEOUT)
        except BaseException as err:
            self._process.stop()
            if isinstance(err, OSError) and err.errno in SHORTAGES:
                raise ShortageError.of(err) from err
            if not isinstance(err, DiedError | TimeoutError):
                raise
            how = f"took longer than {_START_TIMEOUT} seconds" if isinstance(err, TimeoutError) else str(err)
            raise ConfigError(
                f"a worker could not load the pipeline: the process {how}; a script that uses workers must keep its "
                'code under `if __name__ == "__main__":`'
            ) from err

    def reuse(self, settings: WorkerSettings) -> None:
        """Work for another run with the same pipeline; raises the errors of `start`."""
        self._settings = settings
        try:
            self._process.call(reuse_worker, settings, timeout=_START_TIMEOUT)
        except (DiedError, TimeoutError):
            self._restart()

    def stop(self) -> None:
        """Stop the worker at once, whatever it is doing. Any thread may call this."""
        self._stopped.set()
        self._process.stop()

    def run(self, work_items: tuple[WorkItem, ...]) -> Iterator[Shard]:
        """Process work items and yield each shard when it is complete. Every item ends up in a shard, whatever happens.

        Raises:
            BundleError, ConfigError: The pipeline, a setting or the disk is at fault, not a document.
        """
        tasks = [Task(work_items=work_items)] if work_items else []  # a stack
        deaths = 0
        while tasks and not self._stopped.is_set():
            task = tasks.pop()
            try:
                shard, remaining = self._call(task)
            except (BundleError, ConfigError):
                raise
            except Exception as err:  # noqa: BLE001 - whatever the error, only one document fails
                if self._stopped.is_set():
                    return
                done, begun = self._process.marks
                if isinstance(err, DiedError | TimeoutError):
                    reason = "took too long" if isinstance(err, TimeoutError) else err
                    logger.warning("A worker is started anew: the process %s.", reason)
                    self._restart()
                    if self._stopped.is_set():  # a signal to all processes may have ended the worker
                        return
                if smaller := task.divide(done, begun):
                    tasks.extend(reversed(smaller))
                    continue
                if isinstance(err, DiedError) and err.is_killed and not task.is_retry:
                    tasks.append(replace(task, is_retry=True))
                    continue
                deaths += 1
                (work_item,) = task.work_items
                goes_on = work_item.file.format.has_parts and deaths < _MAX_DEATHS_PER_FILE
                yield self._write_failure(work_item, err, goes_on=goes_on)
                if goes_on:
                    tasks.append(task.rest((replace(work_item, start=work_item.start + 1),)))
            else:
                deaths = 0
                if remaining:
                    tasks.append(task.rest(remaining))
                yield shard

    def _call(self, task: Task) -> tuple[Shard, tuple[WorkItem, ...]]:
        options = self._settings.options
        timeout = options.timeout
        if timeout is not None:
            timeout += task.work_items[0].start / _MIN_ITEMS_SKIPPED_PER_SECOND
            if not task.is_one_document:  # time for what comes before the last document
                timeout += self._settings.shard_seconds
        for _ in range(_MAX_ATTEMPTS):
            try:
                shard, remaining, growth = self._process.call(
                    process_items, task.work_items, task.limit, timeout, timeout=timeout
                )
                break
            except DiedError as err:
                if err.began or self._stopped.is_set():
                    raise
                self._restart()  # it died while idle, so this task is not at fault
        else:
            raise DiedError("died repeatedly before it began")
        self._documents += sum(entry.documents for entry in shard.entries)
        has_grown = options.memory is not None and growth > options.memory / 2
        if self._documents >= options.recycle or has_grown:
            self._restart()
        return shard, remaining

    def _restart(self) -> None:
        self._process.stop()
        self._process = WorkerProcess()
        if not self._stopped.is_set():  # checked only now: from here on, `stop` stops the new process
            self.start()

    def _write_failure(self, work_item: WorkItem, error: Exception, *, goes_on: bool) -> Shard:
        """Write a shard that states why an item failed, and whether the file continues after it."""
        file, start, timeout = work_item.file, work_item.start, self._settings.options.timeout
        problem = _problem(file.name, f"item {start + 1}" if goes_on else "", error, timeout)
        if self._settings.options.redaction is not None:
            problem = redacted_problem(problem, self._settings.options.redaction)
        if file.format.has_parts and not goes_on:
            problem = replace(problem, message=f"{problem.message} (item {start + 1}); the rest was not processed")
        entry = FileEntry(
            name=file.name,
            size=file.size,
            # Hashing has no time limit. Without a hash, the next run tries the file again.
            sha256=work_item.sha256 or (hash_file(file) if file.size <= _MAX_HASHED_BYTES else None),
            start=start,
            next=start + 1 if goes_on else None,
            lines=1,
            retry=isinstance(error, DiedError) and error.is_killed,
            seconds=timeout or 0.0 if problem.is_timeout else 0.0,
        )
        if goes_on:
            entry.failed = 1
        else:
            entry.status, entry.error, entry.message = problem.status, problem.error, problem.message
        writer = ShardWriter(
            self._settings.folder,
            fingerprint=self._settings.fingerprint,
            with_docs=self._settings.options.keeps_docs,
        )
        writer.add(dump_problem(problem))
        return writer.commit([entry])


def _problem(name: str, part: str, error: Exception, timeout: float | None) -> Problem:
    if isinstance(error, TimeoutError) and timeout is not None:
        return Problem.timeout(name, timeout, part=part)
    if isinstance(error, DiedError):
        reason = "; the system may be short of memory, so a later run tries again" if error.is_killed else ""
        return Problem(path=name, part=part, error="WorkerDied", message=f"the process that read it {error}{reason}")
    return Problem.of(name, error, part=part)
