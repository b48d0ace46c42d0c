"""Plain text and Markdown: the text as written, markup included."""

from collections.abc import Iterator

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.encoding import decode, normalize_newlines


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text of the file as one document."""
    text, encoding = decode(source.read_bytes())
    yield ParsedDocument(text=normalize_newlines(text), encoding=encoding)
