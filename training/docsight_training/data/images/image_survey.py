"""What is in the splits of labeled images, and what in them may be a mistake."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from statistics import median_low
from typing import Any

import datasets
from PIL import Image

from docsight.errors import DataError
from docsight.image_decoding import open_image
from docsight_training.data.doubt import Doubt
from docsight_training.data.images.image_reading import encoded_cells, encoded_image, is_grey, label_names

MIN_IMAGES = 20  # of a class in the training split; with fewer it is rarely learned well
_MIN_SIDE = 8  # pixels; a smaller image shows nothing to learn from
_MAX_ASPECT = 10  # of the longer side to the shorter one; scaled to a square, a longer image is a line


@dataclass
class ImageSplitSurvey:
    """The contents of a split."""

    images: int = 0
    grey: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    sides: list[int] = field(default_factory=list)  # the longer side of each image, in pixels

    @property
    def median_side(self) -> int:
        return median_low(self.sides) if self.sides else 0


@dataclass
class ImageSurvey:
    """The contents of splits by role, and what may be a mistake in them.

    Args:
        splits: The contents of each split.
        unreadable: Images that cannot be decoded; a training run stops at the first of them.
        repeated: Images that occur again in their own split.
        leaked: Images of a split for evaluation that occur in training or in the other one.
        contradictory: Images that occur with different labels.
        odd_shapes: Images that are tiny or much longer than wide, or the other way round.
    """

    splits: dict[str, ImageSplitSurvey]
    unreadable: list[Doubt] = field(default_factory=list)
    repeated: list[Doubt] = field(default_factory=list)
    leaked: list[Doubt] = field(default_factory=list)
    contradictory: list[Doubt] = field(default_factory=list)
    odd_shapes: list[Doubt] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        return sorted({label for split in self.splits.values() for label in split.classes})

    def untrained_labels(self) -> dict[str, list[str]]:
        """Return by role of evaluation the classes that the training split lacks; a run stops at them."""
        known = set(self.splits["train"].classes)
        others = {role: sorted(set(split.classes) - known) for role, split in self.splits.items()}
        return {role: labels for role, labels in others.items() if labels}

    def rare_labels(self) -> dict[str, int]:
        """Return the classes with fewer than `MIN_IMAGES` images for training, with their number."""
        counts = self.splits["train"].classes
        return {label: counts[label] for label in self.labels if counts[label] < MIN_IMAGES}


@dataclass(frozen=True)
class _Seen:
    """An image that was met before."""

    role: str
    place: str
    label: str


def survey_images(splits: Mapping[str, datasets.Dataset], columns: Mapping[str, str]) -> ImageSurvey:
    """Decode and survey the images of each split.

    Args:
        splits: The rows of each split, by role; train is one of them.
        columns: The names of the columns, with the keys image and label.

    Raises:
        DataError: A split has no such column, or a row has no label.
    """
    found = ImageSurvey({role: ImageSplitSurvey() for role in splits})
    seen: dict[bytes, _Seen] = {}
    for role, rows in splits.items():
        labels = label_names(rows, columns["label"])
        for (place, cell), label in zip(_places(rows, columns["image"], role), labels, strict=True):
            split = found.splits[role]
            split.images += 1
            split.classes[label] += 1
            try:
                image = open_image(encoded_image(cell))
            except DataError as err:
                found.unreadable.append(Doubt(place, str(err)))
                continue
            split.sides.append(max(image.size))
            split.grey += is_grey(image)
            _note_shape(found, place, image)
            _compare(found, _Seen(role, place, label), seen, _fingerprint(image))
    return found


def _places(rows: datasets.Dataset, column: str, role: str) -> Iterator[tuple[str, Any]]:
    """Yield the place of each image, its file or else its row, and its cell."""
    for number, cell in enumerate(encoded_cells(rows, column), start=1):
        path = cell.get("path") if isinstance(cell, Mapping) and not cell.get("bytes") else None
        yield str(path or f"split for {role}, row {number}"), cell


def _note_shape(found: ImageSurvey, place: str, image: Image.Image) -> None:
    short, long = sorted(image.size)
    if short < _MIN_SIDE or long > _MAX_ASPECT * short:
        found.odd_shapes.append(Doubt(place, f"{image.width} x {image.height} pixels"))


def _fingerprint(image: Image.Image) -> bytes:
    """Return a digest of the pixels, so that copies with other metadata or another format count as the same image."""
    shape = f"{image.mode} {image.width} {image.height} ".encode()
    return blake2b(shape + image.tobytes(), digest_size=16).digest()


def _compare(found: ImageSurvey, image: _Seen, seen: dict[bytes, _Seen], fingerprint: bytes) -> None:
    """Note an image that occurred before."""
    first = seen.setdefault(fingerprint, image)
    if first is image:
        return
    if first.label != image.label:
        found.contradictory.append(Doubt(image.place, f"{image.label}, but {first.label} as {first.place}"))
    repeats = found.repeated if first.role == image.role else found.leaked
    repeats.append(Doubt(image.place, f"as {first.place} ({first.role})"))
