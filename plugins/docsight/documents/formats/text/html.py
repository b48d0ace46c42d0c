"""HTML: the text that a reader of the page sees, with paragraphs and lines kept apart."""

import re
from collections.abc import Iterator
from typing import Any

from docsight.documents.formats.content import ParsedDocument, SkipError
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.charsets import known_charset
from docsight.documents.formats.text.encoding import decode
from docsight.documents.formats.text.html_nesting import bound_nesting
from docsight.errors import MissingExtraError

_DROPPED = frozenset(
    ("script", "style", "template", "noscript", "head", "iframe", "object", "canvas", "svg", "audio", "video")
)
_LINES = frozenset(("address", "br", "dd", "div", "dt", "legend", "li", "option", "tr"))
# fmt: off
_PARAGRAPHS = frozenset((
    "article", "aside", "blockquote", "body", "caption", "dl", "details", "fieldset", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol",
    "p", "pre", "section", "summary", "table", "tbody", "textarea", "tfoot", "thead", "ul",
))
# fmt: on
_KEEPS_SPACES = frozenset(("pre", "textarea"))

# Breaks by strength: of several in a row the strongest is written.
_CELL, _LINE, _PARAGRAPH = 1, 2, 3
_WRITTEN = ("", "\t", "\n", "\n\n")

_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I)
_SNIFF_BYTES = 2048
_OUR_REPORT = re.compile(rb"""<meta name="generator" content="docsight">""")
_SPACES = re.compile(r"\s+")


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the visible text of the page, its title first."""
    data = source.read_bytes()
    if _OUR_REPORT.search(data, 0, _SNIFF_BYTES):
        raise SkipError("a report that docsight wrote")
    page, encoding = decode(data, declared=declared_charset(data))
    text, title = page_text(page)
    # A page's first heading often repeats the title; names in it should not count twice.
    if title and text.partition("\n")[0] != title:
        text = f"{title}\n\n{text}" if text else title
    yield ParsedDocument(text=text, title=title, encoding=encoding)


def page_text(page: str) -> tuple[str, str]:
    """Give the visible text and the title of a page.

    Raises:
        MissingExtraError: The parser is not installed.
    """
    try:
        from selectolax.lexbor import LexborHTMLParser
    except ImportError as err:
        raise MissingExtraError("Reading HTML", "documents") from err
    tree = LexborHTMLParser(bound_nesting(page, breaking=_LINES | _PARAGRAPHS))
    title = tree.css_first("head title")
    text = visible_text(tree.body) if tree.body is not None else ""
    return text, " ".join(title.text().split()) if title is not None else ""


def declared_charset(data: bytes) -> str | None:
    """Find the encoding that a page declares, by Python's name."""
    match = _CHARSET.search(data[:_SNIFF_BYTES])
    return known_charset(match[1].decode("ascii")) if match is not None else None


def visible_text(root: Any) -> str:
    """Join the text below a node of the parser; the walk has no recursion, as pages nest without limit."""
    writer = _Writer()
    keep_spaces = 0
    stack: list[tuple[Any, bool]] = [(root, True)]
    while stack:
        node, opening = stack.pop()
        tag = node.tag
        if tag == "-text":
            writer.write(node.text_content or "", keep_spaces=keep_spaces > 0)
            continue
        if tag in _DROPPED or tag.startswith(("-", "!")):
            continue
        if tag in _PARAGRAPHS:
            writer.interrupt(_PARAGRAPH)
        elif tag in _LINES:
            writer.interrupt(_LINE)
        elif tag in ("td", "th") and not opening:
            writer.interrupt(_CELL)
        if tag in _KEEPS_SPACES:
            keep_spaces += 1 if opening else -1
        if opening:
            stack.append((node, False))
            stack.extend((child, True) for child in _children_reversed(node))
    return "".join(writer.pieces).rstrip()


def _children_reversed(node: Any) -> Iterator[Any]:
    child = node.last_child
    while child is not None:
        yield child
        child = child.prev


class _Writer:
    """Collects text: white space becomes one space, and none is left beside a break."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._break = 0

    def interrupt(self, strength: int) -> None:
        self._break = max(self._break, strength)

    def write(self, text: str, *, keep_spaces: bool) -> None:
        if keep_spaces:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        else:
            text = _SPACES.sub(" ", text)
            if self._break or not self.pieces or self.pieces[-1][-1].isspace():
                text = text.lstrip()
        if not text:
            return
        if self._break and self.pieces:
            self.pieces[-1] = self.pieces[-1].rstrip(" ")
            self.pieces.append(_WRITTEN[self._break])
        self._break = 0
        self.pieces.append(text)
