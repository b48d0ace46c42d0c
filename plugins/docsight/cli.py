"""The `docsight` command. What is slow to import is imported by the command that needs it."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docsight import __version__
from docsight.errors import ConfigError, DocsightError

if TYPE_CHECKING:
    from spacy.language import Language

    from docsight.documents import Problem, Progress, Summary

OK, NOTHING_DONE, SOME_FAILED, INTERRUPTED = 0, 1, 3, 130
DEVICES = ("auto", "cpu", "cuda", "mps")

_LISTED_FAILURES = 5


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; errors are one line on stderr."""
    parser = _parser()
    args = parser.parse_args(argv)
    try:
        code = args.run(args, parser)
        sys.stdout.flush()
        return code
    except DocsightError as err:
        return _fail(str(err))
    except BrokenPipeError:
        # The reader of our output is gone; Python's flush at exit must not find that out a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOTHING_DONE
    except OSError as err:
        return _fail(f"{err.filename}: {err.strerror}" if err.filename and err.strerror else str(err))
    except KeyboardInterrupt:
        print("\ndocsight: interrupted; nothing was written", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="docsight", description="Read names, spelling and pictures in documents.")
    parser.add_argument("--version", action="version", version=f"docsight {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    command = commands.add_parser(
        "process",
        help="annotate files and folders of documents",
        description="Annotate files and folders; write documents.jsonl, errors.jsonl and report.html.",
        epilog="Exit code: 0 all done, 1 nothing could be done, 3 some files failed, 2 wrong usage.",
    )
    command.add_argument("inputs", nargs="+", metavar="INPUT", help="a document, or a folder of them")
    command.add_argument("--out", required=True, metavar="DIR", help="folder for the results; made if missing")
    command.add_argument("--pipeline", metavar="DIR", help="a saved spaCy pipeline (default: blank + rnn_ner)")
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
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number


def _fail(message: str) -> int:
    print(f"docsight: error: {' '.join(message.split())}", file=sys.stderr)
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
        print(f"docsight: failed: {problem.path}: {problem.message}", file=sys.stderr)
    if summary.failed > len(failures):
        print(f"docsight: and {summary.failed - len(failures)} more failed", file=sys.stderr)
    if not summary.documents and not summary.failed:
        print("docsight: error: no document was found in the input", file=sys.stderr)
    _tell(summary, args.out)
    if not summary.documents:
        return NOTHING_DONE
    return SOME_FAILED if summary.failed else OK


def _load(pipeline: str | None, lang: str, device: str | None) -> "Language":
    import spacy

    try:
        if pipeline is None:
            nlp = spacy.blank(lang)
            nlp.add_pipe("rnn_ner", config={"device": device or "auto"})
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
        f"components.{name}.device": device for name, settings in config["components"].items() if "device" in settings
    }


def _tell(summary: "Summary", out: str) -> None:
    labels = ", ".join(f"{label} {count:,}" for label, count in summary.entities.most_common())
    counts = [f"{summary.documents:,} documents", f"{summary.words:,} words"]
    counts.append(f"{summary.entities.total():,} entities" + (f" ({labels})" if labels else ""))
    counts += [f"{n:,} {what}" for n, what in ((summary.failed, "failed"), (summary.skipped, "skipped")) if n]
    print(f"{', '.join(counts)} in {summary.seconds:.1f} s")
    print(f"Written to {out}: report.html, documents.jsonl, errors.jsonl")


class _Meter:
    """Shows progress: one line that is rewritten on a terminal, a new line every few seconds elsewhere."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._is_terminal = sys.stderr.isatty()
        self._pause = 0.2 if self._is_terminal else 5.0
        self._due = clock() + (0.0 if self._is_terminal else self._pause)
        self._width = 0

    def __call__(self, progress: "Progress") -> None:
        if self._clock() < self._due:
            return
        self._due = self._clock() + self._pause
        line = str(progress)
        if self._is_terminal:
            print("\r" + line.ljust(self._width), end="", file=sys.stderr, flush=True)
            self._width = len(line)
        else:
            print(line, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Wipe the line, so that what follows starts on a clean one."""
        if self._width:
            print("\r" + " " * self._width + "\r", end="", file=sys.stderr, flush=True)
