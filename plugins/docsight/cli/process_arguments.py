"""The arguments of `docsight process`. Defaults that `process` has, too, come from `RunOptions`."""

import argparse
from typing import get_args

from docsight.cli.arguments import names, seconds, some_of, whole_number
from docsight.documents.formats.source import Ocr, ReadOptions
from docsight.documents.pipeline import DEFAULT_COMPONENTS, Pipeline
from docsight.documents.runner.settings import ENGINES, OUTPUT_FORMATS, RunOptions

# The command runs unattended, so by default a document that crashes or hangs must not stop it.
DEFAULT_WORKERS = 1
DEFAULT_TIMEOUT = 600  # seconds

_DEVICES = ("auto", "cpu", "cuda", "mps")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add all arguments."""
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
