"""The pictures of a data set that excite a filter the most (after Zeiler and Fergus 2014)."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from docsight.errors import ConfigError, DataError
from docsight.inspection.loading import Inspected, Picture, pixel_values, prepare
from docsight.inspection.maps import block_names, recorded, seen_boxes

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".webp", ".bmp"})

_PIXELS_AT_ONCE = 128 * 28 * 28  # of pictures that are read together


@dataclass(frozen=True, kw_only=True)
class Exciting:
    """The most exciting pictures of filters, the most exciting first.

    Args:
        layer: Whose filters.
        filters: int, (filters,): their numbers in the layer.
        pictures: int, (filters, top): the places of the pictures in the data set.
        values: float32, (filters, top): the highest value in the feature map.
        boxes: int, (filters, top, 4): where that was, as `seen_boxes` tells it.
        read: How many pictures were read.
        unread: How many could not be.
    """

    layer: str
    filters: np.ndarray
    pictures: np.ndarray
    values: np.ndarray
    boxes: np.ndarray
    read: int
    unread: int


def find_pictures(folder: str | os.PathLike[str]) -> list[Path]:
    """List the picture files in a folder and those below it, by name; hidden ones are passed over.

    Raises:
        DataError: There is no such folder, or no picture in it.
    """
    root = Path(folder)
    if not root.is_dir():
        raise DataError(f"{root} is no folder; expected a folder of pictures.")
    found = sorted(
        path
        for path in root.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(root).parts)
        and path.is_file()
    )
    if not found:
        raise DataError(f"{root} holds no picture; expected files that end with {', '.join(sorted(SUFFIXES))}.")
    return found


def most_exciting(
    model: Inspected,
    pictures: Sequence[Picture],
    *,
    layer: str | None = None,
    filters: Sequence[int] | None = None,
    top: int = 9,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Exciting:
    """Find the pictures to which filters answer the most, by the highest value in their feature maps.

    Pictures that cannot be read are passed over. Between equals the one that comes first in the data set wins.

    Args:
        model: The model.
        pictures: The data set.
        layer: Which of `layer_names`; None for the last block.
        filters: Numbers of filters in that layer; None for all.
        top: How many pictures of each filter at most.
        on_progress: Called after each batch with a line that tells how far it has come.

    Raises:
        ConfigError: There is no such layer or filter.
        DataError: None of the pictures can be read.
    """
    if top < 1:
        raise ConfigError(f"top={top}; expected at least 1.")
    layer = layer or block_names(model)[-1]
    best = np.zeros((0, 0), dtype=np.float32)  # (pictures, filters), as all three
    which, where = np.zeros((0, 0), dtype=int), np.zeros((0, 0), dtype=int)
    width, read = 1, 0
    at_once = max(1, _PIXELS_AT_ONCE // model.settings.size**2)
    for first in range(0, len(pictures), at_once):
        places, pixels = _decode(model, pictures, range(first, min(first + at_once, len(pictures))))
        on_progress(f"{min(first + at_once, len(pictures)):,} of {len(pictures):,} pictures")
        if not places:
            continue
        with torch.no_grad(), recorded(model, [layer]) as maps:
            model.network(prepare(model, np.stack(pixels)))
        chosen = _chosen(maps[layer].shape[1], filters, layer)
        width = maps[layer].shape[3]
        values, spots = maps[layer][:, chosen].flatten(2).max(dim=2)  # (batch, filters)
        if not read:
            best, which, where = best.reshape(0, len(chosen)), *(np.zeros((0, len(chosen)), dtype=int) for _ in "ab")
        best = np.concatenate([best, values.numpy()])
        which = np.concatenate([which, np.repeat(np.array(places)[:, None], len(chosen), axis=1)])
        where = np.concatenate([where, spots.numpy()])
        order = np.argsort(-best, axis=0, kind="stable")[:top]
        best, which, where = (np.take_along_axis(values, order, axis=0) for values in (best, which, where))
        read += len(places)
    if not read:
        raise DataError(f"None of the {len(pictures):,} pictures of the data set can be read.")
    return Exciting(
        layer=layer,
        filters=np.array(chosen),
        pictures=which.T,
        values=best.T,
        boxes=seen_boxes(model, layer, np.stack([where.T // width, where.T % width], axis=-1)),
        read=read,
        unread=len(pictures) - read,
    )


def _decode(model: Inspected, pictures: Sequence[Picture], among: range) -> tuple[list[int], list[np.ndarray]]:
    """Give the places and the pixels of those pictures that can be read."""
    places, pixels = [], []
    for at in among:
        try:
            pixels.append(pixel_values(model, pictures[at]))
        except DataError:
            continue
        places.append(at)
    return places, pixels


def _chosen(count: int, filters: Sequence[int] | None, layer: str) -> list[int]:
    if filters is None:
        return list(range(count))
    if not filters or not all(0 <= number < count for number in filters):
        found = ", ".join(map(str, filters)) or "none"
        raise ConfigError(f"filter: {layer} has the filters 0 to {count - 1}; found {found}.")
    return list(filters)
