"""Read files as documents: as plain records for the processor, as spaCy Docs for everybody."""

import hashlib
import os
import warnings
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docsight.documents.cutting import cut
from docsight.documents.formats import format_within
from docsight.documents.formats.content import Picture, SkipError
from docsight.documents.inputs import File, Paths, Problem, find
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
    images: tuple[Picture, ...] = ()

    @property
    def id(self) -> str:
        """Name the document by a hash of its relative path and part: the same in every run."""
        return hashlib.sha256(f"{self.path}\0{self.part}".encode()).hexdigest()[:16]

    def source(self, offset: int = 0) -> dict[str, Any]:
        """Give the provenance, as plain data that `Doc.to_bytes` can write.

        Args:
            offset: Where the text of the Doc begins in the text of the document, in characters.
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
        }

    def make_doc(self, nlp: "Language", start: int = 0, end: int | None = None) -> "Doc":
        """Tokenize a stretch of the text and attach its provenance and the pictures that stand in it."""
        # The tokenizer itself, since `nlp.make_doc` refuses long texts for the sake of components.
        doc = nlp.tokenizer(self.text[start:end])
        doc._.source = self.source(start)
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
        on_problem: Called for each file that cannot be read, or is skipped because nothing reads its kind.
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
    for item in documents(paths):
        if isinstance(item, Document):
            for start, end in cut(item.text, max_chars or max(1, len(item.text))):
                yield item.make_doc(nlp, start, end)
        elif on_problem is not None:
            on_problem(item)
        elif item.skipped:
            skipped.append(item)
        else:
            warnings.warn(f"{item.path} was not read: {item.message}", stacklevel=2)
    if skipped:
        first = f"{skipped[0].path}: {skipped[0].message}"
        warnings.warn(f"{len(skipped)} files were skipped, the first of them {first}", stacklevel=2)


def documents(paths: Paths, *, exclude: Collection[str] = ()) -> Iterator[Document | Problem]:
    """Yield the documents in files and folders, and a problem for each file that has none to give."""
    for file in find(paths, exclude=exclude):
        if isinstance(file, Problem):
            yield file
        else:
            yield from _read_file(file)


def _read_file(file: File) -> Iterator[Document | Problem]:
    absolute = os.fsencode(file.path).decode("utf-8", "backslashreplace")
    try:
        form = format_within(file.path) or file.format
        for content in form.read(file.path):
            yield Document(
                text=content.text,
                path=file.name,
                file=absolute,
                part=content.part,
                format=form.name,
                encoding=content.encoding,
                title=content.title,
                size=file.size,
                images=content.images,
            )
    except SkipError as err:
        yield Problem(path=file.name, error="Skipped", message=str(err), skipped=True, size=file.size)
    except Exception as err:  # noqa: BLE001 - whatever a reader stumbles over, it costs this file only
        yield Problem.of(file.name, err, size=file.size)
