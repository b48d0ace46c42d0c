"""One call of a worker: read items, annotate the documents among them in batches, and write a shard."""

import time
from collections.abc import Callable, MutableSequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docsight.documents.problem import Problem
from docsight.documents.reading import Document
from docsight.documents.runner.annotate import ChunkAnnotations, annotate
from docsight.documents.runner.chunk_stream import Chunk, cut_documents, make_batches
from docsight.documents.runner.image_records import Thumbnails, image_failure
from docsight.documents.runner.settings import WorkerSettings
from docsight.documents.runner.shard_files import ShardWriter, dump_document, dump_problem
from docsight.documents.runner.shards import FileEntry, Shard
from docsight.documents.runner.work_items import ItemReader, ItemStream, WorkItem

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass
class _DocumentResult:
    """What is known of the document whose chunks are being annotated."""

    annotations: ChunkAnnotations = field(default_factory=ChunkAnnotations)
    docs: list[int] = field(default_factory=list)
    problem: Problem | None = None

    def add(self, result: ChunkAnnotations | Problem) -> None:
        """Add the result of the next chunk."""
        if isinstance(result, Problem):
            self.problem = self.problem or result
            return
        self.annotations.extend(result)
        if result.doc is not None:
            self.docs.append(result.doc)


class ShardJob:
    """Writes one shard. `stream` has the work items that remain.

    Args:
        nlp: The pipeline.
        settings: How to work.
        work_items: What to do, in order.
        limit: Stop after this many items; None for no limit.
        marks: See `Worker`.
        thumbnails: Makes thumbnails for the report.
        reader: The reader of a file that the last job did not finish.
    """

    def __init__(
        self,
        nlp: "Language",
        settings: WorkerSettings,
        work_items: tuple[WorkItem, ...],
        *,
        limit: int | None,
        marks: MutableSequence[int],
        thumbnails: Thumbnails,
        reader: ItemReader | None,
    ) -> None:
        self._nlp = nlp
        self._options = settings.options
        self._marks = marks
        self._thumbnails = thumbnails
        self._document = _DocumentResult()
        self._writer = ShardWriter(
            settings.folder, fingerprint=settings.fingerprint, with_docs=self._options.keeps_docs
        )
        self.stream = ItemStream(work_items, settings, self._writer, limit=limit, marks=marks, reader=reader)

    def run(self, on_batch: Callable[[list[FileEntry]], None] | None) -> Shard:
        """Write the shard; nothing of it is left if an exception is raised.

        Args:
            on_batch: Called after each batch of documents, with the entries so far.
        """
        max_chars = self._options.max_chars
        try:
            chunks = cut_documents(self.stream, max_chars=max_chars)
            for batch in make_batches(chunks, size=self._options.batch_size, max_chars=max_chars):
                self._add(batch)
                if on_batch is not None and isinstance(batch[0], Chunk):
                    on_batch(self.stream.entries)
            for entry in self.stream.entries:
                entry.seconds = round(entry.seconds, 4)
            return self._writer.commit(self.stream.entries)
        except BaseException:
            self._writer.discard()
            raise

    def _add(self, batch: list[Chunk | Problem]) -> None:
        """Annotate the chunks of a batch, and write a line for each problem and each document that ends in it."""
        chunks = [part for part in batch if isinstance(part, Chunk)]
        results = iter(self._annotate(chunks) if chunks else [])
        for part in batch:
            if isinstance(part, Problem):
                self._write_problem(part)
                continue
            result, seconds = next(results)
            self.stream.unwritten[0].seconds += seconds
            self._document.add(result)
            if part.is_last:
                document, self._document = self._document, _DocumentResult()
                self._write_document(part.document, document)

    def _annotate(self, chunks: list[Chunk]) -> list[tuple[ChunkAnnotations | Problem, float]]:
        """Return the result of each chunk, and its part of the time in seconds."""
        from docsight.documents.runner.packing import pack

        began = time.perf_counter()
        annotated = annotate(self._nlp, chunks, pack=pack if self._options.keeps_docs else None)
        count = sum(isinstance(result, ChunkAnnotations) for result in annotated.results)
        first = self._writer.add_docs(annotated.packed, count) if annotated.packed is not None else 0
        for result in annotated.results:
            if isinstance(result, ChunkAnnotations) and result.doc is not None:
                result.doc += first
        seconds = (time.perf_counter() - began) / sum(chunk.size + 1 for chunk in chunks)
        return [(result, seconds * (chunk.size + 1)) for chunk, result in zip(chunks, annotated.results, strict=True)]

    def _write_document(self, document: Document, result: _DocumentResult) -> None:
        found, problem = result.annotations, result.problem
        # A document without text has nothing but its image: if that cannot be read, nothing is left of it.
        if problem is None and not document.text and (error := image_failure(found.images)) is not None:
            problem = Problem.of(document.path, error)
        if problem is not None:
            self._write_problem(
                Problem(path=document.path, part=document.part, error=problem.error, message=problem.message)
            )
            return
        images = [image.record for image in found.images]
        record = document.record(corrections=found.corrections, entities=found.entities, images=images)
        words = len(document.text.split())
        thumbnails = self._thumbnails.make(found.images)
        try:
            line = dump_document(record, words=words, thumbnails=thumbnails, docs=result.docs)
        except (ValueError, TypeError) as err:  # a component's score is not a number, or a text has half a character
            self._write_problem(Problem.of(document.path, err, part=document.part))
            return
        entry = self.stream.unwritten[0]
        entry.documents += 1
        entry.words += words
        entry.entities += len(found.entities)
        entry.corrections += sum(row["applied"] for row in found.corrections)
        entry.images += len(found.images)
        entry.notes += len(document.notes)
        self._write_line(line)

    def _write_problem(self, problem: Problem) -> None:
        entry = self.stream.unwritten[0]
        if problem.part:
            entry.failed += not problem.skipped
            entry.skipped += problem.skipped
        elif not entry.stale:
            entry.status = problem.status
            entry.error, entry.message = problem.error, problem.message
        self._write_line(dump_problem(problem))

    def _write_line(self, line: str) -> None:
        """Write the line of the first unwritten item."""
        self.stream.unwritten.popleft().lines += 1
        self._writer.add(line)
        self._marks[0] += 1
