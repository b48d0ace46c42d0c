"""The engine "ray": jobs are done in actors of Ray, on this machine or on a cluster.

Each actor supervises a worker process of its own, as a thread does in `run_workers`. A document that crashes, hangs or
uses up the memory ends that process, never an actor. Shards are written to the folder of the run, which every node must
see, as it must see the inputs and the pipeline; only the indexes of the shards come back.

A job comes back as one row when all of it is done. If an actor is lost with its node, Ray has another actor repeat the
job from the beginning, which divides files into other shards: rows of both attempts would not fit together. So the run
learns of a long file only at its end, although its shards exist before.
"""

import json
import os
import pickle
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from docsight.documents.pipeline import Pipeline
from docsight.documents.runner.plan import Job
from docsight.documents.runner.ray_session import connected, data_context, one_line_errors, quiet
from docsight.documents.runner.settings import WorkerSettings
from docsight.documents.runner.shard_files import ShardReader
from docsight.documents.runner.shards import DamagedError, FileEntry, Shard
from docsight.documents.runner.supervisor import Supervisor
from docsight.errors import ConfigError, MissingExtraError

Columns = dict[str, Any]

# Ray tracks each block, of one job or a few. This many are no burden, and a lost one is soon repeated.
_MAX_BLOCKS = 20_000
_MAX_SHARD_DELAY = 15.0  # seconds until a shard of another node is seen: network file systems show files late


def run_ray(
    jobs: Iterator[Job], pipeline: Pipeline, settings: WorkerSettings, *, workers: int, address: str | None
) -> Generator[Shard, None, None]:
    """Do the jobs in actors of Ray Data, each with one CPU.

    Args:
        jobs: What to do.
        pipeline: The pipeline that a worker loads.
        settings: How a worker works.
        workers: The number of actors. If a cluster has fewer CPUs, fewer work at a time.
        address: The address of a cluster, or "auto" for one that runs on this machine; None to start one here for
            this run. An existing connection to Ray is used whatever the address, and is left open.

    Raises:
        MissingExtraError: Ray is not installed.
        ConfigError: There is no cluster at the address, or files written by a node do not appear here.
        BundleError, ConfigError: An actor cannot load the pipeline.
    """
    rows = [write_job(number, job) for number, job in enumerate(jobs)]
    if not rows:
        return
    try:
        import ray.data
    except ImportError as err:
        raise MissingExtraError("The engine ray", "ray") from err
    with quiet(), connected(ray, workers, address), ray.data.DataContext.current(data_context(ray)):
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
        with one_line_errors(ray), closing(results):
            for row in results:
                number, shards = read_result(row)
                if number in done:  # an actor was lost after it had sent the row, and another one repeated the job
                    continue
                done.add(number)
                for shard in shards:
                    _wait_for(settings.folder, shard)
                    yield shard


def write_job(number: int, job: Job) -> Columns:
    """Encode a job as a row of plain columns."""
    return {"number": number, "job": pickle.dumps(job)}


def read_job(row: Columns) -> tuple[int, Job]:
    """Decode a job that `write_job` encoded."""
    return int(row["number"]), pickle.loads(row["job"])


def write_result(number: int, result: list[Shard] | Exception) -> Columns:
    """Encode the shards of a job, or the exception that stopped it, as a row of plain columns."""
    shards, error = ([], pickle.dumps(result)) if isinstance(result, Exception) else (result, b"")
    return {"number": number, "shards": json.dumps([asdict(shard) for shard in shards]), "error": error}


def read_result(row: Columns) -> tuple[int, list[Shard]]:
    """Decode the shards that `write_result` encoded, or raise the exception."""
    if row["error"]:
        raise pickle.loads(row["error"])
    shards = json.loads(row["shards"])
    return int(row["number"]), [
        Shard(**{**shard, "entries": [FileEntry(**entry) for entry in shard["entries"]]}) for shard in shards
    ]


class _Actor:
    """An actor on a node, which keeps one worker process at work.

    It needs no cleanup: Ray kills it, and the process ends when it notices that through its lifeline.
    """

    def __init__(self, pipeline: Pipeline, settings: WorkerSettings) -> None:
        _hide_main()
        self._supervisor = Supervisor(pipeline, settings)
        self._error: Exception | None = None
        try:
            self._supervisor.__enter__()
        except Exception as err:  # noqa: BLE001 - raised in the driver: Ray would hide it and try again
            self._error = err

    def __call__(self, batch: Columns) -> Columns:
        number, job = read_job({name: column[0] for name, column in batch.items()})
        try:
            result = self._error or list(self._supervisor.run(job))
        except Exception as err:  # noqa: BLE001 - raised in the driver
            result = err
        return {name: [value] for name, value in write_result(number, result).items()}


def _hide_main() -> None:
    """Keep processes that start from here from importing the main module.

    multiprocessing makes each of them import it, for objects that are pickled by reference to it. Here it is the
    program of Ray's own workers, which imports all of Ray.
    """
    vars(sys.modules["__main__"]).pop("__file__", None)


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
            ShardReader(folder, shard).close()
        except DamagedError as err:
            if time.monotonic() > deadline:
                raise ConfigError(
                    f"a node of the Ray cluster wrote to {os.path.abspath(folder)}, but the files do not appear here; "
                    "choose an output folder on a file system that all nodes share"
                ) from err
            time.sleep(0.2)
        else:
            return
