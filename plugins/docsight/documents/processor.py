"""Process documents with a pipeline: what `docsight process` calls."""

import importlib.util
import logging
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from docsight import option_checks
from docsight.documents.formats.source import ReadOptions
from docsight.documents.inputs import InputFile, Paths, StrOrBytesPath, decode_path, decode_paths, find_files
from docsight.documents.output.merge import merge
from docsight.documents.output.redacted_files import RedactedFolder
from docsight.documents.output.summary import Summary
from docsight.documents.pipeline import Pipeline, check_language, describe
from docsight.documents.problem import FAILURES, Problem
from docsight.documents.runner.engine_choice import start_engine
from docsight.documents.runner.fingerprint import fingerprint_run
from docsight.documents.runner.garbage import frozen_objects
from docsight.documents.runner.plan import Plan, make_plan
from docsight.documents.runner.progress import Progress, ProgressMeter
from docsight.documents.runner.redacting import redacted_input
from docsight.documents.runner.settings import Engine, RunOptions, WorkerSettings
from docsight.documents.runner.shards import FileEntry, Shard, clear, remove, scan
from docsight.documents.runner.warm_worker import WarmWorker
from docsight.documents.store import Store, output_names
from docsight.errors import ConfigError, DataError, MissingExtraError
from docsight.redaction.redaction_options import RedactionOptions
from docsight.wording import count_of

if TYPE_CHECKING:
    from spacy.language import Language

logger = logging.getLogger("docsight")

_SECONDS_BETWEEN_REPORTS = 1.0  # of a server's run; a process reports its progress when a shard is complete


def process(
    paths: Paths,
    nlp: "Language | Pipeline",
    out: StrOrBytesPath,
    *,
    formats: Collection[str] = RunOptions.formats,
    workers: int = RunOptions.workers,
    engine: Engine = RunOptions.engine,
    ray_address: str | None = RunOptions.ray_address,
    timeout: float | None = RunOptions.timeout,
    memory: int | str | None = RunOptions.memory,
    recycle: int = RunOptions.recycle,
    reading: ReadOptions | None = None,
    max_chars: int = RunOptions.max_chars,
    batch_size: int = RunOptions.batch_size,
    overwrite: bool = RunOptions.overwrite,
    retry_failed: bool = RunOptions.retry_failed,
    fail_fast: bool = RunOptions.fail_fast,
    redact: StrOrBytesPath | None = None,
    redaction: RedactionOptions | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    on_problem: Callable[[Problem], None] | None = None,
) -> Summary:
    """Annotate the documents in files and folders and write the results to a folder.

    An image file becomes a document, with text if OCR finds some. It fails if it has no text and no component can
    decode the image.

    `documents.jsonl` has a line for each document, `manifest.jsonl` one for each file and for each part of a file
    that failed or was skipped, `errors.jsonl` one for each of these failures and skips. `report.html` shows a
    selection. These files are written at the end of the run and replace those of an earlier run. Until then, finished
    work is kept in `OUT/.docsight`. A run that was interrupted, even by `kill -9`, continues from there when it is
    started again. Files that an earlier run processed with the same content, pipeline and options are skipped.

    A correction of an unknown word is flagged, not applied, if at least two other documents have the word, too.

    Args:
        paths: One or several files, folders and glob patterns. A document's `path` is relative to the input folder;
            with several inputs, to the deepest folder that contains all of them.
        nlp: The pipeline, or a `Pipeline`, from which each worker loads its own copy. `doc._.source` holds the
            provenance of each Doc before the first component runs. A change of the pipeline makes a run process all
            files again; of a component without `to_bytes`, only changes of its settings are noticed.
        out: The folder of the results; created if missing.
        formats: Output formats: "jsonl", "parquet" (flat tables), "spacy" (DocBins), "markdown" (a file for each
            document).
        workers: The number of worker processes, each with one thread and its own models. With 0, the work is done in
            this process, and a document that crashes or hangs stops the run.
        engine: "local", or "ray" for Ray actors on one machine or a cluster.
        ray_address: The address of the Ray cluster; None to start one on this machine.
        timeout: The time limit for a document, in seconds; needs workers. None for no limit.
        memory: How much memory a worker may use in addition to its models, in megabytes (of 2**20 bytes) or as a
            string such as "4G"; None for no limit.
        recycle: A worker process is replaced after this many documents.
        reading: How documents are read, and limits for a single file.
        max_chars: A longer text goes through the pipeline in chunks of at most this many characters, cut between
            paragraphs or sentences. In the results, it is one document.
        batch_size: How many texts go through the pipeline together. A batch is smaller if its texts would exceed
            `max_chars` characters in total.
        overwrite: Whether to process all files again.
        retry_failed: Whether to process files again that failed, or of which a part failed.
        fail_fast: Whether to stop at the first file or part that fails. Earlier failures are tried again.
        redact: A folder for the texts without names and ids, and for the list of replacements, `redactions.jsonl`. All
            other outputs are then made from the redacted texts, too. Files in it that docsight did not write are not
            replaced.
        redaction: What is removed, and what replaces it; needs `redact`.
        on_progress: Called as work is done.
        on_problem: Called for each file or part that failed or was skipped, while the outputs are written.

    Raises:
        ConfigError: An option or a path is invalid, or `out` cannot be written to.
        BundleError: A component of the pipeline has no usable model.
        DataError: A file or a part failed, and `fail_fast` is set.
        MissingExtraError: The run needs an extra that is not installed.
    """
    options = RunOptions(
        formats=as_tuple("formats", formats),
        workers=workers,
        engine=engine,
        ray_address=ray_address,
        timeout=timeout,
        memory=None if memory is None else option_checks.megabytes("memory", memory),
        recycle=recycle,
        reading=ReadOptions() if reading is None else reading,
        max_chars=max_chars,
        batch_size=batch_size,
        overwrite=overwrite,
        retry_failed=retry_failed,
        fail_fast=fail_fast,
        redaction=redaction if redact is None else redaction or RedactionOptions(),
    )
    for name, function in (("on_progress", on_progress), ("on_problem", on_problem)):
        if function is not None:
            option_checks.function(name, function)
    return run_documents(paths, nlp, out, options, redact=redact, on_progress=on_progress, on_problem=on_problem)


