"""Plain text and Markdown: the text as it is written, markup included."""

from collections.abc import Iterator
from pathlib import Path

from docsight.documents.encoding import decode
from docsight.documents.formats.content import Content


def read(path: Path) -> Iterator[Content]:
    """Yield the text of the file; line ends are made alike, as Python's `open` does."""
    text, encoding = decode(path.read_bytes())
    yield Content(text=text.replace("\r\n", "\n").replace("\r", "\n"), encoding=encoding)
