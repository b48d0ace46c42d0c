"""A worker: it does work items and keeps the results in shards.

The same class works in the process of the run, in a process of its own and under an actor of Ray.
"""

from collections.abc import Callable, MutableSequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docsight.documents.runner.image_records import Thumbnails
from docsight.documents.runner.settings import WorkerSettings
from docsight.documents.runner.shard_job import ShardJob
from docsight.documents.runner.shards import FileEntry, Shard
from docsight.documents.runner.work_items import ItemReader, WorkItem

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True, kw_only=True)
class Result:
    """The shard that a call wrote, and the work items that remain, the first perhaps in part."""

    shard: Shard
    remaining: tuple[WorkItem, ...]


class Worker:
    """Does work items, one shard a call.

    Args:
        nlp: The pipeline.
        settings: How to work.
        on_batch: Called after each batch of documents, with the entries of the shard so far.
        marks: Two numbers that are kept up to date during a call: how many items of the file are done (their lines
            are written), and the number of the item that was read last. They describe one file, so they identify the
            document that killed this process only if the call had a single work item.
    """

    def __init__(
        self,
        nlp: "Language",
        settings: WorkerSettings,
        *,
        on_batch: Callable[[list[FileEntry]], None] | None = None,
        marks: MutableSequence[int] | None = None,
    ) -> None:
        from docsight import attributes

        attributes.register()
        self._nlp = nlp
        self._settings = settings
        self._on_batch = on_batch
        self._marks = marks if marks is not None else [0, 0]
        self._thumbnails = Thumbnails()
        self._reader: ItemReader | None = None  # of a file that the last call did not finish

    def __call__(self, work_items: tuple[WorkItem, ...], *, limit: int | None = None) -> Result:
        """Do as much as fits into a shard, at least one item.

        Args:
            work_items: What to do, in order.
            limit: Stop after this many items.
        """
        reader, self._reader = self._reader, None
        job = ShardJob(
            self._nlp,
            self._settings,
            work_items,
            limit=limit,
            marks=self._marks,
            thumbnails=self._thumbnails,
            reader=reader,
        )
        shard = job.run(self._on_batch)
        self._reader = job.stream.reader
        return Result(shard=shard, remaining=tuple(job.stream.remaining))
