"""Articles and books in DocBook, JATS and TEI: their text with its structure; footnotes follow the body."""

import itertools
from typing import Any, NamedTuple

from docsight.documents.formats.text.builder import LINE, PARAGRAPH, Block, TextBuilder
from docsight.documents.formats.text.html_tables import MergeBudget, MergedCells
from docsight.documents.formats.xml import vocabularies as v
from docsight.documents.formats.xml.elements import (
    cell_spans,
    column_names,
    entity_text,
    is_line,
    item_numbers,
    local_name,
    number_of_footnote,
    plain_text,
    separator_of_parts,
    titles_by_id,
)

_MAX_SECTION_LEVEL = 9
_PARAGRAPH = Block()


class _Context(NamedTuple):
    """What an element passes on to what is in it."""

    block: Block | None = None  # of an item, a quotation or a note, to which the paragraphs in it belong
    is_inline: bool = False  # text is content here, not only space between elements
    is_verbatim: bool = False
    is_reference: bool = False  # a bibliographic reference, in which titles and persons are parts of the line
    sections: int = 0  # that are open
    lists: int = 0
    numbers: "itertools.count[int] | None" = None  # of the list whose items are next
    table: "_Table | None" = None
    link: str = ""


class _Table(NamedTuple):
    """A table that is open."""

    cells: MergedCells
    columns: dict[str, int]  # the numbers of the columns that have names
    is_begun: bool  # not if it is only the frame of the table
    covered_after: list[int]  # of the cell that is open, how many further places it covers


