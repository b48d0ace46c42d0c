"""The data module of `cnn_imagecat`: pictures in, changed batches out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from docsight.errors import ConfigError, DataError
from docsight.images import ImageSettings, normalise
from docsight_training.data.drawings import draw
from docsight_training.data.images.dataset import (
    OTHER,
    Pictures,
    choose_settings,
    encode_pictures,
    first_of_each,
    hold_out,
    label_names,
    read_pictures,
)
from docsight_training.data.images.fonts import Font, find_fonts, is_held_out
from docsight_training.data.images.glyphs import glyph_set, outlier_set
from docsight_training.data.images.image_augment import ImageAugment
from docsight_training.data.sources import has_split, load_split

_READ_AT_ONCE = 250  # pictures in a batch that is only read


@dataclass
class ImageBatch:
    """Pictures for a step, ready for the network."""

    images: Tensor  # (batch, channels, size, size), normalised
    labels: Tensor  # (batch,), OTHER for none of the classes


class ImageData(pl.LightningDataModule):
    """Pictures with labels for the classifier.

    Args:
        source: parquet, imagefolder or hub; see `load_split`.
        path: The local folder that holds the splits, or None to load from the hub.
        hub: The id of the data set on the hub.
        origin: Where the data comes from, and
        licence: under which terms, for the model card.
        columns: The names of the columns image, label and, where there is one, source.
        splits: The names of the splits train, validation and test.
        images: The settings of `ImageSettings`; what is None is read from the data.
        labels: The classes, in their order; None for those of the data.
        validation: The share of the training pictures of each class to validate on, where there is no such split.
        per_class: The most training pictures of a class; None for all.
        epoch_size: Pictures in an epoch, drawn at random; None for each once.
        batch_size: Pictures in a step.
        balance: How far classes are brought to the same number in an epoch: 0 not at all, 1 wholly.
        augment: The changes of training pictures; the arguments of `ImageAugment`.
        leave_out: Sources that are not trained on.
        withhold: Labels whose pictures are tested on, but neither trained nor validated on: what is drawn must do.
        drawn: By label, how many pictures to draw for training; see `docsight_training.data.drawings`.
        glyphs: How many pictures of typefaces' digits to train on as digits, and how many of letters, scribbles and
            noise as none of the classes: {digits: 6000, other: 12000}.
        fonts: Folders with typefaces; None for those of the system.
        seed: Seeds what is held out, drawn and changed.
    """

    def __init__(
        self,
        *,
        source: str = "parquet",
        path: str | None = None,
        hub: str | None = None,
        origin: str = "",
        licence: str = "",
        columns: Mapping[str, str] | None = None,
        splits: Mapping[str, str] | None = None,
        images: Mapping[str, Any] | None = None,
        labels: Sequence[str] | None = None,
        validation: float = 0.1,
        per_class: int | None = None,
        epoch_size: int | None = None,
        batch_size: int = 128,
        balance: float = 0.0,
        augment: Mapping[str, Any] | None = None,
        leave_out: Sequence[str] = (),
        withhold: Sequence[str] = (),
        drawn: Mapping[str, int] | None = None,
        glyphs: Mapping[str, int] | None = None,
        fonts: Sequence[str] | None = None,
        seed: int = 1,
    ) -> None:
        super().__init__()
        for name, number in (("batch_size", batch_size), ("per_class", per_class), ("epoch_size", epoch_size)):
            if number is not None and number < 1:
                raise ConfigError(f"data.{name}: expected at least 1; found {number}.")
        if strange := sorted(set(glyphs or {}) - {"digits", "other"}):
            raise ConfigError(f"data.glyphs: expected digits and other; found {', '.join(strange)}.")
        self.source, self.path, self.hub, self.origin, self.licence = source, path, hub, origin, licence
        self.columns = {"image": "image", "label": "label", "source": "source"} | dict(columns or {})
        self.splits = {"train": "train", "validation": "validation", "test": "test"} | dict(splits or {})
        self.given_settings = dict(images or {})
        self.wanted_labels = labels
        self.validation_share = validation
        self.per_class, self.epoch_size, self.batch_size, self.balance = per_class, epoch_size, batch_size, balance
        self.augment = ImageAugment(**(augment or {}))
        self.leave_out, self.withhold = frozenset(leave_out), tuple(withhold)
        self.drawn, self.glyphs, self.fonts = dict(drawn or {}), dict(glyphs or {}), fonts
        self.seed = seed
        self.parts: dict[str, Pictures] = {}
        self.labels: list[str] = []
        self.settings: ImageSettings | None = None

    def setup(self, stage: str | None = None) -> None:
        """Read the splits; draw what is to be drawn.

        Raises:
            ConfigError: A setting cannot work.
            DataError: A picture cannot be read, or a split is missing or empty.
        """
        if self.parts:
            return
        rows = self._load("train")
        self.labels = [str(label) for label in self.wanted_labels or _classes(rows, self.columns["label"])]
        self._check_labels()
        self.settings = choose_settings(rows, self.columns["image"], self.given_settings)
        train = self._read(rows, "train")
        for split in ("validation", "test"):
            if has_split(self.splits[split], source=self.source, path=self.path, hub=self.hub):
                self.parts[split] = self._read(self._load(split), split)
        self._check_sources({*train.sources, *(self.parts["validation"].sources if "validation" in self.parts else ())})
        train = train.take(self._kept(train))
        if "validation" in self.parts:
            self.parts["validation"] = self.parts["validation"].take(self._kept(self.parts["validation"]))
        else:
            chosen, held = hold_out(train, self.validation_share, seed=self.seed)
            self.parts["validation"], train = train.take(held), train.take(chosen)
        if self.per_class is not None:
            train = train.take(first_of_each(train, self.per_class, seed=self.seed))
        self.parts["train"] = Pictures.join([train, *self._made("train")])
        self.parts["validation"] = Pictures.join([self.parts["validation"], *self._made("validation")])
        for part in ("train", "validation"):
            if not len(self.parts[part]):
                raise DataError(f"No pictures are left for {part}; check data.leave_out and data.validation.")

    @property
    def has_test(self) -> bool:
        """Whether there is a split to test on."""
        return "test" in self.parts

    def network_arguments(self) -> dict[str, Any]:
        """Return what the network's arguments take from the data."""
        assert self.settings is not None  # for the type checker: `setup` was called
        return {"labels": self.labels, "channels": self.settings.channels}

    def vocabularies(self) -> dict[str, Any]:
        """Return no vocabularies."""
        return {}

    def initial_weights(self) -> dict[str, Tensor]:
        """Return no weights."""
        return {}

    def about(self) -> dict[str, Any]:
        """Return what the model's config tells of the data."""
        assert self.settings is not None  # for the type checker: `setup` was called
        return {"images": self.settings.to_config()}

    def sources(self) -> dict[str, dict[str, str]]:
        """Return origin and licence of the data."""
        told = {str(self.hub or "own"): {"origin": self.origin, "licence": self.licence}}
        if self.drawn or self.glyphs:
            names = ", ".join([*self.drawn, *(f"glyphs ({name})" for name in self.glyphs)])
            told["drawn"] = {"origin": f"drawn by docsight_training: {names}", "licence": "MIT"}
        return told

    def class_weights(self) -> Tensor:
        """Return a weight for each class by `balance`, 1 on average over the training pictures.

        Returns:
            (labels + 1,); the last one is for pictures of none of the classes, so that OTHER is its index.
        """
        labels = self.parts["train"].labels
        counts = torch.bincount(torch.where(labels == OTHER, len(self.labels), labels), minlength=len(self.labels) + 1)
        weights = counts.clamp(min=1).float() ** -self.balance
        return weights * counts.sum() / (weights * counts).sum()

    def train_dataloader(self) -> DataLoader[ImageBatch]:
        """Return the batches of an epoch, drawn by its number."""
        if self.trainer is None:
            return DataLoader(_Epoch(self, 0), batch_size=None)
        epoch, last = self.trainer.current_epoch, max(1, (self.trainer.max_epochs or 1) - 1)
        return DataLoader(_Epoch(self, epoch, progress=min(1.0, epoch / last)), batch_size=None)

    def val_dataloader(self) -> DataLoader[ImageBatch]:
        """Return the pictures to validate on."""
        return DataLoader(self.plain("validation"), batch_size=None)

    def test_dataloader(self) -> DataLoader[ImageBatch]:
        """Return the pictures to test on."""
        return DataLoader(self.plain("test"), batch_size=None)

    def plain(self, part: str) -> Dataset[ImageBatch]:
        """Return the batches of a part as they are."""
        return _Plain(self, part)

    def changed(self, part: str, *, most: int) -> Dataset[ImageBatch]:
        """Return batches of at most `most` pictures of a part, changed as in training, the same at every call."""
        return _Plain(self, part, most=most, changed=True)

    def _check_labels(self) -> None:
        for name, given in (("withhold", self.withhold), ("drawn", self.drawn)):
            if strange := sorted(set(given) - set(self.labels)):
                raise ConfigError(
                    f"data.{name}: {', '.join(strange)} is none of the classes: {', '.join(self.labels)}."
                )
        if lacking := sorted(set(self.withhold) - set(self.drawn)):
            raise ConfigError(f"data.withhold: nothing is drawn for {', '.join(lacking)}; name it in data.drawn.")
        if self.glyphs.get("digits") and not set("0123456789") <= set(self.labels):
            raise ConfigError("data.glyphs.digits: the classes are not 0 to 9.")

    def _check_sources(self, known: set[str]) -> None:
        if strange := sorted(self.leave_out - known):
            told = ", ".join(sorted(known - {""})) or f"there is no column {self.columns['source']!r}"
            raise ConfigError(f"data.leave_out: {', '.join(strange)} is none of the sources: {told}.")

    def _load(self, split: str) -> Any:
        name = self.splits[split]
        rows = load_split(name, source=self.source, path=self.path, hub=self.hub, origin=self.origin)
        if not len(rows):
            raise DataError(f"The split {name!r} has no pictures.")
        return rows

    def _read(self, rows: Any, split: str) -> Pictures:
        assert self.settings is not None  # for the type checker: `setup` made them
        return read_pictures(rows, self.columns, self.labels, self.settings, f"split {self.splits[split]!r}")

    def _kept(self, pictures: Pictures) -> list[int]:
        """Return the indexes of what may be trained and validated on."""
        withheld = {self.labels.index(label) for label in self.withhold}
        pairs = enumerate(zip(pictures.labels.tolist(), pictures.sources, strict=True))
        return [at for at, (label, source) in pairs if label not in withheld and source not in self.leave_out]

    def _made(self, part: str) -> list[Pictures]:
        """Draw pictures: for training, or a tenth as many with other numbers and typefaces to validate on."""
        if not self.drawn and not self.glyphs:
            return []
        assert self.settings is not None  # for the type checker: `setup` made them
        share, seed = (1.0, self.seed) if part == "train" else (0.1, self.seed + 1_000_003)
        found = find_fonts(self.fonts)
        fonts = [font for font in found if is_held_out(font) == (part != "train")] or found
        made = []
        for label, count in self.drawn.items():
            rng = np.random.default_rng([seed, self.labels.index(label)])
            # Of a withheld label the validation pictures are all drawn: enough of them.
            many = count if part == "train" else math.ceil(count * (share if label in self.withhold else 0))
            images = [draw(label, rng, fonts) for _ in range(many)]
            made.append(encode_pictures(images, [self.labels.index(label)] * many, self.settings))
        return made + self._glyphs(share, seed, fonts)

    def _glyphs(self, share: float, seed: int, fonts: Sequence[Font]) -> list[Pictures]:
        made = []
        assert self.settings is not None  # for the type checker

        def in_mode(pixels: np.ndarray) -> Tensor:  # grey ones; (pictures, channels, size, size)
            assert self.settings is not None  # for the type checker
            return torch.from_numpy(pixels)[:, None].expand(-1, self.settings.channels, -1, -1)

        if count := math.ceil(share * self.glyphs.get("digits", 0)):
            pixels, chars = glyph_set("0123456789", count, seed=seed, fonts=fonts, size=self.settings.size)
            labels = torch.tensor([self.labels.index(char) for char in chars])
            made.append(Pictures(in_mode(pixels), labels, [""] * count))
        if count := math.ceil(share * self.glyphs.get("other", 0)):
            pixels = outlier_set(count, seed=seed, fonts=fonts, size=self.settings.size)
            made.append(Pictures(in_mode(pixels), torch.full((count,), OTHER), [""] * count))
        return made


