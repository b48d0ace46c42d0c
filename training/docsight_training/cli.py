"""`docsight-train`: check that the packages for training are installed, then start it or a subcommand."""

import importlib
import importlib.util
import sys

from docsight.errors import DocsightError, MissingExtraError

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


def main() -> None:
    """Run a subcommand or `docsight_training.train.main`, or name the command that installs the extra `train`."""
    missing = [name for name in ("datasets", "hydra", "pytorch_lightning") if importlib.util.find_spec(name) is None]
    if missing:
        error = MissingExtraError(f"docsight-train (without {', '.join(missing)})", "train")
        sys.exit(f"docsight-train: error: {error}")
    command = _COMMANDS.get(sys.argv[1]) if len(sys.argv) > 1 else None
    if command is None:
        from docsight_training import train

        train.main()
        return
    try:
        importlib.import_module(command).main(sys.argv[2:])
    except (DocsightError, OSError) as err:
        sys.exit(f"docsight-train: error: {err}")
