"""The properties of Office files and EPUB books: title, authors and date in the terms of Dublin Core."""

from typing import Any

from docsight.documents.formats.content import Metadata
from docsight.documents.formats.metadata import make_metadata
from docsight.documents.formats.office.markup import parse_xml

CORE_PROPERTIES = "docProps/core.xml"  # the part of an Office file

_AUTHORS = ("{*}initial-creator", "{*}creator")
_DATES = ("{*}created", "{*}creation-date", "{*}date")


def read_properties(data: bytes | None) -> tuple[str, Metadata]:
    """Return the title and the metadata; they are empty without properties, or with damaged ones."""
    if data is None:
        return "", Metadata()
    try:
        root = parse_xml(data)
    except SyntaxError:  # the base class of lxml's XMLSyntaxError
        return "", Metadata()
    return next(_texts(root, "{*}title"), ""), properties_of(root)


def properties_of(root: Any) -> Metadata:
    """Return the metadata in an element."""
    authors = [name for tag in _AUTHORS for name in _texts(root, tag)]
    return make_metadata(authors, next((date for tag in _DATES for date in _texts(root, tag)), ""))


def _texts(root: Any, tag: str) -> Any:
    return (text for element in root.iter(tag) if (text := " ".join("".join(element.itertext()).split())))