class _Epoch(Dataset[ImageBatch]):
    """The batches of one epoch."""

    def __init__(self, data: ImageData, epoch: int, *, progress: float = 0.0) -> None:
        self.data, self.epoch, self.progress = data, epoch, progress
        self.pictures = data.parts["train"]
        generator = torch.Generator().manual_seed(data.seed * 1_000_003 + epoch)
        count = len(self.pictures)
        size = data.epoch_size or count
        if data.epoch_size is None and not data.balance:
            self.order = torch.randperm(count, generator=generator)
        else:
            shares = data.class_weights()[self.pictures.labels]
            self.order = torch.multinomial(shares, size, replacement=True, generator=generator)

    def __len__(self) -> int:
        # A last batch that is small would make batch norm's statistics noisy; its pictures come in another epoch.
        return max(1, len(self.order) // self.data.batch_size)

    def __getitem__(self, at: int) -> ImageBatch:
        if not 0 <= at < len(self):
            raise IndexError(at)
        chosen = self.order[at * self.data.batch_size : (at + 1) * self.data.batch_size]
        generator = torch.Generator().manual_seed((self.data.seed * 1009 + self.epoch) * 1_000_003 + at)
        assert self.data.settings is not None  # for the type checker
        changed = self.data.augment(self.pictures.pixels[chosen].float() / 255, generator, progress=self.progress)
        return ImageBatch(normalise(changed, self.data.settings), self.pictures.labels[chosen])


class _Plain(Dataset[ImageBatch]):
    """The batches of a part, in order; as they are, or changed by numbers that depend on nothing else."""

    def __init__(self, data: ImageData, part: str, *, most: int | None = None, changed: bool = False) -> None:
        self.data, self.pictures, self.changed = data, data.parts[part], changed
        if most is not None and most < len(self.pictures):
            order = torch.randperm(len(self.pictures), generator=torch.Generator().manual_seed(data.seed))
            self.pictures = self.pictures.take(order[:most])

    def __len__(self) -> int:
        return math.ceil(len(self.pictures) / _READ_AT_ONCE)

    def __getitem__(self, at: int) -> ImageBatch:
        if not 0 <= at < len(self):
            raise IndexError(at)
        part = slice(at * _READ_AT_ONCE, (at + 1) * _READ_AT_ONCE)
        pixels = self.pictures.pixels[part]
        if self.changed:
            pixels = self.data.augment(pixels.float() / 255, torch.Generator().manual_seed(at))
        assert self.data.settings is not None  # for the type checker
        return ImageBatch(normalise(pixels, self.data.settings), self.pictures.labels[part])


def _classes(rows: Any, column: str) -> list[str]:
    """Return the classes of the data: as its ClassLabel has them, else those found, sorted."""
    feature = rows.features.get(column)
    return list(feature.names) if hasattr(feature, "names") else sorted(set(label_names(rows, column)))
