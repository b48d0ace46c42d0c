"""Formulas in pages (MathML): the signs that a browser draws."""

from typing import Any

# Text directly in these is only white space.
FORMULA_TAGS = frozenset((
    "math", "mfenced", "mfrac", "mover", "mpadded", "mroot", "mrow", "msqrt", "mstyle", "msub", "msubsup", "msup",
    "mtable", "mtd", "mtr", "munder", "munderover", "semantics",
))  # fmt: skip
_ROOTS = ("msqrt", "mroot")


def sign_before(node: Any) -> str:
    """Return what stands before an element of a formula: the bar of a fraction as a slash, or the sign of a root."""
    sign = "\u221a" if node.tag in _ROOTS else ""
    parent = node.parent
    if parent is None or parent.tag != "mfrac":
        return sign
    before = node.prev
    while before is not None and before.tag.startswith("-"):  # text and comments
        before = before.prev
    return sign if before is None else f"/{sign}"
