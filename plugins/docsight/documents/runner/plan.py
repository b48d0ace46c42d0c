"""The plan of a run: all files, minus those that earlier runs processed with the same content and models."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from docsight.documents.inputs import InputFile
from docsight.documents.problem import Problem
from docsight.documents.runner.shards import FileEntry, Shard
from docsight.documents.runner.work_items import WorkItem, hash_file

MAX_JOB_FILES = 64
MAX_JOB_BYTES = 2_000_000  # a few seconds of work, if it is text

_MIN_JOBS_LEFT_PER_WORKER = 4  # jobs get smaller before fewer than this many of full size are left per worker

Job = tuple[WorkItem, ...]  # what a worker is given at a time


@dataclass(frozen=True)
class ShardRef:
    """Where the lines of a file are: the shard, and the entry in it."""

    shard: Shard
    number: int

    @property
    def entry(self) -> FileEntry:
        return self.shard.entries[self.number]


@dataclass
class Plan:
    """The files of a run in order, and the shards that hold the finished work on each."""

    items: list[InputFile | Problem]  # also the problems of paths that are not readable files
    refs: dict[str, list[ShardRef]] = field(default_factory=dict)  # by the path of a file, in the order of its items
    pending: list[WorkItem] = field(default_factory=list)
    kept: int = 0  # files that an earlier run has done

    def add(self, shard: Shard) -> None:
        for number, entry in enumerate(shard.entries):
            self.refs.setdefault(entry.name, []).append(ShardRef(shard, number))

    @property
    def files(self) -> list[InputFile]:
        return [item for item in self.items if isinstance(item, InputFile)]

    def unneeded(self, shards: Iterable[Shard], fingerprint: str) -> list[str]:
        """Name the shards that neither this run nor one over other files with the same fingerprint can use."""
        names = {file.name for file in self.files}
        used = {ref.shard.name for refs in self.refs.values() for ref in refs}
        return [
            shard.name
            for shard in shards
            if shard.name not in used
            and (shard.fingerprint != fingerprint or all(entry.name in names for entry in shard.entries))
        ]

    def jobs(self, *, workers: int = 1) -> Iterator[Job]:
        """Divide the pending work into jobs. They get smaller towards the end, so that all workers finish together."""
        job: list[WorkItem] = []
        size, left = 0, sum(item.file.size for item in self.pending)
        limit = _max_job_bytes(left, workers)
        for item in self.pending:
            if job and (len(job) == MAX_JOB_FILES or size + item.file.size > limit):
                yield tuple(job)
                left -= size
                job, size, limit = [], 0, _max_job_bytes(left, workers)
            job.append(item)
            size += item.file.size
        if job:
            yield tuple(job)


def _max_job_bytes(left: int, workers: int) -> int:
    if workers == 1:
        return MAX_JOB_BYTES
    return max(MAX_JOB_BYTES // 32, min(MAX_JOB_BYTES, left // (_MIN_JOBS_LEFT_PER_WORKER * workers)))


def make_plan(
    items: Iterable[InputFile | Problem],
    shards: Iterable[Shard],
    *,
    fingerprint: str,
    with_docs: bool = False,
    retry_failed: bool = False,
) -> Plan:
    """Determine what is left to do.

    A file is done if shards hold all of it, with the content that it has now. The file is hashed to verify that.
    Shards, oldest first, are not used if they have another fingerprint, or no Docs although `with_docs` is set.
    `retry_failed` repeats files that failed, or of which a part failed.
    """
    plan, old = Plan(list(items)), Plan([])
    for shard in shards:
        if shard.fingerprint == fingerprint and (shard.has_docs or not with_docs):
            old.add(shard)
    for file in plan.files:
        chain = _chain(old.refs.get(file.name, []), file)
        if not chain or (retry_failed and any(ref.entry.failures for ref in chain)):
            plan.pending.append(WorkItem(file=file))
            continue
        plan.refs[file.name] = chain
        if (start := chain[-1].entry.next) is not None:
            plan.pending.append(WorkItem(file=file, start=start, sha256=chain[0].entry.sha256))
        else:
            plan.kept += 1
    return plan


def _chain(refs: list[ShardRef], file: InputFile) -> list[ShardRef]:
    """Find the entries that together hold a file from its first item on, without a gap, as far as they go.

    If several entries start at the same item, the newest is used. Entries without a hash, stale ones and those to
    retry are not used.
    """
    usable = [
        ref
        for ref in refs
        if ref.entry.size == file.size
        and ref.entry.sha256 is not None
        and not ref.entry.stale
        and not ref.entry.retry
        and (ref.entry.next is None or ref.entry.next > ref.entry.start)
    ]
    starts: dict[int | None, ShardRef] = {ref.entry.start: ref for ref in usable}
    chain: list[ShardRef] = []
    position: int | None = 0
    while (ref := starts.get(position)) and (not chain or ref.entry.sha256 == chain[0].entry.sha256):
        chain.append(ref)
        position = ref.entry.next
    if chain and hash_file(file) != chain[0].entry.sha256:
        return []
    return chain
