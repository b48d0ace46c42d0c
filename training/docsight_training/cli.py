"""`docsight-train`: check that the packages for training are installed, then start it."""

import importlib.util
import sys

from docsight.errors import MissingExtraError


def main() -> None:
    """Run `docsight_training.train.main`, or name the command that installs the extra `train`."""
    missing = [name for name in ("datasets", "hydra", "pytorch_lightning") if importlib.util.find_spec(name) is None]
    if missing:
        error = MissingExtraError(f"docsight-train (without {', '.join(missing)})", "train")
        sys.exit(f"docsight-train: error: {error}")
    from docsight_training import train

    train.main()
