"""Run a pipeline over stretches of documents so that one that fails costs itself only."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docsight.documents.problem import Problem
from docsight.documents.reading import Document
from docsight.documents.runner.chunking import cut
from docsight.documents.runner.image_records import SeenImage, seen_images
from docsight.errors import BundleError, ConfigError

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


@dataclass(frozen=True)
class Chunk:
    """A part of a document's text that the pipeline sees at once; start and end are in characters."""

    document: Document
    start: int
    end: int

    @property
    def is_last(self) -> bool:
        """Whether the document ends here."""
        return self.end == len(self.document.text)


@dataclass
class ChunkAnnotations:
    """What the pipeline found in a stretch, as plain data with offsets in its document.

    `doc` is the number of its Doc among those of its batch that were packed.
    """

    corrections: list[dict[str, Any]] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)
    images: list[SeenImage] = field(default_factory=list)
    doc: int | None = None

    def extend(self, other: "ChunkAnnotations") -> None:
        """Add what was found in the next stretch."""
        self.corrections.extend(other.corrections)
        self.entities.extend(other.entities)
        self.images.extend(other.images)


@dataclass(frozen=True, kw_only=True)
class AnnotatedBatch:
    """What became of a batch: a result or problem for each stretch, and the Docs, packed, if they are wanted."""

    results: list[ChunkAnnotations | Problem]
    packed: bytes | None = None


def stretches(documents: Iterable[Document], *, max_chars: int) -> Iterator[Chunk]:
    """Cut documents to what the pipeline may see at once."""
    for document in documents:
        for start, end in cut(document.text, max_chars):
            yield Chunk(document, start, end)


def batches(parts: Iterable[Chunk], *, size: int, max_chars: int) -> Iterator[list[Chunk]]:
    """Group stretches, lazily, to at most `size` in number and `max_chars` in characters together."""
    batch: list[Chunk] = []
    room = max_chars
    for part in parts:
        length = part.end - part.start
        if batch and (len(batch) == size or length > room):
            yield batch
            batch, room = [], max_chars
        batch.append(part)
        room -= length
    if batch:
        yield batch


def annotate(
    nlp: "Language", batch: list[Chunk], *, pack: "Callable[[list[Doc]], bytes] | None" = None
) -> AnnotatedBatch:
    """Give what was found in each stretch, or the problem that it made.

    The batch goes through `nlp.pipe`. What does not come out, since a component raised there, goes through
    the pipeline alone: many components process a batch at once and cannot tell which document failed.
    All of it happens in a memory zone, so that the vocabulary does not grow with what is read; nothing of
    spaCy's leaves it.

    Args:
        nlp: The pipeline.
        batch: The stretches.
        pack: Makes bytes of Docs, where they are to be kept.

    Raises:
        BundleError: A component has no usable model, which is no document's fault.
        ConfigError: A component has a setting that cannot work.
    """
    # Zones do not nest: where the caller has opened one, it is the one.
    is_inside = nlp.vocab.in_memory_zone  # type: ignore[attr-defined]  # missing in spaCy's stubs
    zone = contextlib.nullcontext() if is_inside else nlp.memory_zone()
    with _raising(nlp), zone:
        docs = [_alone(nlp, part) if doc is None else doc for part, doc in _together(nlp, batch)]
        results = [
            doc if isinstance(doc, Problem) else _result(doc, part) for part, doc in zip(batch, docs, strict=True)
        ]
        if pack is None:
            return AnnotatedBatch(results=results)
        return _packed(batch, docs, results, pack)


