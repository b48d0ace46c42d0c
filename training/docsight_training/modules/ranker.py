"""Training of the ranker: the right candidate of each place. The word as typed is one of the candidates."""

import torch
from torch import Tensor

from docsight.networks.ranker import Ranker
from docsight_training.data.speller.ranker_data import RankerBatch
from docsight_training.modules.base import ScheduledModule


class RankerModule(ScheduledModule[Ranker]):
    """Trains a `Ranker` by the cross-entropy of each member, over the candidates of a place."""

    def training_step(self, batch: RankerBatch, _: int) -> Tensor:
        scores = self.network.members_scores(batch.features)  # (rows, members)
        loss = (_surprise(scores, batch) * batch.weight.unsqueeze(1)).mean()
        self.log("train/loss", loss, batch_size=len(batch.right), on_epoch=True)
        return loss

    def validation_step(self, batch: RankerBatch, _: int) -> None:
        scores = self.network(batch.features)
        loss = (_surprise(scores.unsqueeze(1), batch).squeeze(1) * batch.weight).mean()
        self.log("val/loss", loss, batch_size=len(batch.right))
        as_typed = batch.start[:-1]  # the first candidate of each place
        best = torch.segment_reduce(scores, "max", offsets=batch.start)
        is_mistake = batch.right != as_typed
        is_found = scores[batch.right] >= best
        if is_mistake.any():
            corrected = is_found[is_mistake].float().mean()
            self.log("val/corrected", corrected, batch_size=int(is_mistake.sum()))
        if not is_mistake.all():
            changed = (~is_found[~is_mistake]).float().mean()
            self.log("val/false_alarms", changed, batch_size=int((~is_mistake).sum()))


def _surprise(scores: Tensor, batch: RankerBatch) -> Tensor:
    """Return the negative log-likelihood of the right candidates: (places, members) from (rows, members)."""
    place_of_row = torch.repeat_interleave(batch.start.diff())
    best = torch.segment_reduce(scores.detach(), "max", offsets=batch.start, axis=0)
    total = torch.zeros_like(best).index_add_(0, place_of_row, (scores - best[place_of_row]).exp())
    return total.log() + best - scores[batch.right]
