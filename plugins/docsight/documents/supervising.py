"""One worker in a process of its own, that may die or hang without harm to anything but the document at fault.

pebble's ProcessPool gives the process, its replacement, the time limit and the news of its death. What it lacks is
here: a document is never alone in a call, so the one at fault must be found; a worker is to be replaced when its
memory has grown; and it must not outlive the process that started it. For the second each worker is a pool of its
own, of one process.

pebble is under the LGPL: it is a package of its own that docsight imports, unchanged.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from docsight.documents.inputs import Problem
from docsight.documents.pipeline import Pipeline
from docsight.documents.shards import Entry, Shard, ShardWriter
from docsight.documents.work import Outcome, Settings, Unit, Worker, hash_file, problem_record
from docsight.errors import ConfigError

if TYPE_CHECKING:
    from pebble import ProcessPool

# How many items a file with parts gets, one time after the other, when it has killed a worker.
_LIMITS: tuple[int | None, ...] = (None, 64, 8, 1)
_START_SECONDS = 600
_ATTEMPTS = 3
_GIVE_UP_AFTER = 3  # items of one file that kill their worker one after the other
_MEGABYTE = 1 << 20


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
class _Reply:
    outcome: Outcome
    growth: float  # of the memory since the worker was ready, in megabytes


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
        self._pool: ProcessPool | None = None
        self._lifeline: tuple[Connection, Connection] | None = None
        self._documents = 0
        self._stopped = threading.Event()

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the worker at once, whatever it is doing; to be called from any thread."""
        self._stopped.set()
        self._end()

    def run(self, units: tuple[Unit, ...]) -> Iterator[Shard]:
        """Do units, and yield each shard as it is complete; every unit is in one of them, come what may."""
        work: list[tuple[tuple[Unit, ...], int]] = [(units, 0)]  # the last is next; with the number of its limit
        deaths = 0
        while work and not self._stopped.is_set():
            units, limit = work.pop()
            try:
                outcome = self._call(units, _LIMITS[limit])
            except (_DiedError, TimeoutError) as err:
                if self._stopped.is_set():
                    return
                self._restart()
                (unit, *others) = units
                if others:  # which of them it was, is seen when each is alone
                    work.extend(((one,), 0) for one in reversed(units))
                elif unit.file.format.has_parts and limit + 1 < len(_LIMITS):
                    work.append((units, limit + 1))
                else:
                    deaths += 1
                    goes_on = unit.file.format.has_parts and deaths < _GIVE_UP_AFTER
                    yield self._fail(unit, err, goes_on=goes_on)
                    if goes_on:
                        rest = Unit(file=unit.file, start=unit.start + 1, sha256=unit.sha256)
                        work.append(((rest,), limit))
            else:
                deaths = 0
                if outcome.left:
                    work.append((outcome.left, max(0, limit - 1)))
                yield outcome.shard

    def _call(self, units: tuple[Unit, ...], limit: int | None) -> Outcome:
        timeout = self._setup.timeout
        if timeout is not None and (len(units) > 1 or (units[0].file.format.has_parts and limit != 1)):
            timeout += self._setup.settings.seconds  # for what comes before the last document
        reply = self._wait(work, units, limit, timeout=timeout)
        self._documents += sum(entry.documents for entry in reply.outcome.shard.entries)
        memory = self._setup.memory
        if self._documents >= self._setup.recycle or (memory is not None and reply.growth > memory / 2):
            self._restart()
        return reply.outcome

    def _wait(self, function: Any, *args: Any, timeout: float | None) -> Any:
        from pebble import ProcessExpired

        for _ in range(_ATTEMPTS):
            try:
                if self._pool is None:  # stopped from another thread
                    raise CancelledError
                future: Future[Any] = self._pool.schedule(function, args=args, timeout=timeout)
                return future.result()
            except ProcessExpired as err:
                raise _DiedError(_how(err.exitcode)) from err
            except CancelledError as err:
                raise _DiedError("was stopped") from err
            except BrokenProcessPool:  # it died with nothing to do: that is not the fault of this work
                if function is start:
                    raise
                self._restart()
        raise _DiedError("died again and again before it began")

    def _start(self) -> None:
        from pebble import ProcessPool

        context = _context()
        self._lifeline = context.Pipe(duplex=False)
        self._pool = ProcessPool(max_workers=1, initializer=_end_with, initargs=(self._lifeline[0],), context=context)
        self._documents = 0
        try:
            self._wait(start, self._setup, timeout=_START_SECONDS)
        except (_DiedError, TimeoutError, BrokenProcessPool) as err:
            self._end()
            raise ConfigError(f"a worker could not load the pipeline: the process {err}") from err
        except BaseException:
            self._end()
            raise

    def _restart(self) -> None:
        self._end()
        if not self._stopped.is_set():
            self._start()

    def _end(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()
            pool.join()
        lifeline, self._lifeline = self._lifeline, None
        for end in lifeline or ():
            end.close()

    def _fail(self, unit: Unit, error: Exception, *, goes_on: bool) -> Shard:
        """Write down that a unit has killed its worker, or has taken too long."""
        settings, setup = self._setup.settings, self._setup
        is_timeout = isinstance(error, TimeoutError)
        message = f"took longer than {setup.timeout:g} seconds" if is_timeout else f"the process that read it {error}"
        part = f"item {unit.start + 1}" if unit.file.format.has_parts else ""
        if part and not goes_on:
            message += "; what comes after it was given up"
        problem = Problem(
            path=unit.file.name,
            part=part if goes_on else "",
            error="Timeout" if is_timeout else "WorkerDied",
            message=message,
            is_timeout=is_timeout,
        )
        entry = Entry(
            name=unit.file.name,
            size=unit.file.size,
            sha256=unit.sha256 or hash_file(unit.file),
            start=unit.start,
            next=unit.start + 1 if goes_on else None,
            lines=1,
            seconds=setup.timeout or 0.0 if is_timeout else 0.0,
        )
        if goes_on:
            entry.failed = 1
        else:
            entry.status = "timeout" if is_timeout else "failed"
            entry.error, entry.message = problem.error, problem.message
        writer = ShardWriter(setup.folder, fingerprint=settings.fingerprint, with_docs=settings.with_docs)
        writer.add({"problem": problem_record(problem)})
        return writer.commit([entry])


class _DiedError(Exception):
    """The worker process is no more; the message tells how it ended."""


_worker: Worker | None = None
_memory_at_start = 0.0


def start(setup: Setup) -> None:
    """Make this process a worker: load the pipeline."""
    global _worker, _memory_at_start
    import torch

    torch.set_num_threads(1)
    nlp = setup.pipeline.load()
    # The limit of spaCy is there for the memory that parsers need; who sets max_chars has decided on it.
    nlp.max_length = max(nlp.max_length, setup.settings.max_chars)
    nlp("This loads what is loaded on first use.")
    _worker = Worker(nlp, setup.settings, setup.folder)
    _memory_at_start = _peak_memory()
    if setup.memory is not None:
        _limit_memory(setup.memory)


def work(units: tuple[Unit, ...], limit: int | None) -> _Reply:
    """Do units in this process."""
    if _worker is None:
        raise ConfigError("this process was not started as a worker")
    outcome = _worker(units, limit=limit)
    return _Reply(outcome=outcome, growth=_peak_memory() - _memory_at_start)


def _context() -> Any:
    """Choose how processes start: by a server that has imported what is slow, where there is such a thing.

    Not as plain copies of this process: what threads hold in that moment would be held for ever.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["docsight.documents.preload"])
    return context


def _end_with(lifeline: Connection) -> None:
    """End this process when the one that started it ends, even by `kill -9`: the pipe between them is closed then."""

    def watch() -> None:
        try:
            lifeline.recv()
        except (EOFError, OSError):
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _how(exitcode: int | None) -> str:
    if exitcode is None or exitcode >= 0:
        return f"ended by itself (exit code {exitcode})"
    try:
        return f"was ended by {signal.Signals(-exitcode).name}"
    except ValueError:
        return f"was ended by signal {-exitcode}"


def _peak_memory() -> float:
    """Give the most memory that this process ever had, in megabytes; 0 where that is not told."""
    try:
        from resource import RUSAGE_SELF, getrusage
    except ImportError:  # Windows
        return 0.0
    peak = getrusage(RUSAGE_SELF).ru_maxrss
    return peak / _MEGABYTE if sys.platform == "darwin" else peak / 1024


def _limit_memory(megabytes: int) -> None:
    """Let the system refuse more memory than this, beyond what the process has now; elsewhere than Linux nothing."""
    try:
        from resource import RLIMIT_DATA, getrlimit, setrlimit

        status = Path("/proc/self/status").read_text(encoding="ascii")
    except (ImportError, OSError):
        return
    now = next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData:")), None)
    if now is not None:
        setrlimit(RLIMIT_DATA, (now + megabytes * _MEGABYTE, getrlimit(RLIMIT_DATA)[1]))
