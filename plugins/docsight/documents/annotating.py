"""Run a pipeline over stretches of documents so that one that fails costs itself only."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docsight.documents.cutting import cut
from docsight.documents.inputs import Problem
from docsight.documents.pictures import SeenImage, seen_images
from docsight.documents.reading import Document
from docsight.errors import BundleError, ConfigError

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


@dataclass(frozen=True)
class Stretch:
    """A part of a document's text that the pipeline sees at once; start and end are in characters."""

    document: Document
    start: int
    end: int

    @property
    def is_last(self) -> bool:
        """Whether the document ends here."""
        return self.end == len(self.document.text)


@dataclass(frozen=True)
class Result:
    """What the pipeline found in a stretch: entities and pictures, as plain data with offsets in its document."""

    entities: list[dict[str, Any]]
    images: list[SeenImage]


def stretches(documents: Iterable[Document], *, max_chars: int) -> Iterator[Stretch]:
    """Cut documents to what the pipeline may see at once."""
    for document in documents:
        for start, end in cut(document.text, max_chars):
            yield Stretch(document, start, end)


def batches(parts: Iterable[Stretch], *, size: int, max_chars: int) -> Iterator[list[Stretch]]:
    """Group stretches, lazily, to at most `size` in number and `max_chars` in characters together."""
    batch: list[Stretch] = []
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


def annotate(nlp: "Language", batch: list[Stretch]) -> list[Result | Problem]:
    """Give what was found in each stretch, or the problem that it made.

    The batch goes through `nlp.pipe`. What does not come out, since a component raised there, goes through
    the pipeline alone: many components process a batch at once and cannot tell which document failed.
    All of it happens in a memory zone, so that the vocabulary does not grow with what is read; nothing of
    spaCy's leaves it.

    Raises:
        BundleError: A component has no usable model, which is no document's fault.
        ConfigError: A component has a setting that cannot work.
    """
    # Zones do not nest: where the caller has opened one, it is the one.
    is_inside = nlp.vocab.in_memory_zone  # type: ignore[attr-defined]  # missing in spaCy's stubs
    zone = contextlib.nullcontext() if is_inside else nlp.memory_zone()
    with _raising(nlp), zone:
        together = _together(nlp, batch)
        return [_alone(nlp, part) if done is None else done for part, done in zip(batch, together, strict=True)]


def _together(nlp: "Language", batch: list[Stretch]) -> list[Result | None]:
    results: list[Result | None] = [None] * len(batch)
    pairs = ((part.document.make_doc(nlp, part.start, part.end), i) for i, part in enumerate(batch))
    # Whatever a component raises ends the batch here; `_alone` finds the cause.
    with contextlib.suppress(Exception):
        for doc, i in nlp.pipe(pairs, as_tuples=True, batch_size=len(batch)):
            results[i] = _result(doc, batch[i].start)
    return results


def _alone(nlp: "Language", part: Stretch) -> Result | Problem:
    try:
        doc = nlp(part.document.make_doc(nlp, part.start, part.end))
        return _result(doc, part.start)
    except (BundleError, ConfigError):
        raise
    except Exception as err:  # noqa: BLE001 - any error of any component costs this document only
        return Problem.of(part.document.path, _cause(err))


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
    nlp.set_error_handler(raise_error)
    try:
        yield
    finally:
        nlp.default_error_handler = default
        for pipe, handler in zip(pipes, saved, strict=True):
            pipe.set_error_handler(handler)


def _result(doc: "Doc", offset: int) -> Result:
    return Result(_entities(doc, offset), seen_images(doc, offset))


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
