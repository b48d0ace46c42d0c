"""A way to do the units of a run in actors of Ray, on this machine or on a cluster.

Each actor looks after a worker process of its own, as a thread does in `run_workers`: a document that crashes, hangs or
takes all memory ends that process and never an actor. Shards go to the folder of the run, which every node must see,
as it must see the inputs and the pipeline; only their indices come back.

A chunk comes back as one row, when all of it is done. When an actor is lost with its node, Ray has another one do
the chunk again from its beginning, which cuts files into shards elsewhere: rows of the one attempt and of the other
would not fit together. So a run is told of a long file when it is at its end; its shards are there before.
"""

import json
import logging
import os
import pickle
import socket
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from docsight.documents.pipeline import Pipeline
from docsight.documents.runner.shards import DamagedError, FileEntry, Shard, ShardReader
from docsight.documents.runner.supervisor import Setup, Supervisor
from docsight.documents.runner.worker import WorkItem
from docsight.errors import ConfigError, MissingExtraError

Row = dict[str, Any]

# Ray keeps count of each block, of one chunk or a few: so many are no burden, and one that is lost is soon done again.
_MOST_BLOCKS = 20_000
_SECONDS_TO_CONNECT = 10.0
_SECONDS_TO_APPEAR = 15.0  # for a shard from another node: network file systems tell of new files with delay


def run_ray(
    chunks: Iterator[tuple[WorkItem, ...]], setup: Setup, *, workers: int, address: str | None
) -> Generator[Shard, None, None]:
    """Do the work in actors of Ray Data, each with one CPU.

    Args:
        chunks: What to do.
        setup: What a worker is made of.
        workers: How many actors; where a cluster has fewer CPUs, so many are at work at a time.
        address: Of a cluster, or "auto" for one that runs on this machine; None to start one here, for this run. A
            connection to Ray that there is already is used whatever the address, and left as it is.

    Raises:
        MissingExtraError: Ray is not installed.
        ConfigError: There is no cluster at the address, or what a node writes does not come here.
        BundleError, ConfigError: An actor cannot load the pipeline.
    """
    rows = [write_chunk(number, units) for number, units in enumerate(chunks)]
    if not rows:
        return
    try:
        import ray.data
    except ImportError as err:
        raise MissingExtraError("The engine ray", "ray") from err
    with _quiet(), _connected(ray, workers, address), ray.data.DataContext.current(_context(ray)):
        data = ray.data.from_items(rows, override_num_blocks=min(len(rows), _MOST_BLOCKS)).map_batches(
            _Actor,
            batch_size=1,
            num_cpus=1,
            compute=ray.data.ActorPoolStrategy(size=min(workers, len(rows))),
            fn_constructor_kwargs={"setup": _without_working_folder(setup)},
        )
        del rows
        done: set[int] = set()
        results: Any = iter(data.iter_rows())  # a generator, though Ray does not say so
        with _told(ray), closing(results):
            for row in results:
                number, shards = read_result(row)
                if number in done:  # an actor was lost after it had sent the row, and another one did it again
                    continue
                done.add(number)
                for shard in shards:
                    _await(setup.folder, shard)
                    yield shard


def write_chunk(number: int, units: tuple[WorkItem, ...]) -> Row:
    """Tell a chunk as a row of plain columns."""
    return {"number": number, "units": pickle.dumps(units)}


def read_chunk(row: Row) -> tuple[int, tuple[WorkItem, ...]]:
    """Understand what `write_chunk` told."""
    return int(row["number"]), pickle.loads(row["units"])


def write_result(number: int, result: list[Shard] | Exception) -> Row:
    """Tell what became of a chunk as a row of plain columns: the shards, or what stopped the work."""
    shards, error = ([], pickle.dumps(result)) if isinstance(result, Exception) else (result, b"")
    return {"number": number, "shards": json.dumps([asdict(shard) for shard in shards]), "error": error}


def read_result(row: Row) -> tuple[int, list[Shard]]:
    """Understand what `write_result` told; what stopped the work is raised."""
    if row["error"]:
        raise pickle.loads(row["error"])
    shards = json.loads(row["shards"])
    return int(row["number"]), [
        Shard(**{**shard, "entries": [FileEntry(**entry) for entry in shard["entries"]]}) for shard in shards
    ]


