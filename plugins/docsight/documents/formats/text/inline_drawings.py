"""The labels of drawings in HTML."""

import re

_DRAWING_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*+)[^<>]*?(/?)>|<!--(?:.*?-->|.*)|<!\[CDATA\[|\]\]>", re.S)
_PLACED = re.compile(r"\s(?:x|y|dy)\s*=")  # on a line of its own, or apart
_LABEL_TAGS = frozenset(("text", "foreignobject"))
_UNDRAWN_TAGS = frozenset(
    ("defs", "symbol", "clippath", "mask", "pattern", "marker", "style", "script", "title", "desc")
)
_VOID_TAGS = frozenset(("br", "hr", "img", "input", "wbr"))  # in HTML in a drawing; these have no end tag
# As an attribute or in `style`.
_HIDDEN = re.compile(
    r"""(?<![\w-])(?:(?:display\s*+[=:]\s*+["']?\s*+none|visibility\s*+[=:]\s*+["']?\s*+(?:hidden|collapse))"""
    r"""|(?:opacity|font-size)\s*+[=:]\s*+["']?\s*+(?:0++(?:\.0*+)?|\.0++)(?:%|[a-z]++)?)(?![\w.-])""",
    re.I,
)


def drawn_labels(source: str) -> list[str]:
    """Return the texts that a drawing shows, in the order of the file, given what is between its tags in a page."""
    labels: list[str] = []
    pieces: list[str] = []
    open_labels = open_undrawn = at = 0
    undrawn_name = ""  # of the outermost element that is not drawn; only its own name can end it
    for tag in _DRAWING_TAG.finditer(source):
        if open_labels and not open_undrawn:
            pieces.append(source[at : tag.start()])
        at = tag.end()
        name, step = (tag[2] or "").lower(), -1 if tag[1] else 1
        if tag[3]:  # an element without content
            continue
        if open_undrawn:
            open_undrawn += step if name == undrawn_name else 0
        elif step > 0 and _is_undrawn(name, tag[0]):
            undrawn_name, open_undrawn = name, 1
        elif name in _LABEL_TAGS:
            open_labels = max(0, open_labels + step)
            if not open_labels:
                labels.append(" ".join("".join(pieces).split()))
                pieces.clear()
        elif pieces and (name not in ("", "tspan") or _PLACED.search(tag[0])):
            pieces.append(" ")
    return [label for label in labels if label]


def _is_undrawn(name: str, tag: str) -> bool:
    """Return whether a start tag begins an element that is not drawn, with everything in it."""
    return name in _UNDRAWN_TAGS or bool(name and name not in _VOID_TAGS and _HIDDEN.search(tag))
