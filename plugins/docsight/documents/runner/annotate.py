"""Run the pipeline over chunks of documents, and pack the Docs. If one fails, only its document fails."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docsight.documents.problem import Problem
from docsight.documents.reading import Document
from docsight.documents.runner.image_records import AnnotatedImage, annotated_images
from docsight.errors import BundleError, ConfigError
from docsight.redaction.detections import Detection

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, DocBin


@dataclass(frozen=True)
class Chunk:
    """A part of a document's text that the pipeline processes at once; start and end are in characters."""

    document: Document
    start: int
    end: int

    @property
    def size(self) -> int:
        return self.end - self.start


@dataclass
class Annotations:
    """What the pipeline found in a chunk or a document, as plain data with offsets in the document."""

    corrections: list[dict[str, Any]] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)
    images: list[AnnotatedImage] = field(default_factory=list)
    docs: list[int] = field(default_factory=list)  # the numbers of the Docs in the shard, if these are kept
    detections: list[Detection] = field(default_factory=list)  # what to remove, in a redacted run

    def extend(self, other: "Annotations") -> None:
        self.corrections.extend(other.corrections)
        self.entities.extend(other.entities)
        self.images.extend(other.images)
        self.docs.extend(other.docs)
        self.detections.extend(other.detections)


def annotate(
    nlp: "Language",
    batch: list[Chunk],
    *,
    add_docs: Callable[[bytes, int], int] | None = None,
    detect: "Callable[[Doc], list[Detection]] | None" = None,
) -> list[Annotations | Problem]:
    """Annotate the chunks of a batch, and return the annotations or the problem of each.

    The batch goes through `nlp.pipe`. If a component raises, the chunks that did not come out go through the pipeline
    one by one: many components process a batch at once and do not report which document failed. All of this happens
    in a memory zone, so that the vocabulary does not grow with the input. No spaCy object leaves the zone.

    If Docs are kept, they are packed and passed to `add_docs`, see `ShardWriter`. In a redacted run, `detect` returns
    what is to be removed.

    Raises:
        BundleError: A component has no usable model, which is not a document's fault.
        ConfigError: A component has an invalid setting.
    """
    # Memory zones do not nest: the caller's is used if there is one.
    is_inside = nlp.vocab.in_memory_zone  # type: ignore[attr-defined]  # missing in spaCy's stubs
    zone = contextlib.nullcontext() if is_inside else nlp.memory_zone()
    with raising(nlp), zone:
        docs = [
            _run_alone(nlp, chunk) if doc is None else doc
            for chunk, doc in zip(batch, _run_batch(nlp, batch), strict=True)
        ]
        results = [
            doc if isinstance(doc, Problem) else _annotations(doc, chunk, detect)
            for chunk, doc in zip(batch, docs, strict=True)
        ]
        if add_docs is not None:
            _pack(batch, docs, results, add_docs)
        return results


def _run_batch(nlp: "Language", batch: list[Chunk]) -> "list[Doc | None]":
    docs: list[Doc | None] = [None] * len(batch)
    # Any exception of a component ends the batch here; `_run_alone` finds the cause.
    with contextlib.suppress(Exception):
        pairs = ((chunk.document.make_doc(nlp, chunk.start, chunk.end), i) for i, chunk in enumerate(batch))
        for doc, i in nlp.pipe(pairs, as_tuples=True, batch_size=len(batch)):
            docs[i] = doc
    return docs


def _run_alone(nlp: "Language", chunk: Chunk) -> "Doc | Problem":
    try:
        return nlp(chunk.document.make_doc(nlp, chunk.start, chunk.end))
    except (BundleError, ConfigError):
        raise
    except Exception as err:  # noqa: BLE001 - whatever a component raises, only this document fails
        # spaCy reports every KeyError as E109, a component without its model.
        cause = err.__cause__ if str(err).startswith("[E109]") else None
        return _problem(chunk, cause if isinstance(cause, KeyError) else err)


def _problem(chunk: Chunk, error: Exception) -> Problem:
    return Problem.of(chunk.document.path, error, part=chunk.document.part)


@contextlib.contextmanager
def raising(nlp: "Language") -> Iterator[None]:
    """Make every component raise: an error handler that ignores errors would lose documents silently."""
    from spacy.util import raise_error

    default = nlp.default_error_handler
    pipes: list[Any] = [pipe for _, pipe in nlp.pipeline if hasattr(pipe, "set_error_handler")]
    saved = [pipe.get_error_handler() for pipe in pipes]
    try:
        nlp.set_error_handler(raise_error)
    except AttributeError as err:  # spaCy's own components raise it if they were never trained or loaded
        raise ConfigError(
            f"a component has no model: {err}; load a saved pipeline, which has trained components"
        ) from err
    try:
        yield
    finally:
        nlp.default_error_handler = default
        for pipe, handler in zip(pipes, saved, strict=True):
            pipe.set_error_handler(handler)


