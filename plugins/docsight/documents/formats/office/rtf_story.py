"""The parts of an RTF file with text of their own, such as the body or a footnote."""

from dataclasses import dataclass, field

from docsight.documents.formats.content import Kind
from docsight.documents.formats.office.roles import Role
from docsight.documents.formats.office.rtf_lists import RtfLists
from docsight.documents.formats.office.rtf_tables import StyleSheet
from docsight.documents.formats.text.builder import CELL, LINE, PARAGRAPH, Block, TextBuilder

TABLE_WORDS = ("trowd", "cell", "row", "nestcell", "nestrow")
_MAX_LEVEL = 9
_EDGE_TOLERANCE = 60  # twips, by which the edges of cells in one column may differ
_MAX_EDGE = 1 << 31


@dataclass
class RtfStory:
    """The body, a header, a footnote or a comment: text apart from other text, and the state of its paragraph."""

    lists: RtfLists
    kind: Kind | None = None
    builder: TextBuilder = field(default_factory=TextBuilder)
    is_paragraph_open: bool = False
    is_after_list: bool = False
    role: Role = field(default_factory=Role)  # of the paragraph, by its style
    heading_level: int | None = None
    list_level: int | None = None
    list_id: int = 0  # of the list of the paragraph; 0 if it is in none
    is_marked: bool = False  # the number or the bullet of an item was read, and not its text
    marker: str = ""  # the number of the item, to write before its text
    in_table: bool = False  # the paragraph
    has_row: bool = False  # a row has begun and not ended
    is_table_open: bool = False
    is_cell_open: bool = False
    edges: list[int] = field(default_factory=list)  # of the cells of the row: where each ends
    known_edges: frozenset[int] = frozenset()  # of all rows of the table
    cells: int = 0  # of the row that have ended

    def begin_item(self) -> None:
        self.is_marked = True
        self.list_level = self.list_level or 1

    def read_property(self, word: str, number: int | None, styles: StyleSheet) -> None:
        """Apply a word that describes the paragraph or the row that follows; other words change nothing."""
        if word == "s":
            self.role = styles.role(number)
        elif word == "intbl":
            self.in_table = True
        elif word == "cellx" and number is not None:
            self.edges.append(number)
        elif word == "outlinelevel" and number is not None and 0 <= number < _MAX_LEVEL:
            self.heading_level = number + 1
        elif word == "ls" and number is not None:
            self.list_id = number
            self.list_level = (self.list_level or 1) if number else self.list_level
        elif word == "ilvl" and number is not None and 0 <= number < _MAX_LEVEL:
            self.list_level = number + 1

    def read_table_word(self, word: str, edges: frozenset[int]) -> None:
        """Begin or end what a word of `TABLE_WORDS` begins or ends; a table in a cell becomes text of the cell.

        Args:
            word: The word.
            edges: Where the cells of the table end, in all of its rows.
        """
        if word == "trowd":
            self.known_edges = edges
            self.begin_row()
        elif word == "cell":
            self.end_cell()
        elif word == "row":
            self.end_row()
        else:
            self.builder.interrupt(CELL if word == "nestcell" else LINE)

    def reset_paragraph(self) -> None:
        """Forget the properties of the paragraph; the marker of an item may stand before those of its own."""
        self.role = Role()
        self.heading_level = None
        self.in_table = False
        self.list_id = 0
        if not self.is_marked:
            self.list_level = None

    def write(self, text: str) -> None:
        """Write text of the paragraph, after its breaks."""
        if self.in_table or self.has_row:
            self.open_cell()
        elif self.is_table_open:
            self.builder.end_table()
            self.is_table_open = self.is_cell_open = False
        if not self.is_paragraph_open:
            self.is_paragraph_open = True
            is_item = self.list_level is not None
            self.builder.interrupt(LINE if is_item and self.is_after_list else PARAGRAPH)
            self.is_after_list = is_item
            self._count_item()
            self.builder.block = self._block()
        if text.strip():
            marker = self.marker
            self._end_marker()
            text = marker + text.lstrip() if marker else text
        self.builder.write(text)

    def end_paragraph(self, strength: int) -> None:
        if strength == PARAGRAPH:
            self._end_marker()
        self.builder.interrupt(LINE if strength == PARAGRAPH else strength)
        self.is_paragraph_open = self.is_paragraph_open and strength != PARAGRAPH

    def open_cell(self) -> None:
        if not self.is_table_open:
            self.builder.begin_table(Block(kind="table"))
            self.is_table_open = True
        if not self.is_cell_open:
            self.builder.begin_cell()
            self.is_cell_open = self.is_paragraph_open = True

    def begin_row(self) -> None:
        self.has_row = True
        self.edges.clear()
        self.cells = 0

    def end_cell(self) -> None:
        self.open_cell()
        self.builder.end_cell()
        for _ in range(self._covered_places()):
            self.builder.begin_cell()
            self.builder.end_cell()
        self.cells += 1
        self._end_marker()
        self.is_cell_open = self.is_paragraph_open = False

    def end_row(self) -> None:
        if self.is_table_open:
            self.builder.end_row()
        self.is_cell_open = self.is_paragraph_open = self.has_row = False

    def _count_item(self) -> None:
        """Number the item, unless the file writes its number or bullet, as nearly all programs do."""
        if self.list_id and self.list_level is not None:
            number = self.lists.next_number(self.list_id, self.list_level - 1)
            self.marker = self.marker if self.is_marked else number

    def _end_marker(self) -> None:
        self.marker, self.is_marked = "", False

    def _covered_places(self) -> int:
        """Return how many further places the cell covers: it reaches over edges of cells in other rows."""
        if self.cells >= len(self.edges):
            return 0
        last = self.edges[self.cells - 1] if self.cells else -_MAX_EDGE
        end = self.edges[self.cells] - _EDGE_TOLERANCE
        places = 0
        for edge in sorted(self.known_edges):
            if last + _EDGE_TOLERANCE < edge < end:
                places, last = places + 1, edge
        return places

    def _block(self) -> Block:
        if self.heading_level is not None:
            return Block(kind="heading", level=self.heading_level)
        if self.list_level is not None and self.role.kind != "heading":
            return Block(kind="list_item", level=self.list_level)
        return Block(kind=self.role.kind, level=self.role.level)
