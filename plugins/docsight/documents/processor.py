"""Process documents with a pipeline: what `docsight process` calls."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import closing
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Literal

from docsight.documents.formats.source import ReadOptions
from docsight.documents.inputs import InputFile, Paths, StrOrBytesPath, decode_path, decode_paths, find_files
from docsight.documents.ocr import engines
from docsight.documents.output.merge import merge
from docsight.documents.output.summary import Summary
from docsight.documents.pipeline import Pipeline, describe, fingerprint_of
from docsight.documents.problem import Problem
from docsight.documents.progress import Meter, Progress
from docsight.documents.runner.local import run_here, run_workers
from docsight.documents.runner.plan import Plan, plan
from docsight.documents.runner.shards import FileEntry, Shard, clear, remove, scan
from docsight.documents.runner.supervisor import Setup
from docsight.documents.runner.worker import Settings
from docsight.documents.store import FORMATS, OUTPUTS, Store, telling
from docsight.errors import ConfigError, DataError

if TYPE_CHECKING:
    from spacy.language import Language

Engine = Literal["local", "ray"]


def process(
    paths: Paths,
    nlp: "Language | Pipeline",
    out: StrOrBytesPath,
    *,
    formats: Collection[str] = ("jsonl",),
    workers: int = 0,
    engine: Engine = "local",
    ray_address: str | None = None,
    timeout: float | None = None,
    memory: int | None = 4096,
    recycle: int = 10_000,
    reading: ReadOptions | None = None,
    max_chars: int = 200_000,
    batch_size: int = 32,
    overwrite: bool = False,
    retry_failed: bool = False,
    fail_fast: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
    on_problem: Callable[[Problem], None] | None = None,
) -> Summary:
    """Annotate the documents in files and folders and write the results to a folder.

    A picture is a document without text; one that no component could read has failed.

    `documents.jsonl` has a line for each document, `manifest.jsonl` one for each file and each part of one that
    gave nothing, `errors.jsonl` those that are not ok, `report.html` shows a selection. They appear, and replace
    those of an earlier run, when this one is complete. What is done until then lies in `OUT/.docsight`: a run that
    is broken off, even by `kill -9`, goes on there when it is started again, and files that an earlier run has done
    with the same content, pipeline and settings are not done again.

    Args:
        paths: Files, folders and glob patterns, one or several. A document's `path` starts at the folder given; of
            several inputs, at the deepest folder that holds them all.
        nlp: The pipeline, or which one workers are to load. Each Doc carries its provenance in `doc._.source` before
            the first component runs. A component without `to_bytes` is recognised by its settings alone.
        out: The folder of the results.
        formats: Some of "jsonl", "parquet" (flat tables) and "spacy" (DocBins).
        workers: Processes, each with one thread and models of its own. None (0): in this process, where a document
            that crashes or hangs takes the run with it.
        engine: "local", or "ray" for actors of Ray on one machine or a cluster.
        ray_address: Of the cluster; None for one on this machine.
        timeout: Seconds that a document may take; needs workers. None for any time.
        memory: Megabytes that a worker may take beyond what its models do; None for any.
        recycle: A worker is replaced after so many documents.
        reading: How documents are read, and what one file may cost.
        max_chars: A longer text goes through the pipeline in parts of at most this many characters, cut
            between paragraphs or sentences, and comes out as one document.
        batch_size: How many texts go through the pipeline together, unless they have more than
            `max_chars` characters between them.
        overwrite: Do all files again.
        retry_failed: Do those again that failed, or of which a part did.
        fail_fast: Stop at the first file or part that fails; those that failed before are done again.
        on_progress: Called as work is done.
        on_problem: Called for each file or part that failed or was skipped, as the outputs are written.

    Raises:
        ConfigError: An option cannot work, a path is none, or `out` cannot be written to.
        BundleError: A component of the pipeline has no usable model.
        DataError: With `fail_fast`, that something failed.
    """
    paths, out = decode_paths(paths), decode_path(out)
    formats = (formats,) if isinstance(formats, str) else tuple(formats)
    _check(
        nlp,
        formats=formats,
        workers=workers,
        engine=engine,
        timeout=timeout,
        memory=memory,
        recycle=recycle,
        max_chars=max_chars,
        batch_size=batch_size,
    )
    started = time.perf_counter()
    with Store(out) as store:
        fingerprint = nlp.fingerprint() if isinstance(nlp, Pipeline) else fingerprint_of(nlp)
        settings = Settings(
            max_chars=max_chars,
            batch_size=batch_size,
            with_docs="spacy" in formats,
            reading=reading or ReadOptions(),
        )
        settings = _sign(settings, fingerprint)
        own = {os.path.realpath(store.out / name) for name in OUTPUTS}
        todo = plan(
            find_files(paths, exclude=own),
            [] if overwrite else scan(store.shards),
            fingerprint=settings.fingerprint,
            with_docs=settings.with_docs,
            retry_failed=retry_failed or fail_fast,
        )
        if not todo.files and store.has_results:
            _refuse_nothing(todo.items, out)
        if overwrite:  # only now that there is something to put in its place
            clear(store.shards)
        meter = Meter(todo, started, on_progress)
        if fail_fast:
            _stop_at_failure(item for item in todo.items if isinstance(item, Problem))
        if todo.todo:
            setup = Setup(
                pipeline=nlp if isinstance(nlp, Pipeline) else Pipeline(),
                settings=settings,
                folder=store.shards,
                timeout=timeout,
                memory=memory,
                recycle=recycle,
            )
            with closing(
                _start(todo, nlp, setup, store, workers=workers, engine=engine, ray_address=ray_address, meter=meter)
            ) as shards:
                for shard in shards:
                    todo.add(shard)
                    meter.add(shard)
                    if fail_fast:
                        _stop_at_failure(shard.entries)
        summary = Summary(files=len(todo.files), kept=todo.kept)
        summary.seconds = time.perf_counter() - started
        summary.outputs = merge(
            store, todo, formats=formats, summary=summary, pipeline=_describe(nlp), on_problem=on_problem
        )
        remove(store.shards, todo.unneeded(scan(store.shards), settings.fingerprint))
        summary.seconds = time.perf_counter() - started
    return summary


def _check(
    nlp: "Language | Pipeline",
    *,
    formats: Collection[str],
    workers: int,
    engine: str,
    timeout: float | None,
    memory: int | None,
    recycle: int,
    max_chars: int,
    batch_size: int,
) -> None:
    """Refuse options that cannot work, before anything is touched."""
    for name, number in (("max_chars", max_chars), ("batch_size", batch_size)):
        if number < 1:
            raise ConfigError(f"{name} must be at least 1, not {number}")
    if not isinstance(nlp, Pipeline) and not hasattr(nlp, "pipe_names"):
        raise ConfigError(f"nlp must be a Language or a Pipeline, not {nlp!r}; load a saved one with spacy.load")
    if not isinstance(workers, int):
        raise ConfigError(f"workers must be a whole number, not {workers!r}")
    if recycle < 1 or (memory is not None and memory < 1):
        raise ConfigError(f"recycle and memory must be at least 1, not {recycle} and {memory}")
    if not isinstance(nlp, Pipeline) and max_chars > nlp.max_length:
        raise ConfigError(
            f"max_chars must be from 1 to nlp.max_length, which is {nlp.max_length}, not {max_chars}; "
            "set nlp.max_length to allow more"
        )
    if unknown := [one for one in formats if one not in FORMATS]:
        raise ConfigError(f"there is no output format {unknown[0]!r}; choose from {', '.join(FORMATS)}")
    if engine not in ("local", "ray"):
        raise ConfigError(f"there is no engine {engine!r}; choose local or ray")
    if workers < 0:
        raise ConfigError(f"workers must be 0 (none) or more, not {workers}")
    if engine == "ray" and not workers:
        raise ConfigError("the engine ray needs workers, at least 1: so many actors")
    if timeout is not None and not workers:
        raise ConfigError("a time limit needs workers, at least 1: who runs here cannot be stopped")
    if timeout is not None and timeout <= 0:
        raise ConfigError(f"timeout must be more than 0 seconds, not {timeout:g}")


def _sign(settings: Settings, pipeline: str) -> Settings:
    """Add the fingerprint of all that results depend on; what reads text in pictures may be installed later."""
    told = {"pipeline": pipeline, "max_chars": settings.max_chars, "reading": asdict(settings.reading)}
    if settings.reading.ocr != "never":
        told["ocr"] = engines.engines()[:1]
    return replace(settings, fingerprint=hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest())


def _start(
    todo: Plan,
    nlp: "Language | Pipeline",
    setup: Setup,
    store: Store,
    *,
    workers: int,
    engine: Engine,
    ray_address: str | None,
    meter: Meter,
) -> Generator[Shard, None, None]:
    """Choose the engine and start it."""
    if not workers:
        here = nlp.load() if isinstance(nlp, Pipeline) else nlp
        return run_here(todo.chunks(), here, setup.settings, store.shards, on_batch=meter.during)
    if not isinstance(nlp, Pipeline):
        saved = store.work / "pipeline"
        with telling(str(saved)):
            nlp.to_disk(saved)
        setup = replace(setup, pipeline=Pipeline(path=str(saved)))
    if engine == "ray":
        from docsight.documents.runner.ray import run_ray

        return run_ray(todo.chunks(workers=workers), setup, workers=workers, address=ray_address)
    workers = min(workers, len(todo.todo))
    return run_workers(todo.chunks(workers=workers), setup, workers=workers)


def _refuse_nothing(items: Iterable[InputFile | Problem], out: str) -> None:
    """Keep the results of an earlier run from being replaced by none, as by a name that is mistyped."""
    first = next((item for item in items if isinstance(item, Problem)), None)
    what = f"{first.where}: {first.message}" if first is not None else "the input is empty"
    raise ConfigError(f"found nothing to read ({what}); the results in {out} stay as they are")


def _stop_at_failure(problems: Iterable[Problem | FileEntry]) -> None:
    """Raise the first failure, if there is one."""
    for one in problems:
        status, failed = (one.status, one.failed) if isinstance(one, FileEntry) else (one.status, 0)
        if status in ("failed", "timeout") or failed:
            name = one.name if isinstance(one, FileEntry) else one.path
            message = one.message or f"{failed} of its parts failed"
            raise DataError(f"stopped at the first failure: {name}: {message}; the next run goes on from there")


def _describe(nlp: "Language | Pipeline") -> str:
    if not isinstance(nlp, Pipeline):
        return describe(nlp)
    return nlp.path or f"{nlp.lang}: {', '.join(nlp.components) or 'tokenizer only'}"
