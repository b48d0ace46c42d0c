"""The `docsight` command. What is slow to import is imported by the command that needs it."""

import argparse
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from docsight import __version__
from docsight.errors import ConfigError, DocsightError

if TYPE_CHECKING:
    from spacy.language import Language

    from docsight.documents import Problem, Progress, Summary

OK, NOTHING_DONE, SOME_FAILED, INTERRUPTED, TERMINATED = 0, 1, 3, 130, 143
DEVICES = ("auto", "cpu", "cuda", "mps")
DEFAULT_PIPELINE = ("rnn_ner", "cnn_imagecat")

_LISTED_FAILURES = 5

# Control characters, and marks that turn the direction of writing: a file's name is not to command the terminal.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class _Terminated(KeyboardInterrupt):
    """SIGTERM, to be cleaned up after as Ctrl-C is."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; errors are one line on stderr."""
    _open_closed_streams()
    parser = _parser()
    args = parser.parse_args(argv)
    try:
        with _terminating():
            return args.run(args, parser)
    except DocsightError as err:
        return _fail(str(err))
    except OSError as err:
        return _fail(f"{err.filename}: {err.strerror}" if err.filename and err.strerror else str(err))
    except _Terminated:
        _say("docsight: terminated; nothing was written", sys.stderr, start="\n")
        return TERMINATED
    except KeyboardInterrupt:
        _say("docsight: interrupted; nothing was written", sys.stderr, start="\n")
        return INTERRUPTED


