"""Train the context network: the word that stood there, among all words and among those like it."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from docsight.networks.context import ContextNetwork
from docsight_training.data.speller.context_data import ContextBatch
from docsight_training.modules.base import Annealed


class ContextModule(Annealed):
    """A `ContextNetwork` in training.

    The loss is a sampled softmax over the words of the batch and random ones, corrected for how often each is drawn
    (Bengio and Senécal 2008), and a softmax of the right word against words one edit away, which a speller must tell
    apart.

    Args:
        network: The context network.
        optimizer: Makes the optimiser.
        rivals: Weight of the second part of the loss.
        warmup: The share of the run before the learning rate peaks.
        clip: The largest norm of a step's gradient.
        seed: Seeds dropout.
    """

    def __init__(
        self,
        network: ContextNetwork,
        *,
        optimizer: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer],
        rivals: float = 1.0,
        warmup: float = 0.05,
        clip: float = 1.0,
        seed: int = 1,
    ) -> None:
        super().__init__(optimizer=optimizer, warmup=warmup, clip=clip, seed=seed)
        self.network = network
        self.rivals = rivals

    def training_step(self, batch: ContextBatch, _: int) -> Tensor:
        """Return the loss per word."""
        chosen, against, _right = self._losses(batch)
        loss = chosen + self.rivals * against
        words = len(batch.target)
        self.log("train/loss", loss, batch_size=words, on_step=False, on_epoch=True)
        self.log("train/words", chosen, batch_size=words, on_step=True, on_epoch=True)
        self.log("train/rivals", against, batch_size=words, on_step=True, on_epoch=True)
        return loss

    def validation_step(self, batch: ContextBatch, _: int) -> None:
        """Log the losses and how often the right word beats all its rivals."""
        chosen, against, right = self._losses(batch)
        words = len(batch.target)
        self.log("val/words", chosen, batch_size=words)
        self.log("val/rivals", against, batch_size=words)
        self.log("val/choice", right, batch_size=words, prog_bar=True)

    def _losses(self, batch: ContextBatch) -> tuple[Tensor, Tensor, Tensor]:
        """Return both losses, and the share of words with rivals that beat them."""
        network = self.network
        encoded = network.encode(batch.words, batch.chars)
        left, right = network.read(encoded[batch.index], batch.casings, batch.lengths)
        row, word = batch.places.unbind(1)
        asked = network.query(left[row, word], right[row, word + 1])
        vectors, biases = network.answers(batch.pool, network.encode(batch.pool, batch.pool_chars))
        scores = (asked @ vectors.T).float() + biases.float()  # (n, pool)
        wanted = scores.gather(1, batch.target.unsqueeze(1))
        corrected = scores - batch.pool_rate.log()
        # The right word is in the pool whatever its rate, and is corrected like the others.
        chosen = nn.functional.cross_entropy(corrected, batch.target)
        has = batch.rivals >= 0
        rivals = scores.gather(1, batch.rivals.clamp(min=0)).masked_fill(~has, -torch.inf)
        with_rivals = has.any(dim=1)
        against = torch.cat([wanted, rivals], dim=1)[with_rivals]
        if not len(against):
            return chosen, chosen * 0, chosen.detach() * 0
        zero = torch.zeros(len(against), dtype=torch.long, device=against.device)
        loss = nn.functional.cross_entropy(against, zero)
        return chosen, loss, (against.argmax(dim=1) == 0).float().mean().detach()
