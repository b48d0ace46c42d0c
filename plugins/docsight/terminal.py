"""The terminal: streams that may be closed, signals, text without control characters, a progress line."""

import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, TextIO

# Control characters and marks that change the direction of writing: a file name must not control the terminal.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP, as an exception, so that the run cleans up as it does on Ctrl-C."""


def open_closed_streams() -> None:
    """Open streams that the shell closed by `>&-`: the next file opened would get their number."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))


@contextmanager
def terminating() -> Iterator[None]:
    """Make SIGTERM and SIGHUP raise an exception in the block. Only the main thread handles signals.

    A SIGHUP that is ignored, as under nohup, stays so.
    """

    def terminate(*_: object) -> NoReturn:
        raise Terminated

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    previous = {number: signal.signal(number, terminate) for number in numbers}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def say(text: str, stream: TextIO, *, start: str = "", end: str = "\n") -> None:
    """Print text with control characters escaped. A closed pipe is not an error."""
    text = visible(text)
    try:
        encoding = stream.encoding or "utf-8"
        print(start + text.encode(encoding, "backslashreplace").decode(encoding), end=end, file=stream, flush=True)
    except BrokenPipeError:
        # Otherwise Python's flush at exit would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def visible(text: str) -> str:
    return _UNPRINTABLE.sub(lambda match: ascii(match[0])[1:-1], text)


class ProgressLine:
    """Shows progress on stderr: a line that is rewritten on a terminal, a new line every few seconds elsewhere."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._is_terminal = sys.stderr.isatty()
        self._interval = 0.2 if self._is_terminal else 5.0
        self._due = clock() + (0.0 if self._is_terminal else self._interval)
        self._width = 0

    def __call__(self, progress: object) -> None:
        if self._clock() < self._due:
            return
        self._due = self._clock() + self._interval
        line = str(progress)
        if self._is_terminal:
            say(line.ljust(self._width), sys.stderr, start="\r", end="")
            self._width = len(line)
        else:
            say(line, sys.stderr)

    def close(self) -> None:
        """Erase the line, so that later output starts on an empty one."""
        if self._width:
            say(" " * self._width, sys.stderr, start="\r", end="\r")
