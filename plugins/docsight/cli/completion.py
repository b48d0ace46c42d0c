"""Scripts that complete the arguments of a command in a shell; needs the extra "completion"."""

import argparse
from typing import Any

from docsight.errors import MissingExtraError

SHELLS = ("bash", "zsh", "fish")
_FILE_METAVARS, _FOLDER_METAVARS = ("FILE", "INPUT", "IN", "OUT", "CKPT", "DATA"), ("DIR", "MODEL")  # metavars of paths


def completion_script(parser: argparse.ArgumentParser, shell: str, *, preamble: str = "") -> str:
    """Return the script for a parser and its subcommands.

    Args:
        parser: Paths are completed for arguments with a metavar such as FILE or DIR.
        shell: One of `SHELLS`.
        preamble: Lines to put before the script, in the language of the shell.

    Raises:
        MissingExtraError: shtab is not installed.
    """
    try:
        import shtab
    except ImportError as err:
        raise MissingExtraError("Shell completion", "completion") from err
    _prepare(parser, dict.fromkeys(_FILE_METAVARS, shtab.FILE) | dict.fromkeys(_FOLDER_METAVARS, shtab.DIRECTORY))
    script: str = shtab.complete(parser, shell, preamble=preamble)
    return script


def _prepare(parser: argparse.ArgumentParser, completers: dict[str, Any]) -> None:
    """Name the paths among the arguments, and describe each subcommand by its short help."""
    for action in parser._actions:  # argparse has no public list of them
        if isinstance(action, argparse._SubParsersAction):
            for listed in action._choices_actions:
                action.choices[listed.dest].description = listed.help
            for subparser in action.choices.values():
                _prepare(subparser, completers)
        elif action.choices is None and action.metavar in completers:
            action.complete = completers[action.metavar]  # type: ignore[attr-defined]