def _open_closed_streams() -> None:
    """Open what the shell closed by `>&-`: Python has no stream there, and the next file would get its number."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))


@contextmanager
def _terminating() -> Iterator[None]:
    """Let SIGTERM end the block by an exception; signals are for the main thread alone."""

    def terminate(*_: object) -> NoReturn:
        raise _Terminated

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _say(text: str, stream: TextIO, *, start: str = "", end: str = "\n") -> None:
    """Print; all that is not fit for a terminal is escaped, and a reader that is gone is no error."""
    text = _visible(text)
    try:
        encoding = stream.encoding or "utf-8"
        print(start + text.encode(encoding, "backslashreplace").decode(encoding), end=end, file=stream, flush=True)
    except BrokenPipeError:
        # Python's flush at exit must not find that out a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _visible(text: str) -> str:
    return _UNPRINTABLE.sub(lambda match: ascii(match[0])[1:-1], text)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Escape what was typed, too."""
        super().error(_visible(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="docsight", description="Read names, spelling and pictures in documents.")
    parser.add_argument("--version", action="version", version=f"docsight {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    command = commands.add_parser(
        "process",
        help="annotate files and folders of documents",
        description="Annotate files and folders; write documents.jsonl, errors.jsonl and report.html.",
        epilog="Exit code: 0 all done, 1 nothing could be done, 3 some files failed, 2 wrong usage, "
        "130 interrupted, 143 terminated.",
    )
    command.add_argument("inputs", nargs="+", metavar="INPUT", help="a document, or a folder of them")
    command.add_argument("--out", required=True, metavar="DIR", help="folder for the results; made if missing")
    command.add_argument(
        "--pipeline", metavar="DIR", help=f"a saved spaCy pipeline (default: blank + {' + '.join(DEFAULT_PIPELINE)})"
    )
    command.add_argument(
        "--max-chars",
        type=_positive,
        default=200_000,
        metavar="N",
        help="process longer texts in parts of at most N characters (default: %(default)s)",
    )
    command.add_argument(
        "--batch-size",
        type=_positive,
        default=32,
        metavar="N",
        help="texts processed together (default: %(default)s)",
    )
    command.add_argument("--device", choices=DEVICES, help="where models run (default: auto, or as saved)")
    command.add_argument("--lang", metavar="CODE", help="language of the default pipeline (default: en)")
    command.set_defaults(run=_process)

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
    command.set_defaults(run=_inspect)
    return parser


def _positive(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, found {text!r}")
    return number


def _fail(message: str) -> int:
    _say(f"docsight: error: {' '.join(message.split())}", sys.stderr)
    return NOTHING_DONE


def _process(args: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if args.pipeline and args.lang:
        parser.error("--lang is for the default pipeline; a saved one has its own language")
    from docsight.documents import process

    nlp = _load(args.pipeline, args.lang or "en", args.device)
    # The limit of spaCy is there for the memory that parsers need; who sets --max-chars has decided on it.
    nlp.max_length = max(nlp.max_length, args.max_chars)
    failures: list[Problem] = []

    def note(problem: "Problem") -> None:
        if not problem.skipped and len(failures) < _LISTED_FAILURES:
            failures.append(problem)

    meter = _Meter()
    try:
        summary = process(
            args.inputs,
            nlp,
            args.out,
            max_chars=args.max_chars,
            batch_size=args.batch_size,
            on_progress=meter,
            on_problem=note,
        )
    finally:
        meter.close()
    for problem in failures:
        _say(f"docsight: failed: {problem.path}: {problem.message}", sys.stderr)
    if summary.failed > len(failures):
        _say(f"docsight: and {summary.failed - len(failures)} more failed", sys.stderr)
    if not summary.documents and not summary.failed:
        _say("docsight: error: no document was found in the input", sys.stderr)
    _tell(summary, args.out)
    if not summary.documents:
        return NOTHING_DONE
    return SOME_FAILED if summary.failed else OK


def _inspect(args: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if args.data is None and (args.layer is not None or args.filter is not None):
        parser.error("--layer and --filter are for the pictures of --data")
    from docsight.inspection import inspect

    meter = _Meter()
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
    _say(f"{args.image}: {label}, in_domain {verdict.in_domain:.2f}", sys.stdout)
    _say(f"Written to {args.out}: {', '.join(found.files)}", sys.stdout)
    return OK


def _load(pipeline: str | None, lang: str, device: str | None) -> "Language":
    import spacy

    try:
        if pipeline is None:
            nlp = spacy.blank(lang)
            for component in DEFAULT_PIPELINE:
                nlp.add_pipe(component, config={"device": device or "auto"})
            return nlp
        return spacy.load(pipeline, config=_device_settings(pipeline, device) if device else {})
    except DocsightError:
        raise
    except Exception as err:
        wanted = f"the pipeline {pipeline}" if pipeline else f"the default pipeline for the language {lang!r}"
        raise ConfigError(f"cannot load {wanted}: {err}") from err


def _device_settings(pipeline: str, device: str) -> dict[str, object]:
    """Override the device of those components in a saved pipeline that have such a setting."""
    import spacy

    saved = Path(pipeline) / "config.cfg"
    config = spacy.util.load_config(saved) if saved.is_file() else spacy.load(pipeline).config
    return {
        f"components.{name}.device": device
        for name, settings in config.get("components", {}).items()
        if "device" in settings
    }


def _tell(summary: "Summary", out: str) -> None:
    labels = ", ".join(f"{label} {count:,}" for label, count in summary.entities.most_common())
    counts = [f"{summary.documents:,} documents", f"{summary.words:,} words"]
    counts.append(f"{summary.entities.total():,} entities" + (f" ({labels})" if labels else ""))
    if summary.images:
        counts.append(f"{summary.images:,} pictures" + _picture_labels(summary))
    counts += [f"{n:,} {what}" for n, what in ((summary.failed, "failed"), (summary.skipped, "skipped")) if n]
    _say(f"{', '.join(counts)} in {summary.seconds:.1f} s", sys.stdout)
    _say(f"Written to {out}: report.html, documents.jsonl, errors.jsonl", sys.stdout)


def _picture_labels(summary: "Summary") -> str:
    told = {name: ", ".join(f"{what} {n:,}" for what, n in one.rows()) for name, one in summary.image_cats.items()}
    if len(told) > 1:
        return f" ({'; '.join(f'{name}: {labels}' for name, labels in told.items())})"
    return "".join(f" ({labels})" for labels in told.values())


class _Meter:
    """Shows progress: one line that is rewritten on a terminal, a new line every few seconds elsewhere."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._is_terminal = sys.stderr.isatty()
        self._pause = 0.2 if self._is_terminal else 5.0
        self._due = clock() + (0.0 if self._is_terminal else self._pause)
        self._width = 0

    def __call__(self, progress: "Progress | str") -> None:
        if self._clock() < self._due:
            return
        self._due = self._clock() + self._pause
        line = str(progress)
        if self._is_terminal:
            _say(line.ljust(self._width), sys.stderr, start="\r", end="")
            self._width = len(line)
        else:
            _say(line, sys.stderr)

    def close(self) -> None:
        """Wipe the line, so that what follows starts on a clean one."""
        if self._width:
            _say(" " * self._width, sys.stderr, start="\r", end="\r")
