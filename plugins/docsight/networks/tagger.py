"""The BiLSTM-CRF tagger of `rnn_ner` (Huang et al. 2015; Lample et al. 2016; Ma and Hovy 2016)."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from docsight.layers.crf import LinearChainCRF
from docsight.networks.encoder import Encoder, WordTypes, drop_units
from docsight.tags import iobes_rules, iobes_tags

# A CRF costs the square of its tags: far above what is of use, this keeps a strange config small.
MAX_LABELS = 200


class Tagger(nn.Module):
    """An encoder of words in context, tagged by a CRF over IOBES.

    Args:
        labels: The labels of spans, such as PER.
        encoder: The arguments of the `Encoder`.
        num_corpora: Corpora told apart in training by an embedding of their own; 0 for none.
        dropout: Share of the encoder's outputs dropped, the same ones all along a row.

    Raises:
        ValueError: There are no labels, or too many.
    """

    def __init__(
        self,
        *,
        labels: Sequence[str],
        encoder: Mapping[str, Any],
        num_corpora: int = 0,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        if isinstance(labels, str) or not all(isinstance(name, str) and name.isprintable() and name for name in labels):
            raise ValueError(f"Expected labels to be a list of printable strings; found {str(labels)[:80]!r}.")
        if not 1 <= len(set(labels)) == len(labels) <= MAX_LABELS:
            raise ValueError(f"Expected 1 to {MAX_LABELS} labels, each once; found {len(labels)}.")
        self.labels = tuple(labels)
        self.tags = tuple(iobes_tags(labels))
        self.encoder = Encoder(**encoder)
        # Row 0 is no corpus in particular: it stays zero, and is what the component reads with.
        self.embed_corpora = (
            nn.Embedding(num_corpora + 1, self.encoder.input_dim, padding_idx=0) if num_corpora else None
        )
        self.emit = nn.Linear(self.encoder.output_dim, len(self.tags))
        follows, first, last = iobes_rules(self.tags)
        self.crf = LinearChainCRF(follows=follows, first=first, last=last)
        self.dropout = dropout

    def emissions(self, encoded: Tensor, lengths: Tensor, corpora: Tensor | None = None) -> Tensor:
        """Score every tag of every token.

        Args:
            encoded: (batch, time, input), rows of `Encoder.encode_types` in running order.
            lengths: (batch,), each at least 1.
            corpora: (batch,) ids of corpora, or None.

        Returns:
            (batch, time, tags), float32; what lies behind a row's length is undefined.
        """
        if self.embed_corpora is not None and corpora is not None:
            encoded = encoded + self.embed_corpora(corpora).unsqueeze(1)
        states = self.encoder(encoded, lengths)
        return self.emit(drop_units(states, self.dropout if self.training else 0.0)).float()

    def forward(self, types: WordTypes, index: Tensor, lengths: Tensor, corpora: Tensor | None = None) -> Tensor:
        """Score the tags of tokens given as indexes (batch, time) into `types`: (batch, time, tags)."""
        return self.emissions(self.encoder.encode_types(types)[index], lengths, corpora)
