"""HTML: the visible text of a page, as lines and paragraphs."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from docsight.documents.formats.content import Kind, ParsedDocument, Passage, SkipError
from docsight.documents.formats.metadata import make_metadata
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.charset_names import lookup_encoding
from docsight.documents.formats.text.encoding import decode
from docsight.documents.formats.text.html_context import LINE_ELEMENTS, PARAGRAPH_ELEMENTS
from docsight.documents.formats.text.html_nesting import bound_nesting
from docsight.documents.formats.text.html_style import PageStyles
from docsight.documents.formats.text.html_text import PageText
from docsight.documents.formats.text.invisible import strip_invisible
from docsight.documents.formats.text.plain import paragraphs
from docsight.documents.formats.text.quoted_lines import has_quoted_mail, mark_quoted_lines
from docsight.documents.formats.text.quoted_mail import mark_quoted_mail
from docsight.errors import MissingExtraError

_DECLARED_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I)
_DECLARATION_WITHIN = 2048  # bytes
_STYLE_NOTE = "its style sheets are too large to apply as a whole; text that they hide may be in the text"
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
    source_text, encoding = decode(data, declared=declared_encoding(data))
    page = read_page(source_text)
    text, passages = page.text, page.passages
    if page.title and not _begins_with_title(page):
        start = len(page.title) + 2
        title = Passage(start=0, end=len(page.title), kind="heading", level=1)
        text = f"{page.title}\n\n{text}" if text else page.title
        passages = (title, *(passage.shifted(start) for passage in passages))
    yield ParsedDocument(
        text=text,
        title=page.title,
        encoding=encoding,
        passages=tuple(mark_quoted_mail(text, mark_quoted_lines(text, _without_code_of_mails(text, passages)))),
        notes=page.notes,
        metadata=make_metadata(page.authors),
    )


class Page(NamedTuple):
    """What a browser shows of a page, its structure, its title on one line, and its authors."""

    text: str
    title: str
    passages: tuple[Passage, ...]
    notes: tuple[str, ...]
    authors: tuple[str, ...]


def _no_role(attributes: dict[str, str | None]) -> None:
    return None


def read_page(source: str, role_of: Callable[[dict[str, str | None]], Kind | None] = _no_role) -> Page:
    """Read a page.

    Args:
        source: The page.
        role_of: Returns the kind of everything in an element by its attributes, if it has one; None if not.

    Raises:
        MissingExtraError: The parser is not installed.
    """
    try:
        from selectolax.lexbor import LexborHTMLParser
    except ImportError as err:
        raise MissingExtraError("Reading HTML", "documents") from err
    bounded = bound_nesting(source, breaking=LINE_ELEMENTS | PARAGRAPH_ELEMENTS)
    tree = LexborHTMLParser(bounded.source)
    title = tree.css_first("head title")
    title_text = " ".join(strip_invisible(title.text()).split()) if title is not None else ""
    metas = (each.attributes for each in tree.css("meta[name]"))
    authors = tuple(meta.get("content") or "" for meta in metas if (meta["name"] or "").strip().lower() == "author")
    if tree.body is None:
        return Page("", title_text, (), (), authors)
    styles = PageStyles(tree, bounded.source, bounded.style_sheets)
    builder = PageText(tree, styles, role_of).builder
    notes = () if styles.is_complete else (_STYLE_NOTE,)
    return Page(builder.text(), title_text, tuple(builder.passages()), notes, authors)


def _without_code_of_mails(text: str, passages: Iterable[Passage]) -> Iterator[Passage]:
    """Yield the passages of a page; the paragraphs of a mail take the place of the code that archives show it as."""
    for passage in passages:
        if passage.kind == "code" and has_quoted_mail(text, passage.start, passage.end):
            for paragraph in paragraphs(text[passage.start : passage.end]):
                yield replace(
                    passage.clipped(*(passage.start + at for at in (paragraph.start, paragraph.end))), kind="paragraph"
                )
        else:
            yield passage


def _begins_with_title(page: Page) -> bool:
    """Return whether the first line or the first heading is the title; names in it must not count twice."""
    headings = (page.text[passage.start : passage.end] for passage in page.passages if passage.kind == "heading")
    return page.title in (page.text.partition("\n")[0], " ".join(next(headings, "").split()))


def declared_encoding(data: bytes) -> str | None:
    """Return Python's name of the encoding that a page declares; None if it declares none."""
    match = _DECLARED_CHARSET.search(data[:_DECLARATION_WITHIN])
    return lookup_encoding(match[1].decode("ascii")) if match is not None else None
