"""Parse the XML parts of untrusted Office files."""

from typing import Any


def parse_xml(data: bytes) -> Any:
    """Parse untrusted XML: entities are not expanded, and no other file or address is opened.

    Raises:
        XMLSyntaxError: It is damaged, or nested too deeply.
    """
    from lxml import etree  # type: ignore[import-untyped]

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(data, parser)


def root_of(part: Any) -> Any:
    """Return the root element of a part; the library has parsed some parts, but not all."""
    element = getattr(part, "element", None)
    return parse_xml(part.blob) if element is None else element


def related_part(part: Any, relationship_id: str | None) -> Any:
    """Return the part of the package that a relationship refers to; None if there is none."""
    relationship = part.rels.get(relationship_id) if relationship_id else None
    return relationship.target_part if relationship is not None and not relationship.is_external else None
