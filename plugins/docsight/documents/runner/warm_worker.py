"""The engine of a server: one worker process that is kept from run to run, with its models loaded."""

import threading
from collections.abc import Generator, Iterator
from pathlib import Path

from docsight.documents.pipeline import Pipeline
from docsight.documents.runner.plan import Job
from docsight.documents.runner.settings import RunOptions, WorkerSettings
from docsight.documents.runner.shards import Shard
from docsight.documents.runner.supervisor import Supervisor
from docsight.errors import DocsightError


class CancelledRunError(DocsightError):
    """The run was cancelled, or the worker closed."""


class WarmWorker:
    """A worker process for one run at a time. It starts with the first run, and anew after a run that was cancelled.

    Args:
        pipeline: The pipeline of all runs.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._supervisor: Supervisor | None = None
        self._lock = threading.Lock()
        self._is_closed = False

    def warm_up(self, folder: Path) -> None:
        """Start the process before the first run.

        Args:
            folder: Any folder; nothing is written to it.

        Raises:
            CancelledRunError: The worker is closed.
            BundleError, ConfigError: The pipeline cannot be loaded.
        """
        self._start(WorkerSettings(options=RunOptions(workers=1), folder=folder))

    def run(self, jobs: Iterator[Job], settings: WorkerSettings) -> Generator[Shard, None, None]:
        """Yield the shards of a run.

        Raises:
            CancelledRunError: Another thread called `cancel` or `close`.
            BundleError, ConfigError: The pipeline, a setting or the disk is at fault.
        """
        supervisor = self._start(settings)
        try:
            for job in jobs:
                yield from supervisor.run(job)
                if supervisor.is_stopped:
                    raise CancelledRunError("the run was cancelled")
        except GeneratorExit:
            self.cancel()  # in the middle of a job
            raise

    def cancel(self) -> None:
        """Stop the current run, if there is one, and the process with it. Any thread may call this."""
        with self._lock:
            supervisor, self._supervisor = self._supervisor, None
        if supervisor is not None:
            supervisor.stop()

    def close(self) -> None:
        """Stop the process for good. Any thread may call this."""
        self._is_closed = True
        self.cancel()

    def _start(self, settings: WorkerSettings) -> Supervisor:
        with self._lock:
            if self._is_closed:
                raise CancelledRunError("the worker is closed")
            supervisor, is_new = self._supervisor, self._supervisor is None
            if supervisor is None:
                supervisor = self._supervisor = Supervisor(self._pipeline, settings)
        try:
            if is_new:
                supervisor.start()
            else:
                supervisor.reuse(settings)
        except BaseException:
            self.cancel()
            raise
        return supervisor
