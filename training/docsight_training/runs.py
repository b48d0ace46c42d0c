"""The folder of a run: one for each name, never mixed with an earlier run by accident."""

import json
import shutil
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from docsight.errors import ConfigError

CONFIG, METRICS, CHECKPOINTS = "config.yaml", "metrics.json", "checkpoints"


def open_run(folder: Path, config: dict[str, Any]) -> str | None:
    """Prepare the folder of a run.

    Returns:
        The checkpoint to go on from, or None.

    Raises:
        ConfigError: An earlier run lies there and the config says neither to go on nor to overwrite; or it says to
            go on and there is no checkpoint.
    """
    wanted = config["ckpt_path"]
    if wanted is not None:
        checkpoint = folder / CHECKPOINTS / "last.ckpt" if wanted == "last" else Path(wanted)
        if not checkpoint.is_file():
            raise ConfigError(
                f"ckpt_path={wanted}: there is no checkpoint {checkpoint}; leave ckpt_path out to start anew."
            )
        return str(checkpoint)
    if (folder / CONFIG).exists():
        if not config["overwrite"]:
            raise ConfigError(
                f"{folder} holds an earlier run. Pass ckpt_path=last to go on with it, overwrite=true to throw it "
                "away, or another name=NAME (or seed) to keep both."
            )
        for old in folder.iterdir():
            if old.suffix != ".log":  # Hydra is writing it
                shutil.rmtree(old) if old.is_dir() else old.unlink()
    return None


def write_config(folder: Path, config: dict[str, Any]) -> None:
    """Write the resolved config of the run."""
    folder.mkdir(parents=True, exist_ok=True)
    OmegaConf.save(OmegaConf.create(config), folder / CONFIG)


def write_metrics(folder: Path, metrics: dict[str, Any]) -> None:
    """Write the final figures of the run."""
    (folder / METRICS).write_text(json.dumps(metrics, indent=2) + "\n")
