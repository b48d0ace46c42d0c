"""Training of the character language model on streams of text that continue from batch to batch."""

import math
from typing import Any

from torch import Tensor
from torch.nn.functional import cross_entropy

from docsight.networks.char_lm import CharLM, State
from docsight_training.data.speller.char_lm_data import CharLMBatch
from docsight_training.modules.base import ScheduledModule


class CharLMModule(ScheduledModule[CharLM]):
    """Trains a `CharLM` by truncated back-propagation through time."""

    def __init__(self, network: CharLM, **schedule: Any) -> None:
        super().__init__(network, **schedule)
        self._state: State | None = None
        self._bits, self._characters = 0.0, 0

    def training_step(self, batch: CharLMBatch, _: int) -> Tensor:
        loss = self._loss(batch)
        self.log("train/loss", loss, batch_size=len(batch.inputs), on_step=True, on_epoch=True)
        return loss

    def on_validation_epoch_start(self) -> None:
        self._bits, self._characters = 0.0, 0

    def validation_step(self, batch: CharLMBatch, _: int) -> None:
        self._bits += float(self._loss(batch)) * batch.targets.numel() / math.log(2)
        self._characters += batch.targets.numel()

    def on_validation_epoch_end(self) -> None:
        self.log("val/bits_per_character", self._bits / max(1, self._characters), prog_bar=True)

    def _loss(self, batch: CharLMBatch) -> Tensor:
        """Return the negative log-likelihood per character, in nats, from the state of the batch before.

        Gradients do not flow into earlier batches.
        """
        if batch.first or self._state is None or len(self._state.hidden) != len(batch.inputs):
            self._state = self.network.start(len(batch.inputs))
        logits, state = self.network(batch.inputs, self._state)
        self._state = State(state.hidden.detach(), state.cell.detach())
        return cross_entropy(logits.flatten(0, 1), batch.targets.flatten())
