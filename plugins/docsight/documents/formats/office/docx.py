"""Word: paragraphs and tables in their order, headers and footers once, notes and comments at the end."""

from collections.abc import Iterator
from typing import Any

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.ocr_text import reader_of
from docsight.documents.formats.office.package import reading, root_of, safe_package
from docsight.documents.formats.office.walker import R, W, Walker
from docsight.documents.formats.source import Source
from docsight.errors import MissingExtraError

_KIND = "Word document"
_NOTES = ("/footnotes", "/endnotes", "/comments")  # how the types of their relationships end


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text and the pictures of the document.

    Raises:
        DataError: It cannot be read as one.
        MissingExtraError: A package is not installed.
    """
    try:
        import docx
    except ImportError as err:
        raise MissingExtraError("Reading Word documents", "documents") from err
    reader = reader_of(source.options)
    package = safe_package(source, kind=_KIND)
    walker = Walker(notes=package.notes)
    with reading(_KIND):
        document = docx.Document(package.file())
        _walk(document, walker)
    yield walker.content(document, reader=reader if source.options.ocr == "always" else None)


def _walk(document: Any, walker: Walker) -> None:
    body, part = document.element.body, document.part
    for header in _margins(part, "headerReference"):
        walker.walk(root_of(header), header)
    walker.walk(body, part)
    for kind in _NOTES:
        for relation in part.rels.values():
            if relation.reltype.endswith(kind) and not relation.is_external:
                walker.walk(root_of(relation.target_part), relation.target_part)
    for footer in _margins(part, "footerReference"):
        walker.walk(root_of(footer), footer)


def _margins(part: Any, kind: str) -> Iterator[Any]:
    """Give the headers or footers that sections refer to, each text once."""
    seen: set[str] = set()
    for reference in part.element.iter(f"{W}{kind}"):
        relation = part.rels.get(reference.get(f"{R}id"))
        if relation is None or relation.is_external:
            continue
        text = "".join(root_of(relation.target_part).itertext())
        if text not in seen:
            seen.add(text)
            yield relation.target_part
