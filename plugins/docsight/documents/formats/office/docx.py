"""Word: body text and tables in order, between headers and footers; notes and comments follow the body."""

from collections.abc import Iterator
from typing import Any

from docsight.documents.formats.content import Kind, ParsedDocument
from docsight.documents.formats.office.markup import R, W, related_part, related_root, root_of
from docsight.documents.formats.office.numbering import Numbering
from docsight.documents.formats.office.open_xml import convert
from docsight.documents.formats.office.styles import Styles
from docsight.documents.formats.office.walker import Walker
from docsight.documents.formats.source import Source
from docsight.errors import MissingExtraError

# By the ends of their relationship types:
_NOTE_KINDS: dict[str, Kind] = {"/footnotes": "footnote", "/endnotes": "footnote", "/comments": "comment"}


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text and images of a document.

    Raises:
        DataError: It cannot be read as a Word document.
        MissingExtraError: A package is not installed.
    """
    try:
        from docx import Document
    except ImportError as err:
        raise MissingExtraError("Reading Word documents", "documents") from err
    yield convert(source, kind="Word document", load=Document, walk=_walk)


def _walk(file: Any, walker: Walker) -> None:
    part = file.part
    numbering = Numbering(related_root(part, "/numbering"))
    walker.role_of = Styles(numbering, related_root(part, "/styles")).role
    for header in _headers_or_footers(part, "headerReference"):
        walker.walk(root_of(header), header, kind="header")
    walker.walk(file.element.body, part)
    for note_type, kind in _NOTE_KINDS.items():
        for relationship in part.rels.values():
            if relationship.reltype.endswith(note_type) and not relationship.is_external:
                walker.walk(root_of(relationship.target_part), relationship.target_part, kind=kind)
    for footer in _headers_or_footers(part, "footerReference"):
        walker.walk(root_of(footer), footer, kind="footer")


def _headers_or_footers(part: Any, tag: str) -> Iterator[Any]:
    """Yield the headers or footers of all sections, without duplicates."""
    seen: set[str] = set()
    for reference in part.element.iter(f"{W}{tag}"):
        if (margin := related_part(part, reference.get(f"{R}id"))) is None:
            continue
        text = "".join(root_of(margin).itertext())
        if text not in seen:
            seen.add(text)
            yield margin
