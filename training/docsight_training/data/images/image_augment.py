"""Random augmentation of images: geometry in one resampling, then at most one damage, then transforms by chance."""

import math
from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from docsight.errors import ConfigError
from docsight_training.data.images.image_damage import DAMAGES
from docsight_training.data.images.image_transforms import TRANSFORMS, RandomFields

GEOMETRY = ("rotate", "scale", "aspect", "shear", "shift", "elastic", "zoom")


class ImageAugment:
    """Random changes of images, drawn for each image.

    Args:
        geometry: The maximum of each change: rotate in degrees; scale, aspect and shear as fractions; shift and elastic
            as fractions of the side; zoom, the largest fraction that is cropped away.
        chances: By name, the probability of each transform; see `image_transforms.TRANSFORMS`.
        damage: By name, the probability of each damage, of which an image gets at most one; see
            `image_damage.DAMAGES`. It does not depend on `clean`.
        clean: The fraction of images that no transform of `chances` changes.
        clean_at_end: That fraction at the end of the run, reached linearly; None keeps `clean` throughout.

    Raises:
        ConfigError: A change is unknown, or a number is out of range.
    """

    def __init__(
        self,
        *,
        geometry: Mapping[str, float] | None = None,
        chances: Mapping[str, float] | None = None,
        damage: Mapping[str, float] | None = None,
        clean: float = 0.0,
        clean_at_end: float | None = None,
    ) -> None:
        named = (("geometry", geometry, GEOMETRY), ("chances", chances, TRANSFORMS), ("damage", damage, DAMAGES))
        for name, given, known in named:
            if unknown := sorted(set(given or {}) - set(known)):
                raise ConfigError(f"data.augment.{name}: {', '.join(unknown)} is unknown; expected {', '.join(known)}.")
        for name, fraction in {
            **(chances or {}),
            **(damage or {}),
            "clean": clean,
            "clean_at_end": clean_at_end or 0.0,
        }.items():
            if not 0 <= fraction <= 1:
                raise ConfigError(f"data.augment: {name} is {fraction}; expected a fraction from 0 to 1.")
        for name, maximum in (geometry or {}).items():
            limit = {"zoom": 0.9, "rotate": 180}.get(name, 1)
            if not 0 <= maximum <= limit:
                raise ConfigError(f"data.augment.geometry: {name} is {maximum}; expected a number from 0 to {limit}.")
        if (total := sum((damage or {}).values())) > 1:
            raise ConfigError(f"data.augment.damage: the probabilities add up to {total:g}; expected at most 1.")
        self.damage = {name: damage[name] for name in DAMAGES if damage and damage.get(name)}
        self.geometry = {name: (geometry or {}).get(name, 0.0) for name in GEOMETRY}
        self.chances = {name: (chances or {}).get(name, 0.0) for name in TRANSFORMS}
        self.clean = clean
        self.clean_at_end = clean if clean_at_end is None else clean_at_end

    def __call__(self, images: Tensor, generator: torch.Generator, *, progress: float = 0.0) -> Tensor:
        """Augment images, floats from 0 to 1, (batch, channels, size, size).

        `progress` is the fraction of the run that is done.
        """
        draw = RandomFields(generator, images)
        images = self._damage(self._move(images, draw), draw)
        clean = self.clean + progress * (self.clean_at_end - self.clean)
        changed = draw.uniform(0, 1) >= clean  # (batch,)
        for name, chance in self.chances.items():
            chosen = (changed & (draw.uniform(0, 1) < chance)).nonzero()[:, 0]
            if len(chosen):
                part = images[chosen]
                # Each transform sees only its own images, so that a rare one is cheap.
                part = TRANSFORMS[name](part, RandomFields(generator, part))
                images = images.index_copy(0, chosen, part.clamp(0, 1))
        return images

    def _damage(self, images: Tensor, draw: RandomFields) -> Tensor:
        """Give each image at most one damage; without any, nothing is drawn."""
        if not self.damage:
            return images
        drawn, start = draw.uniform(0, 1), 0.0
        for name, chance in self.damage.items():
            chosen = ((drawn >= start) & (drawn < start + chance)).nonzero()[:, 0]
            start += chance
            if len(chosen):
                part = images[chosen]
                part = DAMAGES[name](part, RandomFields(draw.generator, part))
                images = images.index_copy(0, chosen, part.clamp(0, 1))
        return images

    def _move(self, images: Tensor, draw: RandomFields) -> Tensor:
        """Rotate, scale, shear, shift and bend, in one resampling."""
        maximum = self.geometry
        if not any(maximum.values()):
            return images
        angle = draw.uniform(-1, 1) * math.radians(maximum["rotate"])
        scale = (draw.uniform(-1, 1) * math.log1p(maximum["scale"])).exp()
        aspect = (draw.uniform(-1, 1) * math.log1p(maximum["aspect"])).exp()
        zoom = 1 - maximum["zoom"] * draw.uniform(0, 1) ** 2  # squared: a strong zoom is rare
        shear = draw.uniform(-1, 1) * maximum["shear"]
        cos, sin = angle.cos(), angle.sin()
        across, down = zoom * aspect.sqrt() / scale, zoom / aspect.sqrt() / scale
        # The rows of the matrix that maps the position of a pixel in the result to its position in the image.
        turn = torch.stack([cos * across, (shear * cos - sin) * down, sin * across, (shear * sin + cos) * down], 1)
        shift = torch.stack([draw.uniform(-1, 1), draw.uniform(-1, 1)], 1) * 2 * maximum["shift"]
        room = (1 - zoom)[:, None] * torch.stack([draw.uniform(-1, 1), draw.uniform(-1, 1)], 1)
        matrix = torch.cat([turn.view(-1, 2, 2), (shift + room)[:, :, None]], dim=2)  # (batch, 2, 3)
        grid = F.affine_grid(matrix, list(images.shape), align_corners=False)  # (batch, size, size, 2)
        if maximum["elastic"]:  # smooth displacements, after Simard et al. 2003
            field = torch.randn(draw.batch, 2, 7, 7, generator=draw.generator)
            field = field * draw.each(0, 2 * maximum["elastic"]) * 0.5
            smooth = F.interpolate(field, size=images.shape[2:], mode="bicubic", align_corners=False)
            grid = grid + smooth.permute(0, 2, 3, 1)
        return F.grid_sample(images, grid, padding_mode="border", align_corners=False)
