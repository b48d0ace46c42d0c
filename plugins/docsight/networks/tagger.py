"""The BiLSTM-CRF tagger of `rnn_ner` (Huang et al. 2015; Lample et al. 2016; Ma and Hovy 2016)."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from docsight.layers.crf import LinearChainCRF
from docsight.networks.encoder import Encoder, WordTypes, drop_units
from docsight.networks.labels import check_labels
from docsight.tags import iobes_rules, iobes_tags
from docsight.weights import keep_saved_names

# The cost of a CRF grows with the square of its tags. Far above any useful number, this bounds a malformed config.
MAX_SPAN_LABELS = 200


class Tagger(nn.Module):
    """An encoder of words in context, tagged by a CRF over IOBES.

    Args:
        labels: The labels of spans, such as PER.
        encoder: The arguments of the `Encoder`.
        dropout: Fraction of the encoder's outputs that is dropped, the same units at every token of a row.

    Raises:
        ValueError: There are no labels, or too many.
    """

    saved_names = {"output": "emit"}
    retired_tensors = frozenset({"embed_corpora.weight"})  # an embedding of the corpus, used in training alone

    def __init__(self, *, labels: Sequence[str], encoder: Mapping[str, Any], dropout: float = 0.5) -> None:
        super().__init__()
        self.labels = check_labels(labels, max_labels=MAX_SPAN_LABELS)
        self.tags = tuple(iobes_tags(labels))
        self.encoder = Encoder(**encoder)
        self.output = nn.Linear(self.encoder.output_dim, len(self.tags))
        follows, first, last = iobes_rules(self.tags)
        self.crf = LinearChainCRF(follows=follows, first=first, last=last)
        self.dropout = dropout
        keep_saved_names(self)

    def emissions(self, encoded: Tensor, lengths: Tensor) -> Tensor:
        """Score every tag of every token.

        Args:
            encoded: (batch, time, input), rows of `Encoder.encode_types` in running order.
            lengths: (batch,), each at least 1.

        Returns:
            (batch, time, tags), float32; values beyond a row's length are undefined.
        """
        states = self.encoder(encoded, lengths)
        scores: Tensor = self.output(drop_units(states, self.dropout if self.training else 0.0))
        return scores.float()

    def forward(self, types: WordTypes, index: Tensor, lengths: Tensor) -> Tensor:
        """Score the tags of tokens given as indexes (batch, time) into `types`: (batch, time, tags)."""
        return self.emissions(self.encoder.encode_types(types)[index], lengths)
