"""`docsight-train completion SHELL`: print a script that completes the arguments of `docsight-train` in a shell."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files

from docsight.cli.completion import SHELLS, completion_script
from docsight_training.commands import check, convert, export_checkpoint, review
from docsight_training.data.ner.formats.registry import SOURCES

_PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "check": check.make_parser,
    "convert": convert.make_parser,
    "export": export_checkpoint.make_parser,
    "review": review.make_parser,
}
_WITHOUT_OPTIONS = {"adapt-speller": "teach a speller the words of a domain", "tune": "search for better settings"}
_COMPLETED_GROUPS = ("experiment", "data", "model", "model/encoder", "trainer")
# Bash splits words at "=", but a whole override is completed.
_PREAMBLES = {"bash": "COMP_WORDBREAKS=${COMP_WORDBREAKS//=}"}


def main(arguments: Sequence[str]) -> None:
    """Run the command; raises a `MissingExtraError` if shtab is not installed."""
    args = _make_own_parser().parse_args(arguments)
    sys.stdout.write(completion_script(make_whole_parser(), args.shell, preamble=_PREAMBLES.get(args.shell, "")))


def make_whole_parser() -> argparse.ArgumentParser:
    """Return a parser of the whole command line. A training run counts as a command, `experiment=NAME`."""
    parser = argparse.ArgumentParser(prog="docsight-train", description="Train models, and check what they learn from.")
    commands = parser.add_subparsers()
    for name, make_parser in _PARSERS.items():
        own = make_parser()
        commands.add_parser(name, parents=[own], add_help=False, help=own.description)
    commands.add_parser("completion", parents=[_make_own_parser()], add_help=False, help="print a script for a shell")
    overrides = list(_overrides())
    experiments = [each for each in overrides if each.startswith("experiment=")]
    for name, about in (_WITHOUT_OPTIONS | dict.fromkeys(experiments, "train by a recipe")).items():
        commands.add_parser(name, help=about).add_argument("override", nargs="*")
    for command in commands.choices.values():
        for action in command._actions:
            if action.dest == "override":
                action.choices = overrides
    return parser


def _make_own_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="docsight-train completion", description=__doc__)
    parser.add_argument("shell", choices=SHELLS, help="the shell")
    return parser


def _overrides() -> Iterator[str]:
    """Yield the overrides whose values are known."""
    for group in _COMPLETED_GROUPS:
        names = (file.name for file in (files("docsight_conf") / group).iterdir())
        yield from sorted(f"{group}={name.removesuffix('.yaml')}" for name in names if name.endswith(".yaml"))
    yield from (f"data.source={name}" for name in SOURCES)
    yield from ("ckpt_path=last", "overwrite=true")
