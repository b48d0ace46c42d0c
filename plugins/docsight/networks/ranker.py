"""Keep the word as typed, or which other one? A small network over what is known of each alternative."""

import torch
from torch import Tensor, nn


class Ranker(nn.Module):
    """Score the alternatives of a place, among them the word as typed.

    Several small networks of one form that were started differently; their scores are averaged.

    Args:
        num_features: Features of an alternative.
        hidden_dim: Width of the hidden layer.
        members: Networks that are averaged.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, *, num_features: int, hidden_dim: int = 48, members: int = 3) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(num_features))
        self.register_buffer("scale", torch.ones(num_features))
        self.direct = nn.Linear(num_features, members, bias=False)
        self.hidden = nn.Linear(num_features, members * hidden_dim)
        self.score = nn.Parameter(torch.randn(members, hidden_dim) * 0.02)
        nn.init.zeros_(self.direct.weight)

    def members_scores(self, features: Tensor) -> Tensor:
        """Map (alternatives, features) to the score of each member, (alternatives, members)."""
        x = (features - self.mean) * self.scale
        hidden = torch.relu(self.hidden(x)).unflatten(1, self.score.shape)
        return self.direct(x) + (hidden * self.score).sum(dim=2)

    def forward(self, features: Tensor) -> Tensor:
        """Map (alternatives, features) to (alternatives,)."""
        return self.members_scores(features).mean(dim=1)
