"""The labels of drawings in HTML."""

import re

_DRAWING_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)[^<>]*?(/?)>|<!--(?:.*?-->|.*)|<!\[CDATA\[|\]\]>", re.S)
_PLACED = re.compile(r"\s(?:x|y|dy)\s*=")  # on a line of its own, or apart
_LABEL_TAGS = frozenset(("text", "foreignobject"))
_UNDRAWN_TAGS = frozenset(
    ("defs", "symbol", "clippath", "mask", "pattern", "marker", "style", "script", "title", "desc")
)


def drawn_labels(source: str) -> list[str]:
    """Return the texts that a drawing shows, in the order of the file, given what is between its tags in a page."""
    labels: list[str] = []
    pieces: list[str] = []
    open_labels = open_undrawn = at = 0
    for tag in _DRAWING_TAG.finditer(source):
        if open_labels and not open_undrawn:
            pieces.append(source[at : tag.start()])
        at = tag.end()
        name, step = (tag[2] or "").lower(), -1 if tag[1] else 1
        if tag[3]:  # an element without content
            continue
        if name in _UNDRAWN_TAGS:
            open_undrawn = max(0, open_undrawn + step)
        elif name in _LABEL_TAGS:
            open_labels = max(0, open_labels + step)
            if not open_labels:
                labels.append(" ".join("".join(pieces).split()))
                pieces.clear()
        elif pieces and (name not in ("", "tspan") or _PLACED.search(tag[0])):
            pieces.append(" ")
    return [label for label in labels if label]
