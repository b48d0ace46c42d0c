"""Bound the nesting of HTML, since the time that parsers take grows with its square.

The page is rewritten with tags and visible text only, without most attributes, comments and scripts; of drawings, only
the labels are kept. So the parser sees exactly the elements that were counted here.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import NamedTuple

from docsight.documents.formats.text.inline_drawings import drawn_labels

_MAX_OPEN_ELEMENTS = 500  # the limit of browsers

_HTML_TOKEN = re.compile(
    r"""<!--(?:-?>|.*?(?:--!?>|\Z))  # a comment
    | <[!?][^>]*+>?                  # a declaration
    | </(?![a-zA-Z])[^>]*+>?         # a comment to browsers
    | <(/?)([a-zA-Z][^\s/>]*+)       # a tag and its attributes, up to the end of the page if it has no end
      (?:[^>=]++ | =\s*+"[^"]*+"? | =\s*+'[^']*+'? | =)*+ >?""",
    re.S | re.X,
)

_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*+=\s*+(?:"([^"]*)"?|'([^']*)'?|([^\s>]*)))?""")
# fmt: off
_KEPT_ATTRIBUTES = frozenset((
    "alt", "class", "colspan", "content", "epub:type", "height", "hidden", "href", "id", "name", "open", "popover",
    "reversed", "role", "rowspan", "src", "start", "style", "type", "value", "width",
))
# fmt: on

# Left out with their content. Tags within them are text to the parser.
_REMOVED_TAGS = frozenset(("script", "style", "svg", "iframe", "noframes", "noembed"))
_TEXT_ONLY_TAGS = frozenset(("title", "textarea"))
_RENAMED_TAGS = {"xmp": "pre", "plaintext": "pre", "math": "span"}  # the parser has special modes for these
# fmt: off
_UNNESTED_TAGS = frozenset((
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "image", "img", "input", "keygen",
    "link", "meta", "param", "source", "track", "wbr",
    # Each ends the one before it; most pages omit their end tags.
    "p", "li", "dd", "dt", "option", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup",
    "rb", "rt", "rp", "rtc",
))
# fmt: on
_SCOPE_TAGS = frozenset(("table", "template", "object", "marquee", "applet", "select"))  # end tags act within these


class BoundedPage(NamedTuple):
    """A page that the parser reads in linear time, and the style sheets in it."""

    source: str
    style_sheets: list[str]


def bound_nesting(source: str, *, breaking: Collection[str]) -> BoundedPage:
    """Remove the tags that nest deeper than `_MAX_OPEN_ELEMENTS` and all elements without visible text; keep all text.

    Args:
        source: A page.
        breaking: Elements that begin a new line; where one is removed, a line break takes its place.
    """
    pieces = ["<!doctype html>"]
    style_sheets: list[str] = []
    nesting = _Nesting()
    never_ended: set[str] = set()
    start_tags: dict[str, str] = {}  # by how the page writes them: pages repeat most of their tags
    at = 0
    while (token := _HTML_TOKEN.search(source, at)) is not None:
        if token.start() > at:
            pieces.append(_escape(source[at : token.start()]))
        at = token.end()
        slash, name = token.groups()
        if name is None:
            continue
        name = name.lower()
        name = _RENAMED_TAGS.get(name, name)
        if slash:
            if name in _UNNESTED_TAGS or nesting.close(name):
                pieces.append(f"</{name}>")
        elif name in _REMOVED_TAGS or name in _TEXT_ONLY_TAGS:
            end = None if name in never_ended else re.compile(f"</{name}(?=[\\s/>])", re.I).search(source, at)
            if end is None:
                never_ended.add(name)
                continue
            if name == "style" and not nesting.is_open("noscript"):
                style_sheets.append(_media_rule(source[at : end.start()], token))
            if name == "svg" and (labels := drawn_labels(source[at : end.start()])):
                pieces.append(f"<span{''.join(_kept_attributes(token))}> {_escape(' '.join(labels))} </span>")
            if name in _TEXT_ONLY_TAGS:
                pieces.append(f"<{name}>{_escape(source[at : end.start()])}</{name}>")
            at = end.start()  # the end tag is skipped next, as it closes no open element
        elif name in _UNNESTED_TAGS or nesting.open(name):
            if (written := token[0]) not in start_tags:
                start_tags[written] = f"<{name}{''.join(_kept_attributes(token))}>"
            pieces.append(start_tags[written])
        elif name in breaking:
            pieces.append("<br>")
    pieces.append(_escape(source[at:]))
    return BoundedPage("".join(pieces), style_sheets)


def _attributes(tag: re.Match[str]) -> dict[str, str]:
    """Return the attributes of a tag as written, with lower-case names; of several with one name, the first counts."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(tag[0], tag.end(2) - tag.start()):
        found.setdefault(match[1].lower(), match[2] or match[3] or match[4] or "")
    return found


def _kept_attributes(tag: re.Match[str]) -> Iterator[str]:
    if tag.end(2) + 1 == tag.end():
        return
    for name, value in _attributes(tag).items():
        if name in _KEPT_ATTRIBUTES:
            yield ' {}="{}"'.format(name, value.replace('"', "&quot;"))


def _media_rule(sheet: str, tag: re.Match[str]) -> str:
    media = _attributes(tag).get("media", "")
    return f"@media {media} {{{sheet}}}" if media else sheet


def _escape(text: str) -> str:
    """Escape the rest of a truncated tag, so that it does not become a tag."""
    return text.replace("<", "&lt;")


class _Nesting:
    """Counts the open elements, never fewer than the parser has open."""

    def __init__(self) -> None:
        self._depth = 0
        self._scopes: list[tuple[str, Counter[str]]] = [("", Counter())]  # the element, and what is open in it

    def open(self, name: str) -> bool:
        """Open an element, or return False if it would be nested too deeply."""
        if self._depth >= _MAX_OPEN_ELEMENTS:
            return False
        self._depth += 1
        if name in _SCOPE_TAGS:
            self._scopes.append((name, Counter()))
        else:
            self._scopes[-1][1][name] += 1
        return True

    def is_open(self, name: str) -> bool:
        """Return whether an element of this name is open in the innermost scope."""
        return self._scopes[-1][1][name] > 0

    def close(self, name: str) -> bool:
        """Close an element, or return False if this end tag has no open element in its scope."""
        scope, inside = self._scopes[-1]
        if scope == name:
            self._scopes.pop()
            self._depth -= 1 + inside.total()
        elif inside[name]:
            inside[name] -= 1
            self._depth -= 1
        else:
            return False
        return True
