"""How far a run is, told on its way."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from docsight.documents.runner.plan import Plan
from docsight.documents.runner.shards import FileEntry, Shard


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a run is with what it has to do; `share` is that of the bytes, from 0 to 1."""

    documents: int
    failed: int
    words: int
    files: int
    share: float
    seconds: float

    @property
    def remaining(self) -> float | None:
        """Estimate the seconds that are left; None before the first result."""
        return self.seconds * (1 - self.share) / self.share if self.share > 0 else None

    def __str__(self) -> str:
        seconds = max(self.seconds, 1e-9)
        parts = [
            f"{self.share:4.0%}",
            f"{self.documents:,} documents",
            f"{self.failed:,} failed",
            f"{self.documents / seconds:.1f} documents/s",
            f"{self.words / seconds:,.0f} words/s",
        ]
        if self.remaining is not None:
            minutes, rest = divmod(round(self.remaining), 60)
            hours, minutes = divmod(minutes, 60)
            parts.append(f"{hours}:{minutes:02}:{rest:02} left" if hours else f"{minutes}:{rest:02} left")
        return "  ".join(parts)


class Meter:
    """Tells how far the run is, in what is done since it began."""

    def __init__(self, todo: Plan, started: float, on_progress: Callable[[Progress], None] | None) -> None:
        self._started = started
        self._on_progress = on_progress
        self._files = len(todo.todo)
        self._size = sum(unit.file.size for unit in todo.todo)
        self._done: Counter[str] = Counter()

    def add(self, shard: Shard) -> None:
        """Take note of a shard that is complete."""
        self._done += _counts(shard.entries)
        self._tell(self._done)

    def during(self, entries: list[FileEntry]) -> None:
        """Take note of what a shard has so far."""
        self._tell(self._done + _counts(entries))

    def _tell(self, done: Counter[str]) -> None:
        if self._on_progress is not None:
            progress = Progress(
                documents=done["documents"],
                failed=done["failed"],
                words=done["words"],
                files=self._files,
                share=min(1.0, done["bytes"] / max(1, self._size)),
                seconds=time.perf_counter() - self._started,
            )
            self._on_progress(progress)


def _counts(entries: Iterable[FileEntry]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for one in entries:
        failed = one.failed + (one.status in ("failed", "timeout"))
        counts.update(documents=one.documents, failed=failed, words=one.words)
        if (one.documents or failed) and one.next is None:
            counts["bytes"] += one.size
    return counts
