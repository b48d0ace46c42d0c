"""The registry of document formats.

A new format is one module with `read(source)` and one line in `FORMATS`. The module is imported when
the first file of that format turns up, so its packages may belong to an extra.
"""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docsight.documents.formats.content import Content, Flaw
from docsight.documents.formats.signatures import picture_format
from docsight.documents.formats.source import Source


@dataclass(frozen=True)
class Format:
    """A document format: its name, its file suffixes, and the module that reads it.

    `has_parts` says whether a file may hold several documents.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    has_parts: bool = False

    def read(self, source: Source) -> Iterator[Content | Flaw]:
        """Yield the documents in a file of this format, and a flaw for each part that cannot be read."""
        yield from importlib.import_module(self.module).read(source)


FORMATS = (
    Format("text", (".txt",), "docsight.documents.formats.plain"),
    Format("markdown", (".md",), "docsight.documents.formats.plain"),
    Format("html", (".html", ".htm"), "docsight.documents.formats.html"),
    Format("png", (".png",), "docsight.documents.formats.picture"),
    Format("jpeg", (".jpg", ".jpeg"), "docsight.documents.formats.picture"),
    Format("tiff", (".tif", ".tiff"), "docsight.documents.formats.picture"),
    Format("gif", (".gif",), "docsight.documents.formats.picture"),
    Format("webp", (".webp",), "docsight.documents.formats.picture"),
    Format("bmp", (".bmp",), "docsight.documents.formats.picture"),
)


def format_of(path: Path) -> Format | None:
    """Find the format of a file by its suffix, whatever its case."""
    suffix = path.suffix.lower()
    return next((one for one in FORMATS if suffix in one.suffixes), None)


def format_within(source: Source) -> Format | None:
    """Find the format of a file by its content; None where that does not tell.

    Raises:
        OSError: The file cannot be read.
    """
    name = picture_format(source)
    return next((one for one in FORMATS if one.name == name), None)


def readable_suffixes() -> str:
    """List the suffixes that have a reader, for messages."""
    return ", ".join(suffix for one in FORMATS for suffix in one.suffixes)
