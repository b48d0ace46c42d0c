"""The words of diagrams (SmartArt), which are parts of their own."""

from collections.abc import Iterator
from typing import Any

from docsight.documents.formats.office.markup import A, drawing_text, integer

_DIAGRAM_DATA = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_POINT, _CONNECTION = f"{_DIAGRAM_DATA}pt", f"{_DIAGRAM_DATA}cxn"
_PARENT_OF = "parOf"  # the type of a connection if it states none


def diagram_lines(root: Any) -> Iterator[str]:
    """Yield the lines of a diagram in the order of its outline.

    Args:
        root: The root element of the part with its data.
    """
    for element in _ordered_points(root) or [root]:
        yield from map(drawing_text, element.iter(f"{A}p"))


def _ordered_points(root: Any) -> list[Any]:
    """Return the points of a diagram: those of the outline, which the file has in any order; then the others."""
    points = {point.get("modelId"): point for point in root.iter(_POINT)}
    children: dict[str, list[tuple[int, str]]] = {}
    for connection in root.iter(_CONNECTION):
        if connection.get("type", _PARENT_OF) == _PARENT_OF:
            place = integer(connection.get("srcOrd"), 0)
            children.setdefault(connection.get("srcId"), []).append((place, connection.get("destId")))
    stack = [name for name, point in reversed(points.items()) if point.get("type") == "doc"]
    found: dict[str, Any] = {}
    while stack:
        name = stack.pop()
        if name in points and name not in found:
            found[name] = points[name]
            stack += [child for _, child in sorted(children.get(name, []), key=lambda one: one[0], reverse=True)]
    return [*found.values(), *(point for name, point in points.items() if name not in found)]
