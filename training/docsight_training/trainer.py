"""Lightning's Trainer, built from the `trainer` config."""

import importlib.util
import logging
import math
import sys
import time
import warnings
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from lightning_fabric.utilities.exceptions import MisconfigurationException
from pytorch_lightning import callbacks, loggers

from docsight.errors import ConfigError, MissingExtraError
from docsight.layers.lstms import has_fast_bfloat16
from docsight_training.data.batching import EpochData
from docsight_training.interruption import SaveOnInterrupt
from docsight_training.runs import BEST, CHECKPOINTS, LAST
from docsight_training.transfer import GradualUnfreezing

log = logging.getLogger(__name__)

_VALIDATIONS = 25  # of a run without a number of epochs, at most about twice as many
_LINES = 50  # of the log of a long run, at most about twice as many


class LineProgress(callbacks.Callback):
    """Logs a line for each epoch, or about `_LINES` for the run, if there is no terminal for a progress bar."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def on_train_epoch_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        epoch, epochs = trainer.current_epoch + 1, trainer.max_epochs or 0
        if epoch % max(1, epochs // _LINES) and epoch != epochs:
            return
        values = {name: float(v) for name, v in trainer.callback_metrics.items() if name.count("/") == 1}
        shown = "  ".join(f"{name} {value:.4f}" for name, value in values.items() if _is_shown(name))
        log.info("epoch %d/%d after %.0f s  %s", epoch, epochs, time.monotonic() - self._start, shown)


def _is_shown(metric: str) -> bool:
    """Return whether a metric is neither a learning rate nor one that another repeats."""
    return not metric.startswith("lr-") and not metric.endswith(("_step", "_epoch"))


def plan_epochs(settings: dict[str, Any], data: EpochData[Any]) -> dict[str, Any]:
    """Return the settings of a trainer with the number of epochs, and of epochs from one validation to the next.

    Small data has few batches: without a given number of epochs there are as many as `min_steps` take, and at least
    `min_epochs`. The validations are spread evenly over the run, and the last one is at its end.
    """
    epochs, every = settings["max_epochs"], settings["check_val_every_n_epoch"]
    if epochs is None:
        num_batches = len(data.train_dataloader())
        min_steps = settings["min_steps"] or data.min_steps
        epochs = max(settings["min_epochs"], math.ceil(min_steps / num_batches))
        every = every or max(1, epochs // _VALIDATIONS)
        epochs = math.ceil(epochs / every) * every
    return {**settings, "max_epochs": epochs, "check_val_every_n_epoch": every or 1}


def make_trainer(
    settings: dict[str, Any],
    folder: Path | None,
    *,
    thaw: Mapping[str, int] | None = None,
    more_callbacks: Sequence[callbacks.Callback] = (),
) -> pl.Trainer:
    """Build the Trainer of a run.

    Without a folder, it only evaluates and writes nothing. `thaw` has the arguments of `GradualUnfreezing`.

    Raises:
        ConfigError: A setting is invalid.
    """
    precision = _precision(settings)
    hooks = [*more_callbacks, *([] if folder is None else _hooks(settings, folder))]
    if thaw is not None:
        hooks.append(GradualUnfreezing(**thaw))
    terminal = sys.stderr.isatty()
    if not terminal:
        hooks.append(LineProgress())
    elif importlib.util.find_spec("rich") is not None:
        hooks.append(callbacks.RichProgressBar())
    try:
        return pl.Trainer(
            accelerator=settings["accelerator"],
            devices=settings["devices"],
            strategy=settings["strategy"],
            precision=precision,
            max_epochs=settings["max_epochs"],
            limit_train_batches=settings["limit_train_batches"],
            limit_val_batches=settings["limit_val_batches"],
            limit_test_batches=settings["limit_test_batches"],
            check_val_every_n_epoch=settings["check_val_every_n_epoch"],
            callbacks=hooks,
            logger=False if folder is None else _loggers(settings, folder),
            enable_checkpointing=folder is not None,
            log_every_n_steps=10,
            enable_progress_bar=terminal,
            enable_model_summary=terminal,
            num_sanity_val_steps=0,
            # The windows and batches of an epoch are drawn by its number.
            reload_dataloaders_every_n_epochs=1,
        )
    except (MisconfigurationException, ValueError) as err:
        raise ConfigError(f"trainer: {err}") from err


def _precision(settings: Mapping[str, Any]) -> Any:
    """Return the precision that Lightning is given: `auto` is bfloat16 where that is fast, and otherwise float32.

    Raises:
        ConfigError: bfloat16 is wanted of a processor that lacks it. oneDNN has no LSTM for training there.
    """
    precision, accelerator = settings["precision"], settings["accelerator"]
    has_gpu = torch.cuda.is_available() or torch.backends.mps.is_available()
    on_cpu = accelerator == "cpu" or (accelerator == "auto" and not has_gpu)
    is_fast = has_fast_bfloat16(torch.device("cpu" if on_cpu else "cuda"))
    if precision == "auto":
        return "bf16-mixed" if is_fast else "32-true"
    if on_cpu and not is_fast and precision in ("bf16", "bf16-mixed"):
        raise ConfigError(
            f"trainer.precision: {precision!r} needs a processor that computes in bfloat16 (AVX-512 BF16), and this "
            "one does not. Leave it at 'auto', which is float32 here."
        )
    return precision


def make_tester(settings: dict[str, Any], **changed: Any) -> pl.Trainer:
    """Build a Trainer that evaluates in this process and writes nothing; `changed` are settings that differ."""
    # It runs no epoch, but the Trainer wants to know how many there are.
    alone = {"devices": 1, "strategy": "auto", "max_epochs": 1, "check_val_every_n_epoch": 1}
    return make_trainer({**settings, **alone, **changed}, None)


def quiet_lightning() -> None:
    """Limit the logs of Lightning and matplotlib to warnings, without those about the size of a run."""
    for name in ("pytorch_lightning", "matplotlib"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for message in (
        ".*does not have many workers.*",
        ".*smaller than the logging interval.*",
        ".*LeafSpec.*",
        ".*dataloader is not resumable.*",
        ".*exists and is not empty.*",  # the folder of the checkpoints of a run that resumes
    ):
        warnings.filterwarnings("ignore", message)


def _hooks(settings: dict[str, Any], folder: Path) -> list[callbacks.Callback]:
    monitor, mode = settings["monitor"], settings["mode"]
    files: dict[str, Any] = {"dirpath": folder / CHECKPOINTS, "save_last": True, "enable_version_counter": False}
    hooks: list[callbacks.Callback] = [
        SaveOnInterrupt(folder / CHECKPOINTS / LAST, best=folder / CHECKPOINTS / BEST),
        callbacks.ModelCheckpoint(filename="best", monitor=monitor, mode=mode, **files),
        callbacks.LearningRateMonitor(logging_interval="step"),
    ]
    if settings["checkpoint_minutes"]:
        interval = timedelta(minutes=settings["checkpoint_minutes"])
        hooks.append(callbacks.ModelCheckpoint(filename="timed", train_time_interval=interval, **files))
    if settings["ema"]:
        hooks.append(callbacks.EMAWeightAveraging(decay=settings["ema"]))
    if settings["early_stopping"]:
        hooks.append(callbacks.EarlyStopping(monitor=monitor, mode=mode, patience=settings["early_stopping"]))
    return hooks


def _loggers(settings: dict[str, Any], folder: Path) -> list[Any]:
    # The logger empties its folder, so a resumed run writes its curves to a new one.
    part = 1 + len(list(folder.glob("curves-*")))
    run_loggers: list[Any] = [loggers.CSVLogger(folder, name="", version=f"curves-{part}")]
    if settings["tensorboard"]:
        try:
            run_loggers.append(loggers.TensorBoardLogger(folder, name="", version="tensorboard"))
        except ModuleNotFoundError as err:
            raise MissingExtraError("trainer.tensorboard=true", "plots") from err
    return run_loggers
