"""What a worker does: read files, run the pipeline over their documents in batches, and keep the results in shards.

The same class works in this process, in a process of its own and in an actor of Ray.
"""

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterator, MutableSequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docsight.documents.formats.source import Budget, ReadOptions
from docsight.documents.inputs import InputFile
from docsight.documents.problem import Problem
from docsight.documents.reading import Document, read_file
from docsight.documents.runner.annotate import Chunk, ChunkAnnotations, annotate, batches, stretches
from docsight.documents.runner.image_records import failure
from docsight.documents.runner.shards import FileEntry, Shard, ShardWriter, dumps
from docsight.documents.runner.thumbnails import Thumbnails

if TYPE_CHECKING:
    from spacy.language import Language

CHANGED = "it changed while it was read; run again when nothing writes to it"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a worker works.

    Args:
        max_chars: Longer texts go through the pipeline in parts.
        batch_size: How many texts go through it together.
        with_docs: Whether to keep the Docs.
        reading: How documents are read.
        fingerprint: What the results depend on, in a word.
        seconds: After these a shard is closed, at the next document.
        shard_chars: And after these characters.
    """

    max_chars: int = 200_000
    batch_size: int = 32
    with_docs: bool = False
    reading: ReadOptions = field(default_factory=ReadOptions)
    fingerprint: str = ""
    seconds: float = 10.0
    shard_chars: int = 100_000_000


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """A file to do, from its item number `start` on; `sha256` is that of what was read before, if anything was."""

    file: InputFile
    start: int = 0
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a call has done, and the units that are still to be done, the first perhaps in part."""

    shard: Shard
    left: tuple[WorkItem, ...]


class Worker:
    """Does units of work.

    Args:
        nlp: The pipeline.
        settings: How to work.
        folder: Where shards go.
        on_batch: Called after each batch, with what the shard has of files that are complete, and of the others.
        marks: Two numbers to be kept up to date, where a call has one file: how many of its items are done, and the
            number of the one that was read last. They tell what killed this process.
    """

    def __init__(
        self,
        nlp: "Language",
        settings: Settings,
        folder: Path,
        *,
        on_batch: Callable[[list[FileEntry]], None] | None = None,
        marks: MutableSequence[int] | None = None,
    ) -> None:
        from docsight import attributes

        attributes.register()
        self._nlp = nlp
        self._settings = settings
        self._folder = folder
        self._on_batch = on_batch
        self._marks = marks if marks is not None else [0, 0]
        self._thumbnails = Thumbnails()
        self._open: _Reading | None = None  # of a file that is not at its end yet

    def __call__(self, units: tuple[WorkItem, ...], *, limit: int | None = None) -> Result:
        """Do what fits into the time of a shard, at least one item.

        Args:
            units: What to do, in order.
            limit: Stop after this many items.
        """
        settings = self._settings
        writer = ShardWriter(self._folder, fingerprint=settings.fingerprint, with_docs=settings.with_docs)
        try:
            shift = _ShardJob(self, writer, units, limit)
            parts = stretches(shift.documents(), max_chars=settings.max_chars)
            for batch in batches(parts, size=settings.batch_size, max_chars=settings.max_chars):
                shift.take(batch)
                if self._on_batch is not None:
                    self._on_batch(shift.entries)
            return Result(shard=writer.commit(shift.finish()), left=tuple(shift.left))
        except BaseException:
            self._open = None
            writer.discard()
            raise

    def _begin(self, unit: WorkItem) -> "_Reading":
        """Open a file, or go on where the last call stopped in it."""
        reading, self._open = self._open, None
        if reading is not None and reading.unit.file.name == unit.file.name and reading.at == unit.start > 0:
            return reading
        return _Reading(unit, self._settings.reading)


class _Reading:
    """A file that is being read: its items from number `at` on."""

    def __init__(self, unit: WorkItem, options: ReadOptions) -> None:
        self.unit = unit
        self.at = 0
        self.stamp = _stamp(unit.file)
        self.sha256 = hash_file(unit.file)
        budget = Budget.of(options)
        budget.skipping = unit.start > 0
        self._items = read_file(unit.file, options, budget=budget)
        while self.at < unit.start and next(self._items, None) is not None:
            self.at += 1
        budget.skipping = False

    def next(self) -> Document | Problem | None:
        """Give the next item, or None at the end."""
        item = next(self._items, None)
        self.at += item is not None
        return item

    @property
    def has_changed(self) -> bool:
        """Whether the file is not what it was when it was opened."""
        return _stamp(self.unit.file) != self.stamp or self.unit.sha256 not in (None, self.sha256)


