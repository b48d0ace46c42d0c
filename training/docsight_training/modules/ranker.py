"""Train the ranker: the right alternative of each place, the word as typed among them."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from docsight.networks.ranker import Ranker
from docsight_training.data.speller.ranker_data import RankerBatch
from docsight_training.modules.base import Annealed


class RankerModule(Annealed):
    """A `Ranker` in training: the cross-entropy of each member, over the alternatives of a place.

    Args:
        network: The ranker.
        optimizer: Makes the optimiser.
        warmup: The share of the run before the learning rate peaks.
        clip: The largest norm of a step's gradient.
        seed: Seeds the run.
    """

    def __init__(
        self,
        network: Ranker,
        *,
        optimizer: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer],
        warmup: float = 0.1,
        clip: float = 5.0,
        seed: int = 1,
    ) -> None:
        super().__init__(optimizer=optimizer, warmup=warmup, clip=clip, seed=seed)
        self.network = network

    def training_step(self, batch: RankerBatch, _: int) -> Tensor:
        """Return the loss per place."""
        scores = self.network.members_scores(batch.features)  # (rows, members)
        loss = (_surprise(scores, batch) * batch.weight.unsqueeze(1)).mean()
        self.log("train/loss", loss, batch_size=len(batch.right), on_epoch=True)
        return loss

    def validation_step(self, batch: RankerBatch, _: int) -> None:
        """Log the loss, how many mistakes are mended, and how many right words are changed."""
        scores = self.network(batch.features)
        loss = (_surprise(scores.unsqueeze(1), batch).squeeze(1) * batch.weight).mean()
        self.log("val/loss", loss, batch_size=len(batch.right))
        heads = batch.start[:-1]
        top = torch.segment_reduce(scores, "max", offsets=batch.start)
        wrong = batch.right != heads
        found = scores[batch.right] >= top
        if wrong.any():
            self.log("val/mended", found[wrong].float().mean(), batch_size=int(wrong.sum()))
        if not wrong.all():
            self.log("val/spoilt", (~found[~wrong]).float().mean(), batch_size=int((~wrong).sum()))


def _surprise(scores: Tensor, batch: RankerBatch) -> Tensor:
    """Return the negative log-likelihood of the right alternatives: (places, members) from (rows, members)."""
    of = torch.repeat_interleave(batch.start.diff())
    top = torch.segment_reduce(scores.detach(), "max", offsets=batch.start, axis=0)
    total = torch.zeros_like(top).index_add_(0, of, (scores - top[of]).exp())
    return total.log() + top - scores[batch.right]
