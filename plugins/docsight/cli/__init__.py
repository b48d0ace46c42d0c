"""The `docsight` command. Each subcommand imports what is slow when it runs."""

import argparse
import json
import sys
from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from docsight.cli.arguments import DEFAULT_TIMEOUT, make_parser
from docsight.cli.shared_options import make_pipeline
from docsight.documents.formats.source import ReadOptions
from docsight.documents.pipeline import Pipeline
from docsight.errors import DocsightError
from docsight.terminal import ProgressLine, Terminated, open_closed_streams, say, terminating
from docsight.wording import count_of

if TYPE_CHECKING:
    from docsight.documents import Problem, Summary
    from docsight.redaction import RedactionOptions

_MAX_LISTED_FAILURES = 5


class ExitCode(IntEnum):
    """The exit codes; argparse itself exits with 2 on wrong usage."""

    ALL_DONE = 0
    NOTHING_DONE = 1
    SOME_FAILED = 3
    INTERRUPTED = 130
    TERMINATED = 143


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code. An error is one line on stderr."""
    open_closed_streams()
    args = make_parser().parse_args(argv)
    try:
        with terminating():
            return _COMMANDS[args.command](args)
    except DocsightError as err:
        return _fail(str(err))
    except OSError as err:
        return _fail(f"{err.filename}: {err.strerror}" if err.filename and err.strerror else str(err))
    except Terminated:
        say(f"docsight: terminated; {args.after_stop}", sys.stderr, start="\n")
        return ExitCode.TERMINATED
    except KeyboardInterrupt:
        say(f"docsight: interrupted; {args.after_stop}", sys.stderr, start="\n")
        return ExitCode.INTERRUPTED


def _fail(message: str) -> int:
    say(f"docsight: error: {' '.join(message.split())}", sys.stderr)
    return ExitCode.NOTHING_DONE


def _process(args: argparse.Namespace) -> int:
    pipeline = make_pipeline(args)
    if not args.inputs and args.list is None:
        args.parser.error("nothing to read: expected files or folders, or --list FILE with a list of paths")
    if args.timeout and not args.workers:
        args.parser.error("--timeout needs a worker: with --workers 0, a document cannot be stopped")
    if args.ray_address and args.engine != "ray":
        args.parser.error("--ray-address needs --engine ray")
    if args.dry_run:
        return _dry_run(args, pipeline)
    if not args.workers:  # with small batches, several threads spend more time waiting than they save
        import torch

        torch.set_num_threads(1)
    failures: list[Problem] = []
    summary = _run(args, pipeline, failures)
    for problem in failures:
        say(f"docsight: failed: {problem.where}: {problem.message}", sys.stderr)
    if summary.failed > len(failures):
        say(f"docsight: and {summary.failed - len(failures)} more failed", sys.stderr)
    if not summary.documents and not summary.failed:
        say("docsight: error: no document was found in the input", sys.stderr)
    print_summary(summary, args.out)
    if not summary.documents:
        return ExitCode.NOTHING_DONE
    return ExitCode.SOME_FAILED if summary.failed else ExitCode.ALL_DONE


def _run(args: argparse.Namespace, pipeline: Pipeline, failures: list["Problem"]) -> "Summary":
    from docsight.documents import process

    def note(problem: "Problem") -> None:
        if not problem.skipped and len(failures) < _MAX_LISTED_FAILURES:
            failures.append(problem)

    timeout = DEFAULT_TIMEOUT if args.timeout is None else args.timeout
    progress_line = ProgressLine()
    try:
        return process(
            _input_paths(args),
            pipeline,
            args.out,
            **_planning_options(args),
            engine=args.engine,
            ray_address=args.ray_address,
            timeout=(timeout or None) if args.workers else None,
            memory=args.memory or None,
            recycle=args.recycle,
            batch_size=args.batch_size,
            redact=args.redact,
            redaction=_make_redaction(args),
            on_progress=progress_line,
            on_problem=note,
        )
    finally:
        progress_line.close()


def _input_paths(args: argparse.Namespace) -> list[str]:
    from docsight.documents import read_list

    return [*args.inputs, *(read_list(args.list) if args.list is not None else [])]


def _planning_options(args: argparse.Namespace) -> dict[str, Any]:
    """Return the options that decide what is read, which a dry run and a run must share."""
    return {
        "formats": (*args.format, "markdown") if args.markdown else tuple(args.format),
        "workers": args.workers,
        "reading": ReadOptions(ocr=args.ocr, running=args.running, text_column=args.text_column),
        "max_chars": args.max_chars,
        "overwrite": args.overwrite,
        "retry_failed": args.retry_failed,
        "fail_fast": args.fail_fast,
    }


def _dry_run(args: argparse.Namespace, pipeline: Pipeline) -> int:
    from docsight.cli.survey_text import describe_survey
    from docsight.documents import survey

    options = {**_planning_options(args), "redact": args.redact, "redaction": _make_redaction(args)}
    result = survey(_input_paths(args), pipeline, args.out, **options)
    for line in describe_survey(result):
        say(line, sys.stdout)
    return ExitCode.ALL_DONE if result.files or result.done else ExitCode.NOTHING_DONE


def _make_redaction(args: argparse.Namespace) -> "RedactionOptions | None":
    if args.redact is None:
        given = (args.redact_key, args.redact_threshold, args.redact_types, args.operators)
        if args.redact_paths or args.redact_audit_text or any(value is not None for value in given):
            args.parser.error("the options for redaction need --redact DIR, the folder for the redacted texts")
        return None
    from docsight.redaction import RedactionOptions, read_key

    options = {"operator": args.operators, "threshold": args.redact_threshold, "types": args.redact_types}
    options = {name: value for name, value in options.items() if value is not None}
    # Check the options first: a wrong one must not create a key file.
    needs_key = args.redact_paths or args.operators == "hash"
    if needs_key and args.redact_key is None:
        args.parser.error("--operators hash and --redact-paths need --redact-key FILE")
    RedactionOptions(**options)
    key = None if args.redact_key is None else read_key(args.redact_key, create=not args.dry_run)
    return RedactionOptions(**options, key=key, audit_text=args.redact_audit_text, hide_paths=args.redact_paths)


def print_summary(summary: "Summary", out: str) -> None:
    labels = ", ".join(f"{label} {count:,}" for label, count in summary.entities.most_common())
    counts = [count_of(summary.documents, "document"), count_of(summary.words, "word")]
    counts.append(count_of(summary.entities.total(), "entity", "entities") + (f" ({labels})" if labels else ""))
    if summary.flagged:
        counts.append(count_of(summary.corrections, "correction"))
    if summary.images:
        counts.append(count_of(summary.images, "image") + _image_labels(summary))
    counts += [f"{n:,} {status}" for n, status in ((summary.failed, "failed"), (summary.skipped, "skipped")) if n]
    say(f"{', '.join(counts)} in {summary.seconds:.1f} s", sys.stdout)
    if summary.kept:
        verb = "was" if summary.kept == 1 else "were"
        say(f"{summary.kept:,} of {count_of(summary.files, 'file')} {verb} kept from an earlier run", sys.stdout)
    say(f"Written to {out}: {', '.join(summary.outputs)}", sys.stdout)


def _image_labels(summary: "Summary") -> str:
    labels = {
        component: ", ".join(f"{label} {count:,}" for label, count in counts.rows())
        for component, counts in summary.image_cats.items()
    }
    if len(labels) > 1:
        return f" ({'; '.join(f'{component}: {text}' for component, text in labels.items())})"
    return "".join(f" ({text})" for text in labels.values())


def _inspect(args: argparse.Namespace) -> int:
    if args.data is None and (args.layer is not None or args.filter is not None):
        args.parser.error("--layer and --filter need --data, a folder of images")
    from docsight.inspection import inspect

    progress_line = ProgressLine()
    try:
        inspection = inspect(
            args.model,
            args.image,
            args.out,
            label=args.label,
            data=args.data,
            layer=args.layer,
            filters=args.filter,
            top=args.top,
            on_progress=progress_line,
        )
    finally:
        progress_line.close()
    prediction = inspection.prediction
    label = f"{prediction.label} (" if prediction.label is not None else f"no label (most like {prediction.best}, "
    label += f"{prediction.scores[prediction.best]:.3f})"
    say(f"{args.image}: {label}, in_domain {prediction.in_domain:.2f}", sys.stdout)
    say(f"Written to {args.out}: {', '.join(inspection.files)}", sys.stdout)
    return ExitCode.ALL_DONE


def _info(args: argparse.Namespace) -> int:
    from docsight.cli.environment import describe_environment

    environment = describe_environment(args.models)
    if args.json:
        lines = json.dumps(environment, indent=2).splitlines()
    else:
        from docsight.cli.environment_text import environment_lines

        lines = list(environment_lines(environment))
    for line in lines:
        say(line, sys.stdout)
    return ExitCode.ALL_DONE


def _serve(args: argparse.Namespace) -> int:
    from docsight.cli.serve_command import serve

    return serve(args)


def _completion(args: argparse.Namespace) -> int:
    from docsight.cli.completion import completion_script

    sys.stdout.write(completion_script(make_parser(), args.shell))
    return ExitCode.ALL_DONE


_COMMANDS = {"process": _process, "serve": _serve, "inspect": _inspect, "info": _info, "completion": _completion}
