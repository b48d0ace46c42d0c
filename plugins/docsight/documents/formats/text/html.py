"""HTML: the visible text of a page, as lines and paragraphs."""

import re
from collections.abc import Iterator
from typing import Any

from docsight.documents.formats.content import ParsedDocument, SkipError
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.builder import CELL, LINE, PARAGRAPH, TextBuilder
from docsight.documents.formats.text.encoding import decode, lookup_encoding, normalize_newlines
from docsight.documents.formats.text.html_nesting import bound_nesting
from docsight.errors import MissingExtraError

# fmt: off
_INVISIBLE_TAGS = frozenset((
    "script", "style", "template", "noscript", "head", "iframe", "object", "canvas", "svg", "audio", "video",
))
_LINE_TAGS = frozenset(("address", "br", "dd", "div", "dt", "legend", "li", "option", "tr"))
_PARAGRAPH_TAGS = frozenset((
    "article", "aside", "blockquote", "body", "caption", "dl", "details", "fieldset", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol",
    "p", "pre", "section", "summary", "table", "tbody", "textarea", "tfoot", "thead", "ul",
))
# fmt: on
_PREFORMATTED_TAGS = frozenset(("pre", "textarea"))

_DECLARED_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I)
_DECLARATION_WITHIN = 2048  # bytes
_OUR_REPORT = re.compile(rb"""<meta name="generator" content="docsight">""")


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the title and the visible text of the page as one document.

    Raises:
        SkipError: The page is a report that docsight wrote.
        MissingExtraError: The parser is not installed.
    """
    data = source.read_bytes()
    if _OUR_REPORT.search(data, 0, _DECLARATION_WITHIN):
        raise SkipError("a report that docsight wrote")
    page, encoding = decode(data, declared=declared_encoding(data))
    text, title = page_text(page)
    # The first heading often repeats the title; names in it must not count twice.
    if title and text.partition("\n")[0] != title:
        text = f"{title}\n\n{text}" if text else title
    yield ParsedDocument(text=text, title=title, encoding=encoding)


def page_text(page: str) -> tuple[str, str]:
    """Return the visible text and the title of a page; raise `MissingExtraError` if the parser is not installed."""
    try:
        from selectolax.lexbor import LexborHTMLParser
    except ImportError as err:
        raise MissingExtraError("Reading HTML", "documents") from err
    tree = LexborHTMLParser(bound_nesting(page, breaking=_LINE_TAGS | _PARAGRAPH_TAGS))
    title = tree.css_first("head title")
    text = _visible_text(tree.body) if tree.body is not None else ""
    return text, " ".join(title.text().split()) if title is not None else ""


def declared_encoding(data: bytes) -> str | None:
    """Return Python's name of the encoding that a page declares; None if it declares none."""
    match = _DECLARED_CHARSET.search(data[:_DECLARATION_WITHIN])
    return lookup_encoding(match[1].decode("ascii")) if match is not None else None


def _visible_text(root: Any) -> str:
    """Join the text below a node of the parser; without recursion, as pages nest without limit."""
    builder = TextBuilder()
    preformatted = 0  # how many elements that keep spaces are open
    stack: list[tuple[Any, bool]] = [(root, True)]
    while stack:
        node, opening = stack.pop()
        tag = node.tag
        if tag == "-text":
            text = node.text_content or ""
            if preformatted > 0:
                builder.write(normalize_newlines(text), verbatim=True)
            else:
                builder.write_collapsed(text)
            continue
        if tag in _INVISIBLE_TAGS or tag.startswith(("-", "!")):
            continue
        if tag in _PARAGRAPH_TAGS:
            builder.interrupt(PARAGRAPH)
        elif tag in _LINE_TAGS:
            builder.interrupt(LINE)
        elif tag in ("td", "th") and not opening:
            builder.interrupt(CELL)
        if tag in _PREFORMATTED_TAGS:
            preformatted += 1 if opening else -1
        if opening:
            stack.append((node, False))
            child = node.last_child
            while child is not None:
                stack.append((child, True))
                child = child.prev
    return builder.text()
