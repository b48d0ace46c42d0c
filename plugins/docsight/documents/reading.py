"""Read files as documents: as spaCy Docs (`read`), or as plain data for the processor (`read_file`)."""

import hashlib
import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docsight import option_checks
from docsight.documents.analysis.language import identify_languages
from docsight.documents.analysis.quality import quality_flags
from docsight.documents.formats.content import (
    DocumentImage,
    Metadata,
    ParsedDocument,
    PartError,
    Passage,
    SkipError,
    rounded_confidence,
)
from docsight.documents.formats.detect import format_within
from docsight.documents.formats.source import Budget, ReadOptions, Source
from docsight.documents.formats.text.encoding import Encoding
from docsight.documents.inputs import InputFile, Paths, decode_paths, find_files
from docsight.documents.pipeline import check_language
from docsight.documents.problem import Problem
from docsight.documents.runner.chunking import cut
from docsight.documents.tokenizing import tokenize
from docsight.errors import ConfigError
from docsight.wording import count_of

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

PASSAGES = "passages"  # the key in `doc.spans`

_MIN_ENCODING_CONFIDENCE = 0.8  # a note warns of less


@dataclass(frozen=True, kw_only=True)
class Document:
    """The text and images of one document, and where they come from; `size` is that of the file in bytes."""

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
    encoding_confidence: float | None = None  # from 0 to 1; None if the encoding was not guessed
    metadata: Metadata = field(default_factory=Metadata)
    language: str = ""  # an ISO 639 code; empty if it is not known
    quality: tuple[str, ...] = ()  # flags, see `quality_flags`

    @property
    def id(self) -> str:
        """A hash of the relative path and the part: the same in every run."""
        return hashlib.sha256(f"{self.path}\0{self.part}".encode()).hexdigest()[:16]

    def record(
        self, *, corrections: list[dict[str, Any]], entities: list[dict[str, Any]], images: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """Return the document's line in `documents.jsonl`, together with what the components found."""
        return {
            "id": self.id,
            "path": self.path,
            "part": self.part,
            "format": self.format,
            "encoding": self.encoding,
            "encoding_confidence": rounded_confidence(self.encoding_confidence),
            "title": self.title,
            "authors": list(self.metadata.authors),
            "created": self.metadata.created,
            "message_id": self.metadata.message_id,
            "in_reply_to": self.metadata.in_reply_to,
            "reply_to": self.metadata.reply_to,
            "language": self.language,
            "quality": list(self.quality),
            "text": self.text,
            "passages": [passage.record() for passage in self.passages],
            "notes": list(self.notes),
            "corrections": corrections,
            "entities": entities,
            "images": images,
        }

    def make_doc(self, nlp: "Language", start: int, end: int) -> "Doc":
        """Tokenize a chunk of the text, and attach its provenance and images as plain data, as `Doc.to_bytes` needs.

        `doc.spans["passages"]` has a span for each passage in `doc._.source`, with its kind as the label.
        """
        doc = tokenize(nlp, self.text[start:end])
        passages = [
            passage.clipped(start, end).record(start)
            for passage in self.passages
            if max(passage.start, start) < min(passage.end, end)
        ]
        spans = (
            doc.char_span(each["start"], each["end"], label=each["kind"], alignment_mode="expand") for each in passages
        )
        doc.spans[PASSAGES] = [span for span in spans if span is not None]
        doc._.source = {
            "id": self.id,
            "path": self.path,
            "file": self.file,
            "part": self.part,
            "offset": start,
            "format": self.format,
            "encoding": self.encoding,
            "title": self.title,
            "language": self.language,
            "passages": passages,
        }
        if images := self.image_records(start, end):
            from docsight.attributes import set_images  # `doc._.images` may belong to another plugin

            set_images(doc, images)
        return doc

    def image_records(self, start: int, end: int) -> list[dict[str, Any]]:
        """Return the items of `doc._.images` for a chunk; an image without a position belongs to the first chunk."""
        size = len(self.text)
        records = []
        for number, image in enumerate(self.images, start=1):
            position = max(0, min(image.start or 0, size))
            if start <= position < end or position == end == size:
                records.append(image.record(f"{self.id}-{number}", start))
        return records


def read(
    paths: Paths,
    *,
    nlp: "Language | None" = None,
    max_chars: int | None = None,
    reading: ReadOptions | None = None,
    on_problem: Callable[[Problem], None] | None = None,
) -> "Iterator[Doc]":
    """Yield the documents in files and folders as tokenized spaCy Docs, with provenance in `doc._.source`.

    The options are checked when the function is called. Files are opened one by one as the iterator is consumed.

    Args:
        paths: Files, folders and glob patterns, one or several. Folders are read recursively, in sorted order.
        nlp: The pipeline that will process the Docs; its tokenizer and vocabulary are used.
            By default `spacy.blank("en")`.
        max_chars: Documents with more characters are split into several Docs; `doc._.source["offset"]` is the offset of
            each in its document. By default, every document is one Doc.
        reading: How documents are read, and the limits for one file.
        on_problem: Called for each file or part that cannot be read, or is skipped because it has no reader.
            By default, there is one warning for each failure, and one for all skipped files together.

    Raises:
        ConfigError: A path or an option is invalid.
    """
    paths = decode_paths(paths)
    if max_chars is not None:
        max_chars = option_checks.integer("max_chars", max_chars, minimum=1)
    if on_problem is not None:
        option_checks.function("on_problem", on_problem)
    if reading is not None and not isinstance(reading, ReadOptions):
        raise ConfigError(f"reading must be ReadOptions, not {reading!r}")
    import spacy

    if nlp is None:
        nlp = spacy.blank("en")
    check_language(nlp)
    return _read(paths, nlp, max_chars, reading, on_problem)


def _read(
    paths: list[str],
    nlp: "Language",
    max_chars: int | None,
    reading: ReadOptions | None,
    on_problem: Callable[[Problem], None] | None,
) -> "Iterator[Doc]":
    from docsight import attributes

    attributes.register()
    skipped: list[Problem] = []
    for file in find_files(paths):
        for item in [file] if isinstance(file, Problem) else read_file(file, reading):
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
        were = "was" if len(skipped) == 1 else "were"
        warnings.warn(f"{count_of(len(skipped), 'file')} {were} skipped; the first is {first}", stacklevel=2)


def read_file(
    file: InputFile, options: ReadOptions | None = None, *, budget: Budget | None = None
) -> Iterator[Document | Problem]:
    """Yield the documents in a file, and a problem for each part that cannot be read, or for the whole file.

    The budget has the limits for its parts; by default, it is that of the options.
    """
    source = Source.of(file.path, options, budget)
    try:
        format = format_within(source) or file.format
        for item in format.read(source):
            if isinstance(item, PartError):
                yield _problem(file, item.part, item.error)
            else:
                yield _document(file, format.name, item)
    except Exception as err:  # noqa: BLE001 - whatever a reader raises, only this file fails
        yield _problem(file, "", err)


def _document(file: InputFile, format: str, parsed: ParsedDocument) -> Document:
    confidence = parsed.encoding.confidence if isinstance(parsed.encoding, Encoding) else None
    language, passages = identify_languages(parsed.text, parsed.passages)
    return Document(
        text=parsed.text,
        path=file.name,
        file=os.fsencode(file.path).decode("utf-8", "backslashreplace"),
        part=parsed.part,
        format=parsed.format or format,
        encoding=str(parsed.encoding),
        title=parsed.title,
        size=file.size,
        images=parsed.images,
        passages=passages,
        notes=(*parsed.notes, *_encoding_notes(parsed.encoding, confidence)),
        encoding_confidence=confidence,
        metadata=parsed.metadata,
        language=language,
        quality=quality_flags(parsed.text, passages),
    )


def _encoding_notes(encoding: str, confidence: float | None) -> Iterator[str]:
    if confidence is not None and confidence < _MIN_ENCODING_CONFIDENCE:
        yield f"the encoding {encoding} is a guess with confidence {confidence:.2f}; some letters may be wrong"


def _problem(file: InputFile, part: str, error: Exception) -> Problem:
    if isinstance(error, SkipError):
        return Problem(path=file.name, part=part, error="Skipped", message=str(error), skipped=True, size=file.size)
    return Problem.of(file.name, error, part=part, size=file.size)
