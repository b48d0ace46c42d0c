"""`docsight serve`: its arguments and what it does."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from docsight.cli.shared_options import add_number, add_pipeline_arguments, make_pipeline, seconds
from docsight.serve.server_settings import KEY_VARIABLE, ServerSettings
from docsight.terminal import say

_BYTES_PER_MEGABYTE = 1 << 20


def add_serve(commands: Any) -> None:  # argparse does not export the type
    command = commands.add_parser(
        "serve",
        help="serve the components over HTTP, with a page to try them",
        description="Serve the components over HTTP: texts, typing, images, documents and redaction, a page to try "
        "them at /, and the documentation of the API at /docs. Nothing is fetched from the network. Needs the extra "
        "'serve'.",
        epilog=f"The API key may also be in the environment, as {KEY_VARIABLE}. This is safer, because other users of "
        "the machine can see arguments.",
    )
    command.set_defaults(parser=command, after_stop="the server has stopped")
    command.add_argument("--host", default=ServerSettings.host, help="address to listen on (default: %(default)s)")
    add_number(command, "--port", 0, ServerSettings.port, "port to listen on; 0 for any free one")
    add_pipeline_arguments(command)
    _add_access(command)
    _add_limits(command)


def _add_access(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("access")
    group.add_argument("--api-key", metavar="KEY", help="what clients must send in X-API-Key (default: no key)")
    group.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a host name under which clients reach the server; may be repeated",
    )
    group.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="URL",
        help="a site whose pages may call the server, such as https://example.org; may be repeated (default: none)",
    )


def _add_limits(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("limits")
    defaults = ServerSettings
    add_number(group, "--workers", 1, defaults.workers, "number of processes for documents, each with its own models")
    group.add_argument("--jobs", metavar="DIR", help="folder that keeps jobs over restarts (default: a temporary one)")
    add_number(group, "--max-chars", 1, defaults.max_text_chars, "maximum number of characters of a text")
    add_number(group, "--max-texts", 1, defaults.max_texts, "maximum number of texts in a request")
    refused = "further ones are refused with status 429"
    waiting_help = f"maximum number of texts that wait or are being processed; {refused}"
    add_number(group, "--max-waiting", 1, defaults.max_waiting, waiting_help)
    add_number(
        group,
        "--max-upload",
        1,
        defaults.max_upload_bytes // _BYTES_PER_MEGABYTE,
        "maximum size of the documents in a request, in megabytes",
    )
    add_number(group, "--max-files", 1, defaults.max_files, "maximum number of documents in a request")
    add_number(group, "--max-jobs", 1, defaults.max_jobs, f"maximum number of jobs that wait or run; {refused}")
    for option, default, meaning in (
        ("--timeout", defaults.timeout, "time limit of a request"),
        ("--wait", defaults.wait, "how long a request waits for its documents before it becomes a job"),
        ("--document-timeout", defaults.document_timeout, "time limit of a document"),
        ("--keep", defaults.job_lifetime, "how long results are kept"),
        ("--grace", defaults.grace, "how long requests in flight may take after a signal to stop"),
    ):
        group.add_argument(
            option, type=seconds, default=default, metavar="SECONDS", help=f"{meaning} (default: %(default)g)"
        )


def serve(args: argparse.Namespace) -> int:
    """Serve until a signal; return the exit code."""
    settings = ServerSettings(
        host=args.host,
        port=args.port,
        pipeline=make_pipeline(args),
        api_key=args.api_key or os.environ.get(KEY_VARIABLE) or None,
        hosts=tuple(args.allow_host),
        origins=tuple(args.allow_origin),
        workers=args.workers,
        jobs=None if args.jobs is None else Path(args.jobs),
        max_text_chars=args.max_chars,
        max_texts=args.max_texts,
        max_waiting=args.max_waiting,
        max_upload_bytes=args.max_upload * _BYTES_PER_MEGABYTE,
        max_files=args.max_files,
        max_jobs=args.max_jobs,
        timeout=args.timeout,
        wait=args.wait,
        document_timeout=args.document_timeout,
        job_lifetime=args.keep,
        grace=args.grace,
    )
    from docsight.serve.web.server import run_server

    run_server(settings, on_ready=lambda url: say(f"Serving on {url}", sys.stdout))
    return 0
