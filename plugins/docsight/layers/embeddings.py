"""Frozen word embeddings of a few bytes per word. They are all zeros until `encode`."""

import torch
from torch import Tensor, nn

_CODE_OF_ZERO = 128
_LEVELS_PER_SIGN = 127
_CENTROIDS_PER_PART = 256  # so that a code is one byte
_KMEANS_STEPS, _KMEANS_ROWS = 10, 20_000
_ROWS_PER_BLOCK = 2048  # rows that are compared with the centroids together: their distances fit into the cache


class ByteEmbedding(nn.Module):
    """An embedding of one byte per number, with one scale per row."""

    codes: Tensor
    scales: Tensor

    def __init__(self, num_embeddings: int, embedding_dim: int) -> None:
        super().__init__()
        self.register_buffer("codes", torch.full((num_embeddings, embedding_dim), _CODE_OF_ZERO, dtype=torch.uint8))
        self.register_buffer("scales", torch.zeros(num_embeddings))

    def forward(self, ids: Tensor) -> Tensor:
        """Map ids (n,) to vectors (n, width)."""
        return (self.codes[ids].float() - _CODE_OF_ZERO) * self.scales[ids].unsqueeze(1)

    @torch.no_grad()
    def encode(self, vectors: Tensor) -> None:
        """Store vectors (rows, width), each number rounded to the nearest of 255 levels of its row."""
        # The scale is saved in half precision, so it is rounded before the codes are computed from it.
        scales = (vectors.abs().amax(dim=1) / _LEVELS_PER_SIGN).half().float()
        levels = (vectors / scales.clamp(min=1e-12).unsqueeze(1)).round().clamp(-_LEVELS_PER_SIGN, _LEVELS_PER_SIGN)
        self.scales.copy_(scales)
        self.codes.copy_((levels + _CODE_OF_ZERO).byte())


class CodedEmbedding(nn.Module):
    """An embedding by product quantisation (Jégou, Douze and Schmid 2011): one byte for each part of a vector.

    A byte is the nearest of 256 centroids. 400,000 words of 50 dimensions take 10 MB in 25 parts, an eighth of their
    size as floats.
    """

    codes: Tensor
    centroids: Tensor

    def __init__(self, num_embeddings: int, embedding_dim: int, *, parts: int) -> None:
        super().__init__()
        if parts < 1 or embedding_dim % parts:
            raise ValueError(
                f"Expected a number of parts that divides the width; found {parts} parts of {embedding_dim}."
            )
        self.embedding_dim = embedding_dim
        self.register_buffer("codes", torch.zeros(num_embeddings, parts, dtype=torch.uint8))
        self.register_buffer("centroids", torch.zeros(parts, _CENTROIDS_PER_PART, embedding_dim // parts))

    def forward(self, ids: Tensor) -> Tensor:
        codes = self.codes[ids].long()  # (n, parts)
        part = torch.arange(codes.shape[1], device=codes.device)
        return self.centroids[part, codes].flatten(1)

    @torch.no_grad()
    def encode(self, vectors: Tensor) -> None:
        """Fit the centroids to vectors (rows, width) by k-means, part by part, and store the vectors.

        The first centroid of each part is zero, so that a row of zeros stays zero.
        """
        draw = torch.Generator().manual_seed(0)
        rows = vectors[vectors.any(dim=1)]
        rows = rows[torch.randperm(len(rows), generator=draw)[:_KMEANS_ROWS]]
        width = self.centroids.shape[2]
        for part in range(self.codes.shape[1]):
            points = rows[:, part * width : (part + 1) * width]
            centres = torch.zeros(_CENTROIDS_PER_PART, width)
            first = points[torch.randperm(len(points), generator=draw)[: _CENTROIDS_PER_PART - 1]]
            centres[1 : 1 + len(first)] = first
            for _ in range(_KMEANS_STEPS):
                nearest = _nearest(points, centres)
                sums = torch.zeros_like(centres).index_add_(0, nearest, points)
                counts = nearest.bincount(minlength=_CENTROIDS_PER_PART).unsqueeze(1)
                centres = torch.where(counts > 0, sums / counts.clamp(min=1), centres)
                centres[0] = 0.0
            self.centroids[part] = centres
            self.codes[:, part] = _nearest(vectors[:, part * width : (part + 1) * width], centres).byte()


def _nearest(points: Tensor, centres: Tensor) -> Tensor:
    """Return the index of the nearest centre of each point, (points,)."""
    # |point - centre|² without |point|², which is the same for all centres, and halved
    constant = centres.square().sum(dim=1) / 2
    blocks = torch.split(points, _ROWS_PER_BLOCK)
    return torch.cat([torch.addmm(constant, block, centres.T, alpha=-1).argmin(dim=1) for block in blocks])
