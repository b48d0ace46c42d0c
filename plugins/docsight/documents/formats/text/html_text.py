"""The text of a page in the parser's tree: what a browser shows, with its structure."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from docsight.documents.formats.content import Kind
from docsight.documents.formats.text.builder import LINE, PARAGRAPH, Block, TextBuilder
from docsight.documents.formats.text.css import Declarations, is_zero
from docsight.documents.formats.text.encoding import normalize_newlines
from docsight.documents.formats.text.html_formulas import FORMULA_TAGS, sign_before
from docsight.documents.formats.text.html_lists import ListNumbers
from docsight.documents.formats.text.html_style import PageStyles
from docsight.documents.formats.text.html_tables import MergeBudget, MergedCells, find_layout_tables
from docsight.documents.formats.text.invisible import strip_invisible

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
_SECTION_TAGS = frozenset(("article", "aside", "blockquote", "main", "nav", "section"))
# fmt: on
_HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LIST_TAGS = frozenset(("ul", "ol", "menu", "dl"))
_ITEM_TAGS = frozenset(("li", "dt", "dd"))
_CELL_TAGS = frozenset(("td", "th"))
_ROW_AND_GROUP_TAGS = frozenset(("tr", "tbody", "thead", "tfoot"))
_TABLE_PART_TAGS = _ROW_AND_GROUP_TAGS | _CELL_TAGS
_SPACED_TAGS = frozenset(("table", *_ROW_AND_GROUP_TAGS, *FORMULA_TAGS))  # text directly in these is only whitespace
_CLOSED_TAGS = frozenset(("li", "tr", "table", *_CELL_TAGS))  # something is written or counted at their end
_READING_TAGS = frozenset(("rt", "rp", "rtc"))  # how words are pronounced, above or beside them
_RUBY_TAGS = ("ruby", "rtc")
_PREFORMATTED_TAGS = frozenset(("pre", "textarea"))
_KINDS_OF_TAGS: dict[str, Kind] = {"caption": "caption", "figcaption": "caption", "pre": "code"}
_LANDMARK_ROLES: dict[str, Kind] = {
    "banner": "header", "navigation": "header", "contentinfo": "footer", "doc-footnote": "footnote",
    "doc-endnote": "footnote",
}  # fmt: skip
_NOTE_TYPES = frozenset(("footnote", "endnote", "rearnote"))  # of the attribute epub:type in books
_CLASS_ROLES: dict[str, Kind] = {"navheader": "header", "navfooter": "footer"}  # of pages made from DocBook
_MARGINS = ("header", "footer")  # tables in these only arrange links
_BLOCK_DISPLAYS = frozenset(("block", "flex", "grid", "list-item", "table", "flow-root"))
_RELATIVE_FONT_SIZE = re.compile(r"[\d.]+(em|%|ex)$|smaller$|larger$|inherit$")
# Inputs that show their value.
_SHOWN_INPUTS = frozenset(
    ("text", "search", "email", "tel", "url", "number", "date", "time", "submit", "button", "reset")
)
_FILE_NAME = re.compile(r"\S+\.(png|jpe?g|gif|svg|webp|bmp|tiff?|ico)", re.I)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_BLANK_LINES = re.compile(r"(?:[ \t]*\n)+")
_PIXELS = re.compile(r"(\d{1,4})(?:px)?$")
_PARAGRAPH_BLOCK = Block()


class _Table(NamedTuple):
    """A table of data that is open."""

    cells: MergedCells
    covered_after: list[int]  # of the cell that is open, how many further places it covers


class _Context(NamedTuple):
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
    table: _Table | None = None  # None in a table that only arranges content


class PageText:
    """The text of a page, written to `builder`.

    Args:
        tree: The parser of the page.
        styles: The styles of its elements.
        role_of: Returns the kind of everything in an element by its attributes, if it has one; None if not.
    """

    def __init__(self, tree: Any, styles: PageStyles, role_of: Callable[[Attributes], Kind | None]) -> None:
        self.builder = TextBuilder()
        self._styles = styles
        self._role_of = role_of
        self._layout_tables = find_layout_tables(tree)
        self._budget = MergeBudget()
        self._marker = ""  # the number of a list item, to write before its text
        self._begins_preformatted = False  # whether the next preformatted text is the first in its block
        self._write_below(tree.body)

    def _write_below(self, root: Any) -> None:
        """Write the text below a node; without recursion, as pages nest deeply."""
        stack: list[tuple[Any, _Context, int | None]] = [(root, _Context(), None)]
        while stack:
            node, context, closing_break = stack.pop()
            tag = node.tag
            if closing_break is not None:
                self._close(tag, context, closing_break)
            elif tag == "-text":
                self._write_text(node, context)
            elif tag == "br":
                self.builder.interrupt(PARAGRAPH if self.builder.is_at_break else LINE)
            elif not tag.startswith(("-", "!")):
                attributes = node.attributes
                style = self._styles.of(node, attributes)
                if not _is_shown(tag, attributes, style) or (tag in _READING_TAGS and node.parent.tag in _RUBY_TAGS):
                    continue
                strength = _break_around(tag, style, context)
                inner = self._open(node, attributes, style, context, strength)
                if strength or tag in _CLOSED_TAGS:
                    stack.append((node, inner, strength))
                child = node.last_child
                while child is not None:
                    stack.append((child, inner, None))
                    child = child.prev

    def _open(
        self, node: Any, attributes: Attributes, style: Declarations, context: _Context, strength: int
    ) -> _Context:
        """Begin an element that is shown, and return the context of what is in it."""
        tag = node.tag
        if strength:
            self.builder.interrupt(strength)
        if tag.startswith("m") and (sign := sign_before(node)):
            self._write_shown(sign, context)
        was_preformatted, context = context.is_preformatted, _with_style(context, tag, style)
        if context.is_preformatted and (tag == "pre" or not was_preformatted):
            self._begins_preformatted = True
        context = self._with_role(context, tag, attributes)
        if tag == "a" and (target := _link_target(attributes)):
            context = context._replace(link=target)
        elif tag == "img":
            self._write_image(attributes, style, context)
        elif tag == "input" and (attributes.get("type") or "text").lower() in _SHOWN_INPUTS:
            self._write_shown(f" {attributes.get('value') or ''} ", context)
        elif tag in _LIST_TAGS:
            numbers = ListNumbers(node, attributes, style)
            terms: list[Block] | None = [] if tag == "dl" else None
            context = context._replace(list_level=context.list_level + 1, numbers=numbers, terms=terms)
        elif tag == "li" and context.numbers is not None:
            self._marker += context.numbers.marker(attributes, style)
        elif tag == "table":
            context = context._replace(table=None if context.role in _MARGINS else self._begin_table(node))
        elif context.table is not None:
            self._open_in_table(tag, attributes, context.table)
        if not context.role or (context.role == "header" and tag in _HEADING_TAGS):
            block = _block(tag, context)
            if block is not context.block:
                context = context._replace(block=block)
        return context

    def _with_role(self, context: _Context, tag: str, attributes: Attributes) -> _Context:
        """Return the context in an element that may decide the kind of everything in it, if none around it does."""
        if context.role:
            return context
        kind = self._role_of(attributes) or _role(tag, attributes, context)
        if kind is not None:
            context = context._replace(role=tag if tag == "header" else kind, block=Block(kind=kind))
        return context._replace(is_section=True) if tag in _SECTION_TAGS else context

    def _begin_table(self, node: Any) -> _Table | None:
        if node.mem_id in self._layout_tables:
            return None
        self.builder.begin_table(Block(kind="table"))
        return _Table(MergedCells(self._budget), [])

    def _open_in_table(self, tag: str, attributes: Attributes, table: _Table) -> None:
        if tag == "tr":
            table.cells.begin_row()
        elif tag in _CELL_TAGS:
            self._add_empty_cells(table.cells.before_cell())
            self.builder.begin_cell()
            table.covered_after.append(table.cells.add_cell(attributes))

    def _close(self, tag: str, context: _Context, strength: int) -> None:
        if tag == "li":
            self._marker = ""
        if (table := context.table) is not None:
            if tag in _CELL_TAGS:
                self.builder.end_cell()
                self._add_empty_cells(table.covered_after.pop())
            elif tag == "tr":
                self._add_empty_cells(table.cells.end_row())
                self.builder.end_row()
            elif tag == "table":
                self.builder.end_table()
        if strength:
            self.builder.interrupt(strength)

    def _add_empty_cells(self, count: int) -> None:
        for _ in range(count):
            self.builder.begin_cell()
            self.builder.end_cell()

    def _write_text(self, node: Any, context: _Context) -> None:
        text = node.text_content or ""
        is_dropped = text.isspace() and (
            (self.builder.is_at_break and not context.is_preformatted) or node.parent.tag in _SPACED_TAGS
        )
        if not is_dropped:
            self._write_shown(text, context)

    def _write_shown(self, text: str, context: _Context) -> None:
        if context.is_visible and context.has_font_size:
            self._write(strip_invisible(_CONTROL.sub("", text)), context)

    def _write_image(self, attributes: Attributes, style: Declarations, context: _Context) -> None:
        """Write the alternative text of an image, unless it is a pixel for tracking or only a file name."""
        sizes = (attributes.get("width"), attributes.get("height"), style.get("width"), style.get("height"))
        text = strip_invisible(attributes.get("alt") or "").strip()
        if text and context.is_visible and not _FILE_NAME.fullmatch(text) and not any(map(_is_pixel, sizes)):
            self._write(f" {text} ", context)

    def _write(self, text: str, context: _Context) -> None:
        self.builder.block, self.builder.link = context.block, context.link
        if self._marker and text.strip():
            self.builder.write(self._marker)
            self._marker = ""
        if context.is_preformatted:
            text = normalize_newlines(text)
            if self._begins_preformatted and self.builder.is_at_break and (blank := _BLANK_LINES.match(text)):
                text = text[blank.end() :]
            self._begins_preformatted = self._begins_preformatted and not text
            self.builder.write(text, verbatim=True)
        else:
            self.builder.write_collapsed(text)


def _is_shown(tag: str, attributes: Attributes, style: Declarations) -> bool:
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


def _break_around(tag: str, style: Declarations, context: _Context) -> int:
    """Return the strength of the break before and after an element; 0 if it is inline."""
    if tag in PARAGRAPH_ELEMENTS:
        return PARAGRAPH
    if tag in _TABLE_PART_TAGS:
        if context.table is not None:
            return 0  # the table writes the breaks
        if tag == "tr":
            return PARAGRAPH
        if tag in _CELL_TAGS:
            return LINE
    is_block = tag in LINE_ELEMENTS or (style and style.get("display", "inline").split()[0] in _BLOCK_DISPLAYS)
    return LINE if is_block else 0


def _with_style(context: _Context, tag: str, style: Declarations) -> _Context:
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


def _role(tag: str, attributes: Attributes, context: _Context) -> Kind | None:
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


def _block(tag: str, context: _Context) -> Block:
    """Return the block of an element by its tag: one of its own, or that of the element around it."""
    if tag in _HEADING_TAGS:
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


def _link_target(attributes: Attributes) -> str:
    """Return the target of a link as written; empty if it is a script."""
    target = (attributes.get("href") or "").strip()
    return "" if target.lower().startswith("javascript:") else target


def _is_pixel(size: str | None) -> bool:
    match = _PIXELS.match(size or "")
    return match is not None and int(match[1]) <= 1
