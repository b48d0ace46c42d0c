"""What all LightningModules here share: the learning rate over a run, clipping, and seeds by the epoch."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import pytorch_lightning as pl
import torch
from torch import nn


def one_cycle(progress: float, *, warmup: float = 0.1) -> float:
    """Return the share of the peak learning rate at a point of the run.

    Linear up to the peak, then along half a cosine to zero (after Smith and Topin 2018).

    Args:
        progress: From 0, the start of the run, to 1, its end.
        warmup: The share of the run before the peak.
    """
    if progress < warmup:
        return 0.04 + 0.96 * progress / warmup
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - warmup) / (1 - warmup))))


class Annealed(pl.LightningModule):
    """A LightningModule whose learning rate follows `one_cycle`.

    Args:
        optimizer: Makes the optimiser of the parameters that are trained.
        warmup: The share of the run before the learning rate peaks.
        clip: The largest norm of a step's gradient.
        seed: Seeds dropout, anew at each step, so that a resumed run repeats an undisturbed one.
    """

    def __init__(
        self,
        *,
        optimizer: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer],
        warmup: float = 0.1,
        clip: float = 5.0,
        seed: int = 1,
    ) -> None:
        super().__init__()
        self.make_optimizer = optimizer
        self.warmup, self.clip, self.seed = warmup, clip, seed

    def configure_optimizers(self) -> Any:
        """Return the optimiser and a schedule over the share of the run that is done."""
        # Those that are frozen have no gradient, and are passed over until they are thawed.
        optimizer = self.make_optimizer(self.parameters())
        scheduler = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda _: one_cycle(self.progress(), warmup=self.warmup)
        )
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}

    def on_train_batch_start(self, batch: Any, batch_idx: int) -> None:
        """Seed dropout by the step."""
        torch.manual_seed((self.seed * 1_000_003 + self.global_step) * 64 + self.global_rank)

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        """Clip the gradient here: Lightning's own clipping refuses fused optimisers even without a scaler."""
        nn.utils.clip_grad_norm_(self.parameters(), self.clip)

    def progress(self) -> float:
        """Return the share of the run that is done, from 0 to 1."""
        trainer = self.trainer
        epochs, batches = trainer.max_epochs, trainer.num_training_batches
        if not epochs or epochs < 0 or not batches:
            return 0.5  # a run without an end: half way, for ever
        done = trainer.fit_loop.epoch_loop.batch_progress.current.ready / batches
        return (trainer.current_epoch + min(1.0, done)) / epochs