class ArticleWriter:
    """Writes a document to `builder`; `root` is its outermost element."""

    def __init__(self, builder: TextBuilder, root: Any) -> None:
        self._builder = builder
        self._is_tei = local_name(root) in v.TEI_ROOTS
        self._footnotes: list[Any] = []
        self._budget = MergeBudget()
        self._marker = ""  # the number of an item or the label of an element, to write before its text
        self._titles = titles_by_id(root)
        if self._is_tei:
            self._write_tei_header(root)
        self._visit(root, _Context(sections=int(self._is_tei)))
        self._write_footnotes()

    def _write_tei_header(self, root: Any) -> None:
        statement = root.find("{*}teiHeader/{*}fileDesc/{*}titleStmt")
        for element in () if statement is None else statement.iterchildren("{*}title", "{*}author", "{*}editor"):
            is_title = local_name(element) == "title"
            self._builder.interrupt(PARAGRAPH)
            self._builder.block = Block(kind="heading", level=1) if is_title else Block()
            self._builder.write_collapsed(plain_text(element))
        self._builder.interrupt(PARAGRAPH)

    def _write_footnotes(self) -> None:
        for element in self._footnotes:  # a footnote in one of them is appended to the list
            self._builder.interrupt(PARAGRAPH)
            self._marker = number_of_footnote(element)
            self._visit_content(element, _Context(block=Block(kind="footnote"), is_inline=True))
            self._marker = ""

    def _visit(self, element: Any, context: _Context) -> None:
        name = local_name(element)
        if not name:
            self._write(entity_text(element), context)
            return
        left_out = v.LEFT_OUT_OF_REFERENCES if context.is_reference else v.LEFT_OUT
        if name in left_out or (name in v.REJECTED_READINGS and local_name(element.getparent()) == "choice"):
            return
        role = self._role(name, element, context)
        if role == "footnote":
            self._footnotes.append(element)
        elif role == "person":
            self._write_person(element, context)
        elif role == "marker":
            self._marker = f"{plain_text(element)} "
        else:
            inner, strength = self._open(role, name, element, context)
            if strength:
                self._builder.interrupt(strength)
            self._visit_content(element, inner)
            self._close(role, inner)
            if strength:
                self._builder.interrupt(strength)

    def _visit_content(self, element: Any, context: _Context) -> None:
        separator = separator_of_parts(element) if context.is_reference else ""
        self._write(element.text, context)
        for child in element:
            self._visit(child, context)
            is_between = separator and not self._marker and child.getnext() is not None
            self._write(separator if is_between else child.tail, context)

    def _role(self, name: str, element: Any, context: _Context) -> v.Role | None:
        """Return what an element is here; None if it is a part of a line, or only groups others."""
        role = v.TEI_ROLES.get(name, v.ROLES.get(name)) if self._is_tei else v.ROLES.get(name)
        parent = local_name(element.getparent()) if element.getparent() is not None else ""
        is_in_entry_of_terms = parent in v.ENTRIES_OF_TERMS
        if (role == "term" and not is_in_entry_of_terms) or (role == "item" and is_in_entry_of_terms):
            return None
        if name == "quote" and context.is_inline:
            return None
        if role == "entry" and (context.is_inline or parent not in v.LISTS_OF_ENTRIES):
            return None
        if role in ("title", "person") and context.is_reference:
            return None
        if role == "footnote" and parent in ("fn-group", "table-wrap-foot"):
            return "item"
        return role

    def _open(self, role: v.Role | None, name: str, element: Any, context: _Context) -> tuple[_Context, int]:
        """Return the context in an element, and the strength of the break before and after it."""
        nested = LINE if context.block is not None and context.block.kind != "quote" else PARAGRAPH
        if role == "section":
            return context._replace(sections=context.sections + 1, lists=0, block=None, is_inline=False), PARAGRAPH
        if role == "title":
            return context._replace(block=self._title_block(element, context), is_inline=True), PARAGRAPH
        if role == "paragraph":
            block = (
                Block(kind=v.PASSAGE_KINDS[name])
                if name in v.PASSAGE_KINDS and context.block is None
                else context.block
            )
            is_verbatim = context.is_verbatim or name in v.VERBATIM
            is_inline = is_line(element) or v.PASSAGE_KINDS.get(name) == "code"
            return context._replace(block=block, is_inline=is_inline, is_verbatim=is_verbatim), nested
        if role == "line":
            return context._replace(is_inline=True), LINE
        if role == "list":
            return context._replace(
                lists=context.lists + 1, numbers=item_numbers(name, element), is_inline=False
            ), nested
        if role in ("item", "entry"):
            return self._item(role, name, element, context), LINE if context.lists > 0 else PARAGRAPH
        if role == "term":
            return context._replace(is_inline=True), LINE
        if role in ("table", "row", "cell"):
            return self._open_in_table(role, element, context), 0
        if role == "link":
            return context._replace(link=self._open_link(element, context)), 0
        if not context.is_inline and is_line(element):
            return context._replace(is_inline=True), LINE
        return context, 0

    def _title_block(self, element: Any, context: _Context) -> Block:
        if local_name(element.getparent()) in v.CAPTIONED:
            return Block(kind="caption")
        return Block(kind="heading", level=min(max(1, context.sections), _MAX_SECTION_LEVEL))

    def _item(self, role: v.Role, name: str, element: Any, context: _Context) -> _Context:
        if context.numbers is not None:
            self._marker = f"{next(context.numbers)}. "
        kind = "footnote" if name == "fn" else "list_item"
        block = Block(kind=kind, level=max(1, context.lists) if kind == "list_item" else None)  # type: ignore[arg-type]
        is_reference = role == "entry"
        return context._replace(
            block=block, is_inline=is_reference or is_line(element), is_reference=is_reference, numbers=None
        )

    def _open_in_table(self, role: v.Role, element: Any, context: _Context) -> _Context:
        table = context.table
        if role == "table":
            is_begun = element.find("{*}tgroup") is None
            if is_begun:
                self._builder.begin_table(Block(kind="table"))
            else:
                self._builder.interrupt(PARAGRAPH)
            table = _Table(MergedCells(self._budget), column_names(element), is_begun, [])
            return context._replace(table=table, is_inline=False, block=None)
        if table is None:
            return context._replace(is_inline=True)
        if role == "row":
            table.cells.begin_row()
            return context
        self._add_empty_cells(table.cells.before_cell())
        self._builder.begin_cell()
        table.covered_after.append(table.cells.add_cell(cell_spans(element, table.columns)))
        # The builder decides what a cell belongs to; a block only says that paragraphs in it are lines.
        return context._replace(is_inline=True, block=Block(), lists=0)

    def _close(self, role: v.Role | None, context: _Context) -> None:
        table = context.table
        if table is None:
            return
        if role == "table":
            if table.is_begun:
                self._builder.end_table()
            else:
                self._builder.interrupt(PARAGRAPH)
        elif role == "row":
            self._add_empty_cells(table.cells.end_row())
            self._builder.end_row()
        elif role == "cell":
            self._builder.end_cell()
            self._add_empty_cells(table.covered_after.pop())

    def _open_link(self, element: Any, context: _Context) -> str:
        """Return the target of a link; a reference without a text gets the title of what it refers to."""
        target = next((value for name in v.LINK_TARGETS if (value := element.get(name))), "")
        reference = next((value for name in v.REFERENCES if (value := element.get(name))), "")
        if not target and reference:
            target = f"#{reference}"
            if not plain_text(element):
                self._write(self._titles.get(reference, ""), context._replace(link=target))
        return target

    def _write_person(self, element: Any, context: _Context) -> None:
        """Write the parts of a person's name and address as a line, the surname last."""
        if not context.is_inline:
            self._builder.interrupt(LINE)
        given = [plain_text(one) for one in element.iter("{*}given-names")]
        pieces = [
            text.strip()
            for one in element.iter("{*}*")
            if local_name(one) not in ("given-names", "role", "contrib-id", "xref")
            for text in (one.text or "", *([one.tail or ""] if one is not element else []))
            if text.strip()
        ]
        self._write(" ".join((*given, *pieces)), context._replace(is_inline=True))
        if not context.is_inline:
            self._builder.interrupt(LINE)

    def _write(self, text: str | None, context: _Context) -> None:
        if not text or not (context.is_inline or text.strip()):
            return
        self._builder.block, self._builder.link = context.block or _PARAGRAPH, context.link
        if self._marker and text.strip():
            self._builder.write(self._marker)
            self._marker = ""
        if context.is_verbatim:
            self._builder.write(text.lstrip("\n") if self._builder.is_at_break else text, verbatim=True)
        else:
            self._builder.write_collapsed(text)

    def _add_empty_cells(self, count: int) -> None:
        for _ in range(count):
            self._builder.begin_cell()
            self._builder.end_cell()
