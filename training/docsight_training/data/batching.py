"""Data sets of batches that are built when the loader asks for them."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from torch.utils.data import Dataset

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
