"""The engine "ray": jobs run in Ray actors, on this machine or on a cluster.

Each actor supervises its own worker process, as a thread does in `run_workers`. A document that crashes, hangs or
uses up the memory ends that process, never an actor. Shards are written to the folder of the run, which every node must
see, as it must see the inputs and the pipeline; only the indexes of the shards come back.

A job comes back as one row when all of it is done. If an actor is lost with its node, Ray has another actor repeat the
job from the beginning, which divides files into other shards: rows of both attempts would not fit together. So the run
learns of a long file only at its end, although its shards exist before.
"""

import logging
import os
import pickle
import socket
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from docsight.documents.pipeline import Pipeline
from docsight.documents.runner.plan import Job
from docsight.documents.runner.settings import WorkerSettings
from docsight.documents.runner.shard_files import ShardReader
from docsight.documents.runner.shards import DamagedError, Shard
from docsight.documents.runner.supervisor import Supervisor
from docsight.errors import ConfigError, MissingExtraError

Row = dict[str, Any]

# Ray tracks each block, of one job or a few. This many are no burden, and a lost one is quickly repeated.
_MAX_BLOCKS = 20_000
_MAX_SHARD_DELAY = 15.0  # seconds to wait for a shard of another node: network file systems show files late
_CONNECT_TIMEOUT = 10.0  # seconds


def run_ray(
    jobs: Iterator[Job], pipeline: Pipeline, settings: WorkerSettings, *, workers: int, address: str | None
) -> Generator[Shard, None, None]:
    """Run the jobs in actors of Ray Data, each with one CPU.

    If a cluster has fewer CPUs than `workers`, fewer actors work at a time. The address is that of a cluster, or "auto"
    for one that runs on this machine; None starts one here for this run. An existing connection to Ray is used
    regardless of the address, and is left open.

    Raises:
        MissingExtraError: Ray is not installed.
        ConfigError: There is no cluster at the address, or files written by a node do not appear here.
        BundleError, ConfigError: An actor cannot load the pipeline.
    """
    rows = [encode(number, job) for number, job in enumerate(jobs)]
    if not rows:
        return
    try:
        import ray.data
    except ImportError as err:
        raise MissingExtraError("The engine ray", "ray") from err
    with _quiet(), _connected(ray, workers, address), ray.data.DataContext.current(_data_context(ray)):
        pipeline, remote_settings = _with_absolute_paths(pipeline, settings)
        data = ray.data.from_items(rows, override_num_blocks=min(len(rows), _MAX_BLOCKS)).map_batches(
            _Actor,
            batch_size=1,
            num_cpus=1,
            compute=ray.data.ActorPoolStrategy(size=min(workers, len(rows))),
            fn_constructor_kwargs={"pipeline": pipeline, "settings": remote_settings},
        )
        del rows
        done: set[int] = set()
        results: Any = iter(data.iter_rows())  # a generator, though its type does not say so
        with _one_line_errors(ray), closing(results):
            for row in results:
                number, result = decode(row)
                if isinstance(result, Exception):
                    raise result
                if number in done:  # an actor was lost after it had sent the row, and another one repeated the job
                    continue
                done.add(number)
                for shard in result:
                    _wait_for(settings.folder, shard)
                    yield shard


def encode(number: int, content: Job | list[Shard] | Exception) -> Row:
    """Encode a job, its shards or the exception that stopped it as a row of plain columns."""
    return {"number": number, "content": pickle.dumps(content)}


def decode(row: Row) -> tuple[int, Any]:
    return int(row["number"]), pickle.loads(row["content"])


