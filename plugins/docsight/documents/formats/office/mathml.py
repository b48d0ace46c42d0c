"""The formulas of OpenDocument files, which are MathML, mostly in parts of their own."""

from collections.abc import Mapping
from typing import Any

from docsight.documents.formats.office.markup import parse_xml

_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_ANNOTATIONS = (f"{_MATHML}annotation", f"{_MATHML}annotation-xml")  # other forms of the same formula
_SIGNS_BEFORE = {f"{_MATHML}msqrt": "\u221a", f"{_MATHML}mroot": "\u221a"}


def find_formula(embedded: Any, name: str, parts: Mapping[str, bytes]) -> Any:
    """Return the root of a formula; None if the embedded object is another, such as a chart.

    Args:
        embedded: The element of the object, which may have the formula within.
        name: The path of the object in the file; empty if it has none.
        parts: The members of the file, by name.

    Raises:
        SyntaxError: The part with the formula is damaged.
    """
    if not name:
        return embedded.find(f"{_MATHML}math")
    part = parts.get(f"{name.removeprefix('./').removesuffix('/')}/content.xml")
    root = None if part is None else parse_xml(part)
    return root if root is not None and root.tag == f"{_MATHML}math" else None


def formula_text(root: Any) -> str:
    """Return the letters, numbers and signs of a formula from left to right, with a slash in fractions."""
    from lxml import etree  # type: ignore[import-untyped]

    pieces: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in _ANNOTATIONS:
                walk.skip_subtree()
                continue
            parent = element.getparent()
            if parent is not None and parent.tag == f"{_MATHML}mfrac" and element.getprevious() is not None:
                pieces.append("/")
            pieces += [_SIGNS_BEFORE.get(tag, ""), (element.text or "").strip()]
        if tag == f"{_MATHML}mfenced":
            name, default = ("open", "(") if event == "start" else ("close", ")")
            pieces.append(element.get(name, default))
    return "".join(pieces)