def _packed(
    batch: list[Chunk],
    docs: "list[Doc | Problem]",
    results: list[ChunkAnnotations | Problem],
    pack: "Callable[[list[Doc]], bytes]",
) -> AnnotatedBatch:
    """Add the Docs; one that cannot be packed is a problem of its own."""

    def pack_all() -> bytes:
        pairs = zip(docs, results, strict=True)
        kept = [doc for doc, result in pairs if isinstance(result, ChunkAnnotations) and not isinstance(doc, Problem)]
        return pack(kept)

    try:
        packed = pack_all()
    except ConfigError:
        for number, (part, doc) in enumerate(zip(batch, docs, strict=True)):
            try:
                if not isinstance(doc, Problem):
                    pack([doc])
            except ConfigError as err:
                results[number] = Problem.of(part.document.path, err, part=part.document.part)
        packed = pack_all()
    for number, result in enumerate(result for result in results if isinstance(result, ChunkAnnotations)):
        result.doc = number
    return AnnotatedBatch(results=results, packed=packed)


def _together(nlp: "Language", batch: list[Chunk]) -> "list[tuple[Chunk, Doc | None]]":
    docs: list[Doc | None] = [None] * len(batch)
    # Whatever a component raises ends the batch here; `_alone` finds the cause.
    with contextlib.suppress(Exception):
        pairs = ((part.document.make_doc(nlp, part.start, part.end), i) for i, part in enumerate(batch))
        for doc, i in nlp.pipe(pairs, as_tuples=True, batch_size=len(batch)):
            docs[i] = doc
    return list(zip(batch, docs, strict=True))


def _alone(nlp: "Language", part: Chunk) -> "Doc | Problem":
    try:
        return nlp(part.document.make_doc(nlp, part.start, part.end))
    except (BundleError, ConfigError):
        raise
    except Exception as err:  # noqa: BLE001 - any error of any component costs this document only
        return Problem.of(part.document.path, _cause(err), part=part.document.part)


def _cause(error: Exception) -> Exception:
    """Look behind E109, with which spaCy takes every KeyError for a component without its model."""
    cause = error.__cause__
    return cause if isinstance(cause, KeyError) and str(error).startswith("[E109]") else error


@contextlib.contextmanager
def _raising(nlp: "Language") -> Iterator[None]:
    """Make every component raise: a handler that swallows errors would lose documents without a word."""
    from spacy.util import raise_error

    default = nlp.default_error_handler
    pipes: list[Any] = [pipe for _, pipe in nlp.pipeline if hasattr(pipe, "set_error_handler")]
    saved = [pipe.get_error_handler() for pipe in pipes]
    try:
        nlp.set_error_handler(raise_error)
    except AttributeError as err:  # what spaCy's own components say where they were never trained or loaded
        raise ConfigError(
            f"a component has no model: {err}; components that are trained come with a saved pipeline"
        ) from err
    try:
        yield
    finally:
        nlp.default_error_handler = default
        for pipe, handler in zip(pipes, saved, strict=True):
            pipe.set_error_handler(handler)


def _result(doc: "Doc", part: Chunk) -> ChunkAnnotations | Problem:
    try:
        return ChunkAnnotations(_corrections(doc, part.start), _entities(doc, part.start), seen_images(doc, part.start))
    except Exception as err:  # noqa: BLE001 - components may write what is no plain data
        return Problem.of(part.document.path, err, part=part.document.part)


def _corrections(doc: "Doc", offset: int) -> list[dict[str, Any]]:
    from docsight.attributes import corrections  # not `doc._.corrections`, which may be another plugin's

    return [
        {
            "start": offset + row["start"],
            "end": offset + row["end"],
            "text": row["text"],
            "suggestion": row["suggestion"],
            "suggestions": [[text, round(float(probability), 6)] for text, probability in row["suggestions"]],
            "score": round(float(row["score"]), 6),
            "reason": row["reason"],
            "applied": bool(row["applied"]),
        }
        for row in corrections(doc)
    ]


def _entities(doc: "Doc", offset: int) -> list[dict[str, Any]]:
    from docsight.attributes import span_score  # not `ent._.score`, which may be another plugin's

    scored = ((ent, span_score(ent)) for ent in doc.ents)
    return [
        {
            "start": offset + ent.start_char,
            "end": offset + ent.end_char,
            "label": ent.label_,
            "score": None if score is None else round(float(score), 6),
        }
        for ent, score in scored
    ]
