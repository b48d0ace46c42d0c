"""Plain text: the text as written, and its paragraphs."""

import re
from collections.abc import Iterator

from docsight.documents.formats.content import ParsedDocument, Passage
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.encoding import decode, normalize_newlines

_LINE = re.compile(r"[^\n]+")


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text of the file as one document."""
    text, encoding = decode(source.read_bytes())
    text = normalize_newlines(text)
    yield ParsedDocument(text=text, encoding=encoding, passages=tuple(paragraphs(text)))


def paragraphs(text: str) -> Iterator[Passage]:
    """Yield the paragraphs of a text, which blank lines separate."""
    start = end = 0  # of the paragraph so far
    for line in _LINE.finditer(text):
        if line[0].isspace():
            continue
        if start < end and line.start() > end + 1:
            yield Passage(start=start, end=end)
            start = end
        if start == end:
            start = line.start()
        end = line.end()
    if start < end:
        yield Passage(start=start, end=end)
