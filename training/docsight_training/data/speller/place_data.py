"""The base of the data modules of the ranker and the judge: places of noisy texts that are labelled once, in memory."""

import random
from abc import abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import Generic, TypeVar

import numpy as np

from docsight.spelling.arrays import Floats, Ints
from docsight_training.data.batching import LazyBatches
from docsight_training.data.speller.open_text import TextData, read_clean_column

Part = TypeVar("Part")  # the labelled places of the training or the validation texts
PlaceBatch = TypeVar("PlaceBatch")

_MIN_DEVIATION = 1e-4  # of a column that is not constant


class PlaceData(TextData[PlaceBatch], Generic[Part, PlaceBatch]):
    """Labelled places, with new batches in each epoch. `setup` sets the two parts and calls `standardize`."""

    train: Part
    validation: Part
    mean: Floats  # (columns,) of the training places
    scale: Floats  # (columns,) the inverse of their standard deviation; 0 for hidden and constant columns
    items_in_batch: int
    seed: int

    @staticmethod
    @abstractmethod
    def count(part: Part) -> int:
        """Return the number of items of a part, such as places or texts, of which batches are made."""

    @staticmethod
    @abstractmethod
    def make_batch(part: Part, chosen: Ints) -> PlaceBatch:
        """Make a batch of some items of a part."""

    def standardize(self, columns: Floats, *, hidden: Sequence[int]) -> None:
        """Set the mean and the scale of what the network reads, (places, columns); 0 if there is no place."""
        if not len(columns):
            self.mean = self.scale = np.zeros(columns.shape[1], np.float32)
            return
        self.mean, deviation = columns.mean(axis=0), columns.std(axis=0)
        inverse = 1 / np.maximum(deviation, _MIN_DEVIATION)
        self.scale = np.where(deviation > _MIN_DEVIATION, inverse, 0.0).astype(np.float32)
        self.scale[hidden] = 0.0

    def epoch_batches(self, epoch: int) -> LazyBatches[Ints, PlaceBatch]:
        order = list(range(self.count(self.train)))
        random.Random(f"{self.seed}/{epoch}").shuffle(order)
        return self._batches(self.train, order)

    def validation_batches(self) -> LazyBatches[Ints, PlaceBatch]:
        return self._batches(self.validation, range(self.count(self.validation)))

    def _batches(self, part: Part, order: Sequence[int]) -> LazyBatches[Ints, PlaceBatch]:
        size = self.items_in_batch
        plans = [np.array(order[at : at + size], dtype=np.int64) for at in range(0, len(order), size)]
        return LazyBatches(plans, partial(self.make_batch, part))


def read_edited_sentences(lists: str, names: str, test_names: str | None) -> list[str]:
    """Read sentences with many names and few mistakes, without those that are kept for tests."""
    kept_for_tests = set(read_clean_column(lists, test_names) if test_names else ())
    return [sentence for sentence in read_clean_column(lists, names) if sentence not in kept_for_tests]
