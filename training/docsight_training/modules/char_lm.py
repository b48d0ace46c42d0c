"""Train the character language model: the next character, along streams that go on from batch to batch."""

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from docsight.networks.char_lm import CharLM, State
from docsight_training.data.speller.char_lm_data import TypingBatch
from docsight_training.modules.base import Annealed


class TypingModule(Annealed):
    """A `CharLM` in training, by truncated back-propagation through time.

    Args:
        network: The language model.
        optimizer: Makes the optimiser of the parameters that are trained.
        warmup: The share of the run before the learning rate peaks.
        clip: The largest norm of a step's gradient.
        seed: Seeds whatever is drawn, anew at each step.
    """

    def __init__(
        self,
        network: CharLM,
        *,
        optimizer: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer],
        warmup: float = 0.05,
        clip: float = 1.0,
        seed: int = 1,
    ) -> None:
        super().__init__(optimizer=optimizer, warmup=warmup, clip=clip, seed=seed)
        self.network = network
        self._state: State | None = None
        self._bits, self._characters = 0.0, 0

    def training_step(self, batch: TypingBatch, _: int) -> Tensor:
        """Return the negative log-likelihood per character, in nats."""
        loss = self._read(batch)
        self.log("train/loss", loss, batch_size=len(batch.inputs), on_step=True, on_epoch=True)
        return loss

    def on_validation_epoch_start(self) -> None:
        """Start counting."""
        self._bits, self._characters = 0.0, 0

    def validation_step(self, batch: TypingBatch, _: int) -> None:
        """Count the bits of the text held out."""
        self._bits += float(self._read(batch)) * batch.targets.numel() / math.log(2)
        self._characters += batch.targets.numel()

    def on_validation_epoch_end(self) -> None:
        """Log bits per character."""
        self.log("val/bits_per_character", self._bits / max(1, self._characters), prog_bar=True)

    def _read(self, batch: TypingBatch) -> Tensor:
        """Read on along the streams; the gradient does not flow into earlier batches."""
        if batch.first or self._state is None or len(self._state.hidden) != len(batch.inputs):
            self._state = self.network.start(len(batch.inputs))
        logits, state = self.network(batch.inputs, self._state)
        self._state = State(state.hidden.detach(), state.cell.detach())
        return cross_entropy(logits.flatten(0, 1), batch.targets.flatten())
