"""What the readers of all formats return."""

from dataclasses import dataclass
from typing import Any


class SkipError(Exception):
    """A file or part is skipped on purpose, for the reason that the message states; this is not a failure."""


@dataclass(frozen=True, kw_only=True)
class DocumentImage:
    """An encoded image in a document; components find it in `doc._.images`.

    Args:
        path: Its file, if it has one of its own; then the data stays on disk.
        data: The bytes of its file, if it is embedded in another file.
        page: The number of its page, from 1.
        bbox: Its position on the page: left, top, right, bottom.
        start: The character offset of its position in the document's text; None if the format has none.
    """

    path: str | None = None
    data: bytes | None = None
    page: int | None = None
    bbox: tuple[float, float, float, float] | None = None
    start: int | None = None

    def record(self, name: str, offset: int = 0) -> dict[str, Any]:
        """Return the item of `doc._.images`, as plain data.

        Args:
            name: Its id.
            offset: The character offset of the Doc in the document's text.
        """
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
    """A span of a document's text, and where it comes from.

    Args:
        start: Its character offset in the document's text.
        end: The offset of its end.
        page: The number of its page or slide, from 1.
        confidence: The confidence of the OCR engine, from 0 to 1; None if the file contains the text as such.
    """

    start: int
    end: int
    page: int | None = None
    confidence: float | None = None

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
        text: The text.
        part: The name of the part of the file, such as an attachment or a row; empty if the file is one document.
        format: The format of the part; empty if it is that of the file.
        title: The title that the format itself records, if any.
        encoding: How the bytes were decoded, as `decode` returns it; empty if the format leaves no choice.
        images: The images, in document order.
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
    """A part of a file that could not be read; the other parts are unaffected.

    Args:
        part: The name of the part, as in `ParsedDocument`.
        error: The exception; a `SkipError` if the part was skipped, such as a kind without a reader.
    """

    part: str
    error: Exception
