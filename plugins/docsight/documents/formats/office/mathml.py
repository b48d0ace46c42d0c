"""The formulas of OpenDocument files, which are MathML, mostly in parts of their own."""

from typing import Any

_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_ANNOTATIONS = (f"{_MATHML}annotation", f"{_MATHML}annotation-xml")  # other forms of the same formula
_SIGNS_BEFORE = {f"{_MATHML}msqrt": "\u221a", f"{_MATHML}mroot": "\u221a"}


def is_formula(root: Any) -> bool:
    return bool(root.tag == f"{_MATHML}math")


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
