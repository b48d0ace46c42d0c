"""What the elements of a page are shown as, and what they pass on to what is in them."""

import re
from typing import NamedTuple

from docsight.documents.formats.content import Kind
from docsight.documents.formats.text.builder import LINE, PARAGRAPH, Block
from docsight.documents.formats.text.css import Declarations, is_zero
from docsight.documents.formats.text.html_lists import ListNumbers
from docsight.documents.formats.text.html_tables import MergedCells

Attributes = dict[str, str | None]

# fmt: off
_INVISIBLE_TAGS = frozenset((
    "script", "style", "template", "noscript", "head", "iframe", "object", "canvas", "audio", "video",
    "annotation", "annotation-xml", "datalist",
))
LINE_ELEMENTS = frozenset(("address", "br", "dd", "div", "dt", "legend", "li", "option", "tr"))
PARAGRAPH_ELEMENTS = frozenset((
    "article", "aside", "blockquote", "body", "caption", "dialog", "dl", "details", "fieldset", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "menu", "nav", "ol",
    "p", "pre", "section", "summary", "table", "textarea", "ul",
))
# Elements whose header and footer are not those of the page.
SECTION_TAGS = frozenset(("article", "aside", "blockquote", "main", "nav", "section"))
# fmt: on
HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_ITEM_TAGS = frozenset(("li", "dt", "dd"))
TABLE_CELL_TAGS = frozenset(("td", "th"))
ROW_AND_GROUP_TAGS = frozenset(("tr", "tbody", "thead", "tfoot"))
_TABLE_PART_TAGS = ROW_AND_GROUP_TAGS | TABLE_CELL_TAGS
_PREFORMATTED_TAGS = frozenset(("pre", "textarea"))
_KINDS_OF_TAGS: dict[str, Kind] = {"caption": "caption", "figcaption": "caption", "pre": "code"}
_LANDMARK_ROLES: dict[str, Kind] = {
    "banner": "header", "navigation": "header", "contentinfo": "footer", "doc-footnote": "footnote",
    "doc-endnote": "footnote",
}  # fmt: skip
_NOTE_TYPES = frozenset(("footnote", "endnote", "rearnote"))  # of the attribute epub:type in books
_CLASS_ROLES: dict[str, Kind] = {"navheader": "header", "navfooter": "footer"}  # of pages made from DocBook
_BLOCK_DISPLAYS = frozenset(("block", "flex", "grid", "list-item", "table", "flow-root"))
_RELATIVE_FONT_SIZE = re.compile(r"[\d.]+(em|%|ex)$|smaller$|larger$|inherit$")
_PARAGRAPH_BLOCK = Block()


class OpenTable(NamedTuple):
    """A table of data that is open."""

    cells: MergedCells
    covered_after: list[int]  # of the cell that is open, how many further places it covers


class PageContext(NamedTuple):
    """What an element passes on to what is in it."""

    block: Block = _PARAGRAPH_BLOCK
    role: str = ""  # the tag or class of the outermost element that decides the kind of everything in it
    is_section: bool = False
    link: str = ""
    is_preformatted: bool = False
    is_visible: bool = True
    has_font_size: bool = True
    list_level: int = 0
    numbers: ListNumbers | None = None  # of the list whose items are next
    terms: list[Block] | None = None  # of the list of definitions that is open
    table: OpenTable | None = None  # None in a table that only arranges content


def is_shown_element(tag: str, attributes: Attributes, style: Declarations) -> bool:
    """Return whether an element takes part in what a browser shows, apart from its `visibility` and its font."""
    if tag in _INVISIBLE_TAGS:
        return False
    is_closed = "hidden" in attributes or "popover" in attributes or (tag == "dialog" and "open" not in attributes)
    if not style:
        return not is_closed
    if style.get("display", "none" if is_closed else "") == "none":
        return False
    heights = (style.get("max-height", ""), style.get("height", ""))
    if style.get("overflow") in ("hidden", "clip") and any(map(is_zero, heights)):
        return False
    # Links with this property are buttons that Outlook draws in another way.
    return style.get("mso-hide") != "all" or tag == "a"


def break_around(tag: str, style: Declarations, context: PageContext) -> int:
    """Return the strength of the break before and after an element; 0 if it is inline."""
    if tag in PARAGRAPH_ELEMENTS:
        return PARAGRAPH
    if tag in _TABLE_PART_TAGS:
        if context.table is not None:
            return 0  # the table writes the breaks
        if tag == "tr":
            return PARAGRAPH
        if tag in TABLE_CELL_TAGS:
            return LINE
    is_block = tag in LINE_ELEMENTS or (style and style.get("display", "inline").split()[0] in _BLOCK_DISPLAYS)
    return LINE if is_block else 0


def with_style(context: PageContext, tag: str, style: Declarations) -> PageContext:
    """Return the context with the properties that an element inherits or sets."""
    if not style and tag not in _PREFORMATTED_TAGS:
        return context
    visible, size, space = style.get("visibility"), style.get("font-size"), style.get("white-space")
    if visible:
        context = context._replace(is_visible=visible not in ("hidden", "collapse"))
    if size and not _RELATIVE_FONT_SIZE.match(size):
        context = context._replace(has_font_size=not is_zero(size))
    elif size and is_zero(size):
        context = context._replace(has_font_size=False)
    if space:
        context = context._replace(is_preformatted=space.startswith(("pre", "break-spaces")))
    elif tag in _PREFORMATTED_TAGS:
        context = context._replace(is_preformatted=True)
    return context


def kind_of_element(tag: str, attributes: Attributes, context: PageContext) -> Kind | None:
    """Return the kind of everything in an element by its tag, class or role; None if these do not decide that."""
    if tag == "blockquote":
        return "quote"
    if tag == "nav":
        return "header"
    if tag in ("header", "footer") and not context.is_section:
        return "header" if tag == "header" else "footer"
    for name in (attributes.get("class") or "").split():
        if name in _CLASS_ROLES:
            return _CLASS_ROLES[name]
    if not _NOTE_TYPES.isdisjoint((attributes.get("epub:type") or "").split()):
        return "footnote"
    return _LANDMARK_ROLES.get(attributes.get("role") or "")


def block_of_element(tag: str, context: PageContext) -> Block:
    """Return the block of an element by its tag: one of its own, or that of the element around it."""
    if tag in HEADING_TAGS:
        return Block(kind="heading", level=int(tag[1]))
    if tag in _ITEM_TAGS:
        if tag == "dd" and context.terms:
            return context.terms[-1]  # a definition follows its term in one item
        block = Block(kind="list_item", level=max(1, context.list_level))
        if tag == "dt" and context.terms is not None:
            context.terms.append(block)
        return block
    if tag in _KINDS_OF_TAGS:
        return Block(kind=_KINDS_OF_TAGS[tag])
    return _PARAGRAPH_BLOCK if tag in ("table", "body", "section", "article") else context.block
