"""Images of no class from other data sets, for a classifier to refuse (outlier exposure, Hendrycks et al. 2019)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps

from docsight.errors import ConfigError
from docsight.images import ImageSettings, to_pixels
from docsight_training.data.drawings.choices import chance
from docsight_training.data.drawings.colours import theme
from docsight_training.data.images.dataset import OTHER, LabeledImages
from docsight_training.data.images.figure_outliers import OUTLIER_KINDS
from docsight_training.data.images.image_reading import decoded_images, is_grey
from docsight_training.data.sources import load_images, missing_images

_HELD_OUT_FRACTION = 0.1  # of the number of training images


@dataclass(frozen=True, kw_only=True)
class OutlierSettings:
    """Which images of no class a model is trained to refuse.

    Args:
        count: How many images to draw for training.
        kinds: The kinds that are drawn, keys of `figure_outliers.OUTLIER_KINDS`; None for all.
        paths: Folders of data sets of which no image belongs to a class.
        per_path: Training images of each of these sets.
        licence: The licences of these sets, for the model card.

    Raises:
        ConfigError: A kind is unknown, or a number is negative.
    """

    count: int = 0
    kinds: Sequence[str] | None = None
    paths: Sequence[str] = field(default_factory=tuple)
    per_path: int = 0
    licence: str = ""

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.kinds or ()) - set(OUTLIER_KINDS)):
            raise ConfigError(
                f"data.outliers.kinds: unknown kind {', '.join(unknown)}; expected {', '.join(OUTLIER_KINDS)}."
            )
        for name in ("count", "per_path"):
            if getattr(self, name) < 0:
                raise ConfigError(f"data.outliers.{name}: expected 0 or more; found {getattr(self, name)}.")

    def sources(self) -> dict[str, tuple[str, str]]:
        """Return origin and licence by the name of each source, for the model card."""
        found = {Path(path).name: ("images of no class", self.licence) for path in self.paths}
        if self.count:
            kinds = ", ".join(self.kinds or OUTLIER_KINDS)
            found["drawn outliers"] = (f"drawn by docsight_training: {kinds}", "MIT")
        return found


def read_outliers(settings: OutlierSettings, split: str, images: ImageSettings, *, seed: int) -> list[LabeledImages]:
    """Read images of no class, labeled OTHER, from the training split of each data set.

    Validation has a tenth as many images, which training does not have. Half of all grey images are coloured as ink on
    paper, since a document shows them so.

    Raises:
        DataError: A data set is missing.
    """
    parts = []
    for number, path in enumerate(settings.paths if settings.per_path else ()):
        rows = load_images("train", source="auto", path=path)
        if rows is None:
            raise missing_images("train", path)
        order = np.random.default_rng([seed, number]).permutation(len(rows))
        held_out = max(1, round(settings.per_path * _HELD_OUT_FRACTION))
        chosen = order[held_out : held_out + settings.per_path] if split == "train" else order[:held_out]
        rng = np.random.default_rng([seed, number, split == "train"])
        read = [_on_paper(image, rng) for image in decoded_images(rows.select(sorted(chosen.tolist())), "image", path)]
        pixels = torch.from_numpy(np.stack([to_pixels(image, images) for image in read]))
        parts.append(LabeledImages(pixels, torch.full((len(read),), OTHER), [Path(path).name] * len(read)))
    return parts


def _on_paper(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Colour half of the grey images as ink on paper, with some paper around them."""
    if not is_grey(image) or chance(rng, 0.5):
        return image
    paper, ink = theme(rng, dark=0.1, tinted=0.4)
    pad = int(image.width * float(rng.uniform(0, 0.5)))
    framed = ImageOps.expand(image.convert("L"), pad)  # light ink on black, as in MNIST
    return ImageOps.colorize(framed, paper, ink)
