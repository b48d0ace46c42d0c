"""`docsight-train`: see that what training needs is installed, then start it."""

import importlib.util
import sys

from docsight.errors import MissingExtraError


def main() -> None:
    """Run `docsight_training.train.main`; without the extra `train`, name the command that installs it."""
    missing = [name for name in ("datasets", "hydra", "pytorch_lightning") if importlib.util.find_spec(name) is None]
    if missing:
        error = MissingExtraError(f"docsight-train (it finds no {', '.join(missing)})", "train")
        sys.exit(f"docsight-train: error: {error}")
    from docsight_training import train

    train.main()
