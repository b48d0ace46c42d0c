"""Pictures of a split, decoded as the component decodes them, with labels and sources."""

import io
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Any, cast

import datasets
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from docsight.errors import ConfigError, DataError
from docsight.images import ImageSettings, open_image, to_pixels

OTHER = -1  # the label of what is none of the classes
_LOOKED_AT = 200  # pictures, for their size and colour
_MEMORY = (
    0.4  # the share of the machine's memory that the pictures of a split may take; twice that while some are taken
)
_GREY = 6  # the most that the channels of a grey picture differ by, of 255; JPEG blurs that


@dataclass
class Pictures:
    """Pictures in memory.

    Args:
        pixels: (pictures, channels, size, size), uint8.
        labels: (pictures,), int64; OTHER where a picture is none of the classes.
        sources: Where each comes from; of what was drawn or is not told, ''.
    """

    pixels: Tensor
    labels: Tensor
    sources: list[str]

    def __len__(self) -> int:
        """Count the pictures."""
        return len(self.labels)

    def take(self, chosen: Sequence[int] | Tensor) -> "Pictures":
        """Return some of them."""
        index = torch.as_tensor(chosen, dtype=torch.long)
        return Pictures(self.pixels[index], self.labels[index], [self.sources[at] for at in index.tolist()])

    @staticmethod
    def join(parts: Sequence["Pictures"]) -> "Pictures":
        """Put several together."""
        return Pictures(
            torch.cat([part.pixels for part in parts]),
            torch.cat([part.labels for part in parts]),
            [source for part in parts for source in part.sources],
        )


def read_pictures(
    rows: datasets.Dataset, columns: Mapping[str, str], labels: Sequence[str], settings: ImageSettings, where: str
) -> Pictures:
    """Decode the pictures of a split.

    Args:
        rows: The split.
        columns: The names of its columns: image, label and, where there is one, source.
        labels: The classes.
        settings: Those of the model.
        where: The name of the split, for messages.

    Raises:
        ConfigError: The pictures are too many for the memory.
        DataError: A picture cannot be read, or a label is none of the classes.
    """
    names = label_names(rows, columns["label"])
    ids = {label: at for at, label in enumerate(labels)}
    if strange := sorted(set(names) - set(labels)):
        raise DataError(
            f"{where}: {', '.join(strange[:5])} is none of the classes; expected {', '.join(labels[:20])}. "
            "Name them all in data.labels, or mend the data."
        )
    _check_memory(len(rows), settings, where)
    pixels = torch.empty(len(rows), settings.channels, settings.size, settings.size, dtype=torch.uint8)
    for at, image in enumerate(_opened(rows, columns["image"], where)):
        pixels[at] = torch.from_numpy(np.array(to_pixels(image, settings)))
    source = columns.get("source")
    sources = [str(name) for name in rows[source]] if source in rows.column_names else [""] * len(rows)
    return Pictures(pixels, torch.tensor([ids[name] for name in names]), sources)


def encode_pictures(images: Sequence[Image.Image], labels: Sequence[int], settings: ImageSettings) -> Pictures:
    """Make pictures of images that were drawn."""
    if not images:
        empty = torch.empty(0, settings.channels, settings.size, settings.size, dtype=torch.uint8)
        return Pictures(empty, torch.empty(0, dtype=torch.long), [])
    pixels = np.stack([to_pixels(image, settings) for image in images])
    return Pictures(torch.from_numpy(pixels), torch.tensor(labels), ["" for _ in labels])


