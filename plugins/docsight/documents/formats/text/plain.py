"""Plain text and Markdown: the text as it is written, markup included."""

from collections.abc import Iterator

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.encoding import decode


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text of the file; line ends are made alike, as Python's `open` does."""
    text, encoding = decode(source.read_bytes())
    yield ParsedDocument(text=text.replace("\r\n", "\n").replace("\r", "\n"), encoding=encoding)
