"""Redact documents in a worker, before anything is written: no output of a redacted run is made from an original.

Only the text is redacted. What else a reader returns may hold names and has too little context to find them: titles,
authors and other metadata, notes, link targets, images, corrections and error messages are left out.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from docsight.documents.formats.content import Metadata, Passage, Range
from docsight.documents.inputs import InputFile
from docsight.documents.problem import Problem
from docsight.documents.reading import Document
from docsight.redaction.detections import Detection
from docsight.redaction.redaction_options import RedactionOptions
from docsight.redaction.redactor import RedactedText, redact_text
from docsight.redaction.replacements import keyed_hash

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MESSAGE_LEFT_OUT = "the message is left out in a redacted run"
_SAFE_ERRORS = ("Timeout", "WorkerDied")  # the supervisor writes their messages


@dataclass(frozen=True)
class RedactedDocument:
    """A redacted document, its entities and the rows of the audit."""

    document: Document
    entities: list[dict[str, Any]]
    audit: list[dict[str, Any]]


class DocumentRedactor:
    """Redacts the documents of one worker; raises the errors of `Detector`."""

    def __init__(self, nlp: "Language", options: RedactionOptions) -> None:
        from docsight.redaction.recognition import Detector

        self._options = options
        self._detector = Detector(nlp, options)

    def low_posteriors(self) -> AbstractContextManager[None]:
        return self._detector.low_posteriors()

    def detect(self, doc: "Doc") -> list[Detection]:
        return self._detector.detect(doc)

    def redact(
        self, document: Document, detections: list[Detection], entities: list[dict[str, Any]]
    ) -> RedactedDocument:
        """Redact a document; `detections` and `entities` have offsets in its text."""
        boundaries = _boundaries(document.passages)
        redacted = redact_text(document.text, detections, self._options, boundaries=boundaries)
        safe = replace(
            document,
            text=redacted.text,
            part=hidden_path(document.part, self._options) if self._options.hide_paths else document.part,
            file="",
            title="",
            metadata=Metadata(),
            images=(),
            passages=tuple(_moved_passage(passage, redacted) for passage in document.passages),
            notes=(),
        )
        original = document.text if self._options.audit_text else None
        audit = [{"document": safe.id, "path": safe.path, "part": safe.part} | row.record(original)
                 for row in redacted.redactions]  # fmt: skip
        return RedactedDocument(safe, _moved_entities(entities, redacted), audit)


def redacted_problem(problem: Problem, options: RedactionOptions) -> Problem:
    """Return a problem without its message, which may quote the document; its path is hidden already."""
    message = problem.message if problem.error in _SAFE_ERRORS else MESSAGE_LEFT_OUT
    is_hidden = options.hide_paths and problem.part and problem.error not in _SAFE_ERRORS
    return replace(problem, message=message, part=hidden_path(problem.part, options) if is_hidden else problem.part)


def redacted_input(item: InputFile | Problem, options: RedactionOptions) -> InputFile | Problem:
    """Return an input as the run may know it: with `hide_paths`, under another name."""
    if isinstance(item, Problem):
        path = hidden_path(item.path, options) if options.hide_paths else item.path
        return redacted_problem(replace(item, path=path), options)
    return replace(item, name=hidden_path(item.name, options)) if options.hide_paths else item


def hidden_path(path: str, options: RedactionOptions) -> str:
    """Return a path with each of its names replaced by a hash that depends on the key."""
    return "/".join(keyed_hash(options.key or b"", "path", name) for name in PurePosixPath(path).parts)


def _boundaries(passages: Iterable[Passage]) -> Iterator[int]:
    """Yield where passages and the cells of tables begin and end."""
    for passage in passages:
        yield from (passage.start, passage.end)
        for row in passage.cells or ():
            yield from chain.from_iterable(row)


def _moved_entities(entities: list[dict[str, Any]], redacted: RedactedText) -> list[dict[str, Any]]:
    moved: dict[tuple[int, int, str], dict[str, Any]] = {}  # two names may become one replacement
    for entity in entities:
        start, end = redacted.span(entity["start"], entity["end"])
        moved.setdefault((start, end, entity["label"]), entity | {"start": start, "end": end})
    return sorted(moved.values(), key=lambda entity: (entity["start"], entity["end"]))


def _moved_passage(passage: Passage, redacted: RedactedText) -> Passage:
    def move(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
        return tuple(redacted.span(start, end) for start, end in ranges)

    start, end = redacted.span(passage.start, passage.end)
    cells = None if passage.cells is None else tuple(move(row) for row in passage.cells)
    return replace(passage, start=start, end=end, cells=cells, links=())
