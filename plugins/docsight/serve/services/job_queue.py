"""The queue of jobs, and the threads that run them, each with one worker process."""

import logging
import math
import shutil
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from docsight.documents.pipeline import Pipeline
from docsight.documents.processor import run_documents
from docsight.documents.runner.progress import Progress
from docsight.documents.runner.settings import RunOptions
from docsight.documents.runner.warm_worker import CancelledRunError, WarmWorker
from docsight.errors import ConfigError, DocsightError
from docsight.redaction.redaction_options import RedactionOptions
from docsight.serve.services.job_record import JobRecord, new_job
from docsight.wording import count_of

logger = logging.getLogger("docsight.serve")

_SECONDS_BETWEEN_CLEANUPS = 5.0


class QueueFullError(DocsightError):
    """Too many jobs are waiting."""


class JobQueue:
    """Runs jobs in the order in which they came. Any thread may call it.

    Args:
        pipeline: The pipeline of all jobs.
        folder: Where jobs are kept over restarts; None for a temporary folder, which ends with the queue.
        workers: The number of worker processes, each for one job at a time.
        max_jobs: Jobs that wait or run.
        timeout: The time limit for a document, in seconds.
        lifetime: Seconds that a job is kept after it ended.
        warm: Whether the processes start at once; otherwise each starts with its first job.
        on_change: Called with each job whose state or progress has changed, in the thread that changed it.

    Raises:
        ConfigError: The folder cannot be used.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        folder: Path | None = None,
        workers: int = 1,
        max_jobs: int = 32,
        timeout: float = 600.0,
        lifetime: float = 3600.0,
        warm: bool = True,
        on_change: Callable[[JobRecord], None] = lambda _: None,
    ) -> None:
        self._pipeline, self._max_jobs, self._lifetime = pipeline, max_jobs, lifetime
        self._timeout, self._warm, self._on_change = timeout, warm, on_change
        self._temporary = tempfile.TemporaryDirectory(prefix="docsight-jobs-") if folder is None else None
        self._root = Path(self._temporary.name) if self._temporary is not None else Path(folder or "")
        self._jobs: dict[str, JobRecord] = {}
        self._waiting: deque[JobRecord] = deque()
        self._running: dict[str, WarmWorker] = {}
        self._changed = threading.Condition()
        self._is_closed = False
        self._workers = [WarmWorker(pipeline) for _ in range(workers)]
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            self._restore()
        except OSError as err:
            raise ConfigError(f"cannot keep jobs in {self._root}: {err.strerror or err}") from err
        loops = [lambda worker=worker: self._run_jobs(worker) for worker in self._workers]
        self._threads = [threading.Thread(target=loop, daemon=True, name="docsight-job") for loop in loops]
        self._threads.append(threading.Thread(target=self._remove_expired, daemon=True, name="docsight-expiry"))
        for thread in self._threads:
            thread.start()

    @property
    def counts(self) -> tuple[int, int]:
        """The number of jobs that wait, and of those that run."""
        with self._changed:
            return len(self._waiting), len(self._running)

    @property
    def is_full(self) -> bool:
        with self._changed:
            return len(self._waiting) + len(self._running) >= self._max_jobs

    def make_job(self, *, redact: bool = False) -> JobRecord:
        """Make a job with a folder for its files; `add` queues it, `discard` removes it.

        Raises:
            QueueFullError: Too many jobs are waiting.
        """
        if self.is_full:
            raise self._full()
        return new_job(self._root, redact=redact)

    def add(self, job: JobRecord) -> None:
        """Queue a job whose files are complete; raises the errors of `make_job`."""
        with self._changed:
            if self._is_closed or self.is_full:
                raise self._full()
            job.save()
            self._jobs[job.id] = job
            self._waiting.append(job)
            self._changed.notify_all()
        self._on_change(job)

    def get(self, job_id: str) -> JobRecord | None:
        with self._changed:
            return self._jobs.get(job_id)

    def position(self, job: JobRecord) -> int | None:
        """Return how many jobs are before a waiting one; None for any other."""
        with self._changed:
            return next((at for at, each in enumerate(self._waiting) if each is job), None)

    def expires(self, job: JobRecord) -> float | None:
        """Return when a job will be removed, in seconds since the epoch; None while it has not ended."""
        return None if job.ended is None else job.ended + self._lifetime

    def remove(self, job: JobRecord) -> None:
        """Cancel a job if it waits or runs, and remove it and its files."""
        with self._changed:
            self._jobs.pop(job.id, None)
            with suppress(ValueError):
                self._waiting.remove(job)
            worker = self._running.get(job.id)
            if not job.has_ended:
                job.state, job.ended = "cancelled", time.time()
        if worker is not None:
            worker.cancel()  # its thread removes the files
        else:
            self.discard(job)
        self._on_change(job)

    def discard(self, job: JobRecord) -> None:
        shutil.rmtree(job.folder, ignore_errors=True)

    def close(self) -> None:
        """Stop the workers. Jobs that have not ended are kept if the queue has a folder, and otherwise lost."""
        with self._changed:
            self._is_closed = True
            unfinished = [job.id for job in self._jobs.values() if not job.has_ended]
            self._changed.notify_all()
        for worker in self._workers:
            worker.close()
        for thread in self._threads:
            thread.join()
        if unfinished:
            fate = "now lost" if self._temporary is not None else f"kept in {self._root}"
            count = count_of(len(unfinished), "job")
            logger.warning("The server stops before the end of %s, %s: %s", count, fate, ", ".join(unfinished))
        if self._temporary is not None:
            self._temporary.cleanup()

    def _full(self) -> QueueFullError:
        return QueueFullError(f"the queue has {count_of(self._max_jobs, 'job')}, its maximum")

    def _restore(self) -> None:
        """Find the jobs of an earlier server; those that had not ended wait again."""
        found = []
        for folder in self._root.iterdir():
            try:
                found.append(JobRecord.read(folder))
            except (OSError, ValueError):
                continue  # something else, or an upload that was not complete
        for job in sorted(found, key=lambda job: job.created):
            self._jobs[job.id] = job
            if not job.has_ended:
                job.state, job.progress = "queued", None
                self._waiting.append(job)

    def _run_jobs(self, worker: WarmWorker) -> None:
        if self._warm:
            try:
                worker.warm_up(self._root)
            except CancelledRunError:
                return
            except DocsightError as err:
                if self._is_closed:
                    return
                logger.warning("A worker could not start; the first job tries again: %s", err)
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_closed)
                if self._is_closed:
                    return
                job = self._waiting.popleft()
                self._running[job.id] = worker
                job.state = "running"
            self._on_change(job)
            try:
                self._run(job, worker)
            finally:
                with self._changed:
                    del self._running[job.id]

    def _run(self, job: JobRecord, worker: WarmWorker) -> None:
        error = None
        try:
            self._process(job, worker)
        except CancelledRunError:
            if job.state != "cancelled" and self._is_closed:
                return  # a later server runs it
            error = "the job was cancelled"
        except DocsightError as err:
            error = str(err)
        except Exception:
            logger.exception("Job %s failed.", job.id)
            error = "an internal error; the server's log has more"
        with self._changed:
            is_removed = job.state == "cancelled"
            if not is_removed:
                job.state, job.error, job.ended = "failed" if error else "done", error, time.time()
                with suppress(OSError):  # only a later server needs it
                    job.save()
        if is_removed:
            self.discard(job)
        logger.info("Job %s is %s.", job.id, job.state)
        self._on_change(job)

    def _process(self, job: JobRecord, worker: WarmWorker) -> None:
        options = RunOptions(timeout=self._timeout, workers=1, redaction=RedactionOptions() if job.redact else None)

        def note(progress: Progress) -> None:
            job.report(progress)
            self._on_change(job)
            if job.state == "cancelled":
                raise CancelledRunError("the job was cancelled")

        run_documents(
            str(job.input),
            self._pipeline,
            job.results,
            options,
            redact=job.redacted if job.redact else None,
            worker=worker,
            on_progress=note,
        )

    def _remove_expired(self) -> None:
        while True:
            with self._changed:
                if self._changed.wait_for(lambda: self._is_closed, timeout=_SECONDS_BETWEEN_CLEANUPS):
                    return
                expired = [job for job in self._jobs.values() if (self.expires(job) or math.inf) < time.time()]
            for job in expired:
                self.remove(job)
