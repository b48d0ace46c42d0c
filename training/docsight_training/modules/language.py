"""Teach a tagger's encoder to guess the next and the last word, before it learns names.

A forward and a backward language model with sampled softmax (Jozefowicz et al. 2016), as the start of a tagger
(Dai and Le 2015; Peters et al. 2017).
"""

from collections.abc import Callable, Iterable
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from docsight.errors import ConfigError
from docsight.networks.encoder import Encoder, drop_units
from docsight.vocab import UNK
from docsight_training.data.text import TextBatch, TextData
from docsight_training.modules.schedule import Annealed


class LanguageModule(Annealed):
    """An encoder as two language models.

    Args:
        network: The encoder, of one layer: a second one would see, from its other direction, the word to guess.
        optimizer: Makes the optimiser.
        samples: Words that each step's targets are told apart from.
        warmup: The share of the run before the learning rate peaks.
        clip: The largest norm of a step's gradient.
        seed: Seeds dropout and samples.
    """

    def __init__(
        self,
        network: Encoder,
        *,
        optimizer: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer],
        samples: int = 400,
        warmup: float = 0.05,
        clip: float = 5.0,
        seed: int = 1,
    ) -> None:
        super().__init__(optimizer=optimizer, warmup=warmup, clip=clip, seed=seed)
        self.network = network
        self.samples = samples
        if len(network.read) != 1:
            raise ConfigError(f"model.network.num_layers: expected 1 for a language model; found {len(network.read)}.")
        hidden, width = network.output_dim // 2, network.embed_words.embedding_dim
        self.ahead, self.back = nn.Linear(hidden, width), nn.Linear(hidden, width)
        self.bias = nn.Embedding(network.embed_words.num_embeddings, 1)
        nn.init.zeros_(self.bias.weight)
        self._log_q: Tensor | None = None

    def training_step(self, batch: TextBatch, _: int) -> Tensor:
        """Return the mean negative log-likelihood of the words behind and before."""
        loss = self._loss(batch)
        self.log("train/loss", loss, batch_size=len(batch.lengths), on_step=True)
        return loss

    def validation_step(self, batch: TextBatch, _: int) -> None:
        """Log the loss on text that was not trained on."""
        self.log("val/loss", self._loss(batch), batch_size=len(batch.lengths))

    def _loss(self, batch: TextBatch) -> Tensor:
        encoded = self.network.encode_types(batch.types)[batch.index]
        states = self.network(encoded, batch.lengths)
        half = states.shape[2] // 2
        share = self.network.dropout if self.training else 0.0
        words = batch.types.words[batch.index]  # (batch, time)
        time = torch.arange(words.shape[1], device=words.device)
        inside = time < batch.lengths.unsqueeze(1)
        known = inside & (words != UNK)
        # The state at t has read the word at t: ahead it guesses t + 1, on the way back t - 1.
        ahead = self.ahead(drop_units(states[:, :-1, :half], share))[known[:, 1:]]
        back = self.back(drop_units(states[:, 1:, half:], share))[known[:, :-1] & inside[:, 1:]]
        targets = torch.cat([words[:, 1:][known[:, 1:]], words[:, :-1][known[:, :-1] & inside[:, 1:]]])
        return self._sampled_softmax(torch.cat([ahead, back]), targets)

    def _sampled_softmax(self, guesses: Tensor, targets: Tensor) -> Tensor:
        """Tell the targets (n,) from words drawn by their frequency, given guesses (n, width)."""
        if self._log_q is None:
            counts = cast(TextData, self.trainer.datamodule).word_counts.double()  # type: ignore[attr-defined]
            counts[: UNK + 1] = 0
            q = counts.pow(0.75)
            self._log_q = (q / q.sum()).clamp(min=1e-12).log().float()
        log_q = self._log_q.to(guesses.device)
        drawn = torch.multinomial(log_q.exp(), self.samples, replacement=True)
        embed = self.network.embed_words
        own = (guesses * embed(targets)).sum(1) + self.bias(targets).squeeze(1) - log_q[targets]  # (n,)
        others = guesses @ embed(drawn).T.to(guesses.dtype) + self.bias(drawn).T - log_q[drawn]  # (n, samples)
        others = others.float().masked_fill(drawn == targets.unsqueeze(1), -1e4)  # the target itself, drawn again
        logits = torch.cat([own.float().unsqueeze(1), others], dim=1)
        return F.cross_entropy(logits, logits.new_zeros(len(logits), dtype=torch.long))