def run_documents(
    paths: Paths,
    nlp: "Language | Pipeline",
    out: StrOrBytesPath,
    options: RunOptions,
    *,
    redact: StrOrBytesPath | None = None,
    worker: WarmWorker | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    on_problem: Callable[[Problem], None] | None = None,
) -> Summary:
    """Process documents with checked options, see `process`.

    Args:
        paths: The documents.
        nlp: The pipeline.
        out: The folder of the results.
        options: The options of the run.
        redact: A folder for the redacted texts; needs `options.redaction`.
        worker: A worker that is kept from run to run, and whose pipeline is `nlp`; None for those of the options.
        on_progress: Called as work is done.
        on_problem: Called for each problem.

    Raises:
        CancelledRunError: The worker was stopped.
        ConfigError, BundleError, DataError: As in `process`.
    """
    paths, out = decode_paths(paths), decode_path(out)
    redacted_folder = check_redaction(redact, options.redaction, out)
    check_pipeline(nlp, options)
    started = time.perf_counter()
    with ExitStack() as stack:
        store = stack.enter_context(Store(out, output_names(options.formats)))
        if redacted_folder is not None:
            stack.enter_context(redacted_folder)
        settings = _worker_settings(nlp, options, store, keeps_worker=worker is not None)
        plan = plan_run(
            paths, store, scan(store.shards), options, fingerprint=settings.fingerprint, redacted=redacted_folder
        )
        if options.overwrite:  # only now that there is a replacement
            clear(store.shards)
        if options.fail_fast:
            _stop_at_failure(item for item in plan.items if isinstance(item, Problem))
        logger.info("%s: %s; done before: %d.", out, count_of(len(plan.files), "file"), plan.kept)
        meter = ProgressMeter(plan, started, on_progress)
        if plan.pending:
            shards = stack.enter_context(closing(start_engine(plan, nlp, store, settings, meter, worker)))
            stack.enter_context(frozen_objects())  # the pipeline is loaded
            _collect(shards, plan, meter, fail_fast=options.fail_fast)
        summary = Summary(files=len(plan.files), kept=plan.kept)
        summary.seconds = time.perf_counter() - started
        summary.outputs = merge(
            store,
            plan,
            formats=options.formats,
            summary=summary,
            pipeline=describe(nlp),
            on_problem=on_problem,
            redacted_folder=redacted_folder,
        )
        remove(store.shards, plan.unneeded(scan(store.shards), settings.fingerprint))
        summary.seconds = time.perf_counter() - started
    _log_end(out, summary)
    return summary


