"""A training run: its config, its folder, and the results of its stages. A folder holds one run and is never reused."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from omegaconf import OmegaConf
from torch import nn

from docsight.errors import ConfigError
from docsight.vocab import Vocab

CHECKPOINTS, BEST, LAST = "checkpoints", "best.ckpt", "last.ckpt"
CONFIG, _METRICS = "config.yaml", "metrics.json"


@dataclass
class TrainedModel:
    """What is exported at the end of a run."""

    network: nn.Module
    arguments: dict[str, Any]  # of the network, plain JSON
    vocabularies: dict[str, Vocab]
    sources: Mapping[str, Mapping[str, str]]  # the origin and licence of each corpus
    about: dict[str, Any] = field(default_factory=dict)  # further entries of the model's config


@dataclass
class Run:
    config: dict[str, Any]  # resolved, plain Python
    folder: Path
    results: dict[str, Any] = field(default_factory=dict)  # of the stages so far, by name
    metrics: dict[str, float] = field(default_factory=dict)
    model: TrainedModel | None = None
    callbacks: Sequence[pl.Callback] = ()  # more of them for the trainer of a run of one stage

    def open(self, *, num_stages: int) -> None:
        """Check that the folder is free, or that the config says what to do with the earlier run in it."""
        wanted = self.config["ckpt_path"]
        if num_stages > 1 and wanted not in (None, "last"):
            raise ConfigError(
                f"ckpt_path={wanted}: each of the {num_stages} stages has its own checkpoints; pass ckpt_path=last, "
                "to resume at the stage where the run stopped."
            )
        # Lightning starts the other processes when the folder is already in use.
        if wanted is not None or not _is_main_process() or not (self.folder / CONFIG).exists():
            return
        if not self.config["overwrite"]:
            raise ConfigError(
                f"{self.folder} holds an earlier run. Pass ckpt_path=last to resume it, overwrite=true to delete it, "
                "or another name=NAME (or seed) to keep both."
            )
        for old in self.folder.iterdir():
            if old.suffix != ".log":  # Hydra is writing it
                shutil.rmtree(old) if old.is_dir() else old.unlink()

    def seed(self, seed: int | None = None) -> None:
        """Seed all generators, by the run's seed if no other is given.

        Each stage does this first, so that a resumed run repeats an uninterrupted one.
        """
        pl.seed_everything(self.config["seed"] if seed is None else seed, workers=True, verbose=False)

    def checkpoint(self) -> str | None:
        """Return the checkpoint that the only stage of a run resumes from, or None."""
        wanted = self.config["ckpt_path"]
        if wanted is None:
            return None
        checkpoint = self.folder / CHECKPOINTS / LAST if wanted == "last" else Path(wanted)
        if not checkpoint.is_file():
            raise ConfigError(f"ckpt_path={wanted}: there is no {checkpoint}; omit ckpt_path to start from scratch.")
        return str(checkpoint)

    def add_metrics(self, figures: Mapping[str, Any]) -> None:
        self.metrics |= {name: float(value) for name, value in figures.items()}

    def final_metrics(self) -> dict[str, float]:
        return {name: value for name, value in self.metrics.items() if {"val", "test"} & set(name.split("/")[:-1])}

    def write_config(self) -> None:
        """Write the config. From then on, the folder holds a run."""
        if _is_main_process():
            self.folder.mkdir(parents=True, exist_ok=True)
            OmegaConf.save(OmegaConf.create(self.config), self.folder / CONFIG)

    def write_metrics(self) -> None:
        (self.folder / _METRICS).write_text(json.dumps(self.metrics, indent=2) + "\n")


def _is_main_process() -> bool:
    """Return whether the user started this process, rather than Lightning."""
    return int(os.environ.get("LOCAL_RANK", 0)) == 0
