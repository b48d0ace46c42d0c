"""Exit codes of the command."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes; argparse itself exits with 2 on wrong usage."""

    ALL_DONE = 0
    NOTHING_DONE = 1
    SOME_FAILED = 3
    INTERRUPTED = 130
    TERMINATED = 143
