"""What a reader of any format hands on."""

from dataclasses import dataclass
from typing import Any


class SkipError(Exception):
    """A reader's word that a file is to be skipped, and why: no failure."""


@dataclass(frozen=True, kw_only=True)
class Picture:
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

    def entry(self, name: str, offset: int = 0) -> dict[str, Any]:
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
class Content:
    """The text and the pictures of one document in a file.

    Args:
        part: Which part of the file it is, such as a sheet or a message; empty where it is one document.
        title: The title that the format itself records, if it has one.
        encoding: How the bytes were decoded, as `decode` tells it; empty where the format leaves no choice.
        images: Its pictures, in the order of the document.
    """

    text: str
    part: str = ""
    title: str = ""
    encoding: str = ""
    images: tuple[Picture, ...] = ()
