"""The text of a page in the parser's tree: what a browser shows, with its structure."""

import re
from collections.abc import Callable
from typing import Any

from docsight.documents.formats.content import Kind
from docsight.documents.formats.text.builder import LINE, PARAGRAPH, Block, TextBuilder
from docsight.documents.formats.text.css import Declarations
from docsight.documents.formats.text.encoding import normalize_newlines
from docsight.documents.formats.text.html_context import (
    HEADING_TAGS,
    ROW_AND_GROUP_TAGS,
    SECTION_TAGS,
    TABLE_CELL_TAGS,
    Attributes,
    OpenTable,
    PageContext,
    block_of_element,
    break_around,
    is_shown_element,
    kind_of_element,
    with_style,
)
from docsight.documents.formats.text.html_formulas import FORMULA_TAGS, sign_before
from docsight.documents.formats.text.html_lists import ListNumbers
from docsight.documents.formats.text.html_style import PageStyles
from docsight.documents.formats.text.html_tables import MergeBudget, MergedCells, find_layout_tables
from docsight.documents.formats.text.invisible import strip_invisible

_LIST_TAGS = frozenset(("ul", "ol", "menu", "dl"))
_SPACED_TAGS = frozenset(("table", *ROW_AND_GROUP_TAGS, *FORMULA_TAGS))  # text directly in these is only whitespace
_CLOSED_TAGS = frozenset(("li", "tr", "table", *TABLE_CELL_TAGS))  # something is written or counted at their end
_READING_TAGS = frozenset(("rt", "rp", "rtc"))  # how words are pronounced, above or beside them
_RUBY_TAGS = ("ruby", "rtc")
_MARGINS = ("header", "footer")  # tables in these only arrange links
# Inputs that show their value.
_SHOWN_INPUTS = frozenset(
    ("text", "search", "email", "tel", "url", "number", "date", "time", "submit", "button", "reset")
)
_FILE_NAME = re.compile(r"\S+\.(png|jpe?g|gif|svg|webp|bmp|tiff?|ico)", re.I)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_BLANK_LINES = re.compile(r"(?:[ \t]*\n)+")
_PIXELS = re.compile(r"(\d{1,4})(?:px)?$")


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
        stack: list[tuple[Any, PageContext, int | None]] = [(root, PageContext(), None)]
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
                is_reading = tag in _READING_TAGS and node.parent.tag in _RUBY_TAGS
                if is_reading or not is_shown_element(tag, attributes, style):
                    continue
                strength = break_around(tag, style, context)
                inner = self._open(node, attributes, style, context, strength)
                if strength or tag in _CLOSED_TAGS:
                    stack.append((node, inner, strength))
                child = node.last_child
                while child is not None:
                    stack.append((child, inner, None))
                    child = child.prev

    def _open(
        self, node: Any, attributes: Attributes, style: Declarations, context: PageContext, strength: int
    ) -> PageContext:
        """Begin an element that is shown, and return the context of what is in it."""
        tag = node.tag
        if strength:
            self.builder.interrupt(strength)
        if tag.startswith("m") and (sign := sign_before(node)):
            self._write_shown(sign, context)
        was_preformatted, context = context.is_preformatted, with_style(context, tag, style)
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
        if not context.role or (context.role == "header" and tag in HEADING_TAGS):
            block = block_of_element(tag, context)
            if block is not context.block:
                context = context._replace(block=block)
        return context

    def _with_role(self, context: PageContext, tag: str, attributes: Attributes) -> PageContext:
        """Return the context in an element that may decide the kind of everything in it, if none around it does."""
        if context.role:
            return context
        kind = self._role_of(attributes) or kind_of_element(tag, attributes, context)
        if kind is not None:
            context = context._replace(role=tag if tag == "header" else kind, block=Block(kind=kind))
        return context._replace(is_section=True) if tag in SECTION_TAGS else context

    def _begin_table(self, node: Any) -> OpenTable | None:
        if node.mem_id in self._layout_tables:
            return None
        self.builder.begin_table(Block(kind="table"))
        return OpenTable(MergedCells(self._budget), [])

    def _open_in_table(self, tag: str, attributes: Attributes, table: OpenTable) -> None:
        if tag == "tr":
            table.cells.begin_row()
        elif tag in TABLE_CELL_TAGS:
            self._add_empty_cells(table.cells.before_cell())
            self.builder.begin_cell()
            table.covered_after.append(table.cells.add_cell(attributes))

    def _close(self, tag: str, context: PageContext, strength: int) -> None:
        if tag == "li":
            self._marker = ""
        if (table := context.table) is not None:
            if tag in TABLE_CELL_TAGS:
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

    def _write_text(self, node: Any, context: PageContext) -> None:
        text = node.text_content or ""
        is_dropped = text.isspace() and (
            (self.builder.is_at_break and not context.is_preformatted) or node.parent.tag in _SPACED_TAGS
        )
        if not is_dropped:
            self._write_shown(text, context)

    def _write_shown(self, text: str, context: PageContext) -> None:
        if context.is_visible and context.has_font_size:
            self._write(strip_invisible(_CONTROL.sub("", text)), context)

    def _write_image(self, attributes: Attributes, style: Declarations, context: PageContext) -> None:
        """Write the alternative text of an image, unless it is a pixel for tracking or only a file name."""
        sizes = (attributes.get("width"), attributes.get("height"), style.get("width"), style.get("height"))
        text = strip_invisible(attributes.get("alt") or "").strip()
        if text and context.is_visible and not _FILE_NAME.fullmatch(text) and not any(map(_is_pixel, sizes)):
            self._write(f" {text} ", context)

    def _write(self, text: str, context: PageContext) -> None:
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


def _link_target(attributes: Attributes) -> str:
    """Return the target of a link as written; empty if it is a script."""
    target = (attributes.get("href") or "").strip()
    return "" if target.lower().startswith("javascript:") else target


def _is_pixel(size: str | None) -> bool:
    match = _PIXELS.match(size or "")
    return match is not None and int(match[1]) <= 1
