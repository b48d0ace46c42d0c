"""Reading of images and labels from the rows of a data set, decoded as the component decodes them."""

import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from statistics import median_low
from typing import Any, cast

import datasets
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from docsight.errors import ConfigError, DataError
from docsight.image_decoding import open_image
from docsight.images import ImageSettings, to_pixels
from docsight_training.data.images.dataset import LabeledImages

_MAX_SAMPLED_IMAGES = 200  # examined for size and colour
# The fraction of the machine's memory that the images of a split may take. Selecting some of them needs twice that.
_MAX_MEMORY_FRACTION = 0.4
_MAX_CHANNEL_DIFFERENCE = 6  # of 255, between the channels of a grey image; JPEG blurs them


def read_images(
    rows: datasets.Dataset, columns: Mapping[str, str], labels: Sequence[str], settings: ImageSettings, where: str
) -> LabeledImages:
    """Decode the images of a split, named `where` in messages; `columns` has the keys image, label and, if any, source.

    Raises:
        ConfigError: The images do not fit into memory.
        DataError: An image cannot be read, or a label is not one of the classes.
    """
    names = label_names(rows, columns["label"])
    ids = {label: at for at, label in enumerate(labels)}
    if unknown := sorted(set(names) - set(labels)):
        raise DataError(
            f"{where}: unknown class {', '.join(unknown[:5])}; expected {', '.join(labels[:20])}. "
            "List every class in data.labels, or correct the data."
        )
    _check_memory(len(rows), settings, where)
    pixels = torch.empty(len(rows), settings.channels, settings.size, settings.size, dtype=torch.uint8)
    for at, image in enumerate(decoded_images(rows, columns["image"], where)):
        pixels[at] = torch.from_numpy(np.array(to_pixels(image, settings)))
    source = columns.get("source")
    sources = [str(name) for name in rows[source]] if source in rows.column_names else [""] * len(rows)
    return LabeledImages(pixels, torch.tensor([ids[name] for name in names]), sources)


def fit_again(images: Tensor, settings: ImageSettings) -> Tensor:
    """Fit images of the network's size as the component would if it were given them.

    Args:
        images: (batch, channels, size, size), floats from 0 to 1.
        settings: The settings of the model's input.

    Returns:
        uint8, (batch, channels, size, size).
    """
    pixels = (images.clamp(0, 1) * 255).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    fitted = (to_pixels(Image.fromarray(_squeezed(image)), settings) for image in pixels)
    return torch.from_numpy(np.stack(list(fitted)))


def _squeezed(pixels: np.ndarray) -> np.ndarray:
    return pixels[:, :, 0] if pixels.shape[2] == 1 else pixels


