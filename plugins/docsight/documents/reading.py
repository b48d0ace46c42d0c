"""Read files as documents: as plain records for the processor, as spaCy Docs for everybody."""

import hashlib
import os
import warnings
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from docsight.documents.formats.content import DocumentImage, ParsedDocument, PartError, Passage, SkipError
from docsight.documents.formats.detect import format_within
from docsight.documents.formats.source import Budget, ReadOptions, Source
from docsight.documents.inputs import InputFile, Paths, find_files
from docsight.documents.problem import Problem
from docsight.documents.runner.chunking import cut
from docsight.documents.tokenizing import tokenize
from docsight.errors import ConfigError

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


@dataclass(frozen=True, kw_only=True)
class Document:
    """The text and pictures of one document, and where it comes from; `size` is that of its file in bytes."""

    text: str
    path: str
    file: str
    part: str
    format: str
    encoding: str
    title: str
    size: int
    images: tuple[DocumentImage, ...] = ()
    passages: tuple[Passage, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Name the document by a hash of its relative path and part: the same in every run."""
        return hashlib.sha256(f"{self.path}\0{self.part}".encode()).hexdigest()[:16]

    def record(
        self, *, corrections: list[dict[str, Any]], entities: list[dict[str, Any]], images: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """Make the document's line in `documents.jsonl`, of what was found in it, too."""
        return {
            "id": self.id,
            "path": self.path,
            "part": self.part,
            "format": self.format,
            "encoding": self.encoding,
            "title": self.title,
            "text": self.text,
            "passages": [passage.record() for passage in self.passages],
            "notes": list(self.notes),
            "corrections": corrections,
            "entities": entities,
            "images": images,
        }

    def source(self, offset: int = 0, end: int | None = None) -> dict[str, Any]:
        """Give the provenance, as plain data that `Doc.to_bytes` can write.

        Args:
            offset: Where the text of the Doc begins in the text of the document, in characters.
            end: Where it ends; None for the end of the document.
        """
        return {
            "id": self.id,
            "path": self.path,
            "file": self.file,
            "part": self.part,
            "offset": offset,
            "format": self.format,
            "encoding": self.encoding,
            "title": self.title,
            "passages": [passage.record(offset) for passage in self._passages(offset, end)],
        }

    def _passages(self, start: int, end: int | None) -> Iterator[Passage]:
        """Give the passages of a stretch of the text, cut to it."""
        end = len(self.text) if end is None else min(end, len(self.text))
        for one in self.passages:
            if one.start < end and one.end > start:
                yield replace(one, start=max(one.start, start), end=min(one.end, end))

    def make_doc(self, nlp: "Language", start: int = 0, end: int | None = None) -> "Doc":
        """Tokenize a stretch of the text and attach its provenance and the pictures that stand in it."""
        doc = tokenize(nlp, self.text[start:end])
        doc._.source = self.source(start, end)
        if images := self.image_entries(start, end):
            from docsight.attributes import set_images  # not `doc._.images`, which may be another plugin's

            set_images(doc, images)
        return doc

    def image_entries(self, start: int = 0, end: int | None = None) -> list[dict[str, Any]]:
        """Make the entries of `doc._.images` for a stretch of the text.

        A picture whose place is not known belongs to the first stretch.
        """
        size = len(self.text)
        end = size if end is None else min(end, size)
        places = (max(0, min(one.start or 0, size)) for one in self.images)
        return [
            one.entry(f"{self.id}-{number}", start)
            for number, (one, place) in enumerate(zip(self.images, places, strict=True), start=1)
            if start <= place < end or place == end == size
        ]


def read(
    paths: Paths,
    *,
    nlp: "Language | None" = None,
    max_chars: int | None = None,
    reading: ReadOptions | None = None,
    on_problem: Callable[[Problem], None] | None = None,
) -> "Iterator[Doc]":
    """Yield the documents in files and folders as tokenized spaCy Docs, with provenance in `doc._.source`.

    Files are opened one by one as the iterator is consumed.

    Args:
        paths: Files and folders, one or several; folders are read with all below them, in sorted order.
        nlp: The pipeline whose tokenizer and vocabulary to use: the one that will process the Docs.
            By default that of `spacy.blank("en")`.
        max_chars: Longer documents come as several Docs, `doc._.source["offset"]` telling where each begins.
            By default every document is one Doc.
        reading: How documents are read, and what one file may cost.
        on_problem: Called for each file or part that cannot be read, or is skipped because nothing reads its kind.
            By default the first are warned of one by one, the others once in total.

    Raises:
        ConfigError: A path is none, or `max_chars` is less than 1.
    """
    if max_chars is not None and max_chars < 1:
        raise ConfigError(f"max_chars must be at least 1, not {max_chars}")
    import spacy

    from docsight import attributes

    attributes.register()
    nlp = nlp or spacy.blank("en")
    skipped: list[Problem] = []
    for item in documents(paths, options=reading):
        if isinstance(item, Document):
            for start, end in cut(item.text, max_chars or max(1, len(item.text))):
                yield item.make_doc(nlp, start, end)
        elif on_problem is not None:
            on_problem(item)
        elif item.skipped:
            skipped.append(item)
        else:
            warnings.warn(f"{item.where} was not read: {item.message}", stacklevel=2)
    if skipped:
        first = f"{skipped[0].where}: {skipped[0].message}"
        warnings.warn(f"{len(skipped)} files were skipped, the first of them {first}", stacklevel=2)


def documents(
    paths: Paths, *, exclude: Collection[str] = (), options: ReadOptions | None = None
) -> Iterator[Document | Problem]:
    """Yield the documents in files and folders, and a problem for each file or part that has none to give."""
    for file in find_files(paths, exclude=exclude):
        if isinstance(file, Problem):
            yield file
        else:
            yield from read_file(file, options)


def read_file(
    file: InputFile, options: ReadOptions | None = None, *, budget: Budget | None = None
) -> Iterator[Document | Problem]:
    """Yield the documents in a file, and a problem for each part that cannot be read, or for the file itself.

    Args:
        file: The file.
        options: How to read it.
        budget: What its parts may cost, where that is not as the options have it.
    """
    source = Source.of(file.path, options, budget)
    try:
        form = format_within(source) or file.format
        for content in form.read(source):
            yield (
                _problem(file, content.part, content.error)
                if isinstance(content, PartError)
                else _document(file, form.name, content)
            )
    except Exception as err:  # noqa: BLE001 - whatever a reader stumbles over, it costs this file only
        yield _problem(file, "", err)


def _document(file: InputFile, form: str, content: ParsedDocument) -> Document:
    return Document(
        text=content.text,
        path=file.name,
        file=os.fsencode(file.path).decode("utf-8", "backslashreplace"),
        part=content.part,
        format=content.format or form,
        encoding=content.encoding,
        title=content.title,
        size=file.size,
        images=content.images,
        passages=content.passages,
        notes=content.notes,
    )


def _problem(file: InputFile, part: str, error: Exception) -> Problem:
    if isinstance(error, SkipError):
        return Problem(path=file.name, part=part, error="Skipped", message=str(error), skipped=True, size=file.size)
    return Problem.of(file.name, error, part=part, size=file.size)
