"""One process that works: it is started, given one call after the other, and its death and its delays are told.

pebble's ProcessPool, with one process in it, gives the time limit and the news of a death. What it lacks is here: it
waits for ever where a process ends with exit code 0 in the midst of a call, or dies between two of them at the wrong
moment; and a process would outlive the one that started it.

pebble is under the LGPL: it is a package of its own that docsight imports, unchanged.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, TypeVar

from docsight.documents.runner.child import prepare

if TYPE_CHECKING:
    from pebble import ProcessPool

T = TypeVar("T")

_LOOK_SECONDS = 0.2  # between looks whether the process is still there
_KILLED = -9


class DiedError(Exception):
    """The process is no more; the message tells how it ended.

    Args:
        message: It goes on from "the process".
        began: Whether it had begun with what it was given.
        is_killed: Whether it was ended by SIGKILL, as the system does where memory is short, whoever is at fault.
    """

    def __init__(self, message: str, *, began: bool = True, is_killed: bool = False) -> None:
        self.began = began
        self.is_killed = is_killed
        super().__init__(message)


class WorkerProcess:
    """A process that runs functions for this one, until it dies or is stopped; it is not started again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._lifeline: tuple[Connection, Connection] | None = None
        self._number: int | None = None
        self._future: Future[Any] | None = None
        self._is_stopped = False
        self._marks: Any = (0, 0)

    @property
    def marks(self) -> tuple[int, int]:
        """What the process has noted of its last call, as `Worker` does."""
        done, begun = self._marks
        return done, begun

    def start(self, function: Callable[..., int], *args: Any, timeout: float | None) -> None:
        """Start the process, with a function that returns the number of the process.

        Raises:
            DiedError: It ended.
            TimeoutError: It took too long.
        """
        from pebble import ProcessPool

        context = _context()
        with self._lock:
            if self._is_stopped:
                raise DiedError("was stopped", began=False)
            self._marks = context.RawArray("q", 2)  # shared with the process
            self._lifeline = context.Pipe(duplex=False)
            initargs = (self._lifeline[0], self._marks)
            self._pool = ProcessPool(max_workers=1, initializer=prepare, initargs=initargs, context=context)
        self._number = self.call(os.getpid, timeout=timeout)  # so that its end is seen while it loads
        self.call(function, *args, timeout=timeout)

    def call(self, function: Callable[..., T], *args: Any, timeout: float | None) -> T:
        """Run a function there, and raise what it raises.

        Raises:
            DiedError: The process ended.
            TimeoutError: It took longer than this many seconds, and the process was ended for that.
        """
        from pebble import ProcessExpired

        future = self._schedule(function, args, timeout)
        try:
            self._wait(future)
            return future.result()
        except ProcessExpired as err:
            raise DiedError(_how(err.exitcode), is_killed=err.exitcode == _KILLED) from err
        except CancelledError as err:
            raise DiedError("was stopped", began=False) from err
        except BrokenProcessPool as err:
            raise DiedError("ended before it began", began=False) from err

    def stop(self) -> None:
        """Stop the process at once, whatever it is doing; to be called from any thread, more than once too."""
        with self._lock:
            self._is_stopped = True
            pool, self._pool = self._pool, None
            lifeline, self._lifeline = self._lifeline, None
            future = self._future
        if pool is not None:
            pool.stop()
            pool.join()
        for end in lifeline or ():
            end.close()
        if future is not None:  # pebble leaves it as it is, and who waits for it waiting
            with suppress(InvalidStateError):
                future.set_exception(CancelledError())

    def _schedule(self, function: Callable[..., T], args: tuple[Any, ...], timeout: float | None) -> "Future[T]":
        with self._lock:
            if self._pool is None:
                raise DiedError("was stopped", began=False)
            self._marks[:] = 0, 0
            try:
                self._future = self._pool.schedule(function, args=args, timeout=timeout)
            except RuntimeError as err:  # it died with nothing to do, and pebble has noticed
                raise DiedError("ended before it began", began=False) from err
            return self._future

    def _wait(self, future: "Future[Any]") -> None:
        """Wait for a result, and see for oneself what pebble does not tell."""
        was_gone = False
        while not wait([future], timeout=_LOOK_SECONDS).done:
            with self._lock:
                pool = self._pool
            if pool is None:
                raise DiedError("was stopped", began=False)
            is_gone = not pool.active or not _is_there(self._number)
            if is_gone and was_gone:  # pebble may take a moment to tell
                raise DiedError(_how(0) if future.running() else "ended before it began", began=future.running())
            was_gone = is_gone


def _context() -> Any:
    """Choose how processes start: by a server that has imported what is slow, where there is such a thing.

    Not as plain copies of this process: what threads hold in that moment would be held for ever.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["docsight.documents.runner.preload"])
    return context


def _is_there(number: int | None) -> bool:
    """Tell whether there is a process with this number; True where that is not to be known."""
    if number is None or os.name == "nt":  # where signal 0 would end the process
        return True
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _how(exitcode: int | None) -> str:
    if exitcode is None or exitcode >= 0:
        return f"ended by itself (exit code {exitcode})"
    try:
        return f"was ended by {signal.Signals(-exitcode).name}"
    except ValueError:
        return f"was ended by signal {-exitcode}"
