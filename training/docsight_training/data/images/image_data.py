"""The data module of `cnn_imagecat`: makes augmented batches from images of a data set and drawn images."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import datasets
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from docsight.errors import ConfigError, DataError
from docsight.images import ImageSettings
from docsight_training.data.batching import EpochData, LazyBatches
from docsight_training.data.images.dataset import LabeledImages, hold_out, sample_per_class
from docsight_training.data.images.image_augment import ImageAugment
from docsight_training.data.images.image_batches import ImageBatch, ImageBatches
from docsight_training.data.images.image_checks import check_classes, check_sources
from docsight_training.data.images.image_outliers import OutlierSettings, read_outliers
from docsight_training.data.images.image_reading import choose_settings, class_names, read_images
from docsight_training.data.images.image_sampling import check_sizes, class_weights, with_drawn_fraction
from docsight_training.data.images.synthetic import ImageDrawer
from docsight_training.data.sources import IMAGE_SOURCES, find_hub_split, load_hub_split, load_images, missing_images
from docsight_training.data.splits import check_fractions

log = logging.getLogger(__name__)

_MIN_CHOOSING_IMAGES = 50
_MIN_BATCH_SIZE, _MAX_BATCH_SIZE = 8, 128  # of a training step, if the config gives no number


class ImageData(EpochData[ImageBatch]):
    """Labeled images for the classifier.

    Args:
        source: parquet, imagefolder, hub, or auto to find out; see `load_images`.
        path: The local folder that holds the splits, or the folders of the classes, or None to load from the hub.
        hub: The id of the data set on the hub.
        origin: Where the data comes from, for the model card.
        licence: The licence of the data, for the model card.
        columns: The names of the columns image, label and, if there is one, source.
        splits: The names of the splits train, validation and test.
        images: The arguments of `ImageSettings`; None values are read from the data.
        labels: The classes, in order; None for those of the data.
        validation: The fraction of the training images of each class to validate on, if there is no validation split.
        test: The fraction of the training images of each class to test on, if there is no test split; None for none.
        per_class: The maximum number of training images of a class; None for all.
        epoch_size: Images in an epoch, drawn at random; None for each image once.
        batch_size: Images in a training step; None for a tenth of an epoch, from 8 to 128.
        balance: How far the classes of an epoch are balanced, from 0 (as in the data) to 1 (all equally frequent).
        drawn_fraction: The fraction of the images of an epoch that are drawn or of no class; None for as many as
            there are.
        augment: The augmentation of training images; the arguments of `ImageAugment`.
        refit: Whether augmented images are fitted into the network's input once more, as the component will fit them.
        sizes: The side of the training images from a fraction of the run on, such as [[0, 112], [0.6, 160]]: smaller
            images are faster. None for `images.size` throughout.
        kinds: Kinds of some labels, such as {chart: [bar_chart, pie_chart]}; see `ImageClassifier`. The data has only
            the labels; images of kinds are drawn.
        leave_out: Sources that are not trained on.
        withhold: Labels whose real images are only tested on; training and validation use drawn ones.
        drawn: By label or kind, how many images to draw for training; see `docsight_training.data.drawings`. A label
            without real images has drawn ones for validation, too.
        redrawn: By label, drawing or photo, how many photos to redraw as such; see `drawings.engraving`.
        outliers: Images of no class; the arguments of `OutlierSettings`.
        glyphs: How many printed digits to draw as digits, and how many letters, scribbles and noise (other) and pairs
            of the digits of the data (pairs) as images of no class, such as {digits: 6000, other: 12000, pairs: 4000}.
        fonts: Folders of fonts; None for those of the system.
        seed: Seeds the held-out split, drawings and augmentation.
    """

    settings: ImageSettings  # set by `setup`

    def __init__(
        self,
        *,
        source: str = "auto",
        path: str | None = None,
        hub: str | None = None,
        origin: str = "",
        licence: str = "",
        columns: Mapping[str, str] | None = None,
        splits: Mapping[str, str] | None = None,
        images: Mapping[str, Any] | None = None,
        labels: Sequence[str] | None = None,
        validation: float = 0.1,
        test: float | None = None,
        per_class: int | None = None,
        epoch_size: int | None = None,
        batch_size: int | None = None,
        balance: float = 0.0,
        drawn_fraction: float | None = None,
        augment: Mapping[str, Any] | None = None,
        refit: bool = False,
        sizes: Sequence[Sequence[float]] | None = None,
        kinds: Mapping[str, Sequence[str]] | None = None,
        leave_out: Sequence[str] = (),
        withhold: Sequence[str] = (),
        drawn: Mapping[str, int] | None = None,
        redrawn: Mapping[str, int] | None = None,
        outliers: Mapping[str, Any] | None = None,
        glyphs: Mapping[str, int] | None = None,
        fonts: Sequence[str] | None = None,
        seed: int = 1,
    ) -> None:
        super().__init__()
        for name, number in (("batch_size", batch_size), ("per_class", per_class), ("epoch_size", epoch_size)):
            if number is not None and number < 1:
                raise ConfigError(f"data.{name}: expected at least 1; found {number}.")
        if source not in IMAGE_SOURCES:
            raise ConfigError(f"data.source={source!r} is unknown; expected one of: {', '.join(IMAGE_SOURCES)}.")
        if unknown := sorted(set(glyphs or {}) - {"digits", "other", "pairs"}):
            raise ConfigError(f"data.glyphs: expected digits, other and pairs; found {', '.join(unknown)}.")
        self.source, self.path, self.hub, self.origin, self.licence = source, path, hub, origin, licence
        self.columns = {"image": "image", "label": "label", "source": "source"} | dict(columns or {})
        self.splits = {"train": "train", "validation": "validation", "test": "test"} | dict(splits or {})
        self.given_settings = dict(images or {})
        self.given_labels = labels
        check_fractions(validation=validation, test=test)
        self.validation_fraction, self.test_fraction = validation, test
        self.per_class, self.epoch_size, self.batch_size, self.balance = per_class, epoch_size, batch_size, balance
        if drawn_fraction is not None and not 0 <= drawn_fraction <= 1:
            raise ConfigError(f"data.drawn_fraction: expected a fraction from 0 to 1; found {drawn_fraction}.")
        self.drawn_fraction = drawn_fraction
        self.augment, self.refit = ImageAugment(**(augment or {})), refit
        self.sizes = check_sizes(sizes)
        self.kinds = {label: list(names) for label, names in (kinds or {}).items()}
        self.redrawn, self.outliers = dict(redrawn or {}), OutlierSettings(**(outliers or {}))
        self.leave_out, self.withhold = frozenset(leave_out), tuple(withhold)
        self.drawn, self.glyphs, self.fonts = dict(drawn or {}), dict(glyphs or {}), fonts
        self.seed = seed
        self.parts: dict[str, LabeledImages] = {}
        self.labels: list[str] = []
        self._drawn_only: list[str] = []  # labels without real images
        self._num_real = 0  # training images that are not drawn; they come first

    def setup(self, stage: str | None = None) -> None:
        """Read the splits, and draw images.

        Raises:
            ConfigError: A setting does not fit the data.
            DataError: An image cannot be read, or a split is missing or empty.
        """
        if self.parts:
            return
        splits = self.load_rows()
        rows = splits["train"]
        self.labels = [str(label) for label in self.given_labels or class_names(rows, self.columns["label"])]
        given = {"withhold": self.withhold, "drawn": self.drawn, "redrawn": self.redrawn, "glyphs": self.glyphs}
        check_classes(self.labels, self.kinds, given)
        self.settings = choose_settings(rows, self.columns["image"], self.given_settings)
        self.parts = {split: self._read(rows, split) for split, rows in splits.items()}
        if "test" not in self.parts and self.test_fraction:
            self._hold_out("test", self.test_fraction)
            self.validation_fraction /= 1 - self.test_fraction  # of what is left
        self._select()
        real = set(self.parts["train"].labels.tolist())
        self._drawn_only = [label for at, label in enumerate(self.labels) if at not in real]
        self._num_real = len(self.parts["train"])
        for split in ("train", "validation"):
            self.parts[split] = LabeledImages.join([self.parts[split], *self._draw(split)])
            if not len(self.parts[split]):
                raise DataError(
                    f"No images are left for {split}; check data.leave_out. A class needs two images so that one can "
                    "be held out for validation."
                )
        if len(self.labels) == 1 and not (self.outliers.count or self.outliers.paths or self.glyphs):
            log.warning("There is only one class, %s, so the model will predict it for every image.", self.labels[0])

    def load_rows(self) -> dict[str, datasets.Dataset]:
        """Return the rows of each split that exists, by role; their images are not decoded.

        Raises:
            DataError: A split cannot be read or is empty, or there is none for training.
        """
        loaded = {split: self._load(split) for split in ("train", "validation", "test")}
        if loaded["train"] is None:
            raise missing_images(self.splits["train"], str(self.path))
        return {split: rows for split, rows in loaded.items() if rows is not None}

    @property
    def can_choose_weights(self) -> bool:
        """Whether there are enough validation images to choose weights by: the best of few is a choice by chance."""
        return len(self.parts["validation"]) >= _MIN_CHOOSING_IMAGES

    @property
    def has_test(self) -> bool:
        return "test" in self.parts

    def network_arguments(self) -> dict[str, Any]:
        kinds = {"kinds": self.kinds} if self.kinds else {}
        return {"labels": self.labels, "channels": self.settings.channels, **kinds}

    def vocabularies(self) -> dict[str, Any]:
        return {}

    def initial_weights(self) -> dict[str, Tensor]:
        return {}

    def about(self) -> dict[str, Any]:
        return {"images": self.settings.to_config()}

    def sources(self) -> dict[str, dict[str, str]]:
        sources = {str(self.hub or "own"): {"origin": self.origin, "licence": self.licence}}
        if self.drawn or self.glyphs:
            names = ", ".join([*self.drawn, *(f"glyphs ({name})" for name in self.glyphs)])
            sources["drawn"] = {"origin": f"drawn by docsight_training: {names}", "licence": "MIT"}
        for name, (origin, licence) in self.outliers.sources().items():
            sources[name] = {"origin": origin, "licence": licence}
        return sources

    @property
    def names(self) -> list[str]:
        """The labels, then their kinds; the label of an image is the place of its name."""
        return [*self.labels, *(name for names in self.kinds.values() for name in names)]

    def sampling_weights(self) -> Tensor:
        """Return the weights by which the images of an epoch are drawn, (training images,)."""
        labels = self.parts["train"].labels
        weights = class_weights(labels, count=len(self.names), balance=self.balance)[labels]
        if self.drawn_fraction is None:
            return weights
        return with_drawn_fraction(weights, num_real=self._num_real, fraction=self.drawn_fraction)

    def val_dataloader(self) -> DataLoader[ImageBatch]:
        return DataLoader(self.evaluation_batches("validation"), batch_size=None)

    def test_dataloader(self) -> DataLoader[ImageBatch]:
        return DataLoader(self.evaluation_batches("test"), batch_size=None)

    def epoch_batches(self, epoch: int) -> LazyBatches[tuple[int, Tensor], ImageBatch]:
        """Draw the training batches of an epoch.

        Seed, epoch and number decide a batch; its augmentation also depends on the progress of the run.
        """
        last = max(1, (self.trainer.max_epochs or 1) - 1) if self.trainer else 1
        progress = min(1.0, epoch / last) if self.trainer else 0.0
        images = self.parts["train"]
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + epoch)
        if self.epoch_size is None and not self.balance and self.drawn_fraction is None:
            order = torch.randperm(len(images), generator=generator)
        else:
            weights, size = self.sampling_weights(), self.epoch_size or len(images)
            order = torch.multinomial(weights, size, replacement=True, generator=generator)
        size = self.batch_size or min(_MAX_BATCH_SIZE, max(_MIN_BATCH_SIZE, len(order) // 10))
        return self._batches.shuffled(images, order, size=size, seed=self.seed * 1009 + epoch, progress=progress)

    def evaluation_batches(self, split: str) -> LazyBatches[tuple[int, slice], ImageBatch]:
        return self._batches.in_order(self.parts[split])

    def augmented_batches(self, split: str, *, max_images: int) -> LazyBatches[tuple[int, slice], ImageBatch]:
        """Return batches of at most `max_images` images of a split, augmented as in training, the same every time."""
        images = self.parts[split]
        if max_images < len(images):
            order = torch.randperm(len(images), generator=torch.Generator().manual_seed(self.seed))
            images = images.take(order[:max_images])
        return self._batches.in_order(images, augment=True)

    @property
    def _batches(self) -> ImageBatches:
        return ImageBatches(self.settings, self.augment, refit=self.refit, sizes=self.sizes)

    def _load(self, split: str) -> datasets.Dataset | None:
        """Load a split; None if there is none."""
        name = self.splits[split]
        if self.path is not None:
            rows = load_images(name, source=self.source, path=self.path)
        else:
            found = find_hub_split(self.hub, name) if self.hub is not None and split != "train" else name
            rows = None if found is None else load_hub_split(self.hub, found, origin=self.origin)
        if rows is not None and not len(rows):
            raise DataError(f"The split {name!r} has no images.")
        return rows

    def _hold_out(self, split: str, fraction: float) -> None:
        """Move a fraction of the training images of each class to another split."""
        train = self.parts["train"]
        chosen, held_out = hold_out(train, fraction, seed=self.seed)
        self.parts[split], self.parts["train"] = train.take(held_out), train.take(chosen)

    def _read(self, rows: datasets.Dataset, split: str) -> LabeledImages:
        return read_images(rows, self.columns, self.labels, self.settings, f"split {self.splits[split]!r}")

    def _select(self) -> None:
        splits = [split for split in ("train", "validation") if split in self.parts]
        known = {source for split in splits for source in self.parts[split].sources}
        check_sources(self.leave_out, known, column=self.columns["source"])
        withheld = {self.labels.index(label) for label in self.withhold}
        for split in splits:
            images = self.parts[split]
            pairs = enumerate(zip(images.labels.tolist(), images.sources, strict=True))
            kept = [at for at, (label, source) in pairs if label not in withheld and source not in self.leave_out]
            self.parts[split] = images.take(kept)
        if "validation" not in self.parts:
            if not self.validation_fraction:
                raise ConfigError("data.validation: expected a fraction between 0 and 1, such as 0.1; found 0.")
            self._hold_out("validation", self.validation_fraction)
        if self.per_class is not None:
            train = self.parts["train"]
            self.parts["train"] = train.take(sample_per_class(train, self.per_class, seed=self.seed))

    def _draw(self, split: str) -> list[LabeledImages]:
        parts = read_outliers(self.outliers, split, self.settings, seed=self.seed)
        if not any((self.drawn, self.redrawn, self.outliers.count, self.glyphs)):
            return parts
        drawer = ImageDrawer(split, self.names, self.settings, fonts=self.fonts, seed=self.seed)
        parts += drawer.figures(self.drawn, withheld=self._drawn_only)
        if self.redrawn:
            train = self.parts["train"]
            photos = train.take((train.labels == self.labels.index("photo")).nonzero()[:, 0])
            parts += drawer.redrawn(self.redrawn, photos)
        return [
            *parts,
            *drawer.outliers(self.outliers.count, self.outliers.kinds),
            *drawer.glyphs(self.glyphs, self.parts[split]),
        ]
