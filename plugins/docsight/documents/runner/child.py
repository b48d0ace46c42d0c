"""What runs inside a worker process: it loads the pipeline once, then does the units that it is given."""

import os
import signal
import sys
import threading
import warnings
from collections.abc import MutableSequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from docsight.documents.reading import Document
from docsight.documents.runner.annotate import Chunk, annotate
from docsight.documents.runner.worker import Result, Worker, WorkItem
from docsight.errors import ConfigError

if TYPE_CHECKING:
    from spacy.language import Language

    from docsight.documents.runner.supervisor import Setup

_MEGABYTE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a worker answers."""

    outcome: Result
    growth: float  # of the memory since the worker was ready, in megabytes


_worker: Worker | None = None
_memory_at_start = 0.0
_marks: MutableSequence[int] = [0, 0]


def prepare(lifeline: Connection, marks: MutableSequence[int]) -> None:
    """Let this process end when it is told to, or when the one that started it ends, even by `kill -9`.

    Args:
        lifeline: A pipe that the other process closes by its end.
        marks: Two numbers that it can see, which are for `Worker`.
    """
    global _marks
    _marks = marks
    # pebble's handler is Python's, and waits for what is written in C: a parser that hangs.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _die_with(lifeline)


def start(setup: "Setup") -> int:
    """Make this process a worker: load the pipeline. Return the number of the process."""
    global _worker, _memory_at_start
    import torch

    from docsight import attributes

    attributes.register()
    torch.set_num_threads(1)
    # What is wrong with a document is told in its record; what Pillow thinks of its metadata is not for a terminal.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    nlp = setup.pipeline.load()
    # The limit of spaCy is there for the memory that parsers need; who sets max_chars has decided on it.
    nlp.max_length = max(nlp.max_length, setup.settings.max_chars)
    _load_all(nlp)
    _worker = Worker(nlp, setup.settings, setup.folder, marks=_marks)
    _memory_at_start = _peak_memory()
    if setup.memory is not None:
        _limit_memory(setup.memory)
    return os.getpid()


def work(units: tuple[WorkItem, ...], limit: int | None) -> Reply:
    """Do units in this process."""
    if _worker is None:
        raise ConfigError("this process was not started as a worker")
    try:
        outcome = _worker(units, limit=limit)
    except BaseException as err:
        if isinstance(err, Exception):
            raise
        # A component may call `exit`, or worse; it is not to end the run.
        raise RuntimeError(f"{type(err).__name__} was raised: {err}") from err
    return Reply(outcome=outcome, growth=_peak_memory() - _memory_at_start)


def _load_all(nlp: "Language") -> None:
    """Have all loaded that components load on first use, by a document like any other; what fails on it is no matter.

    Raises:
        BundleError: A component has no usable model.
        ConfigError: A component has a setting that cannot work.
    """
    document = Document(
        text="Ada lives here.", path="", file="", part="", format="text", encoding="utf-8", title="", size=0
    )
    annotate(nlp, [Chunk(document, 0, len(document.text))])


def _die_with(lifeline: Connection) -> None:
    """End this process when the other end of a pipe is closed, as it is when the process that has it ends."""

    def watch() -> None:
        try:
            lifeline.recv()
        except (EOFError, OSError):
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    # A thread of Python waits for code in C that hangs; a signal by the system does not.
    with suppress(ImportError, AttributeError, OSError):
        from fcntl import F_GETFL, F_SETFL, F_SETOWN, fcntl

        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl(lifeline.fileno(), F_SETOWN, os.getpid())
        fcntl(lifeline.fileno(), F_SETFL, fcntl(lifeline.fileno(), F_GETFL) | os.O_ASYNC)


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
