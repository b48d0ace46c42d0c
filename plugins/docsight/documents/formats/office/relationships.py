"""Repair the relationships between the parts of an Office package."""

import posixpath
from urllib.parse import unquote

from docsight.documents.formats.office.parsing import parse_xml

_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


def remove_dangling(parts: dict[str, bytes]) -> set[str]:
    """Remove the relationships to parts that are not in the package, and return the names of these parts.

    The libraries fail on such relationships. The names of parts that do exist are corrected in their case.
    """
    from lxml import etree  # type: ignore[import-untyped]

    names = {name.lower(): name for name in parts}
    missing: set[str] = set()
    for rels, data in list(parts.items()):
        if not rels.lower().endswith(".rels"):
            continue
        try:
            root = parse_xml(data)
        except etree.XMLSyntaxError:
            continue  # the library reports it
        folder = posixpath.dirname(posixpath.dirname(rels))
        for relationship in list(root.iter(_RELATIONSHIP)):
            if relationship.get("TargetMode") == "External":
                continue
            target = unquote(relationship.get("Target") or "")
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            if (name := names.get(target.lower())) is not None:
                relationship.set("Target", f"/{name}")
            else:
                missing.add(target)
                relationship.getparent().remove(relationship)
        parts[rels] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return missing
