"""The images of a data set that activate each filter most (after Zeiler and Fergus 2014)."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from docsight.errors import ConfigError, DataError
from docsight.inspection.activations import block_names, receptive_fields, record_activations
from docsight.inspection.loading import ImageSource, InspectedModel, pixel_values, prepare

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".webp", ".bmp"})

_PIXELS_PER_SEARCH_BATCH = 128 * 28 * 28


@dataclass(frozen=True, kw_only=True)
class TopImages:
    """The images that activate each filter most, strongest first.

    Args:
        layer: The layer of the filters.
        filters: int, (filters,): their indices in the layer.
        images: int, (filters, top): the indices of the images in the data set.
        values: float32, (filters, top): the maximum of the feature map.
        boxes: int, (filters, top, 4): the receptive field of the maximum: top, left, bottom and right, in pixels of the
            network's input; bottom and right are exclusive.
        read: The number of images that were read.
        unread: The number of images that could not be read.
    """

    layer: str
    filters: np.ndarray
    images: np.ndarray
    values: np.ndarray
    boxes: np.ndarray
    read: int
    unread: int


def find_images(folder: str | os.PathLike[str]) -> list[Path]:
    """List the image files in a folder and its subfolders, sorted by path, without hidden ones.

    Raises:
        DataError: The folder does not exist or holds no image.
    """
    root = Path(folder)
    if not root.is_dir():
        raise DataError(f"{root} is not a folder; expected a folder of images.")
    paths = sorted(
        path
        for path in root.rglob("*")
        if path.suffix.lower() in IMAGE_SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(root).parts)
        and path.is_file()
    )
    if not paths:
        raise DataError(f"{root} holds no image; expected files that end in {', '.join(sorted(IMAGE_SUFFIXES))}.")
    return paths


def top_images(
    model: InspectedModel,
    images: Sequence[ImageSource],
    *,
    layer: str | None = None,
    filters: Sequence[int] | None = None,
    top: int = 9,
    on_progress: Callable[[str], None] = lambda _: None,
) -> TopImages:
    """Find the images with the highest value in the feature map of each filter.

    Images that cannot be read are skipped. Of images with equal values, the first in the data set wins.

    Args:
        model: The model.
        images: The data set.
        layer: One of `layer_names`; None for the last block.
        filters: Indices of filters in that layer; None for all.
        top: The maximum number of images per filter.
        on_progress: Called after each batch with a line of progress.

    Raises:
        ConfigError: The layer or a filter does not exist.
        DataError: None of the images can be read.
    """
    if top < 1:
        raise ConfigError(f"top={top}; expected at least 1.")
    layer = layer or block_names(model)[-1]
    best: _Best | None = None
    read = 0
    batch_size = max(1, _PIXELS_PER_SEARCH_BATCH // model.settings.size**2)
    for first in range(0, len(images), batch_size):
        batch = range(first, min(first + batch_size, len(images)))
        indices, pixels = _decode(model, images, batch)
        on_progress(f"{batch.stop:,} of {len(images):,} images")
        if not indices:
            continue
        with torch.no_grad(), record_activations(model, [layer]) as maps:
            model.network(prepare(model, np.stack(pixels)))
        if best is None:
            best = _Best(_chosen(maps[layer].shape[1], filters, layer), width=maps[layer].shape[3], top=top)
        best.add(indices, maps[layer])
        read += len(indices)
    if best is None:
        raise DataError(f"None of the {len(images):,} images of the data set can be read.")
    return TopImages(
        layer=layer,
        filters=np.array(best.filters),
        images=best.images.T,
        values=best.values.T,
        boxes=receptive_fields(model, layer, best.positions()),
        read=read,
        unread=len(images) - read,
    )


class _Best:
    """The highest values so far: `values`, `images` and the flat `_spots` in the maps are (top, filters)."""

    def __init__(self, filters: list[int], *, width: int, top: int) -> None:
        self.filters = filters
        self.values = np.zeros((0, len(filters)), dtype=np.float32)
        self.images = np.zeros((0, len(filters)), dtype=int)
        self._spots = np.zeros((0, len(filters)), dtype=int)
        self._width = width
        self._top = top

    def add(self, indices: list[int], maps: torch.Tensor) -> None:
        """Add the feature maps, (batch, filters, height, width), of the images with these indices."""
        values, spots = maps[:, self.filters].flatten(2).max(dim=2)  # (batch, filters)
        columns = np.repeat(np.array(indices)[:, None], len(self.filters), axis=1)
        all_values = np.concatenate([self.values, values.numpy()])
        order = np.argsort(-all_values, axis=0, kind="stable")[: self._top]
        self.values = np.take_along_axis(all_values, order, axis=0)
        self.images = np.take_along_axis(np.concatenate([self.images, columns]), order, axis=0)
        self._spots = np.take_along_axis(np.concatenate([self._spots, spots.numpy()]), order, axis=0)

    def positions(self) -> np.ndarray:
        """Return the rows and columns of the values in the maps: (filters, top, 2)."""
        spots = self._spots.T
        return np.stack([spots // self._width, spots % self._width], axis=-1)


def _decode(model: InspectedModel, images: Sequence[ImageSource], indices: range) -> tuple[list[int], list[np.ndarray]]:
    """Return the indices and the pixels of the images that can be read."""
    readable, pixels = [], []
    for index in indices:
        try:
            pixels.append(pixel_values(model, images[index]))
        except DataError:
            continue
        readable.append(index)
    return readable, pixels


def _chosen(count: int, filters: Sequence[int] | None, layer: str) -> list[int]:
    if filters is None:
        return list(range(count))
    if not filters or not all(0 <= number < count for number in filters):
        found = ", ".join(map(str, filters)) or "none"
        raise ConfigError(f"filter: {layer} has the filters 0 to {count - 1}; found {found}.")
    return list(filters)
