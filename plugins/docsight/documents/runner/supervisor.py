"""A worker process that may die or hang without harm to anything but the document at fault.

A document is never alone in a call, for that would cost time: when a call ends badly, the one at fault is found by
giving its file alone, and then, by what the worker had noted before, one item after the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Self

from docsight.documents.pipeline import Pipeline
from docsight.documents.problem import Problem
from docsight.documents.runner.child import start, work
from docsight.documents.runner.process import DiedError, WorkerProcess
from docsight.documents.runner.shards import FileEntry, Shard, ShardWriter, dumps
from docsight.documents.runner.worker import Result, Settings, WorkItem, hash_file, problem_record
from docsight.errors import BundleError, ConfigError

_START_SECONDS = 600
_ATTEMPTS = 3
_GIVE_UP_AFTER = 3  # items of one file that kill their worker one after the other
_MOST_HASHED = 4 << 30  # bytes of a file that has failed
_ITEMS_PASSED_A_SECOND = 100  # at least, by a worker that goes on in the midst of a file


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What a worker is made of; it can be sent to another process.

    Args:
        pipeline: Which pipeline it loads.
        settings: How it works.
        folder: Where shards go.
        timeout: The seconds that a document may take; None for any time.
        memory: The megabytes that a worker may take beyond what its models do; a document that wants more fails, and
            a worker that has taken half of it is replaced. None for any memory.
        recycle: After so many documents a worker is replaced.
    """

    pipeline: Pipeline
    settings: Settings
    folder: Path
    timeout: float | None = None
    memory: int | None = 4096
    recycle: int = 10_000


