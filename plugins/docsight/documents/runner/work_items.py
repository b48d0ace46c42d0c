"""Work items: files to process, or the rest of them, and the stream of their items.

An item is a document or a problem that a file yields; a file's items are numbered from 0. A work item names a file and
the number of the item to start at.
"""

import hashlib
import time
from collections import deque
from collections.abc import Iterator, MutableSequence
from dataclasses import dataclass

from docsight.documents.formats.source import Budget, ReadOptions
from docsight.documents.inputs import InputFile
from docsight.documents.problem import Problem
from docsight.documents.reading import Document, read_file
from docsight.documents.runner.settings import WorkerSettings
from docsight.documents.runner.shard_files import ShardWriter
from docsight.documents.runner.shards import FileEntry

_CHANGED = "it changed while it was read; run again when nothing writes to it"


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """A file to process; `sha256` is the hash of the content that the items before `start` were read from, if any."""

    file: InputFile
    start: int = 0
    sha256: str | None = None


class ItemReader:
    """The items of one file; `position` is the number of the next one, and `size` is in bytes."""

    def __init__(self, work_item: WorkItem, options: ReadOptions) -> None:
        self.position = 0
        self.size, self._modified = _stat(work_item.file)
        self.sha256 = hash_file(work_item.file)
        self._work_item = work_item
        budget = Budget.of(options)
        budget.skipping = work_item.start > 0
        self.items = read_file(work_item.file, options, budget=budget)
        while self.position < work_item.start and next(self.items, None) is not None:
            self.position += 1
        budget.skipping = False

    def continues(self, work_item: WorkItem) -> bool:
        """Whether this reader has just read all items before the start of a work item."""
        return self._work_item.file.name == work_item.file.name and self.position == work_item.start > 0

    @property
    def has_changed(self) -> bool:
        """Whether the file has changed since it was opened, or since its earlier items were read."""
        work_item = self._work_item
        return _stat(work_item.file) != (self.size, self._modified) or work_item.sha256 not in (None, self.sha256)


class ItemStream:
    """The items of several work items, in order, until the shard is full."""

    def __init__(
        self,
        work_items: tuple[WorkItem, ...],
        settings: WorkerSettings,
        writer: ShardWriter,
        *,
        limit: int | None,
        marks: MutableSequence[int],
        reader: ItemReader | None,
    ) -> None:
        self.entries: list[FileEntry] = []  # of each file begun so far
        self.unwritten: deque[FileEntry] = deque()  # the entry of each item that is not written to the shard yet
        self.remaining = deque(work_items)  # what is not done; the first may be partly done
        self.reader = reader  # of a file that is not finished
        self.writer = writer
        self._settings = settings
        self._limit = limit
        self._marks = marks
        self._deadline = time.monotonic() + settings.shard_seconds
        self._items = 0

    def __iter__(self) -> Iterator[Document | Problem]:
        while self.remaining and not (self.entries and self._is_full()):
            work_item = self.remaining.popleft()
            self._marks[:] = work_item.start, work_item.start
            reader, self.reader = self.reader, None
            if reader is None or not reader.continues(work_item):
                reader = ItemReader(work_item, self._settings.options.reading)
            entry = FileEntry(name=work_item.file.name, size=reader.size, sha256=reader.sha256, start=work_item.start)
            self.entries.append(entry)
            yield from self._read(work_item, reader, entry)

    def write(self, line: str) -> None:
        """Write the line of the first unwritten item."""
        self.unwritten.popleft().lines += 1
        self.writer.add(line)
        self._marks[0] += 1

    def _read(self, work_item: WorkItem, reader: ItemReader, entry: FileEntry) -> Iterator[Document | Problem]:
        began = time.perf_counter()
        while True:
            # A file of a format without parts is one document, so nothing remains of it.
            has_more = work_item.file.format.has_parts or reader.position > 1
            if has_more and reader.position > work_item.start and self._is_full():
                entry.next = reader.position
                self.remaining.appendleft(WorkItem(file=work_item.file, start=reader.position, sha256=reader.sha256))
                self.reader = reader
                break
            self._marks[1] = reader.position
            item = next(reader.items, None)
            if reader.has_changed:
                entry.stale, entry.status, entry.error, entry.message = True, "failed", "DataError", _CHANGED
                break
            if item is None:
                break
            reader.position += 1
            self._items += 1
            self.unwritten.append(entry)
            entry.seconds += time.perf_counter() - began
            yield item
            began = time.perf_counter()
        entry.seconds += time.perf_counter() - began

    def _is_full(self) -> bool:
        is_limit_reached = self._limit is not None and self._items >= self._limit
        return is_limit_reached or time.monotonic() >= self._deadline or self.writer.size >= self._settings.shard_chars


def hash_file(file: InputFile) -> str | None:
    """Return the SHA-256 of the content; None if it cannot be read, which the reader of the file reports."""
    try:
        with file.path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return None


def _stat(file: InputFile) -> tuple[int, int]:
    """Return the size and the time of the last change; zeros if the file no longer exists."""
    try:
        info = file.path.stat()
    except OSError:
        return 0, 0
    return info.st_size, info.st_mtime_ns
