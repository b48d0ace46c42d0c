"""`docsight-train`: check that the packages for training are installed, then start it or a subcommand."""

import difflib
import importlib
import importlib.util
import os
import sys
from pathlib import Path

from docsight.errors import ConfigError, DocsightError, MissingExtraError
from docsight_training.errors import INTERRUPTED, RunInterruptedError

# Subcommands and their modules, each with `main(arguments)`; without one of them, a model is trained.
_COMMANDS = {
    "adapt-speller": "docsight_training.commands.adapt_speller",
    "check": "docsight_training.commands.check",
    "completion": "docsight_training.commands.completion",
    "convert": "docsight_training.commands.convert",
    "export": "docsight_training.commands.export_checkpoint",
    "review": "docsight_training.commands.review",
    "tune": "docsight_training.commands.tune",
}
# Options with which Hydra only prints; whoever reads it may stop early, as in `docsight-train --help | head`.
_PRINTING = frozenset(("--help", "-h", "--hydra-help", "--cfg", "-c", "--info", "-i"))


def main() -> None:
    """Run a subcommand or `docsight_training.train.main`, or name the command that installs the extra `train`."""
    missing = [name for name in ("datasets", "hydra", "pytorch_lightning") if importlib.util.find_spec(name) is None]
    if missing:
        error = MissingExtraError(f"docsight-train (without {', '.join(missing)})", "train")
        sys.exit(f"docsight-train: error: {error}")
    try:
        _run(sys.argv[1:])
    except RunInterruptedError as err:
        sys.stderr.write(f"docsight-train: {err}\n")
        sys.exit(INTERRUPTED)
    except KeyboardInterrupt:
        sys.stderr.write("\ndocsight-train: interrupted.\n")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        if _PRINTING.isdisjoint(sys.argv):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes stdout at its end


def _run(arguments: list[str]) -> None:
    try:
        command = _find_command(arguments)
        if command is not None:
            importlib.import_module(command).main(arguments[1:])
            return
    except RunInterruptedError:
        raise  # not an error
    except (DocsightError, OSError) as err:
        sys.exit(f"docsight-train: error: {err}")
    from docsight_training import train

    train.main()


def _find_command(arguments: list[str]) -> str | None:
    """Return the module of the command, or None for a training run.

    Raises:
        ConfigError: The first argument is neither a command nor an option nor KEY=VALUE.
    """
    first = arguments[0] if arguments else "--help"
    if first in _COMMANDS or "=" in first or first.startswith(("-", "~")):
        return _COMMANDS.get(first)
    close = difflib.get_close_matches(first, _COMMANDS, n=1)
    meant = f"data.path={first}" if Path(first).exists() else close[0] if close else None
    raise ConfigError(
        f"expected a command ({', '.join(_COMMANDS)}), or KEY=VALUE for a training run; found {first!r}."
        + (f" Did you mean {meant}?" if meant else " docsight-train --help lists the keys.")
    )
