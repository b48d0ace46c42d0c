"""Words in their context: word vectors, characters and casing, read both ways by BiLSTMs."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from docsight.layers.char_encoder import CharCNN
from docsight.layers.coded_embedding import CodedEmbedding
from docsight.layers.sequence import BiLSTM
from docsight.vocab import CASINGS, PAD, UNK

MAX_LAYERS = 8  # far above what is of use; keeps a strange config small


class WordTypes(NamedTuple):
    """The distinct words of a batch, each encoded once."""

    words: Tensor  # (types,) ids of words
    chars: Tensor  # (types, chars) ids of characters
    casings: Tensor  # (types,)

    def to(self, device: torch.device) -> "WordTypes":
        """Move all three to a device."""
        return WordTypes(*(part.to(device) for part in self))


class Encoder(nn.Module):
    """Encode distinct words without their context, then read them in running order.

    Args:
        num_words: Ids of words, padding and unknown included.
        num_chars: Ids of characters, padding and unknown included.
        tuned_words: The ids below this one get a trained correction to their pretrained vector.
        word_dim: Width of a word vector.
        word_parts: Bytes of a pretrained vector, see `CodedEmbedding`.
        char_dim: Width of a character embedding.
        char_width: Width of the character CNN's output.
        casing_dim: Width of a casing embedding.
        hidden_dim: Width of the LSTM in each direction.
        num_layers: BiLSTMs on top of each other.
        dropout: Share of the units dropped from the LSTMs' inputs, the same ones all along a row.
        word_dropout: Share of the words that are unknown in training, so that their characters must do.
        tune_dropout: Share of the words that lose their correction in training, so that others' vectors will do, too.

    Raises:
        ValueError: There are no layers, or too many, or a share to drop is none.
    """

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
        if not 1 <= num_layers <= MAX_LAYERS:
            raise ValueError(f"Expected 1 to {MAX_LAYERS} layers; found {num_layers}.")
        if not all(0 <= share < 1 for share in (dropout, word_dropout, tune_dropout)):
            raise ValueError("Expected shares to drop from 0 to below 1.")
        self.embed_words = CodedEmbedding(num_words, word_dim, parts=word_parts)
        self.tune_words = nn.Embedding(max(tuned_words, 1), word_dim, padding_idx=PAD)
        nn.init.zeros_(self.tune_words.weight)
        self.embed_casings = nn.Embedding(len(CASINGS), casing_dim)
        self.encode_chars = CharCNN(num_chars=num_chars, char_dim=char_dim, width=char_width)
        self.input_dim = word_dim + char_width + casing_dim
        self.output_dim = 2 * hidden_dim
        self.read = nn.ModuleList(
            BiLSTM(input_dim=2 * hidden_dim if i else self.input_dim, hidden_dim=hidden_dim) for i in range(num_layers)
        )
        self.dropout = dropout
        self.word_dropout = word_dropout
        self.tune_dropout = tune_dropout

    def encode_types(self, types: WordTypes) -> Tensor:
        """Encode distinct words without their context: (types, input)."""
        ids = types.words
        if self.training and self.word_dropout:
            hidden = torch.rand(ids.shape, device=ids.device) < self.word_dropout
            ids = ids.masked_fill(hidden, UNK)
        untuned = ids >= self.tune_words.num_embeddings
        if self.training and self.tune_dropout:
            untuned = untuned | (torch.rand(ids.shape, device=ids.device) < self.tune_dropout)
        tuned = self.tune_words(ids.masked_fill(untuned, PAD))
        words = self.embed_words(ids) + tuned
        return torch.cat([words, self.encode_chars(types.chars), self.embed_casings(types.casings)], dim=1)

    def forward(self, encoded: Tensor, lengths: Tensor) -> Tensor:
        """Read rows of encoded words.

        Args:
            encoded: (batch, time, input), rows of `encode_types` in running order.
            lengths: (batch,), each at least 1.

        Returns:
            (batch, time, 2 * hidden); what lies behind a row's length is undefined.
        """
        x = encoded
        for layer in self.read:
            x = layer(drop_units(x, self.dropout if self.training else 0.0), lengths)
        return x


def drop_units(x: Tensor, share: float) -> Tensor:
    """Drop units of x (batch, time, width), the same ones all along a row (Gal and Ghahramani 2016)."""
    if not share:
        return x
    keep = torch.rand(x.shape[0], 1, x.shape[2], device=x.device, dtype=x.dtype) >= share
    return x * keep / (1 - share)
