"""Random numbers and smooth random fields for a batch of images."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor


class RandomFields:
    """Draws random numbers in the shapes that a batch of images, (batch, channels, size, size), needs."""

    def __init__(self, generator: torch.Generator, images: Tensor) -> None:
        self.generator = generator
        self.batch, self.channels, self.size, _ = images.shape

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Draw uniform numbers, (batch, *shape)."""
        return low + (high - low) * torch.rand(self.batch, *shape, generator=self.generator)

    def each(self, low: float, high: float) -> Tensor:
        """Draw one number for each image, (batch, 1, 1, 1)."""
        return self.uniform(low, high, 1, 1, 1)

    def coin(self) -> Tensor:
        """Draw true or false for each image, (batch, 1, 1, 1)."""
        return self.uniform(0, 1, 1, 1, 1) < 0.5

    def normal(self, channels: int) -> Tensor:
        """Draw normal noise, (batch, channels, size, size)."""
        return torch.randn(self.batch, channels, self.size, self.size, generator=self.generator)

    def clouds(self, cells: int) -> Tensor:
        """Draw smooth fields from 0 to 1 with hills about size / cells wide, (batch, 1, size, size)."""
        coarse = torch.rand(self.batch, 1, cells, cells, generator=self.generator)
        return F.interpolate(coarse, size=(self.size, self.size), mode="bicubic", align_corners=False).clamp(0, 1)

    def displacements(self, max_shift: float) -> Tensor:
        """Draw smooth displacements of a sampling grid, (batch, size, size, 2), after Simard et al. 2003."""
        field = torch.randn(self.batch, 2, 7, 7, generator=self.generator) * self.each(0, max_shift) * 0.5
        smooth = F.interpolate(field, size=(self.size, self.size), mode="bicubic", align_corners=False)
        return smooth.permute(0, 2, 3, 1)

    def along(self) -> Tensor:
        """Draw a direction for each image, and return each pixel's coordinate along it, (batch, 1, size, size)."""
        angle = self.each(0, 2 * math.pi)
        line = torch.linspace(-1, 1, self.size)
        return angle.cos() * line + angle.sin() * line[:, None]