class _Actor:
    """An actor on a node, which keeps one worker process running.

    It needs no cleanup: Ray kills it, and the process ends when it notices that through its lifeline.
    """

    def __init__(self, pipeline: Pipeline, settings: WorkerSettings) -> None:
        # multiprocessing makes each new process import the main module, for objects that are pickled by reference to
        # it. Here that is the program of Ray's own workers, which imports all of Ray.
        vars(sys.modules["__main__"]).pop("__file__", None)
        self._supervisor = Supervisor(pipeline, settings)
        self._error: Exception | None = None
        try:
            self._supervisor.start()
        except Exception as err:  # noqa: BLE001 - raised in the driver: Ray would hide it and retry
            self._error = err

    def __call__(self, batch: Row) -> Row:
        number, job = decode({name: column[0] for name, column in batch.items()})
        try:
            result = self._error or list(self._supervisor.run(job))
        except Exception as err:  # noqa: BLE001 - raised in the driver
            result = err
        return {name: [value] for name, value in encode(number, result).items()}


def _with_absolute_paths(pipeline: Pipeline, settings: WorkerSettings) -> tuple[Pipeline, WorkerSettings]:
    """Make paths absolute, because an actor has another working folder."""
    if pipeline.path is not None and os.path.isdir(pipeline.path):
        pipeline = replace(pipeline, path=os.path.abspath(pipeline.path))
    if pipeline.code is not None:
        pipeline = replace(pipeline, code=os.path.abspath(pipeline.code))
    return pipeline, replace(settings, folder=Path(os.path.abspath(settings.folder)))


def _wait_for(folder: Path, shard: Shard) -> None:
    """Wait until a shard that another node wrote can be seen here."""
    deadline = time.monotonic() + _MAX_SHARD_DELAY
    while True:
        try:
            return ShardReader(folder, shard).close()
        except DamagedError as err:
            if time.monotonic() > deadline:
                raise ConfigError(
                    f"a node of the Ray cluster wrote to {os.path.abspath(folder)}, but the files do not appear here; "
                    "choose an output folder on a file system that all nodes share"
                ) from err
            time.sleep(0.2)


@contextmanager
def _connected(ray: Any, workers: int, address: str | None) -> Iterator[None]:
    """Connect to a cluster or start one; an existing connection is used and left open."""
    if ray.is_initialized():
        yield
        return
    if address is not None:
        _check_address(address)
    silent = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if address is None:
            ray.init("local", num_cpus=workers, include_dashboard=False, **silent)
        else:
            ray.init(address, **silent)
    except (ConnectionError, RuntimeError, ValueError) as err:
        goal = f"connect to Ray at {address}" if address is not None else "start Ray"
        raise ConfigError(f"cannot {goal}: {_last_line(err.__cause__ or err)}") from err
    try:
        yield
    finally:
        ray.shutdown()


def _check_address(address: str) -> None:
    """Refuse HOST:PORT if nothing listens there: Ray would retry for seven minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_TIMEOUT).close()
    except (OSError, OverflowError) as err:
        raise ConfigError(f"cannot connect to Ray at {address}: {err}; is the cluster running?") from err


@contextmanager
def _one_line_errors(ray: Any) -> Iterator[None]:
    """Raise an error of Ray itself, such as a node without docsight, as a ConfigError of one line."""
    try:
        yield
    except ray.exceptions.RayError as err:
        raise ConfigError(f"Ray failed: {_last_line(err)}; see its logs for details; run again to continue") from err


def _last_line(error: BaseException) -> str:
    """Return the last line of a message, which may be a whole traceback."""
    return next((line.strip() for line in reversed(str(error).splitlines()) if line.strip()), type(error).__name__)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Ray Data from writing its progress, and errors that are raised as well, to the terminal."""
    levels = {
        handler: handler.level
        for handler in logging.getLogger("ray.data").handlers
        if isinstance(handler, logging.StreamHandler)
    }
    for handler in levels:
        handler.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for handler, level in levels.items():
            handler.setLevel(level)


def _data_context(ray: Any) -> Any:
    """Return settings of Ray Data that show nothing and never abort long work."""
    context = ray.data.DataContext.get_current().copy()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    context.execution_no_progress_timeout_s = -1
    return context
