"""Plain text and Markdown: the text as it is written, markup included."""

from collections.abc import Iterator

from docsight.documents.encoding import decode
from docsight.documents.formats.content import Content
from docsight.documents.formats.source import Source


def read(source: Source) -> Iterator[Content]:
    """Yield the text of the file; line ends are made alike, as Python's `open` does."""
    text, encoding = decode(source.read_bytes())
    yield Content(text=text.replace("\r\n", "\n").replace("\r", "\n"), encoding=encoding)