def choose_settings(rows: datasets.Dataset, column: str, given: Mapping[str, Any]) -> ImageSettings:
    """Complete the given settings from the training images: colour, size, mean and standard deviation where None."""
    step = max(1, len(rows) // _MAX_SAMPLED_IMAGES)
    sample = rows.select(range(0, len(rows), step))

    # Decoded a second time for the mean, since a few hundred photos at once may not fit into memory.
    def decoded() -> Iterator[Image.Image]:
        return decoded_images(sample, column, "training images", step=step)

    values = {name: value for name, value in given.items() if value is not None}
    if "mode" not in values or "size" not in values:
        kinds = [(is_grey(image), max(image.size)) for image in decoded()]
        values.setdefault("mode", "L" if all(grey for grey, _ in kinds) else "RGB")
        values.setdefault("size", min(128, max(16, 4 * round(median_low(side for _, side in kinds) / 4))))
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    settings = ImageSettings(**values)
    if "mean" in values and "std" in values:
        return settings
    if settings.stretch:
        return ImageSettings(**{"mean": (0.13,), "std": (0.31,)} | values)  # ink from 0 to 1 on a fifth of the image
    pixels = np.stack([to_pixels(image, settings) for image in decoded()]).astype(np.float64) / 255
    mean, std = pixels.mean(axis=(0, 2, 3)).round(3), pixels.std(axis=(0, 2, 3)).clip(0.01).round(3)
    return ImageSettings(**{"mean": tuple(map(float, mean)), "std": tuple(map(float, std))} | values)


def label_names(rows: datasets.Dataset, column: str) -> list[str]:
    """Return the label of each row; raises `DataError` if one is missing."""
    _check_column(rows, column, "label")
    feature = rows.features[column]
    if not isinstance(feature, datasets.ClassLabel):
        names = [None if value is None else str(value) for value in rows[column]]
    else:
        names = [None if value in (None, -1) else feature.names[value] for value in rows[column]]
    if None in names:
        raise DataError(
            f"Column {column!r}, row {names.index(None)}: there is no label. Remove such rows from the training data."
        )
    return cast(list[str], names)


def class_names(rows: datasets.Dataset, column: str) -> list[str]:
    """Return the classes of a data set: those of its ClassLabel, or else the labels that occur, sorted."""
    feature = rows.features.get(column)
    return list(feature.names) if hasattr(feature, "names") else sorted(set(label_names(rows, column)))


def is_grey(image: Image.Image) -> bool:
    if image.mode == "L":
        return True
    small = image.resize((32, 32), Image.Resampling.BOX) if max(image.size) > 32 else image
    pixels = np.asarray(small).astype(int)
    return bool((pixels.max(axis=2) - pixels.min(axis=2)).max() <= _MAX_CHANNEL_DIFFERENCE)


def _check_column(rows: datasets.Dataset, column: str, role: str) -> None:
    if column not in rows.column_names:
        raise DataError(
            f"The data has no column {column!r}; found {', '.join(rows.column_names)}. Set data.columns.{role}=…"
        )


def decoded_images(rows: datasets.Dataset, column: str, where: str, *, step: int = 1) -> Iterator[Image.Image]:
    """Decode images one by one as the component does; messages name the split and, by `step`, the row in it."""
    for at, cell in enumerate(encoded_cells(rows, column)):
        try:
            yield open_image(encoded_image(cell))
        except DataError as err:
            raise DataError(f"{where}, row {at * step}: {err} Correct or remove that row.") from err


def encoded_cells(rows: datasets.Dataset, column: str) -> Iterator[Any]:
    """Yield the cells of a column of images without decoding them; raises `DataError` if there is no such column."""
    _check_column(rows, column, "image")
    if isinstance(rows.features[column], datasets.Image):
        rows = rows.cast_column(column, datasets.Image(decode=False))
    yield from rows[column]


def encoded_image(cell: Any) -> bytes | str:
    """Return the encoded image of a cell, or the path of its file; raises `DataError` if the cell has none."""
    if isinstance(cell, bytes):
        return cell
    if isinstance(cell, Mapping):
        if cell.get("bytes"):
            return bytes(cell["bytes"])
        if cell.get("path"):
            return str(cell["path"])
    if isinstance(cell, Image.Image):
        buffer = io.BytesIO()
        cell.save(buffer, "PNG")
        return buffer.getvalue()
    raise DataError(f"Expected an image (bytes, or a struct of bytes and path); found {str(cell)[:60]!r}.")


def _check_memory(count: int, settings: ImageSettings, where: str) -> None:
    """Raise `ConfigError` if the images do not fit into memory, before any is allocated."""
    if sys.platform == "win32":
        return  # Python cannot ask Windows for the size of the memory
    needed = count * settings.channels * settings.size**2
    limit = int(_MAX_MEMORY_FRACTION * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    if needed > limit:
        raise ConfigError(
            f"{where}: {count:,} images of {settings.size} x {settings.size} pixels take {needed / 2**30:.1f} GiB, as "
            f"they are all kept in memory; expected at most {limit / 2**30:.1f} GiB. Lower data.images.size, or use "
            "fewer images."
        )