class _ShardJob:
    """The state of one call: the files that it began, and the document in the works."""

    def __init__(self, worker: Worker, writer: ShardWriter, units: tuple[WorkItem, ...], limit: int | None) -> None:
        self.entries: list[FileEntry] = []
        self.left = deque(units)
        self._worker = worker
        self._writer = writer
        self._limit = limit
        self._until = time.monotonic() + worker._settings.seconds
        self._items = 0
        self._result = ChunkAnnotations()
        self._docs: list[int] = []
        self._problem: Problem | None = None
        self._on_the_way: dict[int, tuple[FileEntry, _Slot]] = {}  # by the identity of the document
        self._slots: deque[_Slot] = deque()  # the lines of items, in the order in which they were read

    def documents(self) -> Iterator[Document]:
        """Read documents until there are enough for the shard."""
        while self.left and not (self.entries and self._is_over()):
            unit = self.left.popleft()
            self._worker._marks[:] = unit.start, unit.start
            reading = self._worker._begin(unit)
            entry = FileEntry(
                name=unit.file.name,
                size=reading.stamp[0],
                modified=reading.stamp[1],
                sha256=reading.sha256,
                start=unit.start,
            )
            self.entries.append(entry)
            began = time.perf_counter()
            while True:
                # A file of a format without parts has one document: there is nothing to come back for.
                if (unit.file.format.has_parts or reading.at > 1) and reading.at > unit.start and self._is_over():
                    entry.next = reading.at
                    self.left.appendleft(WorkItem(file=unit.file, start=reading.at, sha256=reading.sha256))
                    self._worker._open = reading
                    break
                self._worker._marks[1] = reading.at
                item = reading.next()
                if reading.has_changed:
                    entry.stale, entry.status, entry.error, entry.message = True, "failed", "DataError", CHANGED
                    break
                if item is None:
                    break
                self._items += 1
                self._slots.append(_Slot())
                if isinstance(item, Problem):
                    self._record(entry, item, self._slots[-1])
                    continue
                self._on_the_way[id(item)] = entry, self._slots[-1]
                entry.seconds += time.perf_counter() - began
                yield item
                began = time.perf_counter()
            entry.seconds += time.perf_counter() - began

    def take(self, batch: list[Chunk]) -> None:
        """Run the pipeline over a batch; with its last stretch a document is written."""
        from docsight.documents.output.docbin import pack

        settings = self._worker._settings
        began = time.perf_counter()
        done = annotate(self._worker._nlp, batch, pack=pack if settings.with_docs else None)
        kept = sum(isinstance(result, ChunkAnnotations) for result in done.results)
        first = self._writer.add_docs(done.packed, kept) if done.packed is not None else 0
        seconds = time.perf_counter() - began
        chars = sum(part.end - part.start + 1 for part in batch)
        for part, result in zip(batch, done.results, strict=True):
            entry, slot = self._on_the_way[id(part.document)]
            entry.seconds += seconds * (part.end - part.start + 1) / chars
            if isinstance(result, Problem):
                self._problem = self._problem or result
            else:
                self._result.extend(result)
                if result.doc is not None:
                    self._docs.append(first + result.doc)
            if part.is_last:
                del self._on_the_way[id(part.document)]
                self._finish(entry, part.document, slot)

    def finish(self) -> list[FileEntry]:
        """Return the entries, to be committed."""
        for entry in self.entries:
            entry.seconds = round(entry.seconds, 4)
        return self.entries

    def _is_over(self) -> bool:
        if self._limit is not None and self._items >= self._limit:
            return True
        return time.monotonic() >= self._until or self._writer.size >= self._worker._settings.shard_chars

    def _finish(self, entry: FileEntry, document: Document, slot: "_Slot") -> None:
        whole, docs, problem = self._result, self._docs, self._problem
        self._result, self._docs, self._problem = ChunkAnnotations(), [], None
        # Where a picture is all there is to a document, one that cannot be read leaves nothing of it.
        if problem is None and not document.text and (error := failure(whole.images)) is not None:
            problem = Problem.of(document.path, error)
        if problem is not None:
            self._record(
                entry,
                Problem(path=document.path, part=document.part, error=problem.error, message=problem.message),
                slot,
            )
            return
        record = document.record(
            corrections=whole.corrections, entities=whole.entities, images=[image.record for image in whole.images]
        )
        words = len(document.text.split())
        line: dict[str, Any] = {"document": record, "words": words}
        if thumbnails := self._worker._thumbnails.make(whole.images):
            line["thumbnails"] = thumbnails
        if docs:
            line["docs"] = docs
        try:
            text = dumps(line)
        except (ValueError, TypeError) as err:  # a component's score that is no number, or half a character
            self._record(entry, Problem.of(document.path, err, part=document.part), slot)
            return
        entry.documents += 1
        entry.words += words
        entry.entities += len(whole.entities)
        entry.corrections += sum(row["applied"] for row in whole.corrections)
        entry.images += len(whole.images)
        entry.notes += len(document.notes)
        self._fill(entry, slot, text)

    def _record(self, entry: FileEntry, problem: Problem, slot: "_Slot") -> None:
        if problem.part:
            entry.failed += not problem.skipped
            entry.skipped += problem.skipped
        else:
            entry.status = "skipped" if problem.skipped else "failed"
            entry.error, entry.message = problem.error, problem.message
        self._fill(entry, slot, dumps({"problem": problem_record(problem)}))

    def _fill(self, entry: FileEntry, slot: "_Slot", line: str) -> None:
        """Write a line, and those after it that were only waiting for it."""
        entry.lines += 1
        slot.line = line
        while self._slots and (first := self._slots[0].line) is not None:
            self._writer.add(first)
            self._slots.popleft()
            self._worker._marks[0] += 1


@dataclass
class _Slot:
    """The place of an item among the lines of the shard; a problem is there at once, a document after its batch."""

    line: str | None = None


def problem_record(problem: Problem) -> dict[str, Any]:
    """Tell a problem as errors.jsonl does."""
    return {
        "path": problem.path,
        "part": problem.part,
        "status": problem.status,
        "error": problem.error,
        "message": problem.message,
    }


def _stamp(file: InputFile) -> tuple[int, int]:
    """Tell the size and the time of the last change; zeros where the file is gone."""
    try:
        info = file.path.stat()
    except OSError:
        return 0, 0
    return info.st_size, info.st_mtime_ns


def hash_file(file: InputFile) -> str | None:
    """Hash the content; None where it cannot be read, which the reader will tell."""
    try:
        with file.path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return None
