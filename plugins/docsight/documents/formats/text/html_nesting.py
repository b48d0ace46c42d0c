"""Bound the nesting of HTML, as the time of parsers grows with its square.

The source is written anew with nothing but tags and text: no attributes, comments, scripts and drawings, none
of which has text that a reader sees. What the parser gets is so what was counted here, whatever the page does.
"""

import re
from collections import Counter
from collections.abc import Collection

MAX_DEPTH = 500  # as browsers have it

_TOKEN = re.compile(
    r"""<!--(?:-?>|.*?(?:--!?>|\Z))  # a comment
    | <[!?][^>]*+>?                  # a declaration
    | </(?![a-zA-Z])[^>]*+>?         # what browsers take for a comment
    | <(/?)([a-zA-Z][^\s/>]*+)       # a tag and its attributes; one without an end goes on to that of the page
      (?:[^>=]++ | =\s*+"[^"]*+"? | =\s*+'[^']*+'? | =)*+ >?""",
    re.S | re.X,
)

# These are left out with all they hold, and of those no tag is one.
_LEFT_OUT = frozenset(("script", "style", "svg", "iframe", "noframes", "noembed"))
_NO_TAGS_IN = frozenset(("title", "textarea"))
_READ_AS = {"xmp": "pre", "plaintext": "pre", "math": "span"}  # the parser has modes of their own for these
# fmt: off
_NEVER_NEST = frozenset((
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "image", "img", "input", "keygen",
    "link", "meta", "param", "source", "track", "wbr",
    # The next one ends the one before, as most pages leave it to them.
    "p", "li", "dd", "dt", "option", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup",
))
# fmt: on
_FENCES = frozenset(("table", "template", "object", "marquee", "applet", "select"))  # no end tag reaches out of these


def bound_nesting(source: str, *, breaking: Collection[str]) -> str:
    """Leave out the tags that nest deeper than `MAX_DEPTH`, and what has no text; text is never lost.

    Args:
        source: A page.
        breaking: Elements that begin a new line; where one is left out a line break takes its place.
    """
    pieces = ["<!doctype html>"]
    nesting = _Nesting()
    never_ended: set[str] = set()
    at = 0
    while (token := _TOKEN.search(source, at)) is not None:
        pieces.append(_escape(source[at : token.start()]))
        at = token.end()
        if token[2] is None:
            continue
        name = token[2].lower()
        name = _READ_AS.get(name, name)
        if token[1]:
            if name in _NEVER_NEST or nesting.close(name):
                pieces.append(f"</{name}>")
        elif name in _LEFT_OUT or name in _NO_TAGS_IN:
            end = None if name in never_ended else re.compile(f"</{name}(?=[\\s/>])", re.I).search(source, at)
            if end is None:
                never_ended.add(name)
                continue
            if name in _NO_TAGS_IN:
                pieces.append(f"<{name}>{_escape(source[at : end.start()])}</{name}>")
            at = end.start()  # the end tag itself closes nothing and is passed over in its turn
        elif name in _NEVER_NEST or nesting.open(name):
            pieces.append(f"<{name}>")
        elif name in breaking:
            pieces.append("<br>")
    pieces.append(_escape(source[at:]))
    return "".join(pieces)


def _escape(text: str) -> str:
    """Keep what is left of a cut from becoming a tag."""
    return text.replace("<", "&lt;")


class _Nesting:
    """Counts the elements that are open, never fewer than the parser will have."""

    def __init__(self) -> None:
        self._depth = 0
        self._fences: list[tuple[str, Counter[str]]] = [("", Counter())]

    def open(self, name: str) -> bool:
        """Open an element; False, and nothing is done, where it would be too deep."""
        if self._depth >= MAX_DEPTH:
            return False
        self._depth += 1
        if name in _FENCES:
            self._fences.append((name, Counter()))
        else:
            self._fences[-1][1][name] += 1
        return True

    def close(self, name: str) -> bool:
        """Close an element; False where none is open that this end tag can reach."""
        fence, inside = self._fences[-1]
        if fence == name:
            self._fences.pop()
            self._depth -= 1 + inside.total()
        elif inside[name]:
            inside[name] -= 1
            self._depth -= 1
        else:
            return False
        return True
