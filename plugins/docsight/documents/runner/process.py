"""A worker process that runs one call after another, with a time limit, and reports its death.

pebble's ProcessPool, with a single process, provides time limits and reports deaths. This module adds what it lacks:
pebble waits forever if a process ends with exit code 0 during a call, or dies between two calls at the wrong moment;
and the process would outlive its parent.

pebble is under the LGPL: docsight imports it as a separate package, unchanged.
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

from docsight.documents.runner.child import prepare_process

if TYPE_CHECKING:
    from pebble import ProcessPool

T = TypeVar("T")

_POLL_SECONDS = 0.2  # between checks whether the process is alive
_SIGKILL_EXIT_CODE = -9

# What the fork server imports, so that a worker starts in the time that its models take to load.
_PRELOADED = [
    "spacy",
    "torch",
    "docsight.components.cnn_imagecat",
    "docsight.components.rnn_ner",
    "docsight.components.rnn_speller",
    "docsight.documents.runner.worker",
    "docsight.documents.runner.shared_models",
]


class DiedError(Exception):
    """The process has ended.

    Args:
        message: The rest of a sentence that begins with "the process".
        began: Whether the call had begun.
        is_killed: Whether SIGKILL ended it. The system sends that when memory is short, and not always to the process
            that uses too much of it.
    """

    def __init__(self, message: str, *, began: bool = True, is_killed: bool = False) -> None:
        self.began = began
        self.is_killed = is_killed
        super().__init__(message)


class WorkerProcess:
    """A process that runs functions until it dies or is stopped. It cannot be restarted."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._lifeline: tuple[Connection, Connection] | None = None
        self._pid: int | None = None
        self._future: Future[Any] | None = None
        self._is_stopped = False
        self.marks: Any = (0, 0)  # of the last call, see `Worker`

    def start(self, function: Callable[..., None], *args: Any, timeout: float | None) -> None:
        """Start the process and run a function in it that prepares it; raises the errors of `call`."""
        from pebble import ProcessPool

        context = _context()
        with self._lock:
            if self._is_stopped:
                raise DiedError("was stopped", began=False)
            self.marks = context.RawArray("q", 2)  # shared with the process
            self._lifeline = context.Pipe(duplex=False)
            initargs = (self._lifeline[0], self.marks)
            self._pool = ProcessPool(max_workers=1, initializer=prepare_process, initargs=initargs, context=context)
        self._pid = self.call(os.getpid, timeout=timeout)  # needed to notice its end while it loads
        self.call(function, *args, timeout=timeout)

    def call(self, function: Callable[..., T], *args: Any, timeout: float | None) -> T:
        """Run a function in the process and return its result, or raise its exception.

        Raises:
            DiedError: The process ended.
            TimeoutError: The call took longer than this many seconds, so the process was stopped.
        """
        from pebble import ProcessExpired

        with self._lock:
            if self._pool is None:
                raise DiedError("was stopped", began=False)
            self.marks[:] = 0, 0
            try:
                future: Future[T] = self._pool.schedule(function, args=args, timeout=timeout)
            except RuntimeError as err:  # it died while idle, and pebble has noticed
                raise DiedError("ended before it began", began=False) from err
            self._future = future
        try:
            self._wait(future)
            return future.result()
        except ProcessExpired as err:
            raise DiedError(_describe_exit(err.exitcode), is_killed=err.exitcode == _SIGKILL_EXIT_CODE) from err
        except CancelledError as err:
            raise DiedError("was stopped", began=False) from err
        except BrokenProcessPool as err:
            raise DiedError("ended before it began", began=False) from err

    def stop(self) -> None:
        """Stop the process at once, whatever it is doing. Any thread may call this, more than once."""
        with self._lock:
            self._is_stopped = True
            pool, self._pool = self._pool, None
            lifeline, self._lifeline = self._lifeline, None
            future = self._future
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()
        for end in lifeline or ():
            end.close()
        if future is not None:  # pebble never completes it, so a caller would wait forever
            with suppress(InvalidStateError):
                future.set_exception(CancelledError())

    def _wait(self, future: "Future[Any]") -> None:
        """Wait for a result, and notice a death that pebble does not report."""
        was_gone = False
        while not wait([future], timeout=_POLL_SECONDS).done:
            with self._lock:
                pool = self._pool
            if pool is None:
                raise DiedError("was stopped", began=False)
            is_gone = not pool.active or not _is_alive(self._pid)
            if is_gone and was_gone:  # pebble may take a moment to report it
                began = future.running()
                raise DiedError(_describe_exit(0) if began else "ended before it began", began=began)
            was_gone = is_gone


def _context() -> Any:
    """Choose how processes start: by a fork server that has imported the slow packages, if the system has one.

    They are not forked from this process, because locks held by its threads at that moment would never be released.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


def _is_alive(pid: int | None) -> bool:
    """Whether a process exists; True if that cannot be determined."""
    if pid is not None and os.name != "nt":  # on Windows, signal 0 would end the process
        try:
            os.kill(pid, 0)
        except OSError as err:
            return isinstance(err, PermissionError)
    return True


def _describe_exit(exitcode: int | None) -> str:
    if exitcode is None or exitcode >= 0:
        return f"ended by itself (exit code {exitcode})"
    try:
        return f"was ended by {signal.Signals(-exitcode).name}"
    except ValueError:
        return f"was ended by signal {-exitcode}"
