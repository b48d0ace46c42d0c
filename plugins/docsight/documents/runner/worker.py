"""A worker: it processes work items and keeps the results in shards.

The same class works in the process of the run, in its own process and under a Ray actor.
"""

import time
from collections.abc import Callable, Iterable, Iterator, MutableSequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from docsight.documents.analysis.language import load_identifier
from docsight.documents.problem import Problem
from docsight.documents.reading import Document
from docsight.documents.runner.annotate import Annotations, Chunk, annotate, pack_redacted
from docsight.documents.runner.chunking import cut
from docsight.documents.runner.image_records import Thumbnails, image_failure
from docsight.documents.runner.redacting import DocumentRedactor, redacted_problem
from docsight.documents.runner.settings import WorkerSettings
from docsight.documents.runner.shard_files import ShardWriter, dump_document, dump_problem
from docsight.documents.runner.shards import FileEntry, Shard
from docsight.documents.runner.work_items import ItemReader, ItemStream, WorkItem
from docsight.documents.store import write_errors

if TYPE_CHECKING:
    from spacy.language import Language

# A document's next chunk is left out if the fraction of the time that may be used would not suffice for a chunk that
# takes longer than the slowest so far by this factor. The rest of the time is for writing the document.
_USABLE_TIME = 0.95
_SLOWER = 1.5
_CHARS_AROUND_CUT = 200  # on each side; enough for the context of a name


