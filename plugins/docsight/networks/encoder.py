"""Words in context: word vectors, characters and casing, encoded by bidirectional LSTMs."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from docsight.layers.convolutions import CharCNN
from docsight.layers.embeddings import CodedEmbedding
from docsight.layers.lstms import BiLSTM
from docsight.vocab import CASINGS, PAD, UNK
from docsight.weights import keep_saved_names

MAX_LSTM_LAYERS = 8  # far above any useful number; bounds a malformed config


class WordTypes(NamedTuple):
    """The distinct words of a batch; each is encoded once."""

    words: Tensor  # (types,) ids of words
    chars: Tensor  # (types, chars) ids of characters
    casings: Tensor  # (types,)

    def to(self, device: torch.device) -> "WordTypes":
        return WordTypes(*(part.to(device) for part in self))


class Encoder(nn.Module):
    """Encode distinct words without their context, then rows of them in running order.

    Args:
        num_words: Ids of words, padding and unknown included.
        num_chars: Ids of characters, padding and unknown included.
        tuned_words: Ids below this one have a trained correction to their pretrained vector.
        word_dim: Width of a word vector.
        word_parts: Bytes of a pretrained vector, see `CodedEmbedding`.
        char_dim: Width of a character embedding.
        char_width: Width of the character CNN's output.
        casing_dim: Width of a casing embedding.
        hidden_dim: Width of the LSTM in each direction.
        num_layers: Number of stacked BiLSTMs.
        dropout: Fraction of the LSTMs' inputs that is dropped, the same units at every token of a row.
        word_dropout: Fraction of the words replaced by the unknown word in training, so that the network learns to
            rely on their characters.
        tune_dropout: Fraction of the words that lose their correction in training, so that the network also learns
            to use uncorrected vectors.

    Raises:
        ValueError: The number of layers, or a dropout fraction, is out of range.
    """

    saved_names = {"layers": "read"}

    def __init__(
        self,
        *,
        num_words: int,
        num_chars: int,
        tuned_words: int = 0,
        word_dim: int = 50,
        word_parts: int = 25,
        char_dim: int = 32,
        char_width: int = 64,
        casing_dim: int = 8,
        hidden_dim: int = 200,
        num_layers: int = 1,
        dropout: float = 0.5,
        word_dropout: float = 0.05,
        tune_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if not 1 <= num_layers <= MAX_LSTM_LAYERS:
            raise ValueError(f"Expected 1 to {MAX_LSTM_LAYERS} layers; found {num_layers}.")
        fractions = {"dropout": dropout, "word_dropout": word_dropout, "tune_dropout": tune_dropout}
        for name, fraction in fractions.items():
            if not 0 <= fraction < 1:
                raise ValueError(f"Expected {name} to be at least 0 and below 1; found {fraction}.")
        self.embed_words = CodedEmbedding(num_words, word_dim, parts=word_parts)
        self.tune_words = nn.Embedding(max(tuned_words, 1), word_dim, padding_idx=PAD)
        nn.init.zeros_(self.tune_words.weight)
        self.embed_casings = nn.Embedding(len(CASINGS), casing_dim)
        self.encode_chars = CharCNN(num_chars=num_chars, char_dim=char_dim, width=char_width)
        self.input_dim = word_dim + char_width + casing_dim
        self.output_dim = 2 * hidden_dim
        self.layers = nn.ModuleList(
            BiLSTM(input_dim=2 * hidden_dim if i else self.input_dim, hidden_dim=hidden_dim) for i in range(num_layers)
        )
        self.dropout = dropout
        self.word_dropout = word_dropout
        self.tune_dropout = tune_dropout
        keep_saved_names(self)

    def encode_types(self, types: WordTypes) -> Tensor:
        """Encode distinct words without their context: (types, input)."""
        ids = types.words
        if self.training and self.word_dropout:
            hidden = torch.rand(ids.shape, device=ids.device) < self.word_dropout
            ids = ids.masked_fill(hidden, UNK)
        untuned = ids >= self.tune_words.num_embeddings
        if self.training and self.tune_dropout:
            untuned = untuned | (torch.rand(ids.shape, device=ids.device) < self.tune_dropout)
        correction = self.tune_words(ids.masked_fill(untuned, PAD))
        words = self.embed_words(ids) + correction
        return torch.cat([words, self.encode_chars(types.chars), self.embed_casings(types.casings)], dim=1)

    def forward(self, encoded: Tensor, lengths: Tensor) -> Tensor:
        """Encode rows of words in context.

        Args:
            encoded: (batch, time, input), rows of `encode_types` in running order.
            lengths: (batch,), each at least 1.

        Returns:
            (batch, time, 2 * hidden); values beyond a row's length are undefined.
        """
        x = encoded
        for layer in self.layers:
            x = layer(drop_units(x, self.dropout if self.training else 0.0), lengths)
        return x


def drop_units(x: Tensor, fraction: float) -> Tensor:
    """Drop units of x (batch, time, width), the same ones at every time step (Gal and Ghahramani 2016)."""
    if not fraction:
        return x
    keep = torch.rand(x.shape[0], 1, x.shape[2], device=x.device, dtype=x.dtype) >= fraction
    return x * keep / (1 - fraction)
