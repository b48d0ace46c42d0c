"""The base of the LightningModules: optimizer, learning-rate schedule, gradient clipping, seeds, and hooks of a run."""

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytorch_lightning as pl
import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


def one_cycle(progress: float, *, warmup: float = 0.1) -> float:
    """Return the learning rate at a point of the run, as a fraction of its peak.

    Linear up to the peak, which is after the fraction `warmup`, then along half a cosine to zero (after Smith and Topin
    2018). `progress` is from 0, the start of the run, to 1, its end.
    """
    if progress < warmup:
        return 0.04 + 0.96 * progress / warmup
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - warmup) / (1 - warmup))))


class ScheduledModule(pl.LightningModule, Generic[Network]):
    """A LightningModule that trains one network with a one-cycle learning rate.

    Args:
        optimizer: Builds the optimizer of the trained parameters.
        warmup: The fraction of the run before the learning rate peaks.
        clip: The maximum norm of a step's gradient.
        seed: Seeds dropout, again at each step, so that a resumed run repeats an uninterrupted one.
    """

    def __init__(
        self,
        network: Network,
        *,
        optimizer: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer],
        warmup: float = 0.1,
        clip: float = 5.0,
        seed: int = 1,
    ) -> None:
        super().__init__()
        self.network = network
        self.make_optimizer = optimizer
        self.warmup, self.clip, self.seed = warmup, clip, seed

    def configure_optimizers(self) -> Any:
        # Frozen parameters are included: they have no gradient, so the optimizer skips them until they are unfrozen.
        optimizer = self.make_optimizer(self.parameter_groups())
        scheduler = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda _: one_cycle(self.progress(), warmup=self.warmup)
        )
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}

    def parameter_groups(self) -> Any:
        """Return what the optimizer trains: the parameters, or groups of them with settings of their own."""
        return self.parameters()

    def on_train_batch_start(self, batch: Any, batch_idx: int) -> None:
        torch.manual_seed((self.seed * 1_000_003 + self.global_step) * 64 + self.global_rank)

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        """Clip the gradient here: Lightning's own clipping refuses fused optimizers even without a scaler."""
        nn.utils.clip_grad_norm_(self.parameters(), self.clip)

    def progress(self) -> float:
        trainer = self.trainer
        epochs, batches = trainer.max_epochs, trainer.num_training_batches
        if not epochs or epochs < 0 or not batches:
            return 0.5  # a run without an end stays at the midpoint
        done = trainer.fit_loop.epoch_loop.batch_progress.current.ready / batches
        return (trainer.current_epoch + min(1.0, done)) / epochs

    def describe(self, data: Any) -> dict[str, Any]:
        """Finish the network once its weights are final, and return what the model's config says about it."""
        return {}

    def warnings(self) -> list[str]:
        """Return what is wrong with a model by the last validation, and what to change."""
        return []

    def write_reports(self, folder: Path, data: Any) -> None:
        """Write files to the run folder besides figures and curves; called after the last evaluation."""
