"""Scores for labels that a few neighbouring words decide, such as sums of money and quantities."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from docsight.layers.convolutions import WindowCNN
from docsight.layers.lstms import fast_evaluation

MAX_LOCAL_LAYERS = 8


class LocalScores(nn.Module):
    """Score the tags of some labels by a window of words, in addition to what the tagger's encoder says of them.

    Because it is apart from the encoder, it can be trained alone: the scores of all other labels stay what they were.

    Args:
        labels: The labels, at least one.
        input_dim: The width of an encoded word.
        hidden_dim: The width of the layers.
        num_layers: The number of layers; with n, n words on each side of a word count.
        dropout: Fraction of the last layer's outputs that is dropped in training.

    Raises:
        ValueError: There is no label, or the number of layers is out of range.
    """

    def __init__(
        self,
        *,
        labels: Sequence[str],
        input_dim: int,
        hidden_dim: int = 64,
        num_layers: int = 3,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        if isinstance(labels, str) or not labels:
            raise ValueError(f"Expected local.labels to be a list of labels; found {labels!r}.")
        if not 1 <= num_layers <= MAX_LOCAL_LAYERS:
            raise ValueError(f"Expected 1 to {MAX_LOCAL_LAYERS} local layers; found {num_layers}.")
        widths = [input_dim, *([hidden_dim] * (num_layers - 1))]
        self.layers = nn.ModuleList(WindowCNN(input_dim=width, hidden_dim=hidden_dim) for width in widths)
        self.output = nn.Linear(hidden_dim, 4 * len(labels))
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)
        self.dropout = dropout

    def forward(self, encoded: Tensor, lengths: Tensor) -> Tensor:
        """Return the scores of the tags B, I, E and S of each label, (batch, time, 4 * labels).

        In evaluation they are computed in bfloat16 where that is fast.

        Args:
            encoded: (batch, time, input), words without their context.
            lengths: (batch,).
        """
        with fast_evaluation(self, encoded.device):
            for layer in self.layers:
                encoded = layer(encoded, lengths)
            scores: Tensor = self.output(nn.functional.dropout(encoded, self.dropout, self.training))
        return scores


def local_tag_ids(tags: Sequence[str], labels: Sequence[str]) -> Tensor:
    """Return the places of the tags B, I, E and S of some labels in a list of tags, (4 * labels,).

    Raises:
        ValueError: A label has no tags in the list.
    """
    places = {tag: place for place, tag in enumerate(tags)}
    wanted = [f"{prefix}-{label}" for label in labels for prefix in "BIES"]
    if unknown := sorted({tag[2:] for tag in wanted if tag not in places}):
        raise ValueError(f"Expected local.labels to be labels of the tagger; found {', '.join(unknown)}.")
    return torch.tensor([places[tag] for tag in wanted])
