"""The progress of a run."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from docsight.documents.runner.plan import Plan
from docsight.documents.runner.shards import FileEntry, Shard
from docsight.wording import count_of

_MIN_FRACTION = 0.01  # below it, the time left cannot be estimated


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The progress of a run.

    Args:
        documents: The number of documents annotated so far.
        failed: The number of files and parts of files that failed so far.
        words: The number of words in the documents so far.
        files: The number of files to process in this run.
        fraction: The fraction of the bytes of these files that is done, from 0 to 1.
        seconds: The seconds since the run began.
        unknown: The fraction of the bytes that belongs to files that are partly done, from 0 to 1. How much of these
            is done is not known.
    """

    documents: int
    failed: int
    words: int
    files: int
    fraction: float
    seconds: float
    unknown: float = 0.0

    @property
    def share(self) -> float:
        """The former name of `fraction`."""
        return self.fraction

    @property
    def remaining(self) -> float | None:
        """The estimated seconds until the run is complete; None while too little is done for an estimate."""
        if self.fraction < _MIN_FRACTION or self.unknown > self.fraction:
            return None
        return self.seconds * (1 - self.fraction) / self.fraction

    def __str__(self) -> str:
        seconds = max(self.seconds, 1e-9)
        parts = [
            f"{self.fraction:4.0%}",
            count_of(self.documents, "document"),
            f"{self.failed:,} failed",
            f"{self.documents / seconds:.1f} documents/s",
            f"{self.words / seconds:,.0f} words/s",
        ]
        if self.remaining is not None:
            minutes, rest = divmod(round(self.remaining), 60)
            hours, minutes = divmod(minutes, 60)
            parts.append(f"{hours}:{minutes:02}:{rest:02} left" if hours else f"{minutes}:{rest:02} left")
        return "  ".join(parts)


class ProgressMeter:
    """Counts what this run has done and reports it; `started` is when it began, by `time.perf_counter`."""

    def __init__(self, plan: Plan, started: float, on_progress: Callable[[Progress], None] | None) -> None:
        self._started = started
        self._on_progress = on_progress
        self._files = len(plan.pending)
        self._size = sum(item.file.size for item in plan.pending)
        self._done: Counter[str] = Counter()
        self._begun: dict[str, int] = {}  # the sizes of files of which shards hold the beginning

    def add(self, shard: Shard) -> None:
        for entry in shard.entries:
            if entry.next is not None:
                self._begun[entry.name] = entry.size
            else:
                self._begun.pop(entry.name, None)
        self._done += _count(shard.entries)
        self._report(self._done)

    def preview(self, entries: list[FileEntry]) -> None:
        """Report what an unfinished shard holds so far, without counting it yet."""
        self._report(self._done + _count(entries))

    def _report(self, done: Counter[str]) -> None:
        if self._on_progress is not None:
            progress = Progress(
                documents=done["documents"],
                failed=done["failed"],
                words=done["words"],
                files=self._files,
                fraction=min(1.0, done["bytes"] / max(1, self._size)),
                seconds=time.perf_counter() - self._started,
                unknown=sum(self._begun.values()) / max(1, self._size),
            )
            self._on_progress(progress)


def _count(entries: Iterable[FileEntry]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for entry in entries:
        counts.update(documents=entry.documents, failed=entry.failures, words=entry.words)
        if (entry.documents or entry.failures) and entry.next is None:
            counts["bytes"] += entry.size
    return counts