class Worker:
    """Processes work items, one shard per call.

    Args:
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
        with write_errors("a temporary file for the model of py3langid"):
            load_identifier()  # not for the first document, which would fail if the disk is full
        self._nlp = nlp
        self._settings = settings
        self._on_batch = on_batch
        self._marks = marks if marks is not None else [0, 0]
        self._thumbnails = Thumbnails()
        redaction = settings.options.redaction
        self._redactor = DocumentRedactor(nlp, redaction) if redaction is not None else None
        # By its method, because its module imports torch.
        self._spellers: list[Any] = [pipe for _, pipe in nlp.pipeline if hasattr(pipe, "is_listed_misspelling")]
        self._reader: ItemReader | None = None  # of a file that the last call did not finish
        # Of the document whose chunks are being annotated.
        self._annotations = Annotations()
        self._problem: Problem | None = None
        self._cut: int | None = None  # where the chunks begin that are left out for lack of time
        # Of the call.
        self._deadline: float | None = None
        self._slowest = 0.0  # the seconds of the slowest batch

    def __call__(
        self, work_items: tuple[WorkItem, ...], *, limit: int | None = None, seconds: float | None = None
    ) -> tuple[Shard, tuple[WorkItem, ...]]:
        """Process as much as fits into a shard, at least one item and at most `limit`.

        Args:
            work_items: What to do.
            limit: The number of items.
            seconds: After this time the call will be stopped from outside. A long document whose chunks would take
                longer is written with what was found in the chunks so far. None for no limit.

        Returns:
            The shard, and the remaining work items, the first of which may be partly done.
        """
        options = self._settings.options
        self._annotations, self._problem, self._cut = Annotations(), None, None
        self._deadline = None if seconds is None else time.monotonic() + _USABLE_TIME * seconds
        self._slowest = 0.0
        reader, self._reader = self._reader, None
        writer = ShardWriter(
            self._settings.folder, fingerprint=self._settings.fingerprint, with_docs=options.keeps_docs
        )
        stream = ItemStream(work_items, self._settings, writer, limit=limit, marks=self._marks, reader=reader)
        try:
            chunks = cut_documents(stream, max_chars=options.max_chars)
            for batch in make_batches(chunks, size=options.batch_size, max_chars=options.max_chars):
                self._add(batch, stream)
                if self._on_batch is not None and isinstance(batch[0], Chunk):
                    self._on_batch(stream.entries)
            for entry in stream.entries:
                entry.seconds = round(entry.seconds, 4)
            shard = writer.commit(stream.entries)
        except BaseException:
            writer.discard()
            raise
        self._reader = stream.reader
        return shard, tuple(stream.remaining)

    def _add(self, batch: list[Chunk | Problem], stream: ItemStream) -> None:
        """Annotate the chunks of a batch, and write a line for each problem and each document that ends in it."""
        chunks = [part for part in batch if isinstance(part, Chunk)]
        if is_late := self._is_late():
            chunks = [chunk for chunk in chunks if not chunk.start]
        began = time.perf_counter()
        results = iter(self._annotate(chunks, stream) if chunks else [])
        elapsed = time.perf_counter() - began
        self._slowest = max(self._slowest, elapsed)
        seconds = elapsed / max(1, sum(chunk.size + 1 for chunk in chunks))
        for part in batch:
            if isinstance(part, Problem):
                self._write_problem(part, stream)
                continue
            if is_late and part.start:
                self._cut = part.start if self._cut is None else self._cut
            else:
                stream.unwritten[0].seconds += seconds * (part.size + 1)
                self._keep(next(results))
            if part.end == len(part.document.text):
                self._write_document(part.document, stream)

    def _is_late(self) -> bool:
        """Whether another chunk would probably take longer than the call may."""
        return self._deadline is not None and time.monotonic() + _SLOWER * self._slowest > self._deadline

    def _keep(self, result: Annotations | Problem) -> None:
        if isinstance(result, Problem):
            self._problem = self._problem or result
        else:
            self._annotations.extend(result)

    def _annotate(self, chunks: list[Chunk], stream: ItemStream) -> list[Annotations | Problem]:
        add_docs = stream.writer.add_docs if self._settings.options.keeps_docs else None
        if self._redactor is None:
            return annotate(self._nlp, chunks, add_docs=add_docs)
        with self._redactor.low_posteriors():
            results = annotate(self._nlp, chunks, detect=self._redactor.detect)
            self._detect_at_cuts(chunks, results, self._redactor)
        return results

    def _detect_at_cuts(
        self, chunks: list[Chunk], results: list[Annotations | Problem], redactor: DocumentRedactor
    ) -> None:
        """Add the names and ids that lie in two chunks, of which the pipeline saw only a part at once."""
        numbers = [number for number, chunk in enumerate(chunks) if chunk.start]
        around = [_around_cut(chunks[number]) for number in numbers]
        found = annotate(self._nlp, around, detect=redactor.detect) if around else []
        for number, at_cut in zip(numbers, found, strict=True):
            result, cut_at = results[number], chunks[number].start
            if isinstance(at_cut, Problem):
                results[number] = at_cut
            elif not isinstance(result, Problem):
                result.detections += [each for each in at_cut.detections if each.start < cut_at < each.end]

    def _write_document(self, document: Document, stream: ItemStream) -> None:
        """Write the line of a document of which all chunks have been annotated or left out, or that of its problem."""
        annotations, self._annotations = self._annotations, Annotations()
        problem, self._problem = self._problem, None
        cut, self._cut = self._cut, None
        late = None if cut is None else self._timeout(document, cut)
        # A document without text has only its image: if that cannot be read, the document fails.
        if problem is None and not document.text and (error := image_failure(annotations.images)) is not None:
            problem = Problem.of(document.path, error, part=document.part)
        if problem is None and self._redactor is not None:
            problem = late  # nobody looked for names in the rest of the text
        if problem is not None:
            self._write_problem(problem, stream)
            return
        if late is not None:
            document = replace(document, notes=(*document.notes, late.message))
        audit: list[dict[str, Any]] = []
        if self._redactor is not None:
            document, annotations, audit = self._redact(document, annotations, self._redactor, stream)
        words = len(document.text.split())
        line = self._dump(document, annotations, words=words, audit=audit)
        if isinstance(line, Problem):
            self._write_problem(line, stream)
            return
        entry = stream.unwritten[0]
        self._count_document(document, annotations, entry, words=words)
        if late is not None:  # a second line of the same item
            _count_problem(late, entry)
            entry.lines += 1
            stream.writer.add(dump_problem(late))
        stream.write(line)

    def _redact(
        self, document: Document, annotations: Annotations, redactor: DocumentRedactor, stream: ItemStream
    ) -> tuple[Document, Annotations, list[dict[str, Any]]]:
        """Return a document without names and ids, its entities and the rows of the audit."""
        redacted = redactor.redact(document, annotations.detections, annotations.entities)
        kept = Annotations(entities=redacted.entities)
        if self._settings.options.keeps_docs:
            packed = pack_redacted(self._nlp, redacted.document, redacted.entities)
            kept.docs = [stream.writer.add_docs(packed, 1)]
        return redacted.document, kept, redacted.audit

    def _dump(
        self, document: Document, annotations: Annotations, *, words: int, audit: list[dict[str, Any]]
    ) -> str | Problem:
        """Encode the line of a document; return a problem if it has what JSON cannot hold."""
        record = document.record(
            corrections=annotations.corrections,
            entities=annotations.entities,
            images=[image.record for image in annotations.images],
        )
        thumbnails = self._thumbnails.make(annotations.images)
        try:
            return dump_document(record, words=words, thumbnails=thumbnails, docs=annotations.docs, audit=audit)
        except (ValueError, TypeError) as err:  # a component's score is not a number, or a text has a lone surrogate
            return Problem.of(document.path, err, part=document.part)

    def _count_document(self, document: Document, annotations: Annotations, entry: FileEntry, *, words: int) -> None:
        entry.documents += 1
        entry.add_document(document)
        entry.words += words
        entry.entities += len(annotations.entities)
        entry.add_corrections(annotations.corrections, self._is_misspelling)
        entry.images += len(annotations.images)
        entry.notes += len(document.notes)

    def _timeout(self, document: Document, cut: int) -> Problem | None:
        """Describe that the chunks from this position on were left out; None if documents have no time limit."""
        timeout = self._settings.options.timeout
        if timeout is None:
            return None
        kept = f"what was found in the first {cut:,} of {len(document.text):,} characters is kept"
        if self._redactor is not None:
            kept = "nothing is kept, because the rest was not searched for names"
        return Problem.timeout(document.path, timeout, part=document.part, kept=kept)

    def _is_misspelling(self, word: str) -> bool:
        return any(speller.is_listed_misspelling(word) for speller in self._spellers)

    def _write_problem(self, problem: Problem, stream: ItemStream) -> None:
        if self._settings.options.redaction is not None:
            problem = redacted_problem(problem, self._settings.options.redaction)
        _count_problem(problem, stream.unwritten[0])
        stream.write(dump_problem(problem))


def _around_cut(chunk: Chunk) -> Chunk:
    """Return the text around the start of a chunk."""
    text, start = chunk.document.text, chunk.start
    return Chunk(chunk.document, max(0, start - _CHARS_AROUND_CUT), min(len(text), start + _CHARS_AROUND_CUT))


def cut_documents(items: Iterable[Document | Problem], *, max_chars: int) -> Iterator[Chunk | Problem]:
    """Split documents into chunks. Problems pass through, so that the order of items is kept."""
    for item in items:
        if isinstance(item, Problem):
            yield item
        else:
            for start, end in cut(item.text, max_chars):
                yield Chunk(item, start, end)


def make_batches(parts: Iterable[Chunk | Problem], *, size: int, max_chars: int) -> Iterator[list[Chunk | Problem]]:
    """Group chunks, lazily, so that a batch has at most `size` chunks and `max_chars` characters.

    A problem keeps its place after a chunk. One that no chunk of the batch precedes is yielded at once, alone.
    """
    batch: list[Chunk | Problem] = []
    chunks, room = 0, max_chars
    for part in parts:
        if isinstance(part, Problem):
            if batch:
                batch.append(part)
            else:
                yield [part]
            continue
        if batch and (chunks == size or part.size > room):
            yield batch
            batch, chunks, room = [], 0, max_chars
        batch.append(part)
        chunks += 1
        room -= part.size
    if batch:
        yield batch


def _count_problem(problem: Problem, entry: FileEntry) -> None:
    if problem.part:
        entry.failed += not problem.skipped
        entry.skipped += problem.skipped
    elif not entry.stale:
        entry.status = problem.status
        entry.error, entry.message = problem.error, problem.message
