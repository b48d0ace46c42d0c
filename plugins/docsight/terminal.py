"""What a command shows to a person, and how it ends: streams that may be closed, signals, progress."""

import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, TextIO

# Control characters, and marks that turn the direction of writing: a file's name is not to command the terminal.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Terminated(KeyboardInterrupt):
    """SIGTERM, to be cleaned up after as Ctrl-C is."""


def open_closed_streams() -> None:
    """Open what the shell closed by `>&-`: Python has no stream there, and the next file would get its number."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))


@contextmanager
def terminating() -> Iterator[None]:
    """Let SIGTERM end the block by an exception; signals are for the main thread alone."""

    def terminate(*_: object) -> NoReturn:
        raise Terminated

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def say(text: str, stream: TextIO, *, start: str = "", end: str = "\n") -> None:
    """Print; all that is not fit for a terminal is escaped, and a reader that is gone is no error."""
    text = visible(text)
    try:
        encoding = stream.encoding or "utf-8"
        print(start + text.encode(encoding, "backslashreplace").decode(encoding), end=end, file=stream, flush=True)
    except BrokenPipeError:
        # Python's flush at exit must not find that out a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def visible(text: str) -> str:
    """Escape what is not fit for a terminal."""
    return _UNPRINTABLE.sub(lambda match: ascii(match[0])[1:-1], text)


class Meter:
    """Shows progress: one line that is rewritten on a terminal, a new line every few seconds elsewhere."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._is_terminal = sys.stderr.isatty()
        self._pause = 0.2 if self._is_terminal else 5.0
        self._due = clock() + (0.0 if self._is_terminal else self._pause)
        self._width = 0

    def __call__(self, progress: object) -> None:
        """Show progress, if it is time to."""
        if self._clock() < self._due:
            return
        self._due = self._clock() + self._pause
        line = str(progress)
        if self._is_terminal:
            say(line.ljust(self._width), sys.stderr, start="\r", end="")
            self._width = len(line)
        else:
            say(line, sys.stderr)

    def close(self) -> None:
        """Wipe the line, so that what follows starts on a clean one."""
        if self._width:
            say(" " * self._width, sys.stderr, start="\r", end="\r")
