"""Data modules whose batches are drawn by the number of the epoch, and data sets of batches built on demand."""

from abc import abstractmethod
from collections.abc import Callable, Sequence, Sized
from typing import Any, Generic, TypeVar, cast

import pytorch_lightning as pl
from torch.utils.data import DataLoader, Dataset

_MIN_STEPS = 500  # of a run on small data

Plan = TypeVar("Plan")
Batch = TypeVar("Batch")


class LazyBatches(Dataset[Batch], Generic[Plan, Batch]):
    """The batches of an epoch: `build` makes each from its plan, such as the indexes of its sentences."""

    def __init__(self, plans: Sequence[Plan], build: Callable[[Plan], Batch]) -> None:
        self.plans, self.build = plans, build

    def __len__(self) -> int:
        return len(self.plans)

    def __getitem__(self, number: int) -> Batch:
        return self.build(self.plans[number])


class EpochData(pl.LightningDataModule, Generic[Batch]):
    """A data module whose data sets hold whole batches, drawn by the number of the epoch.

    A checkpoint holds how many batches of its epoch were used, so that a resumed run continues with the next one.
    """

    _resumed_epoch, _used_batches = -1, 0

    @property
    def min_steps(self) -> int:
        """The steps of a run without a number of epochs and without `trainer.min_steps`."""
        return _MIN_STEPS

    @abstractmethod
    def epoch_batches(self, epoch: int) -> Sequence[Batch] | Dataset[Batch]:
        """Return the batches of a training epoch, the same for the same seed and epoch."""

    def train_dataloader(self) -> DataLoader[Batch]:
        epoch = self.trainer.current_epoch if self.trainer else 0
        batches = self.epoch_batches(epoch)
        if epoch == self._resumed_epoch and self._used_batches < len(cast(Sized, batches)):
            batches = _RestOfEpoch(batches, self._used_batches)
        return DataLoader(cast(Dataset[Batch], batches), batch_size=None)

    def state_dict(self) -> dict[str, Any]:
        """Return the position in the epoch, for a checkpoint."""
        assert self.trainer is not None
        loop = self.trainer.fit_loop
        # At the end of a run, the number of the epoch is already the next one, of which nothing was used.
        epochs: Any = loop.epoch_progress.current
        is_between_epochs = epochs.ready == epochs.processed
        used = 0 if is_between_epochs else loop.epoch_loop.batch_progress.current.ready * self.trainer.world_size
        return {"epoch": self.trainer.current_epoch, "used_batches": used}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue from the position in a checkpoint."""
        self._resumed_epoch, self._used_batches = state_dict["epoch"], state_dict["used_batches"]


class _RestOfEpoch(Dataset[Batch]):
    """The batches of an epoch that were not used before. Lightning expects the length of the whole epoch."""

    def __init__(self, batches: Any, used: int) -> None:
        self.batches, self.used = batches, used

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, number: int) -> Batch:
        return cast(Batch, self.batches[self.used + number])