def choose_settings(rows: datasets.Dataset, column: str, given: Mapping[str, Any]) -> ImageSettings:
    """Complete the settings by what the pictures are: their colour, their size, mean and deviation.

    Args:
        rows: The training split.
        column: Its column of pictures.
        given: The settings of the config; what is None is read from the data.
    """
    step = max(1, len(rows) // _LOOKED_AT)
    looked_at = rows.select(range(0, len(rows), step))

    # Decoded a second time for their mean: some hundred photos at once may be larger than the memory.
    def opened() -> Iterator[Image.Image]:
        return _opened(looked_at, column, "training pictures", step=step)

    values = {name: value for name, value in given.items() if value is not None}
    if "mode" not in values or "size" not in values:
        kinds = [(is_grey(image), max(image.size)) for image in opened()]
        values.setdefault("mode", "L" if all(grey for grey, _ in kinds) else "RGB")
        values.setdefault("size", min(128, max(16, 4 * round(median_low(side for _, side in kinds) / 4))))
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    settings = ImageSettings(**values)
    if "mean" in values and "std" in values:
        return settings
    if settings.stretch:
        return ImageSettings(**{"mean": (0.13,), "std": (0.31,)} | values)  # of ink from 0 to 1 on a fifth of a picture
    pixels = np.stack([to_pixels(image, settings) for image in opened()]).astype(np.float64) / 255
    mean, std = pixels.mean(axis=(0, 2, 3)).round(3), pixels.std(axis=(0, 2, 3)).clip(0.01).round(3)
    return ImageSettings(**{"mean": tuple(map(float, mean)), "std": tuple(map(float, std))} | values)


def undecoded(rows: datasets.Dataset, column: str) -> datasets.Column:
    """Return the pictures as they are stored, so that our own decoder reads them.

    Raises:
        DataError: There is no such column, or it holds no pictures.
    """
    if column not in rows.column_names:
        raise DataError(
            f"The data has no column {column!r}; found {', '.join(rows.column_names)}. Name it: data.columns.image=…"
        )
    if isinstance(rows.features[column], datasets.Image):
        rows = rows.cast_column(column, datasets.Image(decode=False))
    return rows[column]


def _opened(rows: datasets.Dataset, column: str, where: str, *, step: int = 1) -> Iterator[Image.Image]:
    """Decode the pictures of a column one by one; `step` is from row to row, for messages.

    Raises:
        DataError: One cannot be read.
    """
    for at, cell in enumerate(undecoded(rows, column)):
        try:
            yield open_image(picture_of(cell))
        except DataError as err:
            raise DataError(f"{where}, row {at * step}: {err} Mend or leave out that row.") from err


def _check_memory(count: int, settings: ImageSettings, where: str) -> None:
    """Refuse more pictures than the memory holds, before it is taken."""
    need = count * settings.channels * settings.size**2
    most = int(_MEMORY * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    if need > most:
        raise ConfigError(
            f"{where}: {count:,} pictures of {settings.size} x {settings.size} pixels take {need / 2**30:.1f} GiB, as "
            f"they are all kept in memory; expected at most {most / 2**30:.1f} GiB. Lower data.images.size, or give "
            "fewer pictures."
        )


def picture_of(cell: Any) -> bytes | str:
    """Return the encoded bytes or the path of a picture in a row."""
    if isinstance(cell, bytes):
        return cell
    if isinstance(cell, Mapping):
        if cell.get("bytes"):
            return bytes(cell["bytes"])
        if cell.get("path"):
            return str(cell["path"])
    if isinstance(cell, Image.Image):
        held = io.BytesIO()
        cell.save(held, "PNG")
        return held.getvalue()
    raise DataError(f"Expected a picture (bytes, or a struct of bytes and path); found {str(cell)[:60]!r}.")


def label_names(rows: datasets.Dataset, column: str) -> list[str]:
    """Return the label of each row as a string.

    Raises:
        DataError: There is no such column.
    """
    if column not in rows.column_names:
        raise DataError(
            f"The data has no column {column!r}; found {', '.join(rows.column_names)}. Name it: data.columns.label=…"
        )
    feature = rows.features[column]
    if not isinstance(feature, datasets.ClassLabel):
        names = [None if value is None else str(value) for value in rows[column]]
    else:
        names = [None if value in (None, -1) else feature.names[value] for value in rows[column]]
    if None in names:
        raise DataError(
            f"Column {column!r}, row {names.index(None)}: there is no label. Leave such rows out of the training data."
        )
    return cast(list[str], names)


def is_grey(image: Image.Image) -> bool:
    """Tell whether a picture has no colour."""
    if image.mode == "L":
        return True
    small = image.resize((32, 32), Image.Resampling.BOX) if max(image.size) > 32 else image
    pixels = np.asarray(small).astype(int)
    return bool((pixels.max(axis=2) - pixels.min(axis=2)).max() <= _GREY)


def hold_out(pictures: Pictures, share: float, *, seed: int) -> tuple[list[int], list[int]]:
    """Part the pictures of each class: indexes of those to train on, and of a share to validate on.

    Raises:
        ConfigError: The share leaves nothing.
    """
    if not 0 < share < 1:
        raise ConfigError(f"data.validation: expected a share between 0 and 1; found {share}.")
    generator = torch.Generator().manual_seed(seed)
    train, held = [], []
    for label in sorted(set(pictures.labels.tolist())):
        index = (pictures.labels == label).nonzero()[:, 0]
        index = index[torch.randperm(len(index), generator=generator)].tolist()
        count = round(share * len(index))
        held += index[:count]
        train += index[count:]
    return sorted(train), sorted(held)


def first_of_each(pictures: Pictures, count: int, *, seed: int) -> list[int]:
    """Draw at most `count` pictures of each class; of two counts, the smaller's are among the larger's."""
    order = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(seed)).tolist()
    seen: Counter[int] = Counter()
    chosen = []
    for at in order:
        label = int(pictures.labels[at])
        if seen[label] < count:
            seen[label] += 1
            chosen.append(at)
    return sorted(chosen)