def _worker_settings(
    nlp: "Language | Pipeline", options: RunOptions, store: Store, *, keeps_worker: bool
) -> WorkerSettings:
    settings = WorkerSettings(
        options=options, folder=store.shards, temporary=store.work, fingerprint=fingerprint_run(nlp, options)
    )
    return replace(settings, shard_seconds=_SECONDS_BETWEEN_REPORTS) if keeps_worker else settings


def _collect(shards: Iterable[Shard], plan: Plan, meter: ProgressMeter, *, fail_fast: bool) -> None:
    """Add shards to the plan and to the progress as they are completed."""
    for shard in shards:
        plan.add(shard)
        meter.add(shard)
        if fail_fast:
            _stop_at_failure(shard.entries)


def _log_end(out: str, summary: Summary) -> None:
    logger.info(
        "%s: %s in %.1f s; %d failed, %d skipped.",
        out,
        count_of(summary.documents, "document"),
        summary.seconds,
        summary.failed,
        summary.skipped,
    )


def as_tuple(name: str, values: Collection[str]) -> tuple[str, ...]:
    """Return one or several strings as a tuple."""
    if isinstance(values, str):
        return (values,)
    if not isinstance(values, Collection):
        raise ConfigError(f"{name} must be a string or several, not {values!r}")
    return tuple(values)


def check_pipeline(nlp: "Language | Pipeline", options: RunOptions) -> None:
    """Raise a ConfigError if this is not a pipeline, or one that refuses texts of `max_chars`."""
    if isinstance(nlp, Pipeline):
        return
    check_language(nlp)
    if options.max_chars > nlp.max_length:
        raise ConfigError(
            f"max_chars must be from 1 to nlp.max_length, which is {nlp.max_length}, not {options.max_chars}; "
            "set nlp.max_length to allow more"
        )


def check_redaction(
    redact: StrOrBytesPath | None, redaction: RedactionOptions | None, out: str
) -> RedactedFolder | None:
    """Check that a redaction is possible, before anything is read, and return its folder."""
    if redaction is not None and not isinstance(redaction, RedactionOptions):
        raise ConfigError(f"redaction must be RedactionOptions, not {redaction!r}")
    if redact is None:
        if redaction is not None:
            raise ConfigError("redaction needs redact, the folder of the redacted texts")
        return None
    if importlib.util.find_spec("presidio_analyzer") is None:
        raise MissingExtraError("Redaction", "redact")
    folder = RedactedFolder(Path(decode_path(redact)), Path(out))
    folder.check()
    return folder


def plan_run(
    paths: list[str],
    store: Store,
    shards: Iterable[Shard],
    options: RunOptions,
    *,
    fingerprint: str,
    redacted: RedactedFolder | None = None,
) -> Plan:
    """Find the files and what is left to do, given the shards of earlier runs; outputs are not read.

    Raises:
        ConfigError: There is nothing to read. A typo must not replace the results of an earlier run with nothing.
    """
    own = store.own_files() | (redacted.store.own_files() if redacted is not None else set())
    found: Iterable[InputFile | Problem] = find_files(paths, exclude=own)
    if (redaction := options.redaction) is not None:
        found = (redacted_input(item, redaction) for item in found)
    plan = make_plan(
        found,
        [] if options.overwrite else shards,
        fingerprint=fingerprint,
        with_docs=options.keeps_docs,
        retry_failed=options.retry_failed or options.fail_fast,
    )
    if not plan.files and store.has_results:
        problem = next((item for item in plan.items if isinstance(item, Problem)), None)
        reason = f"{problem.where}: {problem.message}" if problem is not None else "the input is empty"
        raise ConfigError(f"found nothing to read ({reason}); the results in {store.out} are unchanged")
    return plan


def _stop_at_failure(results: Iterable[Problem | FileEntry]) -> None:
    for result in results:
        name, failed_parts = (result.name, result.failed) if isinstance(result, FileEntry) else (result.path, 0)
        if result.status in FAILURES or failed_parts:
            message = result.message or f"{failed_parts} of its parts failed"
            raise DataError(f"stopped at the first failure: {name}: {message}; run again to continue from there")
