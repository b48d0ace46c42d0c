"""The `docsight` command. What is slow to import is imported by the command that needs it."""

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from docsight import __version__
from docsight.errors import DocsightError
from docsight.terminal import Meter, Terminated, open_closed_streams, say, terminating, visible

if TYPE_CHECKING:
    from docsight.documents import Pipeline, Problem, Summary

OK, NOTHING_DONE, SOME_FAILED, INTERRUPTED, TERMINATED = 0, 1, 3, 130, 143
DEVICES = ("auto", "cpu", "cuda", "mps")
OUTPUT_FORMATS = ("jsonl", "parquet", "spacy")

DEFAULT_TIMEOUT = 600  # seconds

_LISTED_FAILURES = 5


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; errors are one line on stderr."""
    open_closed_streams()
    parser = _parser()
    args = parser.parse_args(argv)
    try:
        with terminating():
            return args.run(args, parser)
    except DocsightError as err:
        return _fail(str(err))
    except OSError as err:
        return _fail(f"{err.filename}: {err.strerror}" if err.filename and err.strerror else str(err))
    except Terminated:
        say(f"docsight: terminated; {args.afterwards}", sys.stderr, start="\n")
        return TERMINATED
    except KeyboardInterrupt:
        say(f"docsight: interrupted; {args.afterwards}", sys.stderr, start="\n")
        return INTERRUPTED


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Escape what was typed, too."""
        super().error(visible(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="docsight", description="Read names, spelling and pictures in documents.")
    parser.add_argument("--version", action="version", version=f"docsight {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    _add_process(commands)
    _add_inspect(commands)
    return parser


def _add_process(commands: "argparse._SubParsersAction[_Parser]") -> None:
    command = commands.add_parser(
        "process",
        help="annotate files and folders of documents",
        description="Annotate documents: text, Markdown, HTML, PDF, Word, PowerPoint, mail, tables, pictures, and "
        "archives of these. Writes documents.jsonl, manifest.jsonl, errors.jsonl and report.html. Started again, it "
        "goes on where it stopped, and leaves alone what is done with the same content and the same models.",
        epilog="Exit code: 0 all done, 1 nothing could be done, 3 some files failed, 2 wrong usage, "
        "130 interrupted, 143 terminated.",
    )
    command.add_argument("inputs", nargs="*", metavar="INPUT", help="a document, a folder of them, or a glob pattern")
    command.add_argument(
        "--list", metavar="FILE", help="paths to read as well: a Parquet file with a column 'path', or one a line"
    )
    command.add_argument("--out", required=True, metavar="DIR", help="folder for the results; made if missing")
    command.add_argument(
        "--format",
        type=_formats,
        default=("jsonl",),
        metavar="LIST",
        help=f"what to write, by commas: {', '.join(OUTPUT_FORMATS)} (default: jsonl)",
    )

    group = command.add_argument_group("pipeline")
    group.add_argument("--pipeline", metavar="DIR", help="a saved spaCy pipeline, or an installed one's name")
    group.add_argument(
        "--components",
        type=_names,
        metavar="LIST",
        help="the components of a blank pipeline, by commas (default: rnn_speller,rnn_ner,cnn_imagecat)",
    )
    group.add_argument("--lang", metavar="CODE", help="language of the blank pipeline (default: en)")
    group.add_argument("--code", metavar="FILE", help="a Python file to run before, for factories of your own")
    group.add_argument("--device", choices=DEVICES, help="where models run (default: auto, or as saved)")
    group.add_argument(
        "--max-chars",
        type=_positive,
        default=200_000,
        metavar="N",
        help="process longer texts in parts of at most N characters (default: %(default)s)",
    )
    group.add_argument(
        "--batch-size", type=_positive, default=32, metavar="N", help="texts processed together (default: %(default)s)"
    )

    group = command.add_argument_group("reading")
    group.add_argument(
        "--ocr",
        choices=("auto", "never", "always"),
        default="auto",
        help="read text in pictures: of scanned pages and picture files (auto, where the extra 'ocr' is installed), "
        "never, or of every picture (default: %(default)s)",
    )
    group.add_argument("--text-column", metavar="NAME", help="the column of tables that holds the text")

    group = command.add_argument_group("running")
    group.add_argument(
        "--workers",
        type=_count,
        default=1,
        metavar="N",
        help="processes, each with its models; 0: none of its own, and no protection from what crashes or hangs "
        "(default: %(default)s)",
    )
    group.add_argument(
        "--timeout",
        type=_seconds,
        default=None,
        metavar="SECONDS",
        help=f"give up a document after so long; 0: never (default: {DEFAULT_TIMEOUT})",
    )
    group.add_argument(
        "--memory",
        type=_count,
        default=4096,
        metavar="MB",
        help="what a worker may take beyond its models; 0: any (default: %(default)s)",
    )
    group.add_argument(
        "--recycle",
        type=_positive,
        default=10_000,
        metavar="N",
        help="replace a worker after N documents (default: %(default)s)",
    )
    group.add_argument(
        "--engine", choices=("local", "ray"), default="local", help="ray: workers are actors (default: %(default)s)"
    )
    group.add_argument("--ray-address", metavar="ADDRESS", help="of a Ray cluster (default: one on this machine)")
    group.add_argument("--overwrite", action="store_true", help="do all again")
    group.add_argument("--retry-failed", action="store_true", help="do again what failed before")
    group.add_argument("--fail-fast", action="store_true", help="stop at the first failure")
    command.set_defaults(run=_process, afterwards="the same command goes on where it stopped")


def _add_inspect(commands: "argparse._SubParsersAction[_Parser]") -> None:
    command = commands.add_parser(
        "inspect",
        help="show what a picture classifier sees in a picture",
        description="Show what a model of cnn_imagecat sees in a picture: its numbers, the filters before and after "
        "training, the feature maps, and which pixels moved the decision. Writes index.html and each view as a PNG. "
        "Needs the extra 'plots'.",
    )
    command.add_argument("model", metavar="MODEL", help="a shipped model's name, or a model folder")
    command.add_argument("--image", required=True, metavar="FILE", help="the picture")
    command.add_argument("-o", "--out", required=True, metavar="DIR", help="folder for the results; made if missing")
    command.add_argument("--label", help="explain this label's score (default: the most probable label)")
    command.add_argument("--data", metavar="DIR", help="a folder of pictures: show those that excite a filter the most")
    command.add_argument("--layer", help="with --data: whose filters, such as block1 (default: the last block)")
    command.add_argument(
        "--filter", type=int, action="append", metavar="N", help="with --data: this filter alone; may be repeated"
    )
    command.add_argument(
        "--top", type=_positive, default=9, metavar="N", help="with --data: pictures a filter (default: %(default)s)"
    )
    command.set_defaults(run=_inspect, afterwards="nothing was written")


def _positive(text: str) -> int:
    return _whole(text, least=1)


def _count(text: str) -> int:
    return _whole(text, least=0)


def _whole(text: str, *, least: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least {least}, found {text!r}")
    return number


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number of seconds, 0 or more, found {text!r}")
    return seconds


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in (one.strip() for one in text.split(",")) if name)


def _formats(text: str) -> tuple[str, ...]:
    formats = _names(text)
    unknown = [one for one in formats if one not in OUTPUT_FORMATS]
    if unknown or not formats:
        raise argparse.ArgumentTypeError(f"expected some of {', '.join(OUTPUT_FORMATS)}, found {text!r}")
    return formats


def _fail(message: str) -> int:
    say(f"docsight: error: {' '.join(message.split())}", sys.stderr)
    return NOTHING_DONE


def _process(args: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    pipeline = _pipeline(args, parser)
    if not args.inputs and args.list is None:
        parser.error("nothing to read: name files or folders, or a --list of them")
    if args.timeout and not args.workers:
        parser.error("--timeout needs --workers: what runs in this process cannot be stopped")
    if args.ray_address and args.engine != "ray":
        parser.error("--ray-address is for --engine ray")
    from docsight.documents import ReadOptions, process, read_list

    if not args.workers:  # several threads wait for each other more than they help, where batches are small
        import torch

        torch.set_num_threads(1)
    timeout = DEFAULT_TIMEOUT if args.timeout is None else args.timeout
    failures: list[Problem] = []

    def note(problem: "Problem") -> None:
        if not problem.skipped and len(failures) < _LISTED_FAILURES:
            failures.append(problem)

    meter = Meter()
    try:
        summary = process(
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
            on_progress=meter,
            on_problem=note,
        )
    finally:
        meter.close()
    for problem in failures:
        say(f"docsight: failed: {problem.where}: {problem.message}", sys.stderr)
    if summary.failed > len(failures):
        say(f"docsight: and {summary.failed - len(failures)} more failed", sys.stderr)
    if not summary.documents and not summary.failed:
        say("docsight: error: no document was found in the input", sys.stderr)
    _tell(summary, args.out)
    if not summary.documents:
        return NOTHING_DONE
    return SOME_FAILED if summary.failed else OK


def _pipeline(args: argparse.Namespace, parser: argparse.ArgumentParser) -> "Pipeline":
    if args.pipeline and args.lang:
        parser.error("--lang is for a blank pipeline; a saved one has its own language")
    if args.pipeline and args.components is not None:
        parser.error("--components are those of a blank pipeline; a saved one has its own")
    from docsight.documents import Pipeline

    told = {"path": args.pipeline, "components": args.components, "lang": args.lang}
    told |= {"device": args.device, "code": args.code}
    return Pipeline(**{name: value for name, value in told.items() if value is not None})


def _inspect(args: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if args.data is None and (args.layer is not None or args.filter is not None):
        parser.error("--layer and --filter are for the pictures of --data")
    from docsight.inspection import inspect

    meter = Meter()
    try:
        found = inspect(
            args.model,
            args.image,
            args.out,
            label=args.label,
            data=args.data,
            layer=args.layer,
            filters=args.filter,
            top=args.top,
            on_progress=meter,
        )
    finally:
        meter.close()
    verdict = found.verdict
    label = f"{verdict.label} (" if verdict.label is not None else f"no label (most like {verdict.best}, "
    label += f"{verdict.scores[verdict.best]:.3f})"
    say(f"{args.image}: {label}, in_domain {verdict.in_domain:.2f}", sys.stdout)
    say(f"Written to {args.out}: {', '.join(found.files)}", sys.stdout)
    return OK


def _tell(summary: "Summary", out: str) -> None:
    labels = ", ".join(f"{label} {count:,}" for label, count in summary.entities.most_common())
    counts = [f"{summary.documents:,} documents", f"{summary.words:,} words"]
    counts.append(f"{summary.entities.total():,} entities" + (f" ({labels})" if labels else ""))
    if summary.flagged:
        counts.append(f"{summary.corrections:,} corrections")
    if summary.images:
        counts.append(f"{summary.images:,} pictures" + _picture_labels(summary))
    counts += [f"{n:,} {what}" for n, what in ((summary.failed, "failed"), (summary.skipped, "skipped")) if n]
    say(f"{', '.join(counts)} in {summary.seconds:.1f} s", sys.stdout)
    if summary.kept:
        say(f"{summary.kept:,} of {summary.files:,} files were done before", sys.stdout)
    say(f"Written to {out}: {', '.join(summary.outputs)}", sys.stdout)


def _picture_labels(summary: "Summary") -> str:
    told = {name: ", ".join(f"{what} {n:,}" for what, n in one.rows()) for name, one in summary.image_cats.items()}
    if len(told) > 1:
        return f" ({'; '.join(f'{name}: {labels}' for name, labels in told.items())})"
    return "".join(f" ({labels})" for labels in told.values())
