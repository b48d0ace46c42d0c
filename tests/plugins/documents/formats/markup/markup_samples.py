"""What readers of markup make of a text, for the tests beside it."""

from collections.abc import Callable, Iterable

from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.source import Source


class MarkupSample:
    """Reads texts with a reader, as files of a name.

    Args:
        read: The reader.
        name: The name of the file.
    """

    def __init__(self, read: Callable[[Source], Iterable[ParsedDocument | PartError]], name: str) -> None:
        self._read, self._name = read, name

    def parse(self, text: str) -> ParsedDocument:
        (document,) = self._read(Source(name=self._name, data=text.encode()))
        assert isinstance(document, ParsedDocument)
        return document

    def passages(self, text: str) -> list[tuple[str, object]]:
        """Return the kind and level of each passage, and its text or the texts of its cells."""
        document = self.parse(text)
        return [
            (
                f"{each.kind} {each.level or ''}".strip(),
                document.text[each.start : each.end]
                if each.cells is None
                else [[document.text[start:end] for start, end in row] for row in each.cells],
            )
            for each in document.passages
        ]

    def links(self, text: str) -> list[tuple[str, str]]:
        """Return the text and the target of each link."""
        document = self.parse(text)
        return [(document.text[a:b], target) for passage in document.passages for a, b, target in passage.links]
