"""`docsight process`."""

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, get_args

from docsight.cli.arguments import Commands, names, seconds, some_of, whole_number
from docsight.documents.formats.source import Ocr, ReadOptions
from docsight.documents.pipeline import DEFAULT_COMPONENTS, Pipeline
from docsight.documents.runner.settings import ENGINES, OUTPUT_FORMATS, RunOptions
from docsight.terminal import ProgressLine, say

if TYPE_CHECKING:
    from docsight.documents import Problem, Progress, Summary

ALL_DONE, NOTHING_DONE, SOME_FAILED = 0, 1, 3

# The command runs unattended, so by default a document that crashes or hangs must not stop it.
DEFAULT_WORKERS = 1
DEFAULT_TIMEOUT = 600  # seconds

_DEVICES = ("auto", "cpu", "cuda", "mps")
_MAX_LISTED_FAILURES = 5


def add_process(commands: Commands) -> None:
    """Add the subcommand."""
    command = commands.add_parser(
        "process",
        help="annotate files and folders of documents",
        description="Annotate documents: text, Markdown, HTML, PDF, Word, PowerPoint, mail, tables, images, and "
        "archives of these. Writes documents.jsonl, manifest.jsonl, errors.jsonl and report.html. A run that was "
        "interrupted continues where it stopped when it is started again. Files that have not changed are skipped, "
        "unless the pipeline or an option that affects the results has changed.",
        epilog="Exit code: 0 all done, 1 nothing could be done, 3 some files failed, 2 wrong usage, "
        "130 interrupted, 143 terminated.",
    )
    command.add_argument("inputs", nargs="*", metavar="INPUT", help="a document, a folder or a glob pattern")
    command.add_argument(
        "--list", metavar="FILE", help="read more paths from a text file, one per line, or a Parquet column 'path'"
    )
    command.add_argument("--out", required=True, metavar="DIR", help="folder for the results; created if missing")
    command.add_argument(
        "--format",
        type=some_of(OUTPUT_FORMATS),
        default=RunOptions.formats,
        metavar="LIST",
        help=f"output formats, separated by commas: {', '.join(OUTPUT_FORMATS)} "
        f"(default: {','.join(RunOptions.formats)})",
    )
    _add_pipeline_arguments(command)
    _add_reading_arguments(command)
    _add_run_arguments(command)
    command.set_defaults(run=_process, parser=command, after_stop="run the same command again to continue")


