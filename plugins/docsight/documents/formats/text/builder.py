"""Build a text from pieces with breaks between them, never two in a row or at either end, and its passages."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from docsight.documents.formats.content import Box, Kind, Passage, Range
from docsight.documents.formats.text.invisible import strip_invisible

CELL, LINE, PARAGRAPH = 1, 2, 3
_BREAKS = {CELL: "\t", LINE: "\n", PARAGRAPH: "\n\n"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """What the text that is written next belongs to; see `Passage` for the fields.

    Two blocks are never equal, so each item of a list, which has a block of its own, is a passage of its own.
    """

    kind: Kind = "paragraph"
    level: int | None = None
    page: int | None = None
    bbox: Box | None = None


@dataclass
class _Begun:
    """A passage that begins at `start`; if it is a table, `rows` has the ranges of its cells."""

    block: Block
    start: int
    rows: list[tuple[Range, ...]] | None = None


@dataclass
class _Link:
    """A link that covers the text from `start` to `end`."""

    start: int
    end: int
    target: str


@dataclass
class _Table:
    """A table that is open."""

    block: Block
    depth: int = 1  # how many tables are open, with those in its cells
    passage: _Begun | None = None  # None until a cell has text
    row: list[Range] = field(default_factory=list)
    tabs: int = 0  # to write before the next text of the row
    in_cell: bool = False
    start: int | None = None  # of the text of the cell; None if it has none so far


class TextBuilder:
    """A growing text; of several breaks between two pieces, the strongest is written.

    A passage ends where `block` changes and, unless it is an item of a list, at a break between paragraphs. A table is
    one passage. Between the cells of a row there is one tab each, also around empty cells; empty cells at the end of a
    row and rows without text are left out.
    """

    def __init__(self) -> None:
        self.block = Block()  # of the text that is written next, except in the cells of a table
        self.link = ""  # the target of the link that the text that is written next belongs to; empty if none
        self._pieces: list[str] = []
        self._length = 0
        self._break = 0
        self._is_verbatim = False  # the last piece
        self._begun: list[_Begun] = []
        self._table: _Table | None = None
        self._links: list[_Link] = []

    @property
    def is_at_break(self) -> bool:
        """Whether the next text follows a break, or is the first."""
        return bool(self._break) or not self._pieces

    def __len__(self) -> int:
        return self._length

    def interrupt(self, strength: int) -> None:
        """End a cell, a line or a paragraph; whitespace before the break is dropped.

        In a cell of a table, paragraphs are separated like lines.
        """
        if self._table is not None and self._table.in_cell:
            if self._table.start is None:
                return
            strength = min(strength, LINE)
        if not self._break:
            self._strip_end(strength)
        self._break = max(self._break, strength)

    def weaken(self, strength: int) -> None:
        """Replace the pending break, if there is one, by a break of this strength."""
        if self._break:
            self._break = strength

    def write(self, text: str, *, verbatim: bool = False) -> None:
        """Append a piece of text without its invisible characters.

        Args:
            text: The piece.
            verbatim: Whether whitespace at its start is kept after a break, and line ends are kept before the next.
        """
        text = strip_invisible(text)
        cell = self._table if self._table is not None and self._table.in_cell else None
        is_first = self._break or not self._pieces or (cell is not None and cell.start is None)
        if not verbatim and is_first:
            text = text.lstrip()
        if not text:
            return
        strength, self._break = self._break, 0
        if self._links:
            self._links[-1].end = min(self._links[-1].end, self._length)  # the break dropped whitespace
        if strength and self._pieces:
            self._add(_BREAKS[strength])
        if cell is not None:
            self._begin_cell_text(cell)
        elif (
            not self._begun
            or self._begun[-1].block is not self.block
            or (strength == PARAGRAPH and self.block.kind != "list_item")
        ):
            self._begun.append(_Begun(self.block, self._length))
        if self.link:
            self._extend_link(text)
        self._add(text)
        self._is_verbatim = verbatim

    def write_collapsed(self, text: str) -> None:
        """Append a piece of text with each run of whitespace collapsed to one space, or to none after whitespace."""
        words = text.split()
        if not words and self.is_at_break:
            return
        collapsed = " ".join(words)
        if text[:1].isspace() and not (self._pieces and self._pieces[-1][-1:].isspace()):
            collapsed = f" {collapsed}"
        if words and text[-1:].isspace():
            collapsed = f"{collapsed} "
        self.write(collapsed)

    def begin_table(self, block: Block) -> None:
        """Begin a table, whose passage is `block`; one in a cell of another is only text in that cell."""
        self.interrupt(PARAGRAPH)
        if self._table is None:
            self._table = _Table(block)
        else:
            self._table.depth += 1

    def begin_cell(self) -> None:
        if (table := self._table) is not None and table.depth == 1:
            table.in_cell, table.start = True, None

    def end_cell(self) -> None:
        table = self._table
        if table is None or table.depth > 1:
            self.interrupt(CELL)
            self.weaken(CELL)
        elif table.in_cell:
            if table.start is not None:
                self._strip_end(CELL)
                self._break = 0
            table.row.append((self._length if table.start is None else table.start, self._length))
            table.tabs += 1
            table.in_cell = False

    def end_row(self) -> None:
        if (table := self._table) is None or table.depth > 1:
            self.interrupt(LINE)
            return
        if any(start < end for start, end in table.row):
            if table.passage is not None and table.passage.rows is not None:
                table.passage.rows.append(tuple(table.row))
            self._break = max(self._break, LINE)
        table.row, table.tabs, table.in_cell = [], 0, False

    def end_table(self) -> None:
        if self._table is None:
            return
        if self._table.depth > 1:
            self._table.depth -= 1
        else:
            self.end_row()
            self._table = None
        self.interrupt(PARAGRAPH)

    def write_table(self, block: Block, rows: Iterable[Iterable[str]]) -> None:
        """Write a table, given the texts of the cells of each row."""
        self.begin_table(block)
        for row in rows:
            for cell in row:
                self.begin_cell()
                self.write_collapsed(cell)
                self.end_cell()
            self.end_row()
        self.end_table()

    def text(self) -> str:
        return "".join(self._pieces).rstrip()

    def passages(self) -> Iterator[Passage]:
        """Yield the passages of the text in order; together they are all of it but the breaks between them."""
        text = self.text()
        links = deque(self._stripped_links(text))
        if not self._begun:
            return
        ends = [*(passage.start for passage in self._begun[1:]), len(text)]
        for passage, limit in zip(self._begun, ends, strict=True):
            block, end = passage.block, passage.start + len(text[passage.start : limit].rstrip())
            passage_links = []
            while links and links[0][0] < limit:
                passage_links.append(links.popleft())
            if passage.start < end:
                rows = passage.rows
                yield Passage(
                    start=passage.start,
                    end=end,
                    kind=block.kind,
                    level=block.level,
                    page=block.page,
                    bbox=block.bbox,
                    links=tuple(passage_links),
                    cells=None
                    if rows is None
                    else tuple(tuple((min(a, end), min(b, end)) for a, b in row) for row in rows),
                )

    def _extend_link(self, text: str) -> None:
        """Add a piece of text to the link that is open, or to one with the same target that ends here."""
        last = self._links[-1] if self._links else None
        if last is not None and last.end == self._length and last.target == self.link:
            last.end += len(text)
        else:
            self._links.append(_Link(self._length, self._length + len(text), self.link))

    def _stripped_links(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield the links of the text without whitespace at their ends; those without text are left out."""
        for link in self._links:
            covered = text[link.start : link.end]
            start = link.start + len(covered) - len(covered.lstrip())
            if stripped := covered.strip():
                yield start, start + len(stripped), link.target

    def _begin_cell_text(self, table: _Table) -> None:
        """Write the tabs before the text of a cell, if it is the cell's first."""
        if table.start is not None:
            return
        if table.passage is None:
            table.passage = _Begun(table.block, self._length, [])
            self._begun.append(table.passage)
        if table.tabs:
            self._add("\t" * table.tabs)
            table.tabs = 0
        table.start = self._length

    def _strip_end(self, strength: int) -> None:
        """Drop the whitespace at the end; the line ends of verbatim text stay, unless a paragraph ends."""
        if self._is_verbatim and strength < PARAGRAPH:
            self._add(self._pop().rstrip(" "))
            return
        while self._pieces and self._pieces[-1][-1:].isspace():
            if kept := self._pop().rstrip():
                self._add(kept)

    def _add(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)

    def _pop(self) -> str:
        piece = self._pieces.pop()
        self._length -= len(piece)
        return piece
