"""The BiLSTM-CRF tagger of `rnn_ner` (Huang et al. 2015; Lample et al. 2016; Ma and Hovy 2016), and its relatives."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from docsight.layers.convolutions import CharCNN, WindowCNN
from docsight.layers.crf import LinearChainCRF
from docsight.layers.embeddings import CodedEmbedding
from docsight.layers.lstms import BiLSTM, LeftToRightLSTM
from docsight.networks.local_scores import LocalScores, local_tag_ids
from docsight.tags import check_labels, iobes_rules, iobes_tags
from docsight.vocab import CASINGS, PAD, UNK
from docsight.weights import keep_saved_names

# Far above any useful number; they limit a malformed config. The cost of a CRF grows with the square of its tags.
MAX_LAYERS, MAX_SPAN_LABELS = 8, 200

# What encodes words in context: layers with `output_dim`, from (batch, time, input) and lengths (batch,).
CONTEXT_LAYERS: dict[str, type[BiLSTM | LeftToRightLSTM | WindowCNN]] = {
    "bilstm": BiLSTM,
    "lstm": LeftToRightLSTM,
    "cnn": WindowCNN,
}


class WordTypes(NamedTuple):
    """The distinct words of a batch; each is encoded once."""

    words: Tensor  # (types,) ids of words
    chars: Tensor  # (types, chars) ids of characters
    casings: Tensor  # (types,)

    def to(self, device: torch.device) -> "WordTypes":
        return WordTypes(*(part.to(device) for part in self))


class Tagger(nn.Module):
    """An encoder of words in context, tagged by a CRF over IOBES.

    Args:
        labels: The labels of the spans.
        encoder: The arguments of `Encoder`.
        dropout: Fraction of the encoder's outputs that is dropped, the same units at every token of a row.
        local: The arguments of `LocalScores` without the width of its input; None for none.
    """

    local_tags: Tensor
    saved_names = {"output": "emit"}
    retired_tensors = frozenset({"embed_corpora.weight"})  # an embedding of the corpus, used only in training

    def __init__(
        self,
        *,
        labels: Sequence[str],
        encoder: Mapping[str, Any],
        dropout: float = 0.5,
        local: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.labels = check_labels(labels, max_labels=MAX_SPAN_LABELS)
        self.tags = tuple(iobes_tags(labels))
        self.encoder = Encoder(**encoder)
        self.output = nn.Linear(self.encoder.output_dim, len(self.tags))
        follows, first, last = iobes_rules(self.tags)
        self.crf = LinearChainCRF(follows=follows, first=first, last=last)
        self.dropout = dropout
        self.local: LocalScores | None = None
        if local is not None:
            self.local = LocalScores(**local, input_dim=self.encoder.input_dim)
            self.register_buffer("local_tags", local_tag_ids(self.tags, local["labels"]), persistent=False)
        keep_saved_names(self)

    def emissions(self, encoded: Tensor, lengths: Tensor) -> Tensor:
        """Score every tag of every token, (batch, time, tags), float32; undefined beyond a row's length.

        Args:
            encoded: (batch, time, input), rows of `Encoder.encode_types` in text order.
            lengths: (batch,), each at least 1.
        """
        states = self.encoder(encoded, lengths)
        scores: Tensor = self.output(_drop_units(states, self.dropout if self.training else 0.0)).float()
        return scores if self.local is None else self._add_local_scores(scores, encoded, lengths)

    def _add_local_scores(self, scores: Tensor, encoded: Tensor, lengths: Tensor) -> Tensor:
        assert self.local is not None
        return scores.index_add(2, self.local_tags, self.local(encoded, lengths).float())


class Encoder(nn.Module):
    """Encode distinct words by their vectors, characters and casing; then rows of them in context.

    Args:
        num_words: Ids of words, padding and unknown included.
        num_chars: Ids of characters, likewise.
        tuned_words: Ids below this one have a trained correction to their pretrained vector.
        word_parts: Bytes of a pretrained vector, see `CodedEmbedding`.
        char_width: Width of the character CNN's output.
        layer: What encodes words in context: `bilstm`, `lstm` (from left to right) or `cnn` (windows of words).
        hidden_dim: Width of a layer; of a BiLSTM, in each direction.
        num_layers: Layers, one after the other.
        dropout: Fraction of the layers' inputs that is dropped, the same units at every token of a row.
        word_dropout: Fraction of the words replaced by the unknown word in training, so that the network learns to
            rely on their characters.
        tune_dropout: Fraction of the words that lose their correction in training, so that the network also learns
            to use uncorrected vectors.

    Raises:
        ValueError: There is no such layer, or the number of layers or a dropout fraction is out of range.
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
        layer: str = "bilstm",
        hidden_dim: int = 200,
        num_layers: int = 1,
        dropout: float = 0.5,
        word_dropout: float = 0.05,
        tune_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if layer not in CONTEXT_LAYERS:
            raise ValueError(f"Expected a layer of {', '.join(CONTEXT_LAYERS)}; found {layer!r}.")
        if not 1 <= num_layers <= MAX_LAYERS:
            raise ValueError(f"Expected 1 to {MAX_LAYERS} layers; found {num_layers}.")
        fractions = {"dropout": dropout, "word_dropout": word_dropout, "tune_dropout": tune_dropout}
        for name, fraction in fractions.items():
            if not 0 <= fraction < 1:
                raise ValueError(f"Expected {name} to be at least 0 and below 1; found {fraction}.")
        self.embed_words = CodedEmbedding(num_words, word_dim, parts=word_parts)
        self.tune_words = nn.Embedding(max(tuned_words, 1), word_dim, padding_idx=PAD)
        nn.init.zeros_(self.tune_words.weight)
        self.embed_casings = nn.Embedding(len(CASINGS), casing_dim)
        self.encode_chars = CharCNN(num_chars=num_chars, char_dim=char_dim, width=char_width)
        self.input_dim = self.output_dim = word_dim + char_width + casing_dim
        self.layer, self.hidden_dim = layer, hidden_dim
        self.layers = nn.ModuleList()
        for _ in range(num_layers):
            context = CONTEXT_LAYERS[layer](input_dim=self.output_dim, hidden_dim=hidden_dim)
            self.layers.append(context)
            self.output_dim = context.output_dim
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
        words = self.embed_words(ids) + self.tune_words(ids.masked_fill(untuned, PAD))
        return torch.cat([words, self.encode_chars(types.chars), self.embed_casings(types.casings)], dim=1)

    def forward(self, encoded: Tensor, lengths: Tensor) -> Tensor:
        """Map (batch, time, input), rows of `encode_types` in text order, to (batch, time, output)."""
        for layer in self.layers:
            encoded = layer(_drop_units(encoded, self.dropout if self.training else 0.0), lengths)
        return encoded


def _drop_units(x: Tensor, fraction: float) -> Tensor:
    """Drop units of x (batch, time, width), the same ones at every time step (Gal and Ghahramani 2016)."""
    if not fraction:
        return x
    keep = torch.rand(x.shape[0], 1, x.shape[2], device=x.device, dtype=x.dtype) >= fraction
    return x * keep / (1 - fraction)
