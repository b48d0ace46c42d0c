"""A frozen word embedding of a few bytes a word, by product quantisation (Jégou, Douze and Schmid 2011)."""

import torch
from torch import Tensor, nn

CENTROIDS = 256  # so that a code is one byte


class CodedEmbedding(nn.Module):
    """An embedding whose vectors are split into parts, each stored as the nearest of 256 centroids.

    400,000 words of 50 dimensions take 10 MB in 25 parts, an eighth of their size as floats. All zeros until
    `encode`; never trained.

    Args:
        num_embeddings: Rows.
        embedding_dim: Width of a row, a multiple of `parts`.
        parts: Parts, and so bytes, of a row.

    Raises:
        ValueError: The width is not a multiple of `parts`.
    """

    codes: Tensor
    centroids: Tensor

    def __init__(self, num_embeddings: int, embedding_dim: int, *, parts: int) -> None:
        super().__init__()
        if parts < 1 or embedding_dim % parts:
            raise ValueError(
                f"Expected a number of parts that divides the width; found {parts} parts of {embedding_dim}."
            )
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.register_buffer("codes", torch.zeros(num_embeddings, parts, dtype=torch.uint8))
        self.register_buffer("centroids", torch.zeros(parts, CENTROIDS, embedding_dim // parts))

    def forward(self, ids: Tensor) -> Tensor:
        """Map ids (n,) to vectors (n, width)."""
        codes = self.codes[ids].long()  # (n, parts)
        part = torch.arange(codes.shape[1], device=codes.device)
        return self.centroids[part, codes].flatten(1)

    @torch.no_grad()
    def encode(self, vectors: Tensor, *, steps: int = 10, sample: int = 20_000, seed: int = 0) -> None:
        """Fit the centroids to vectors (rows, width) by k-means, part by part, and store the vectors.

        The first centroid of each part is zero, so that a row of zeros stays zero.

        Args:
            vectors: The vectors to approximate.
            steps: Rounds of Lloyd's algorithm.
            sample: Rows that the centroids are fitted to.
            seed: Seeds the sample and the first centroids.
        """
        draw = torch.Generator().manual_seed(seed)
        rows = vectors[vectors.any(dim=1)]
        rows = rows[torch.randperm(len(rows), generator=draw)[:sample]]
        width = self.centroids.shape[2]
        for part in range(self.codes.shape[1]):
            points = rows[:, part * width : (part + 1) * width]
            centres = torch.zeros(CENTROIDS, width)
            first = points[torch.randperm(len(points), generator=draw)[: CENTROIDS - 1]]
            centres[1 : 1 + len(first)] = first
            for _ in range(steps):
                nearest = torch.cdist(points, centres).argmin(dim=1)
                sums = torch.zeros_like(centres).index_add_(0, nearest, points)
                counts = nearest.bincount(minlength=CENTROIDS).unsqueeze(1)
                centres = torch.where(counts > 0, sums / counts.clamp(min=1), centres)
                centres[0] = 0.0
            self.centroids[part] = centres
            for at in range(0, len(vectors), 65_536):
                block = vectors[at : at + 65_536, part * width : (part + 1) * width]
                self.codes[at : at + 65_536, part] = torch.cdist(block, centres).argmin(dim=1).byte()