def _pack(
    batch: list[Chunk],
    docs: "list[Doc | Problem]",
    results: list[Annotations | Problem],
    add_docs: Callable[[bytes, int], int],
) -> None:
    """Pack the annotated Docs. If one cannot be packed, only its document fails."""
    from spacy.tokens import DocBin

    packed, kept = DocBin(store_user_data=False), []
    for number, (chunk, doc, result) in enumerate(zip(batch, docs, results, strict=True)):
        if isinstance(doc, Problem) or isinstance(result, Problem):
            continue
        try:
            add_doc(packed, doc)
        except ConfigError as err:
            results[number] = _problem(chunk, err)
        else:
            kept.append(result)
    packed.store_user_data = True
    for number, result in enumerate(kept, add_docs(packed.to_bytes(), len(kept))):
        result.docs = [number]


def add_doc(packed: "DocBin", doc: "Doc") -> None:
    """Add a Doc with all annotations and user data, but without the bytes of its images.

    The Doc is not changed. The result does not depend on its vocabulary, so this may be called in a memory zone.
    `packed` must be made with `store_user_data=False`, and this must be set to True when all Docs have been added.

    Raises:
        ConfigError: A component left something in `doc.user_data` that cannot be serialized.
    """
    import srsly

    from docsight.attributes import read_images

    user_data: dict[Any, Any] = doc.user_data
    if images := read_images(doc):
        light = [
            {key: value for key, value in image.items() if key != "bytes"} if isinstance(image, dict) else image
            for image in images
        ]
        user_data = {key: light if value is images else value for key, value in user_data.items()}
    try:
        content = srsly.msgpack_dumps(user_data)
    except (TypeError, ValueError, OverflowError) as err:
        culprit = next((key for key in user_data if not _is_serializable({key: user_data[key]})), None)
        raise ConfigError(
            f"cannot write .spacy files: doc.user_data[{culprit!r}] cannot be serialized ({err}); expected only "
            "strings, numbers, lists, dicts and bytes. Leave out the component that sets it, or that format."
        ) from err
    packed.add(doc)
    packed.user_data.append(content)


def pack_redacted(nlp: "Language", document: Document, entities: list[dict[str, Any]]) -> bytes:
    """Pack the Doc of a redacted document, which is made from the redacted text."""
    from spacy.tokens import DocBin
    from spacy.util import filter_spans

    from docsight.attributes import set_scores

    packed = DocBin(store_user_data=False)
    with nlp.memory_zone():
        doc = document.make_doc(nlp, 0, len(document.text))
        spans = [
            (doc.char_span(row["start"], row["end"], label=row["label"], alignment_mode="expand"), row["score"])
            for row in entities
        ]
        doc.set_ents(filter_spans([span for span, _ in spans if span is not None]))
        set_scores((span, score) for span, score in spans if span is not None and score is not None)
        add_doc(packed, doc)
        packed.store_user_data = True
        return packed.to_bytes()


def _is_serializable(value: dict[Any, Any]) -> bool:
    import srsly

    with contextlib.suppress(TypeError, ValueError, OverflowError):
        srsly.msgpack_dumps(value)
        return True
    return False


def _annotations(doc: "Doc", chunk: Chunk, detect: "Callable[[Doc], list[Detection]] | None") -> Annotations | Problem:
    start = chunk.start
    try:
        found = Annotations(correction_rows(doc, start), entity_rows(doc, start), annotated_images(doc, start))
        if detect is not None:
            found.detections = [each.moved(start) for each in detect(doc)]
        return found
    except Exception as err:  # noqa: BLE001 - components may write what is not plain data
        return _problem(chunk, err)


def correction_rows(doc: "Doc", offset: int) -> list[dict[str, Any]]:
    """Return the corrections of a Doc as in `documents.jsonl`, with offsets moved by `offset`."""
    from docsight.attributes import corrections  # not `doc._.corrections`, which may be another plugin's

    return [
        {
            "start": offset + row["start"],
            "end": offset + row["end"],
            "text": row["text"],
            "suggestion": row["suggestion"],
            "suggestions": [
                {"text": each["text"], "probability": round(float(each["probability"]), 6)}
                for each in row["suggestions"]
            ],
            "score": round(float(row["score"]), 6),
            "reason": row["reason"],
            "because": row.get("because", ""),
            "applied": bool(row["applied"]),
        }
        for row in corrections(doc)
    ]


def entity_rows(doc: "Doc", offset: int) -> list[dict[str, Any]]:
    """Return the entities of a Doc as in `documents.jsonl`, with offsets moved by `offset`."""
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
