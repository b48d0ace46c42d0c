"""Run `docsight process` as a user does, and measure the time and the memory of all its processes."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

_MARK = "DOCSIGHT_BENCHMARK"  # in the environment of every process of a run, whatever its parent
_POLL_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a run took: seconds, and the peak memory of all its processes together, in bytes."""

    seconds: float
    memory: int


def run_process(inputs: Path, *options: str) -> Run:
    """Run `docsight process` over a folder and discard the results.

    Raises:
        SystemExit: The command failed; with its error output.
    """
    mark = f"{_MARK}={uuid4().hex}"
    environment = os.environ | {"OMP_NUM_THREADS": "1"} | dict([mark.split("=")])
    with TemporaryDirectory() as out:
        command = [sys.executable, "-m", "docsight", "process", str(inputs), "--out", f"{out}/out", *options]
        watch = _MemoryWatch(mark.encode())
        started = time.perf_counter()
        with watch:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - started
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} exited with code {done.returncode}:\n{done.stderr[-2000:]}")
    return Run(seconds=seconds, memory=watch.peak)


class _MemoryWatch:
    """A context manager that polls the memory of the marked processes from a thread."""

    def __init__(self, mark: bytes) -> None:
        self.peak = 0
        self._mark = mark
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _poll(self) -> None:
        while not self._over.wait(_POLL_SECONDS):
            self.peak = max(
                self.peak, sum(_memory(process) for process in Path("/proc").glob("[0-9]*") if self._is_marked(process))
            )

    def _is_marked(self, process: Path) -> bool:
        try:
            return self._mark in (process / "environ").read_bytes().split(b"\0")
        except OSError:  # it has ended, or belongs to another user
            return False


def _memory(process: Path) -> int:
    """Return the proportional set size in bytes, which counts memory shared by several processes once in total."""
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
