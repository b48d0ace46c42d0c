"""The ranker: keep the word as typed, or which candidate? A small network over features of each candidate."""

import torch
from torch import Tensor, nn


class Ranker(nn.Module):
    """Scores the candidates of a place, among them the word as typed.

    An ensemble of small networks with different initial weights; their scores are averaged.

    Args:
        num_features: The number of features of a candidate.
        hidden_dim: The width of the hidden layer of each network.
        members: The number of networks.
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
        """Map (candidates, features) to the score of each member, (candidates, members)."""
        x = (features - self.mean) * self.scale
        hidden = torch.relu(self.hidden(x)).view(len(x), *self.score.shape)  # (candidates, members, hidden)
        direct: Tensor = self.direct(x)
        return direct + (hidden * self.score).sum(dim=2)

    def forward(self, features: Tensor) -> Tensor:
        """Map (candidates, features) to (candidates,)."""
        return self.members_scores(features).mean(dim=1)
