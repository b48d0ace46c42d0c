"""What a run has to do: all files, less what an earlier one has done with the same content and the same models."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from docsight.documents.inputs import InputFile
from docsight.documents.problem import Problem
from docsight.documents.runner.shards import FileEntry, Shard
from docsight.documents.runner.worker import WorkItem, hash_file

CHUNK_FILES = 64
CHUNK_BYTES = 2_000_000  # some seconds of work, if it is text

_ROUNDS = 4  # chunks that a worker would still get of what is left, if all were as large


@dataclass(frozen=True)
class ShardRef:
    """Where the lines of a file are: in which shard, as which of its entries."""

    shard: Shard
    number: int

    @property
    def entry(self) -> FileEntry:
        """What the shard has of the file."""
        return self.shard.entries[self.number]


@dataclass
class Plan:
    """The files of a run in order, and where what is done of each lies.

    Args:
        items: Files, and problems of what is no file to read.
        places: By the relative path; in the order of the file's items.
        todo: What is to be done.
        kept: How many files an earlier run has done.
    """

    items: list[InputFile | Problem]
    places: dict[str, list[ShardRef]] = field(default_factory=dict)
    todo: list[WorkItem] = field(default_factory=list)
    kept: int = 0

    def add(self, shard: Shard) -> None:
        """Take note of a shard that is complete."""
        for number, entry in enumerate(shard.entries):
            self.places.setdefault(entry.name, []).append(ShardRef(shard, number))

    @property
    def files(self) -> list[InputFile]:
        """The files, without what is none to read."""
        return [item for item in self.items if isinstance(item, InputFile)]

    def unneeded(self, shards: Iterable[Shard], fingerprint: str) -> list[str]:
        """Name the shards that are of no use: to this run, or to one of other files with the same models."""
        names = {file.name for file in self.files}
        used = {place.shard.name for places in self.places.values() for place in places}
        return [
            shard.name
            for shard in shards
            if shard.name not in used
            and (shard.fingerprint != fingerprint or all(entry.name in names for entry in shard.entries))
        ]

    def chunks(self, *, workers: int = 1) -> Iterator[tuple[WorkItem, ...]]:
        """Yield what is to be done in pieces for one worker each, towards the end smaller ones: so all end together.

        Args:
            workers: How many share the work.
        """
        chunk: list[WorkItem] = []
        size, left = 0, sum(unit.file.size for unit in self.todo)
        limit = _limit(left, workers)
        for unit in self.todo:
            if chunk and (len(chunk) == CHUNK_FILES or size + unit.file.size > limit):
                yield tuple(chunk)
                left -= size
                chunk, size, limit = [], 0, _limit(left, workers)
            chunk.append(unit)
            size += unit.file.size
        if chunk:
            yield tuple(chunk)


def _limit(left: int, workers: int) -> int:
    """Say how many bytes a chunk may have when so many are left: a part of what is left for each worker."""
    return CHUNK_BYTES if workers == 1 else max(CHUNK_BYTES // 32, min(CHUNK_BYTES, left // (_ROUNDS * workers)))


def plan(
    items: Iterable[InputFile | Problem],
    shards: Iterable[Shard],
    *,
    fingerprint: str,
    with_docs: bool = False,
    retry_failed: bool = False,
) -> Plan:
    """Find out what is to be done.

    A file is done when shards hold all of it, of the same content, which is read for that.

    Args:
        items: What there is, in order.
        shards: What earlier runs have done, oldest first.
        fingerprint: What the results depend on; shards with another one are not used.
        with_docs: Whether shards without Docs are of no use.
        retry_failed: Whether files that failed, or of which a part did, are to be done again.
    """
    found = Plan(list(items))
    before: dict[str, list[ShardRef]] = {}
    for shard in shards:
        if shard.fingerprint == fingerprint and (shard.has_docs or not with_docs):
            for number, entry in enumerate(shard.entries):
                before.setdefault(entry.name, []).append(ShardRef(shard, number))
    for item in found.items:
        if isinstance(item, Problem):
            continue
        chain = _chain(before.pop(item.name, []), item)
        if retry_failed and any(place.entry.failed or place.entry.status in ("failed", "timeout") for place in chain):
            chain = []
        if chain:
            found.places[item.name] = chain
        if not chain:
            found.todo.append(WorkItem(file=item))
        elif (start := chain[-1].entry.next) is not None:
            found.todo.append(WorkItem(file=item, start=start, sha256=chain[0].entry.sha256))
        else:
            found.kept += 1
    return found


def _chain(places: list[ShardRef], file: InputFile) -> list[ShardRef]:
    """Find the entries that are a file from its beginning on, without gaps, as far as they go.

    Of several the newest counts; those that failed for the lack of a hash, or that changed, are no use.
    """
    usable = [
        place
        for place in places
        if place.entry.size == file.size
        and place.entry.sha256 is not None
        and not place.entry.stale
        and (place.entry.next is None or place.entry.next > place.entry.start)
    ]
    starts = {place.entry.start: place for place in usable}
    chain: list[ShardRef] = []
    at: int | None = 0
    while at is not None and at in starts and (not chain or starts[at].entry.sha256 == chain[0].entry.sha256):
        chain.append(starts[at])
        at = starts[at].entry.next
    if chain and hash_file(file) != chain[0].entry.sha256:
        return []
    return chain