@dataclass(frozen=True, kw_only=True)
class _Task:
    """Units to do in one call.

    Args:
        safe: Items of the file before this one have been done before, by a worker that died.
        until: Those between are given one by one, as one of them is at fault.
        is_second: Whether it is tried again, as it may not have been at fault.
    """

    units: tuple[WorkItem, ...]
    safe: int = 0
    until: int = 0
    is_second: bool = False

    @property
    def limit(self) -> int | None:
        """How many items it may do."""
        start = self.units[0].start
        return max(1, self.safe - start) if start < self.until else None

    @property
    def is_one_document(self) -> bool:
        """Whether nothing is left to divide."""
        return len(self.units) == 1 and (not self.units[0].file.format.has_parts or self.limit == 1)

    def smaller(self, done: int, begun: int) -> list["_Task"]:
        """Divide what failed; nothing where it is one document.

        Args:
            done: How many items of the file were done.
            begun: The number of the item that was read last.
        """
        if self.is_one_document:
            return []
        if len(self.units) > 1:
            return [_Task(units=(unit,)) for unit in self.units]
        start = self.units[0].start
        safe = max(start, done)
        if self.limit is not None:  # what was safe is not
            safe = min(safe, start + self.limit // 8)
        return [_Task(units=self.units, safe=safe, until=max(self.until, begun + 1, start + 1))]

    def rest(self, left: tuple[WorkItem, ...]) -> "_Task":
        """Make the task that follows this one, when it is done."""
        return replace(self, units=left, is_second=False) if len(left) == 1 else _Task(units=left)


class Supervisor:
    """Keeps one worker process at work.

    As a context manager: on entering the worker loads its pipeline, on leaving it is stopped.

    Args:
        setup: What the worker is made of.

    Raises:
        BundleError, ConfigError: On entering: the pipeline cannot be loaded.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._process = WorkerProcess()
        self._documents = 0
        self._stopped = Event()

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the worker at once, whatever it is doing; to be called from any thread."""
        self._stopped.set()
        self._process.stop()

    def run(self, units: tuple[WorkItem, ...]) -> Iterator[Shard]:
        """Do units, and yield each shard as it is complete; every unit is in one of them, come what may.

        Raises:
            BundleError, ConfigError: The pipeline, a setting or the disk is at fault, not a document.
        """
        tasks = [_Task(units=units)] if units else []  # the last is next
        faults = 0
        while tasks and not self._stopped.is_set():
            task = tasks.pop()
            try:
                outcome = self._call(task)
            except (BundleError, ConfigError):
                raise
            except Exception as err:  # noqa: BLE001 - whatever it is, it costs one document
                if self._stopped.is_set():
                    return
                marks = self._process.marks
                if isinstance(err, DiedError | TimeoutError):
                    self._restart()
                if smaller := task.smaller(*marks):
                    tasks.extend(reversed(smaller))
                    continue
                if isinstance(err, DiedError) and err.is_killed and not task.is_second:
                    tasks.append(replace(task, is_second=True))
                    continue
                faults += 1
                (unit,) = task.units
                goes_on = unit.file.format.has_parts and faults < _GIVE_UP_AFTER
                yield self._fail(unit, err, goes_on=goes_on)
                if goes_on:
                    rest = replace(unit, start=unit.start + 1)
                    tasks.append(task.rest((rest,)))
            else:
                faults = 0
                if outcome.left:
                    tasks.append(task.rest(outcome.left))
                yield outcome.shard

    def _call(self, task: _Task) -> Result:
        timeout = self._setup.timeout
        if timeout is not None:
            timeout += task.units[0].start / _ITEMS_PASSED_A_SECOND
            if not task.is_one_document:  # for what comes before the last document
                timeout += self._setup.settings.seconds
        for _ in range(_ATTEMPTS):
            try:
                reply = self._process.call(work, task.units, task.limit, timeout=timeout)
                break
            except DiedError as err:
                if err.began or self._stopped.is_set():
                    raise
                self._restart()  # it died with nothing to do: that is not the fault of this work
        else:
            raise DiedError("died again and again before it began")
        self._documents += sum(entry.documents for entry in reply.outcome.shard.entries)
        memory = self._setup.memory
        if self._documents >= self._setup.recycle or (memory is not None and reply.growth > memory / 2):
            self._restart()
        return reply.outcome

    def _start(self) -> None:
        self._documents = 0
        try:
            self._process.start(start, self._setup, timeout=_START_SECONDS)
        except (DiedError, TimeoutError) as err:
            self._process.stop()
            how = f"took longer than {_START_SECONDS} seconds" if isinstance(err, TimeoutError) else str(err)
            raise ConfigError(
                f"a worker could not load the pipeline: the process {how}; with workers a script has to keep what it "
                'does under `if __name__ == "__main__":`'
            ) from err
        except BaseException:
            self._process.stop()
            raise

    def _restart(self) -> None:
        self._process.stop()
        self._process = WorkerProcess()
        if not self._stopped.is_set():  # asked when `stop` sees the new one
            self._start()

    def _fail(self, unit: WorkItem, error: Exception, *, goes_on: bool) -> Shard:
        """Write down that a unit has killed its worker, has taken too long or cannot be told."""
        settings, setup = self._setup.settings, self._setup
        part = f"item {unit.start + 1}" if goes_on else ""
        problem = _problem(unit.file.name, part, error, setup.timeout)
        if unit.file.format.has_parts and not goes_on:
            message = f"{problem.message} (item {unit.start + 1}); what comes after it was given up"
            problem = replace(problem, message=message)
        entry = FileEntry(
            name=unit.file.name,
            size=unit.file.size,
            # No limit of time holds here. Without a hash the next run tries again.
            sha256=unit.sha256 or (hash_file(unit.file) if unit.file.size <= _MOST_HASHED else None),
            start=unit.start,
            next=unit.start + 1 if goes_on else None,
            lines=1,
            seconds=setup.timeout or 0.0 if problem.is_timeout else 0.0,
        )
        if goes_on:
            entry.failed = 1
        else:
            entry.status, entry.error, entry.message = problem.status, problem.error, problem.message
        writer = ShardWriter(setup.folder, fingerprint=settings.fingerprint, with_docs=settings.with_docs)
        writer.add(dumps({"problem": problem_record(problem)}))
        return writer.commit([entry])


def _problem(name: str, part: str, error: Exception, timeout: float | None) -> Problem:
    if isinstance(error, TimeoutError) and timeout is not None:
        message = f"took longer than {timeout:g} seconds"
        return Problem(path=name, part=part, error="Timeout", message=message, is_timeout=True)
    if isinstance(error, DiedError):
        return Problem(path=name, part=part, error="WorkerDied", message=f"the process that read it {error}")
    return Problem.of(name, error, part=part)
