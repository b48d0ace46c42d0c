"""Chunks of documents, and batches of them. Problems pass through, so that the order of items is kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from docsight.documents.problem import Problem
from docsight.documents.reading import Document
from docsight.documents.runner.chunking import cut


@dataclass(frozen=True)
class Chunk:
    """A part of a document's text that the pipeline processes at once; start and end are in characters."""

    document: Document
    start: int
    end: int

    @property
    def size(self) -> int:
        """The number of characters."""
        return self.end - self.start

    @property
    def is_last(self) -> bool:
        """Whether the document ends here."""
        return self.end == len(self.document.text)


def cut_documents(items: Iterable[Document | Problem], *, max_chars: int) -> Iterator[Chunk | Problem]:
    """Cut documents into chunks of at most `max_chars` characters."""
    for item in items:
        if isinstance(item, Problem):
            yield item
        else:
            for start, end in cut(item.text, max_chars):
                yield Chunk(item, start, end)


def make_batches(parts: Iterable[Chunk | Problem], *, size: int, max_chars: int) -> Iterator[list[Chunk | Problem]]:
    """Group chunks, lazily, so that a batch has at most `size` chunks and `max_chars` characters.

    A problem stands in its place behind a chunk. One that no chunk of the batch precedes is yielded at once, alone.
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
