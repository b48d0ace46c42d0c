"""What a reader of any format hands on."""

from dataclasses import dataclass
from typing import Any


class SkipError(Exception):
    """A reader's word that a file is to be skipped, and why: no failure."""


@dataclass(frozen=True, kw_only=True)
class DocumentImage:
    """A picture in a document, not decoded; components find it in `doc._.images`.

    Args:
        path: Its file, where it is one of its own; the pixels are then never held in memory here.
        data: The bytes of its file, where it is embedded in another one.
        page: The number of its page, from 1.
        bbox: Its place on the page: left, top, right, bottom.
        start: Where it stands in the text of the document, in characters; None where the format does not tell.
    """

    path: str | None = None
    data: bytes | None = None
    page: int | None = None
    bbox: tuple[float, float, float, float] | None = None
    start: int | None = None

    def record(self, name: str, offset: int = 0) -> dict[str, Any]:
        """Make the entry of `doc._.images`, of plain data alone.

        Args:
            name: Its id.
            offset: Where the text of the Doc begins in the text of the document, in characters.
        """
        entry: dict[str, Any] = {"id": name}
        entry |= {"bytes": self.data} if self.data is not None else {"path": self.path}
        if self.page is not None:
            entry["page"] = self.page
        if self.bbox is not None:
            entry["bbox"] = list(self.bbox)
        if self.start is not None:
            entry["start"] = self.start - offset
        return entry


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A stretch of a document's text, and where it stands in the file.

    Args:
        start: Where it begins in the text of the document, in characters.
        end: Where it ends.
        page: The number of its page or slide, from 1.
        confidence: How sure the reading is, from 0 to 1, where the text was read from a picture; None where the
            file holds it as text.
    """

    start: int
    end: int
    page: int | None = None
    confidence: float | None = None

    def record(self, offset: int = 0) -> dict[str, Any]:
        """Give it as plain data, with places that count from `offset` on."""
        record: dict[str, Any] = {"start": self.start - offset, "end": self.end - offset}
        if self.page is not None:
            record["page"] = self.page
        record["read_from"] = "text" if self.confidence is None else "picture"
        if self.confidence is not None:
            record["confidence"] = round(self.confidence, 4)
        return record


@dataclass(frozen=True, kw_only=True)
class ParsedDocument:
    """The text and the pictures of one document in a file.

    Args:
        part: Which part of the file it is, such as an attachment or a row; empty where the file is one document.
        format: The name of the part's own format; empty where it is that of the file.
        title: The title that the format itself records, if it has one.
        encoding: How the bytes were decoded, as `decode` tells it; empty where the format leaves no choice.
        images: Its pictures, in the order of the document.
        passages: Where stretches of the text stand, in order, where the format tells or a picture was read.
        notes: What could not be had of it, or not as it should be, a sentence each, for a person.
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
    """A part of a file of which nothing could be had; the file's other parts are not concerned.

    Args:
        part: Which part, as `ParsedDocument` has it.
        error: Why; a `SkipError` where it is passed over, as nothing reads its kind.
    """

    part: str
    error: Exception
