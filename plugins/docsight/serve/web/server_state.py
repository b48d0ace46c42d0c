"""What the routes of one server share."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Annotated, Literal

from fastapi import Depends
from starlette.requests import Request

from docsight.errors import DocsightError
from docsight.serve.server_settings import ServerSettings
from docsight.serve.services.job_queue import JobQueue
from docsight.serve.services.job_record import JobRecord
from docsight.serve.services.model_services import ModelServices, load_services
from docsight.serve.services.request_batcher import MAX_BATCH_CHARS
from docsight.serve.services.text_queue import TextQueue, count_chars
from docsight.serve.web.problem_details import ProblemError, too_busy
from docsight.serve.web.serve_metrics import ServeMetrics

logger = logging.getLogger("docsight.serve")

_TEXT_TARGET = b"/v1/text"
_MAX_REST_SECONDS = 0.008
_MAX_BULK_CHARS = 400_000  # of large requests that wait or are being read: about ten seconds of work
Phase = Literal["starting", "ready", "stopping", "failed"]


class Slots:
    """A bounded number of requests of a kind that wait or are being answered; the next one gets a 429."""

    def __init__(self, maximum: int) -> None:
        self._free = maximum

    @contextmanager
    def take(self) -> Iterator[None]:
        if not self._free:
            raise too_busy()
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


class ServerState:
    """The models, once they are loaded, the queues, and the limits.

    Args:
        settings: The settings of the server.
        warm_workers: Whether the processes for documents start at once, and not with their first job.
    """

    def __init__(self, settings: ServerSettings, *, warm_workers: bool = False) -> None:
        self.settings = settings
        self._warm_workers = warm_workers
        self.metrics = ServeMetrics()
        self._is_resting = False
        self.phase: Phase = "starting"
        self.failure: Exception | None = None
        self.redaction_slots, self.image_slots, self.typing_slots = Slots(16), Slots(16), Slots(64)
        self.changed = asyncio.Event()  # set at each change of a job, and replaced
        self._services: ModelServices | None = None
        self._texts: TextQueue | None = None
        self._bulk: TextQueue | None = None
        self._jobs: JobQueue | None = None
        self._add_gauges()

    @property
    def services(self) -> ModelServices:
        """The models; raises a 503 while they are being loaded."""
        if self._services is None:
            raise not_ready()
        return self._services

    @property
    def texts(self) -> TextQueue:
        """The texts of small requests."""
        if self._texts is None:
            raise not_ready()
        return self._texts

    @property
    def bulk(self) -> TextQueue:
        """The texts of large requests."""
        if self._bulk is None:
            raise not_ready()
        return self._bulk

    @property
    def jobs(self) -> JobQueue:
        if self._jobs is None:
            raise not_ready()
        return self._jobs

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Load the models in the background, as long as the block runs; then end everything."""
        loading = asyncio.create_task(self._load())
        try:
            yield
        finally:
            self.phase = "stopping"
            with suppress(asyncio.CancelledError):
                await loading
            if self._jobs is not None:
                await asyncio.to_thread(self._jobs.close)
            if self._services is not None:
                await asyncio.to_thread(self._services.close)

    async def _load(self) -> None:
        settings, loop = self.settings, asyncio.get_running_loop()
        try:
            services = await asyncio.to_thread(load_services, settings)

            def note(_: JobRecord) -> None:
                loop.call_soon_threadsafe(self._wake)

            self._jobs = JobQueue(
                settings.pipeline,
                folder=settings.jobs,
                workers=settings.workers,
                max_jobs=settings.max_jobs,
                timeout=settings.document_timeout,
                lifetime=settings.job_lifetime,
                warm=self._warm_workers,
                on_change=note,
            )
        except Exception as err:
            self.failure, self.phase = err, "failed"
            logger.error("The server cannot start: %s", err, exc_info=not isinstance(err, DocsightError))
            return
        self._services = services
        on_batch = self.metrics.count_batch
        self._texts = TextQueue(services.short, settings.max_waiting, on_batch=on_batch, on_overload=_log_overload)
        self._bulk = TextQueue(services.bulk, _MAX_BULK_CHARS, cost=count_chars, on_batch=on_batch)
        if self.phase == "starting":
            self.phase = "ready"
        logger.info("Ready.")

    def refuses_texts(self, size: bytes | None) -> bool:
        """Return whether to refuse a request for texts before its body is read, as too many are in flight.

        Args:
            size: The number of bytes that it announces. With more than a batch has characters it may be a large
                request, which has a queue of its own.
        """
        may_be_large = size is None or not size.isdigit() or int(size) > MAX_BATCH_CHARS
        return not (may_be_large and not self.bulk.admission.is_full) and self.texts.admission.is_full

    def sheds(self, method: bytes, target: bytes, size: bytes | None) -> bool:
        """Return whether to refuse a request before it reaches the application, as too many texts are in flight."""
        if method != b"POST" or target != _TEXT_TARGET or self.settings.origins or self.phase != "ready":
            return False  # an allowed site needs the headers of CORS to read a refusal
        if not self.refuses_texts(size):
            return False
        admission, batcher = self.texts.admission, self.texts.batcher
        self.metrics.count_request(_TEXT_TARGET.decode(), "POST", 429, 0.0)
        if admission.is_overloaded and batcher.is_running and not self._is_resting:
            self._is_resting = True
            asyncio.get_running_loop().call_soon(self._rest)
        return True

    def _rest(self) -> None:
        """Stop the event loop until the batch that runs is computed, or for some milliseconds.

        If it woke up for each request that it refuses, the thread of the models would lose the interpreter's lock each
        time. After a pause it refuses many requests in one go.
        """
        self.texts.batcher.wait_for_batch(_MAX_REST_SECONDS)
        self._is_resting = False

    def _wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    def _add_gauges(self) -> None:
        gauges = {
            "texts_in_flight": (
                "Texts that wait or are being read",
                lambda: self._texts.admission.in_flight if self._texts else 0,
            ),
            "texts_limit": ("Texts that may be in flight", lambda: self._texts.admission.limit if self._texts else 0),
            "bulk_chars_in_flight": (
                "Characters of large requests",
                lambda: self._bulk.admission.in_flight if self._bulk else 0,
            ),
            "ready": ("Whether the models are loaded", lambda: float(self.phase == "ready")),
            "jobs_waiting": ("Jobs that wait", lambda: self._jobs.counts[0] if self._jobs else 0),
            "jobs_running": ("Jobs that run", lambda: self._jobs.counts[1] if self._jobs else 0),
            "typing_sessions": ("Typing sessions", self._count_sessions),
        }
        for name, (description, read) in gauges.items():
            self.metrics.add_gauge(name, description, read)

    def _count_sessions(self) -> float:
        sessions = self._services.sessions if self._services else None
        return 0 if sessions is None else len(sessions)


def _log_overload() -> None:
    logger.warning("Overload: more texts arrive than the models can read. Those that wait are refused.")


def not_ready() -> ProblemError:
    return ProblemError(
        503, "the models are still loading, or the server is stopping; try again in some seconds", retry_after=2
    )


async def state_of(request: Request) -> ServerState:
    """Return the state of the server that a request came to; a dependency of the routes.

    It is a coroutine because FastAPI calls other dependencies in a thread, which takes longer than the route itself.
    """
    state: ServerState = request.app.state.server
    return state


State = Annotated[ServerState, Depends(state_of)]  # the type of a parameter of a route
