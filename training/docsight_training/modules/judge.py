"""Training of the judge: whether the suggestion at a place is right, in texts with every density of errors."""

import torch
from torch import Tensor
from torch.nn import functional as F

from docsight.networks.judge import Judge
from docsight_training.data.speller.judge_data import JudgeBatch
from docsight_training.modules.base import ScheduledModule


class JudgeModule(ScheduledModule[Judge]):
    """Trains a `Judge` by the cross-entropy of each place.

    Args:
        penalty: Of the squares of the weights.
        options: Those of `ScheduledModule`.
    """

    def __init__(self, network: Judge, *, penalty: float = 0.001, **options: object) -> None:
        super().__init__(network, **options)  # type: ignore[arg-type]
        self.penalty = penalty

    def training_step(self, batch: JudgeBatch, _: int) -> Tensor:
        loss = judge_loss(self.network, batch)
        self.log("train/loss", loss, batch_size=len(batch.words), on_epoch=True)
        weights = self.network.weight, self.network.long_weight
        return loss + self.penalty * sum(weight.square().sum() for weight in weights)

    def validation_step(self, batch: JudgeBatch, _: int) -> None:
        self.log("val/loss", judge_loss(self.network, batch), batch_size=len(batch.words))


def judge_loss(judge: Judge, batch: JudgeBatch) -> Tensor:
    """Return the mean cross-entropy of the judged places, in nats."""
    log_odds = judge(batch.evidence, batch.known, batch.text, batch.words, batch.share)
    losses = F.binary_cross_entropy_with_logits(log_odds, batch.right, reduction="none")
    return (losses * batch.weight).sum() / batch.weight.sum().clamp(min=torch.finfo(losses.dtype).tiny)
