"""The BiLSTM-CRF tagger of `rnn_ner` (Huang et al. 2015; Lample et al. 2016; Ma and Hovy 2016)."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from docsight.layers.char_encoder import CharCNN
from docsight.layers.coded_embedding import CodedEmbedding
from docsight.layers.crf import LinearChainCRF
from docsight.layers.sequence import BiLSTM
from docsight.tags import iobes_rules, iobes_tags
from docsight.vocab import CASINGS, UNK

# A CRF costs the square of its tags: these bounds are far above what is of use and keep a strange config small.
MAX_LABELS = 200
MAX_LAYERS = 8


class WordTypes(NamedTuple):
    """The distinct words of a batch, each encoded once."""

    words: Tensor  # (types,) ids of words
    chars: Tensor  # (types, chars) ids of characters
    casings: Tensor  # (types,)

    def to(self, device: torch.device) -> "WordTypes":
        """Move all three to a device."""
        return WordTypes(*(part.to(device) for part in self))


class Tagger(nn.Module):
    """Word embedding, character CNN and casing, read by BiLSTMs, tagged by a CRF over IOBES.

    Args:
        labels: The labels of spans, such as PER.
        num_words: Rows of the word embedding, padding and unknown included.
        num_chars: Rows of the character embedding, padding and unknown included.
        word_dim: Width of a word embedding.
        word_parts: Bytes of a word's embedding if it is coded (see `CodedEmbedding`); None for plain floats.
        char_dim: Width of a character embedding.
        char_width: Width of the character CNN's output.
        casing_dim: Width of a casing embedding.
        hidden_dim: Width of the LSTM in each direction.
        num_layers: BiLSTMs on top of each other.
        num_corpora: Corpora told apart in training by an embedding of their own; 0 for none.
        dropout: Share of the units dropped from the LSTMs' inputs and outputs, the same ones all along a row.
        word_dropout: Share of the words that are unknown in training, so that their characters must do.

    Raises:
        ValueError: There are no labels, or too many, or too many layers.
    """

    def __init__(
        self,
        *,
        labels: Sequence[str],
        num_words: int,
        num_chars: int,
        word_dim: int = 50,
        word_parts: int | None = None,
        char_dim: int = 32,
        char_width: int = 64,
        casing_dim: int = 8,
        hidden_dim: int = 200,
        num_layers: int = 1,
        num_corpora: int = 0,
        dropout: float = 0.5,
        word_dropout: float = 0.05,
    ) -> None:
        super().__init__()
        if not 1 <= len(set(labels)) == len(labels) <= MAX_LABELS:
            raise ValueError(f"Expected 1 to {MAX_LABELS} labels, each once; found {len(labels)}.")
        if not 1 <= num_layers <= MAX_LAYERS:
            raise ValueError(f"Expected 1 to {MAX_LAYERS} layers; found {num_layers}.")
        self.labels = tuple(labels)
        self.tags = tuple(iobes_tags(labels))
        self.embed_words: nn.Module = (
            nn.Embedding(num_words, word_dim)
            if word_parts is None
            else CodedEmbedding(num_words, word_dim, parts=word_parts)
        )
        self.embed_casings = nn.Embedding(len(CASINGS), casing_dim)
        self.encode_chars = CharCNN(num_chars=num_chars, char_dim=char_dim, width=char_width)
        input_dim = word_dim + char_width + casing_dim
        # Row 0 is no corpus in particular: it stays zero, and is what the component uses.
        self.embed_corpora = nn.Embedding(num_corpora + 1, input_dim, padding_idx=0) if num_corpora else None
        self.read = nn.ModuleList(
            BiLSTM(input_dim=2 * hidden_dim if i else input_dim, hidden_dim=hidden_dim) for i in range(num_layers)
        )
        self.emit = nn.Linear(2 * hidden_dim, len(self.tags))
        follows, first, last = iobes_rules(self.tags)
        self.crf = LinearChainCRF(follows=follows, first=first, last=last)
        self.dropout = dropout
        self.word_dropout = word_dropout

    def encode_types(self, types: WordTypes) -> Tensor:
        """Encode distinct words without their context: (types, input)."""
        ids = types.words
        if self.training and self.word_dropout:
            hidden = torch.rand(ids.shape, device=ids.device) < self.word_dropout
            ids = ids.masked_fill(hidden, UNK)
        words = self.embed_words(ids)
        return torch.cat([words, self.encode_chars(types.chars), self.embed_casings(types.casings)], dim=1)

    def emissions(self, encoded: Tensor, lengths: Tensor, corpora: Tensor | None = None) -> Tensor:
        """Score every tag of every token.

        Args:
            encoded: (batch, time, input), rows of `encode_types` in running order.
            lengths: (batch,), each at least 1.
            corpora: (batch,) ids of corpora, or None.

        Returns:
            (batch, time, tags), float32; what lies behind a row's length is undefined.
        """
        x = encoded
        if self.embed_corpora is not None and corpora is not None:
            x = x + self.embed_corpora(corpora).unsqueeze(1)
        for layer in self.read:
            x = layer(self._drop(x), lengths)
        return self.emit(self._drop(x)).float()

    def forward(self, types: WordTypes, index: Tensor, lengths: Tensor, corpora: Tensor | None = None) -> Tensor:
        """Score the tags of tokens given as indexes (batch, time) into `types`: (batch, time, tags)."""
        return self.emissions(self.encode_types(types)[index], lengths, corpora)

    def _drop(self, x: Tensor) -> Tensor:
        """Drop whole units along a row (Gal and Ghahramani 2016)."""
        if not self.training or not self.dropout:
            return x
        keep = torch.rand(x.shape[0], 1, x.shape[2], device=x.device, dtype=x.dtype) >= self.dropout
        return x * keep / (1 - self.dropout)
