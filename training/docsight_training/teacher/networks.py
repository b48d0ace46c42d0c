"""The networks of the teacher: taggers that may also see features of a transformer, and their average."""

import copy
from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn

from docsight.layers.crf import LinearChainCRF
from docsight.networks.tagger import CONTEXT_LAYERS, Encoder, Tagger, WordTypes


class FeatureTagger(Tagger):
    """A tagger whose words also have features in context.

    Args:
        feature_dim: The width of the features; 0 for none.
        feature_width: The width to which they are projected before the encoder's layers read them.
        feature_dropout: The fraction of the features that is dropped in training.
        tagger: The arguments of `Tagger`.
    """

    def __init__(
        self, *, feature_dim: int = 0, feature_width: int = 128, feature_dropout: float = 0.2, **tagger: Any
    ) -> None:
        super().__init__(**tagger)
        self.input_dim = self.encoder.input_dim
        self.project: nn.Module | None = None
        if feature_dim:
            self.project = nn.Sequential(
                nn.LayerNorm(feature_dim), nn.Dropout(feature_dropout), nn.Linear(feature_dim, feature_width)
            )
            self.input_dim += feature_width
            first = CONTEXT_LAYERS[self.encoder.layer]
            self.encoder.layers[0] = first(input_dim=self.input_dim, hidden_dim=self.encoder.hidden_dim)

    def encode_words(self, types: WordTypes, index: Tensor, features: Tensor | None) -> Tensor:
        """Return the inputs of the encoder's layers, (…, input), of words given as indexes (…) into `types`.

        `features` is (…, feature_dim), or None for a network without features.
        """
        encoded = self.encoder.encode_types(types)[index]
        if self.project is None:
            return encoded
        assert features is not None, "the network has features, but the batch has none"
        return torch.cat([encoded, self.project(features.float())], dim=-1)


class Ensemble(nn.Module):
    """The average of several taggers with the same labels: of their emissions, and of the parameters of their CRFs."""

    def __init__(self, members: Sequence[FeatureTagger]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        self.labels, self.tags = members[0].labels, members[0].tags
        self.crf = _mean_crf([member.crf for member in members])
        self.widths = [member.input_dim for member in members]

    @property
    def encoder(self) -> Encoder:
        return cast(FeatureTagger, self.members[0]).encoder

    def encode_words(self, types: WordTypes, index: Tensor, features: Tensor | None) -> Tensor:
        """Return the inputs of all members side by side, (…, sum of their inputs)."""
        parts = [cast(FeatureTagger, member).encode_words(types, index, features) for member in self.members]
        return torch.cat(parts, dim=-1)

    def emissions(self, encoded: Tensor, lengths: Tensor) -> Tensor:
        """Return the mean of the members' scores of tags, (batch, time, tags)."""
        parts = torch.split(encoded, self.widths, dim=-1)
        scores = [
            cast(FeatureTagger, member).emissions(part, lengths)
            for member, part in zip(self.members, parts, strict=True)
        ]
        return torch.stack(scores).mean(dim=0)


def _mean_crf(crfs: Sequence[LinearChainCRF]) -> LinearChainCRF:
    mean = copy.deepcopy(crfs[0])
    with torch.no_grad():
        for name, parameter in mean.named_parameters():
            parameter.copy_(torch.stack([crf.get_parameter(name) for crf in crfs]).mean(dim=0))
    return mean
