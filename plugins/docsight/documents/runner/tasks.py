"""Tasks of a supervisor: work items for one call, and how they are divided to find the document that ended a call."""

from dataclasses import dataclass, replace

from docsight.documents.runner.work_items import WorkItem


@dataclass(frozen=True, kw_only=True)
class Task:
    """Work items to do in one call.

    Args:
        work_items: What to do.
        safe: A worker that died had done the items of the file before this one.
        until: The items from `safe` up to this one are done one by one, as one of them is at fault.
        is_retry: Whether the same task was tried before, since it may not have been at fault.
    """

    work_items: tuple[WorkItem, ...]
    safe: int = 0
    until: int = 0
    is_retry: bool = False

    @property
    def limit(self) -> int | None:
        """How many items the call may do; None for no limit."""
        start = self.work_items[0].start
        return max(1, self.safe - start) if start < self.until else None

    @property
    def is_one_document(self) -> bool:
        """Whether the task cannot be divided."""
        return len(self.work_items) == 1 and (not self.work_items[0].file.format.has_parts or self.limit == 1)

    def divide(self, done: int, begun: int) -> list["Task"]:
        """Divide a task that failed; returns an empty list if it is one document.

        Args:
            done: How many items of the file were done.
            begun: The number of the item that was read last.
        """
        if self.is_one_document:
            return []
        if len(self.work_items) > 1:
            return [Task(work_items=(item,)) for item in self.work_items]
        start = self.work_items[0].start
        safe = max(start, done)
        if self.limit is not None:  # it failed within the items that were thought to be safe
            safe = min(safe, start + self.limit // 8)
        return [Task(work_items=self.work_items, safe=safe, until=max(self.until, begun + 1, start + 1))]

    def rest(self, remaining: tuple[WorkItem, ...]) -> "Task":
        """Return the task for what remains after a call."""
        if len(remaining) == 1:
            return replace(self, work_items=remaining, is_retry=False)
        return Task(work_items=remaining)
