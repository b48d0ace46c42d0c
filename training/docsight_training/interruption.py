"""Ctrl-C in a training run: the step is finished and the state is saved before the run ends."""

import signal
from pathlib import Path
from types import FrameType
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback

from docsight_training.errors import RunInterruptedError


class SaveOnInterrupt(Callback):
    """Finishes the step when Ctrl-C is pressed, saves a checkpoint, and raises `RunInterruptedError`.

    A second Ctrl-C ends the process at once.

    Args:
        checkpoint: The file to write.
        best: The checkpoint of the best weights so far, for the message.
    """

    def __init__(self, checkpoint: Path, *, best: Path) -> None:
        self.checkpoint, self.best = checkpoint, best
        self._interrupted = False
        self._earlier_handler: Any = None

    def on_fit_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._earlier_handler = signal.signal(signal.SIGINT, self._note)

    def on_train_batch_end(self, trainer: pl.Trainer, *_: Any) -> None:
        if not self._interrupted:
            return
        trainer.save_checkpoint(self.checkpoint)
        export = (
            f"\nTo export the best model so far: docsight-train export {self.best} OUT" if self.best.is_file() else ""
        )
        raise RunInterruptedError(
            f"interrupted in epoch {trainer.current_epoch + 1}, after step {trainer.global_step}. The state is in "
            f"{self.checkpoint}.\nTo go on: run the same command with ckpt_path=last.{export}"
        )

    def teardown(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        self._restore_handler()

    def on_exception(self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException) -> None:
        self._restore_handler()  # Lightning does not call teardown after an exception, such as that of a pruned trial

    def _restore_handler(self) -> None:
        if self._earlier_handler is not None:
            signal.signal(signal.SIGINT, self._earlier_handler)
            self._earlier_handler = None

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._interrupted = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
