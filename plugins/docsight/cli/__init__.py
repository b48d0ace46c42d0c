"""The `docsight` command.

argparse is kept because typer would double the time of `docsight --help`: importing it takes as long, 0.15 s.
Each subcommand imports what is slow when it runs.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from docsight.cli.exit_codes import ExitCode
from docsight.cli.inspect_command import add_inspect
from docsight.cli.process_command import add_process
from docsight.errors import DocsightError
from docsight.terminal import Terminated, open_closed_streams, say, terminating, visible
from docsight.version import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code. An error is one line on stderr."""
    open_closed_streams()
    args = _make_parser().parse_args(argv)
    try:
        with terminating():
            exit_code: int = args.run(args)
            return exit_code
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


class _ArgumentParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Escape control characters in what the user typed."""
        super().error(visible(message))


def _make_parser() -> argparse.ArgumentParser:
    parser = _ArgumentParser(prog="docsight", description="Find names, misspelt words and image classes in documents.")
    parser.add_argument("--version", action="version", version=f"docsight {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add_process(commands)
    add_inspect(commands)
    return parser


def _fail(message: str) -> int:
    say(f"docsight: error: {' '.join(message.split())}", sys.stderr)
    return ExitCode.NOTHING_DONE