class _Actor:
    """What Ray starts on a node: keeps one worker process at work.

    It needs no end: Ray kills it, and the process ends when it notices that, by its lifeline.

    Args:
        setup: What the worker is made of.
    """

    def __init__(self, setup: Setup) -> None:
        _hide_main()
        self._supervisor = Supervisor(setup)
        self._error: Exception | None = None
        try:
            self._supervisor.__enter__()
        except Exception as err:  # noqa: BLE001 - raised in the driver: Ray would bury it, and begin again
            self._error = err

    def __call__(self, batch: Row) -> Row:
        number, units = read_chunk({name: column[0] for name, column in batch.items()})
        try:
            result = self._error or list(self._supervisor.run(units))
        except Exception as err:  # noqa: BLE001 - raised in the driver
            result = err
        return {name: [value] for name, value in write_result(number, result).items()}


def _hide_main() -> None:
    """Let processes that start from here begin without the main module.

    multiprocessing would have each of them import it, for what is pickled by reference to it. Here it is the
    program of Ray's own workers, which imports all of Ray.
    """
    vars(sys.modules["__main__"]).pop("__file__", None)


@contextmanager
def _connected(ray: Any, workers: int, address: str | None) -> Iterator[None]:
    """Connect to a cluster, or start one; leave what was there before as it was."""
    if ray.is_initialized():
        yield
        return
    if address is not None:
        _check_address(address)
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if address is None:
            ray.init("local", num_cpus=workers, include_dashboard=False, **quiet)
        else:
            ray.init(address, **quiet)
    except (ConnectionError, RuntimeError, ValueError) as err:
        wanted = f"connect to Ray at {address}" if address is not None else "start Ray"
        raise ConfigError(f"cannot {wanted}: {_last_line(err.__cause__ or err)}") from err
    try:
        yield
    finally:
        ray.shutdown()


@contextmanager
def _told(ray: Any) -> Iterator[None]:
    """Raise what is wrong with Ray itself, such as a node without docsight, as an error of one line."""
    try:
        yield
    except ray.exceptions.RayError as err:
        raise ConfigError(f"Ray gave up: {_last_line(err)}; its logs tell more; run again to go on") from err


def _last_line(error: BaseException) -> str:
    """Give what matters of a message that has a whole traceback in it."""
    return next((line.strip() for line in reversed(str(error).splitlines()) if line.strip()), type(error).__name__)


def _check_address(address: str) -> None:
    """Refuse HOST:PORT where nobody listens: Ray would try for seven minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS_TO_CONNECT).close()
    except (OSError, OverflowError) as err:
        raise ConfigError(f"cannot connect to Ray at {address}: {err}; is the cluster running?") from err


def _context(ray: Any) -> Any:
    """Give the settings of Ray Data for a run: nothing is shown, and long work is no reason to give up."""
    context = ray.data.DataContext.get_current().copy()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    context.execution_no_progress_timeout_s = -1
    return context


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Ray Data from writing to the terminal that it begins and ends, and errors that are raised as well."""
    handlers = [one for one in logging.getLogger("ray.data").handlers if isinstance(one, logging.StreamHandler)]
    levels = [handler.level for handler in handlers]
    for handler in handlers:
        handler.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for handler, level in zip(handlers, levels, strict=True):
            handler.setLevel(level)


def _without_working_folder(setup: Setup) -> Setup:
    """Make paths absolute: an actor works in another folder."""
    pipeline: Pipeline = setup.pipeline
    if pipeline.path is not None and os.path.isdir(pipeline.path):
        pipeline = replace(pipeline, path=os.path.abspath(pipeline.path))
    if pipeline.code is not None:
        pipeline = replace(pipeline, code=os.path.abspath(pipeline.code))
    return replace(setup, pipeline=pipeline, folder=Path(os.path.abspath(setup.folder)))


def _await(folder: Path, shard: Shard) -> None:
    """Wait until a shard from another node can be seen here."""
    until = time.monotonic() + _SECONDS_TO_APPEAR
    while True:
        try:
            ShardReader(folder, shard).close()
        except DamagedError as err:
            if time.monotonic() > until:
                raise ConfigError(
                    f"a node of the Ray cluster wrote to {os.path.abspath(folder)}, but nothing has come here; "
                    "choose an output folder on a file system that all nodes share"
                ) from err
            time.sleep(0.2)
        else:
            return
