"""An embedding that takes one byte a number."""

import torch
from torch import Tensor, nn

_ZERO = 128  # the byte that represents 0
_LEVELS = 127  # on each side of it


class ByteEmbedding(nn.Module):
    """A frozen embedding stored as bytes with one scale a row; all zeros until `encode`.

    Args:
        num_embeddings: Rows.
        embedding_dim: Width of a row.
    """

    codes: Tensor
    scales: Tensor

    def __init__(self, num_embeddings: int, embedding_dim: int) -> None:
        super().__init__()
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.register_buffer("codes", torch.full((num_embeddings, embedding_dim), _ZERO, dtype=torch.uint8))
        self.register_buffer("scales", torch.zeros(num_embeddings))

    def forward(self, ids: Tensor) -> Tensor:
        """Map ids (n,) to vectors (n, width)."""
        return (self.codes[ids].float() - _ZERO) * self.scales[ids].unsqueeze(1)

    @torch.no_grad()
    def encode(self, vectors: Tensor) -> None:
        """Store vectors (rows, width), each number rounded to the nearest of 255 levels of its row."""
        # The scale is saved in half precision, so it is rounded before the codes are computed from it.
        scales = (vectors.abs().amax(dim=1) / _LEVELS).half().float()
        levels = (vectors / scales.clamp(min=1e-12).unsqueeze(1)).round().clamp(-_LEVELS, _LEVELS)
        self.scales.copy_(scales)
        self.codes.copy_((levels + _ZERO).byte())
