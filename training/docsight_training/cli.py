"""`docsight-train`: check that the packages for training are installed, then train or run another command."""

import importlib
import importlib.util
import sys

from docsight.errors import DocsightError, MissingExtraError

# What the first argument may be instead of an override: the module of the command, in `docsight_training.commands`.
_COMMANDS = {"export": "export_checkpoint"}


def main() -> None:
    """Run `docsight_training.train.main` or a command, or name the command that installs the extra `train`."""
    missing = [name for name in ("datasets", "hydra", "pytorch_lightning") if importlib.util.find_spec(name) is None]
    if missing:
        error = MissingExtraError(f"docsight-train (without {', '.join(missing)})", "train")
        sys.exit(f"docsight-train: error: {error}")
    if len(sys.argv) > 1 and (command := _COMMANDS.get(sys.argv[1])):
        try:
            importlib.import_module(f"docsight_training.commands.{command}").main(sys.argv[2:])
        except DocsightError as err:
            sys.exit(f"docsight-train {sys.argv[1]}: error: {err}")
        return
    from docsight_training import train

    train.main()
