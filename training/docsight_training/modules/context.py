"""Training of the context network: the right word, among all words and among those spelled like it."""

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from docsight.networks.context import ContextNetwork
from docsight_training.data.speller.context_data import ContextBatch
from docsight_training.modules.base import ScheduledModule


class ContextModule(ScheduledModule[ContextNetwork]):
    """Trains a `ContextNetwork`.

    The loss has two parts: a sampled softmax over the words of the batch and random ones, corrected for how often each
    is drawn (Bengio and Senécal 2008), and a softmax of the right word against its hard negatives, the words one edit
    away that a speller must distinguish.
    """

    def __init__(self, network: ContextNetwork, *, hard_negative_weight: float = 1.0, **schedule: Any) -> None:
        super().__init__(network, **schedule)
        self.hard_negative_weight = hard_negative_weight

    def training_step(self, batch: ContextBatch, _: int) -> Tensor:
        sampled, hard, _accuracy = self._losses(batch)
        loss = sampled + self.hard_negative_weight * hard
        words = len(batch.target)
        self.log("train/loss", loss, batch_size=words, on_step=False, on_epoch=True)
        self.log("train/words", sampled, batch_size=words, on_step=True, on_epoch=True)
        self.log("train/hard_negatives", hard, batch_size=words, on_step=True, on_epoch=True)
        return loss

    def validation_step(self, batch: ContextBatch, _: int) -> None:
        sampled, hard, accuracy = self._losses(batch)
        words = len(batch.target)
        self.log("val/words", sampled, batch_size=words)
        self.log("val/hard_negatives", hard, batch_size=words)
        self.log("val/choice", accuracy, batch_size=words, prog_bar=True)

    def _losses(self, batch: ContextBatch) -> tuple[Tensor, Tensor, Tensor]:
        """Return both losses, and the fraction of words with hard negatives that beat them."""
        network = self.network
        encoded = network.encode(batch.words, batch.chars)
        left, right = network.read(encoded[batch.index], batch.casings, batch.lengths)
        row, word = batch.places.unbind(1)
        queries = network.query(left[row, word], right[row, word + 1])
        vectors, biases = network.keys(batch.pool, network.encode(batch.pool, batch.pool_chars))
        scores = (queries @ vectors.T).float() + biases.float()  # (n, pool)
        # The right word is always in the pool, but its score is corrected by its rate like the others.
        sampled = cross_entropy(scores - batch.pool_rate.log(), batch.target)
        exists = batch.hard_negatives >= 0
        negatives = scores.gather(1, batch.hard_negatives.clamp(min=0)).masked_fill(~exists, -torch.inf)
        positives = scores.gather(1, batch.target.unsqueeze(1))
        contest = torch.cat([positives, negatives], dim=1)[exists.any(dim=1)]  # (words with hard negatives, 1 + most)
        if not len(contest):
            return sampled, sampled * 0, sampled.detach() * 0
        first = torch.zeros(len(contest), dtype=torch.long, device=contest.device)
        return sampled, cross_entropy(contest, first), (contest.argmax(dim=1) == 0).float().mean().detach()
