"""What the readers of all formats return."""

from dataclasses import dataclass
from typing import Any


class SkipError(Exception):
    """A file or part that is skipped on purpose, for the reason in the message; this is not a failure."""


@dataclass(frozen=True, kw_only=True)
class DocumentImage:
    """An encoded image: in its own file at `path`, or embedded in another file as `data`."""

    path: str | None = None
    data: bytes | None = None
    page: int | None = None  # the number of its page, from 1
    bbox: tuple[float, float, float, float] | None = None  # left, top, right, bottom
    start: int | None = None  # the character offset of its position in the document's text

    def record(self, name: str, offset: int = 0) -> dict[str, Any]:
        """Return the item of `doc._.images`; `offset` is the character offset of the Doc in the document's text."""
        record: dict[str, Any] = {"id": name}
        record |= {"bytes": self.data} if self.data is not None else {"path": self.path}
        if self.page is not None:
            record["page"] = self.page
        if self.bbox is not None:
            record["bbox"] = list(self.bbox)
        if self.start is not None:
            record["start"] = self.start - offset
        return record


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A span of a document's text, in characters, and its origin."""

    start: int
    end: int
    page: int | None = None  # the number of its page or slide, from 1
    confidence: float | None = None  # of the OCR engine, from 0 to 1; None if the text is not from OCR

    def record(self, offset: int = 0) -> dict[str, Any]:
        """Return the passage as plain data, with offsets relative to `offset`."""
        record: dict[str, Any] = {"start": self.start - offset, "end": self.end - offset}
        if self.page is not None:
            record["page"] = self.page
        record["read_from"] = "text" if self.confidence is None else "picture"
        if self.confidence is not None:
            record["confidence"] = round(self.confidence, 4)
        return record


@dataclass(frozen=True, kw_only=True)
class ParsedDocument:
    """The text and the images of one document in a file.

    Args:
        part: The name of the part of the file, such as an attachment or a row; empty if the file is one document.
        format: The format of the part; empty if it is that of the file.
        title: The title that the format itself records, if any.
        encoding: How the bytes were decoded, as `decode` returns it; empty if the format leaves no choice.
        images: In document order.
        passages: The origin of spans of the text, in order, if the format has pages or OCR was used.
        notes: Human-readable extraction warnings, one sentence each.
    """

    text: str
    part: str = ""
    format: str = ""
    title: str = ""
    encoding: str = ""
    images: tuple[DocumentImage, ...] = ()
    passages: tuple[Passage, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PartError:
    """A part of a file that could not be read; the other parts are unaffected."""

    part: str  # as in `ParsedDocument`
    error: Exception  # a `SkipError` if the part was skipped, for example for lack of a reader
