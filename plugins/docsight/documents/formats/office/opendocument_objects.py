"""The objects in OpenDocument files, such as formulas and charts, which are mostly parts of their own."""

from collections.abc import Mapping
from typing import Any

from docsight.documents.formats.office.markup import parse_xml

_CHART = "{urn:oasis:names:tc:opendocument:xmlns:chart:1.0}"
_OBJECT_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}table"


def object_root(embedded: Any, name: str, parts: Mapping[str, bytes]) -> Any:
    """Return the root of an object; None if the file does not have it.

    Args:
        embedded: The element of the object, which may have it within.
        name: The path of the object in the file; empty if it has none.
        parts: The members of the file, by name.

    Raises:
        SyntaxError: The part with the object is damaged.
    """
    if not name:
        return next(iter(embedded), None)
    part = parts.get(f"{name.removeprefix('./').removesuffix('/')}/content.xml")
    return None if part is None else parse_xml(part)


def chart_parts(root: Any) -> tuple[Any, Any] | None:
    """Return the title of a chart and the table with its data, each None if it has none; None for other objects."""
    chart = next(root.iter(f"{_CHART}chart"), None)
    return None if chart is None else (chart.find(f"{_CHART}title"), chart.find(_OBJECT_TABLE))
