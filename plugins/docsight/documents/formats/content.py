"""What the readers of all formats return."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

Box = tuple[float, float, float, float]  # left, top, right, bottom; in points from the top left corner of the page
Range = tuple[int, int]  # start and end, in characters of the document's text
Kind = Literal[
    "heading", "paragraph", "list_item", "table", "caption", "header", "footer", "footnote", "quote", "code",
    "signature", "comment", "speaker_note",
]  # fmt: skip


class SkipError(Exception):
    """A file or part that is skipped on purpose, for the reason in the message; this is not a failure."""


@dataclass(frozen=True, kw_only=True)
class DocumentImage:
    """An encoded image: in its own file at `path`, or embedded in another file as `data`."""

    path: str | None = None
    data: bytes | None = None
    page: int | None = None  # the number of its page, from 1
    bbox: Box | None = None
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


def rounded_confidence(confidence: float | None) -> float | None:
    """Return a confidence as it is in records: a float of Python, also if it is 0 or 1, or None."""
    return None if confidence is None else round(float(confidence), 4)


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A span of a document's text, in characters, and what it is.

    Args:
        start: Where it begins.
        end: Where it ends.
        kind: Its role in the document.
        level: Of a heading, from 1 (the highest); of an item of a list, from 1 (the outermost list).
        page: The number of its page or slide, from 1.
        bbox: Where it is on the page.
        confidence: Of the OCR engine, from 0 to 1; None if the text is not from OCR.
        cells: The ranges of the cells of a table, by row; an empty cell is an empty range. Rows may differ in length.
        links: The ranges of links, and their targets.
        language: Its language as an ISO 639 code, if it is not that of the document.
    """

    start: int
    end: int
    kind: Kind = "paragraph"
    level: int | None = None
    page: int | None = None
    bbox: Box | None = None
    confidence: float | None = None
    cells: tuple[tuple[Range, ...], ...] | None = None
    links: tuple[tuple[int, int, str], ...] = ()
    language: str = ""

    def shifted(self, offset: int) -> "Passage":
        """Return the passage after text of this length was put before it."""
        cells = self.cells and tuple(tuple((start + offset, end + offset) for start, end in row) for row in self.cells)
        links = tuple((start + offset, end + offset, target) for start, end, target in self.links)
        return replace(self, start=self.start + offset, end=self.end + offset, cells=cells, links=links)

    def clipped(self, start: int, end: int) -> "Passage":
        """Return what of the passage lies in a part of the text, with which it must overlap.

        Rows of a table and links outside of the part are left out; a cell outside, in a row that is divided, is empty.
        """
        if start <= self.start and self.end <= end:
            return self

        def clip(at: int) -> int:
            return min(max(at, start), end)

        cells = self.cells and tuple(
            tuple((clip(first), clip(last)) for first, last in row)
            for row in self.cells
            if row and row[0][0] < end and row[-1][1] > start
        )
        links = tuple(
            (clip(first), clip(last), target) for first, last, target in self.links if first < end and last > start
        )
        return replace(self, start=clip(self.start), end=clip(self.end), cells=cells, links=links)

    def record(self, offset: int = 0) -> dict[str, Any]:
        """Return the passage as plain data, with offsets relative to `offset`; every field is always there."""
        cells = [[[start - offset, end - offset] for start, end in row] for row in self.cells or ()]
        return {
            "start": self.start - offset,
            "end": self.end - offset,
            "kind": self.kind,
            "level": self.level,
            "page": self.page,
            "bbox": None if self.bbox is None else [round(float(edge), 1) for edge in self.bbox],
            "read_from": "text" if self.confidence is None else "picture",
            "confidence": rounded_confidence(self.confidence),
            "cells": cells,
            "links": [{"start": start - offset, "end": end - offset, "target": url} for start, end, url in self.links],
            "language": self.language,
        }


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What a document states about itself, besides its title; empty if it does not.

    Args:
        authors: Their names; of a mail, the name or the address of the sender.
        created: When it was made or sent, as ISO 8601.
        message_id: Of a mail, without angle brackets, as in `in_reply_to`.
        in_reply_to: The id of the mail that it answers.
        reply_to: The address for answers to a mail.
    """

    authors: tuple[str, ...] = ()
    created: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    reply_to: str = ""


@dataclass(frozen=True, kw_only=True)
class ParsedDocument:
    """The text and the images of one document in a file.

    Args:
        part: The name of the part of the file, such as an attachment or a row; empty if the file is one document.
        format: The format of the part; empty if it is that of the file.
        title: The title that the format itself records, if any.
        encoding: How the bytes were decoded, as `decode` returns it; empty if the format leaves no choice.
        images: In document order.
        passages: In order, if the format has structure or pages, or if OCR was used.
        notes: Human-readable extraction warnings, one sentence each.
        metadata: What the format records about the document.
    """

    text: str
    part: str = ""
    format: str = ""
    title: str = ""
    encoding: str = ""
    images: tuple[DocumentImage, ...] = ()
    passages: tuple[Passage, ...] = ()
    notes: tuple[str, ...] = ()
    metadata: Metadata = field(default_factory=Metadata)


@dataclass(frozen=True, kw_only=True)
class PartError:
    """A part of a file that could not be read; the other parts are unaffected."""

    part: str  # as in `ParsedDocument`
    error: Exception  # a `SkipError` if the part was skipped, for example for lack of a reader