def _add_pipeline_arguments(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("pipeline")
    group.add_argument("--pipeline", metavar="DIR", help="a saved spaCy pipeline, or the name of an installed one")
    group.add_argument(
        "--components",
        type=names,
        metavar="LIST",
        help=f"components of a blank pipeline, separated by commas (default: {','.join(DEFAULT_COMPONENTS)})",
    )
    group.add_argument("--lang", metavar="CODE", help=f"language of the blank pipeline (default: {Pipeline.lang})")
    group.add_argument("--code", metavar="FILE", help="a Python file to import first, with your own factories")
    group.add_argument("--device", choices=_DEVICES, help="where models run (default: auto, or as saved)")
    group.add_argument(
        "--max-chars",
        type=whole_number(1),
        default=RunOptions.max_chars,
        metavar="N",
        help="process longer texts in chunks of at most N characters (default: %(default)s)",
    )
    group.add_argument(
        "--batch-size",
        type=whole_number(1),
        default=RunOptions.batch_size,
        metavar="N",
        help="number of texts processed together (default: %(default)s)",
    )


def _add_reading_arguments(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("reading")
    group.add_argument(
        "--ocr",
        choices=get_args(Ocr),
        default=ReadOptions.ocr,
        help="read text in images. auto: of scanned pages and image files, if the extra 'ocr' is installed; "
        "always: of every image (default: %(default)s)",
    )
    group.add_argument("--text-column", metavar="NAME", help="the column of tables that holds the text")


def _add_run_arguments(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("running")
    group.add_argument(
        "--workers",
        type=whole_number(0),
        default=DEFAULT_WORKERS,
        metavar="N",
        help="number of processes, each with its own models. 0: work in this process, without protection from "
        "documents that crash or hang (default: %(default)s)",
    )
    group.add_argument(
        "--timeout",
        type=seconds,
        metavar="SECONDS",
        help=f"time limit for a document; 0 for none (default: {DEFAULT_TIMEOUT})",
    )
    group.add_argument(
        "--memory",
        type=whole_number(0),
        default=RunOptions.memory,
        metavar="MB",
        help="memory limit of a worker, in addition to its models; 0 for none (default: %(default)s)",
    )
    group.add_argument(
        "--recycle",
        type=whole_number(1),
        default=RunOptions.recycle,
        metavar="N",
        help="replace a worker after N documents (default: %(default)s)",
    )
    group.add_argument(
        "--engine",
        choices=ENGINES,
        default=RunOptions.engine,
        help="local: processes on this machine; ray: Ray actors (default: %(default)s)",
    )
    group.add_argument("--ray-address", metavar="ADDRESS", help="a Ray cluster (default: start one on this machine)")
    group.add_argument("--overwrite", action="store_true", help="process all files again")
    group.add_argument("--retry-failed", action="store_true", help="process files again that failed before")
    group.add_argument("--fail-fast", action="store_true", help="stop at the first failure")


def _process(args: argparse.Namespace) -> int:
    pipeline = _make_pipeline(args)
    if not args.inputs and args.list is None:
        args.parser.error("nothing to read: name files or folders, or use --list")
    if args.timeout and not args.workers:
        args.parser.error("--timeout needs --workers: a document in this process cannot be stopped")
    if args.ray_address and args.engine != "ray":
        args.parser.error("--ray-address needs --engine ray")
    if not args.workers:  # with small batches, several threads spend more time waiting than they save
        import torch

        torch.set_num_threads(1)
    failures: list[Problem] = []

    def note(problem: "Problem") -> None:
        if not problem.skipped and len(failures) < _MAX_LISTED_FAILURES:
            failures.append(problem)

    progress_line = ProgressLine()
    try:
        summary = _run(args, pipeline, on_progress=progress_line, on_problem=note)
    finally:
        progress_line.close()
    for problem in failures:
        say(f"docsight: failed: {problem.where}: {problem.message}", sys.stderr)
    if summary.failed > len(failures):
        say(f"docsight: and {summary.failed - len(failures)} more failed", sys.stderr)
    if not summary.documents and not summary.failed:
        say("docsight: error: no document was found in the input", sys.stderr)
    print_summary(summary, args.out)
    if not summary.documents:
        return NOTHING_DONE
    return SOME_FAILED if summary.failed else ALL_DONE


def _make_pipeline(args: argparse.Namespace) -> Pipeline:
    if args.pipeline and args.lang:
        args.parser.error("--lang is for a blank pipeline; a saved one has its own language")
    if args.pipeline and args.components is not None:
        args.parser.error("--components are for a blank pipeline; a saved one has its own")
    options = {"path": args.pipeline, "components": args.components, "lang": args.lang}
    options |= {"device": args.device, "code": args.code}
    return Pipeline(**{name: value for name, value in options.items() if value is not None})


def _run(
    args: argparse.Namespace,
    pipeline: Pipeline,
    *,
    on_progress: Callable[["Progress"], None],
    on_problem: Callable[["Problem"], None],
) -> "Summary":
    from docsight.documents import process, read_list

    timeout = DEFAULT_TIMEOUT if args.timeout is None else args.timeout
    return process(
        [*args.inputs, *(read_list(args.list) if args.list is not None else [])],
        pipeline,
        args.out,
        formats=args.format,
        workers=args.workers,
        engine=args.engine,
        ray_address=args.ray_address,
        timeout=(timeout or None) if args.workers else None,
        memory=args.memory or None,
        recycle=args.recycle,
        reading=ReadOptions(ocr=args.ocr, text_column=args.text_column),
        max_chars=args.max_chars,
        batch_size=args.batch_size,
        overwrite=args.overwrite,
        retry_failed=args.retry_failed,
        fail_fast=args.fail_fast,
        on_progress=on_progress,
        on_problem=on_problem,
    )


def print_summary(summary: "Summary", out: str) -> None:
    """Print what a run did."""
    labels = ", ".join(f"{label} {count:,}" for label, count in summary.entities.most_common())
    counts = [f"{summary.documents:,} documents", f"{summary.words:,} words"]
    counts.append(f"{summary.entities.total():,} entities" + (f" ({labels})" if labels else ""))
    if summary.flagged:
        counts.append(f"{summary.corrections:,} corrections")
    if summary.images:
        counts.append(f"{summary.images:,} images" + _image_labels(summary))
    counts += [f"{n:,} {status}" for n, status in ((summary.failed, "failed"), (summary.skipped, "skipped")) if n]
    say(f"{', '.join(counts)} in {summary.seconds:.1f} s", sys.stdout)
    if summary.kept:
        say(f"{summary.kept:,} of {summary.files:,} files were done before", sys.stdout)
    say(f"Written to {out}: {', '.join(summary.outputs)}", sys.stdout)


def _image_labels(summary: "Summary") -> str:
    labels = {
        component: ", ".join(f"{label} {count:,}" for label, count in counts.rows())
        for component, counts in summary.image_cats.items()
    }
    if len(labels) > 1:
        return f" ({'; '.join(f'{component}: {text}' for component, text in labels.items())})"
    return "".join(f" ({text})" for text in labels.values())
