"""The arguments of the `docsight` command. Defaults that `process` has, too, come from `RunOptions`.

argparse is kept because typer would double the time of `docsight --help`: importing it takes as long, 0.15 s.
"""

import argparse
from typing import Any, NoReturn, get_args

from docsight import option_checks
from docsight.cli.completion import SHELLS
from docsight.cli.serve_command import add_serve
from docsight.cli.shared_options import add_number, add_pipeline_arguments, names, seconds
from docsight.documents.formats.source import Ocr, ReadOptions, Running
from docsight.documents.runner.settings import ENGINES, OUTPUT_FORMATS, RunOptions
from docsight.errors import ConfigError
from docsight.redaction.redaction_options import NAME_TYPES, OPERATORS, SELECTABLE_TYPES, RedactionOptions
from docsight.terminal import visible
from docsight.version import __version__

# The command runs unattended, so by default a document that crashes or hangs must not stop it.
_DEFAULT_WORKERS = 1
DEFAULT_TIMEOUT = 600  # seconds


class _ArgumentParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Escape control characters in what the user typed."""
        super().error(visible(message))


def make_parser() -> argparse.ArgumentParser:
    """Make the parser. `parser` of the parsed arguments is that of the subcommand, for errors found later."""
    parser = _ArgumentParser(prog="docsight", description="Find names, misspellings and image classes in documents.")
    parser.add_argument("--version", action="version", version=f"docsight {__version__}")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    _add_process(commands)
    add_serve(commands)
    _add_inspect(commands)
    _add_info(commands)
    _add_completion(commands)
    return parser


def _add_process(commands: Any) -> None:  # argparse does not export the type
    command = commands.add_parser(
        "process",
        help="annotate files and folders of documents",
        description="Annotate documents: text, Markdown, LaTeX and other markup, HTML, PDF, Word, PowerPoint, Excel, "
        "OpenDocument, EPUB, RTF, XML, mail, calendars, tables, images, and archives of these. Writes "
        "documents.jsonl, manifest.jsonl, errors.jsonl and report.html. A run that was "
        "interrupted continues where it stopped when it is started again. Files that have not changed are skipped, "
        "unless the pipeline or an option that affects the results has changed.",
        epilog="Exit code: 0 all done, 1 nothing could be done, 3 some files failed, 2 wrong usage, "
        "130 interrupted, 143 terminated.",
    )
    command.set_defaults(parser=command, after_stop="run the same command again to continue")
    command.add_argument("inputs", nargs="*", metavar="INPUT", help="a document, a folder or a glob pattern")
    command.add_argument(
        "--list", metavar="FILE", help="read more paths from a text file, one per line, or a Parquet column 'path'"
    )
    command.add_argument("--out", required=True, metavar="DIR", help="folder for the results; created if missing")
    command.add_argument(
        "--format",
        type=_formats,
        default=RunOptions.formats,
        metavar="LIST",
        help=f"output formats, separated by commas: {', '.join(OUTPUT_FORMATS)} "
        f"(default: {','.join(RunOptions.formats)})",
    )
    command.add_argument(
        "--markdown", action="store_true", help="also write each document as Markdown; the same as --format markdown"
    )
    _add_texts_arguments(add_pipeline_arguments(command))
    _add_reading_arguments(command)
    _add_redaction_arguments(command)
    _add_run_arguments(command)


def _add_texts_arguments(group: argparse._ArgumentGroup) -> None:
    max_chars_help = "process longer texts in chunks of at most N characters"
    add_number(group, "--max-chars", 1, RunOptions.max_chars, max_chars_help)
    add_number(group, "--batch-size", 1, RunOptions.batch_size, "number of texts processed together")


def _add_reading_arguments(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("reading")
    group.add_argument(
        "--ocr",
        choices=get_args(Ocr),
        default=ReadOptions.ocr,
        help="read text in images. auto: of scanned pages and image files, if the extra 'ocr' is installed; "
        "always: of every image (default: %(default)s)",
    )
    group.add_argument(
        "--running",
        choices=get_args(Running),
        default=ReadOptions.running,
        help="running headers, footers and page numbers of PDFs. drop: leave them out of the text; keep: keep them as "
        "passages of kind header and footer (default: %(default)s)",
    )
    group.add_argument("--text-column", metavar="NAME", help="the column of tables that holds the text")


def _add_redaction_arguments(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("redaction", "Remove names and ids. Needs the extra 'redact'.")
    group.add_argument(
        "--redact",
        metavar="DIR",
        help="write each text without names and ids, and redactions.jsonl; the other outputs are made from these texts",
    )
    group.add_argument(
        "--operators",
        choices=OPERATORS,
        help=f"what is written instead of a name (default: {RedactionOptions.operator})",
    )
    group.add_argument("--redact-key", metavar="FILE", help="use the same replacements in all documents; created once")
    group.add_argument(
        "--redact-threshold",
        type=float,
        metavar="P",
        help="remove names with at least this probability, from 0 to 1; ids are always removed "
        f"(default: {RedactionOptions.threshold})",
    )
    group.add_argument(
        "--redact-types",
        type=names,
        metavar="LIST",
        help=f"types of names to remove: {', '.join(SELECTABLE_TYPES)} (default: {','.join(NAME_TYPES)})",
    )
    group.add_argument("--redact-paths", action="store_true", help="replace paths by hashes, too")
    group.add_argument("--redact-audit-text", action="store_true", help="keep what was removed in redactions.jsonl")


def _add_run_arguments(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("running")
    workers_help = (
        "number of processes, each with its own models. 0: work in this process, without protection from documents "
        "that crash or hang"
    )
    add_number(group, "--workers", 0, _DEFAULT_WORKERS, workers_help)
    group.add_argument(
        "--timeout",
        type=seconds,
        metavar="SECONDS",
        help=f"time limit for a document; 0 for none (default: {DEFAULT_TIMEOUT})",
    )
    group.add_argument(
        "--memory",
        type=_megabytes,
        default=RunOptions.memory,
        metavar="SIZE",
        help="memory limit of a worker, in addition to its models: megabytes, or with a unit, such as 500M or 4G; "
        "0 for none (default: %(default)s)",
    )
    add_number(group, "--recycle", 1, RunOptions.recycle, "replace a worker after N documents")
    group.add_argument(
        "--engine",
        choices=ENGINES,
        default=RunOptions.engine,
        help="local: processes on this machine; ray: Ray actors (default: %(default)s)",
    )
    group.add_argument("--ray-address", metavar="ADDRESS", help="a Ray cluster (default: start one on this machine)")
    group.add_argument(
        "--dry-run",
        action="store_true",
        help="only show what would be read, skipped and kept, and roughly how long it will take; writes nothing",
    )
    group.add_argument("--overwrite", action="store_true", help="process all files again")
    group.add_argument("--retry-failed", action="store_true", help="process files again that failed before")
    group.add_argument("--fail-fast", action="store_true", help="stop at the first failure")


def _add_inspect(commands: Any) -> None:
    command = commands.add_parser(
        "inspect",
        help="show how an image classifier sees an image",
        description="Show how a model of cnn_imagecat sees an image: its scores, the filters before and after "
        "training, the feature maps, and which pixels influenced the decision. Writes index.html and each plot as a "
        "PNG. Needs the extra 'plots'.",
    )
    command.add_argument("model", metavar="MODEL", help="a shipped model's name, or a model folder")
    command.add_argument("--image", required=True, metavar="FILE", help="the image")
    command.add_argument("-o", "--out", required=True, metavar="DIR", help="folder for the results; created if missing")
    command.add_argument("--label", help="explain the score of this label (default: the most probable label)")
    command.add_argument("--data", metavar="DIR", help="a folder of images: show those that activate a filter most")
    command.add_argument("--layer", help="with --data: the layer of the filters, such as block1 (default: the last)")
    command.add_argument(
        "--filter", type=int, action="append", metavar="N", help="with --data: only this filter; may be repeated"
    )
    add_number(command, "--top", 1, 9, "with --data: images per filter")
    command.set_defaults(parser=command, after_stop="nothing was written")


def _add_info(commands: Any) -> None:
    command = commands.add_parser(
        "info",
        help="show versions, devices, models and extras, for a bug report",
        description="Show the versions of docsight, Python and the main packages, the devices, the models with their "
        "licences and figures, and which extras are installed. Files of models are checked against their hashes.",
    )
    command.add_argument("models", nargs="*", metavar="MODEL", help="also describe this model folder")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(parser=command, after_stop="nothing was changed")


def _add_completion(commands: Any) -> None:
    command = commands.add_parser(
        "completion",
        help="print a script that completes the arguments of docsight in a shell",
        description="Print a script for a shell that completes commands, options and paths. Needs the extra "
        "'completion'.",
    )
    command.add_argument("shell", choices=SHELLS, help="the shell")
    command.set_defaults(parser=command, after_stop="nothing was changed")


def _megabytes(text: str) -> int:
    try:
        return 0 if text.strip() == "0" else option_checks.megabytes("a memory limit", text)
    except ConfigError as err:
        raise argparse.ArgumentTypeError(str(err)) from err


def _formats(text: str) -> tuple[str, ...]:
    formats = names(text)
    if not formats or set(formats) - set(OUTPUT_FORMATS):
        raise argparse.ArgumentTypeError(f"expected some of {', '.join(OUTPUT_FORMATS)}, found {text!r}")
    return formats
