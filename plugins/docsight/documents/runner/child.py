"""The code that runs in a worker process: it loads the pipeline once, then processes the work it is given."""

import os
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import MutableSequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from docsight.documents.pipeline import Pipeline
from docsight.documents.reading import Document
from docsight.documents.runner.annotate import Chunk, annotate
from docsight.documents.runner.garbage import freeze_objects
from docsight.documents.runner.settings import WorkerSettings
from docsight.documents.runner.shards import Shard
from docsight.documents.runner.work_items import WorkItem
from docsight.documents.runner.worker import Worker

if TYPE_CHECKING:
    from spacy.language import Language

_MEGABYTE = 1 << 20
_OOM_SCORE = 500  # of 1000; other processes have 0

# What this process has, from `prepare_process` and `load_worker`.
_marks: MutableSequence[int]  # in memory shared with the parent
_nlp: "Language"
_worker: Worker
_memory_at_start: float


def prepare_process(lifeline: Connection, marks: MutableSequence[int]) -> None:
    """Let this process end on SIGTERM, and when its parent ends, even by `kill -9`: that closes the lifeline."""
    global _marks
    _marks = marks
    # pebble's handler is written in Python and waits for C code to return, such as a parser that hangs.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "SIGHUP"):  # a terminal that closes sends it to all processes; the parent ends this one
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    _offer_to_oom_killer()

    def watch() -> None:
        try:
            lifeline.recv()
        except (EOFError, OSError):
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    # A Python thread cannot run while C code hangs; a signal sent by the system ends the process anyway.
    with suppress(ImportError, AttributeError, OSError):
        from fcntl import F_GETFL, F_SETFL, F_SETOWN, fcntl

        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl(lifeline.fileno(), F_SETOWN, os.getpid())
        fcntl(lifeline.fileno(), F_SETFL, fcntl(lifeline.fileno(), F_GETFL) | os.O_ASYNC)


def load_worker(pipeline: Pipeline, settings: WorkerSettings) -> None:
    """Make this process a worker: load the pipeline and limit the memory."""
    global _nlp, _memory_at_start
    import torch

    from docsight import attributes

    attributes.register()
    torch.set_num_threads(1)
    # Records state what is wrong with a document; Pillow's warnings about metadata do not belong on the terminal.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    nlp = _nlp = pipeline.load()
    options = settings.options
    # spaCy's limit protects parsers from running out of memory; a user who sets max_chars has chosen another.
    nlp.max_length = max(nlp.max_length, options.max_chars)
    # Components load some things on first use, so annotate a document. Its failure is ignored.
    document = Document(
        text="Ada lives here.", path="", file="", part="", format="text", encoding="utf-8", title="", size=0
    )
    annotate(nlp, [Chunk(document, 0, len(document.text))])
    freeze_objects()
    reuse_worker(settings)
    _memory_at_start = _peak_memory()
    if options.memory is not None:
        _limit_memory(options.memory)


def reuse_worker(settings: WorkerSettings) -> None:
    """Work for a run with these settings, with the pipeline that is loaded."""
    global _worker
    if settings.temporary is not None:  # a killed worker leaves its temporary files, which hold texts
        tempfile.tempdir = str(settings.temporary)
    _worker = Worker(_nlp, settings, marks=_marks)


def process_items(
    work_items: tuple[WorkItem, ...], limit: int | None, seconds: float | None
) -> tuple[Shard, tuple[WorkItem, ...], float]:
    """Process work items, see `Worker`; also return how many megabytes the memory has grown since the start."""
    try:
        shard, remaining = _worker(work_items, limit=limit, seconds=seconds)
        return shard, remaining, _peak_memory() - _memory_at_start
    except Exception:
        raise
    except BaseException as err:  # a component may call `sys.exit`, for example, which must not end the run
        raise RuntimeError(f"{type(err).__name__} was raised: {err}") from err


def _offer_to_oom_killer() -> None:
    """Let the system end this process before its parent when memory runs out. Only on Linux."""
    path = Path("/proc/self/oom_score_adj")
    with suppress(OSError):
        path.write_text(str(max(_OOM_SCORE, int(path.read_text(encoding="ascii")))), encoding="ascii")


def _peak_memory() -> float:
    """Return the peak memory of this process, in megabytes; 0 if the system does not provide it."""
    try:
        from resource import RUSAGE_SELF, getrusage
    except ImportError:  # Windows
        return 0.0
    peak = getrusage(RUSAGE_SELF).ru_maxrss
    return peak / _MEGABYTE if sys.platform == "darwin" else peak / 1024


def _limit_memory(megabytes: int) -> None:
    """Limit the memory of this process to this much in addition to what it has now. Only on Linux."""
    try:
        from resource import RLIMIT_DATA, getrlimit, setrlimit

        status = Path("/proc/self/status").read_text(encoding="ascii")
    except (ImportError, OSError):
        return
    now = next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData:")), None)
    if now is not None:
        setrlimit(RLIMIT_DATA, (now + megabytes * _MEGABYTE, getrlimit(RLIMIT_DATA)[1]))
