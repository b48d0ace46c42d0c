"""Tables of a page: which of them only arrange its content, and the columns of merged cells."""

from dataclasses import dataclass
from typing import Any

from docsight.documents.formats.text.invisible import strip_invisible

_MAX_COLUMN_SPAN = _MAX_ROW_SPAN = 1000
_DATA_MARKS = "th, caption"
# What the cells of data hardly ever contain.
_LAYOUT_MARKS = "h1, h2, h3, h4, h5, h6, ul, ol, dl, pre, blockquote, form, p ~ p, div ~ p, p ~ div"


def find_layout_tables(tree: Any) -> set[int]:
    """Return the parser's ids of the tables that only arrange content.

    They have no header cells and no caption, and contain other tables, blocks of text or only one column with text.
    """
    tables = tree.css("table")
    outer = {table.mem_id for table in map(_enclosing_table, tables) if table is not None}
    return {table.mem_id for table in tables if _is_layout(table, table.mem_id in outer)}


def _enclosing_table(node: Any) -> Any:
    node = node.parent
    while node is not None and node.tag != "table":
        node = node.parent
    return node


def _is_layout(table: Any, is_outer: bool) -> bool:
    if is_outer:
        # Header cells of the tables in its cells do not make it a table of data.
        return not any(_enclosing_table(mark).mem_id == table.mem_id for mark in table.css(_DATA_MARKS))
    if table.css_first(_DATA_MARKS) is not None:
        return False
    return table.css_first(_LAYOUT_MARKS) is not None or not _has_two_columns(table)


def _has_two_columns(table: Any) -> bool:
    """Return whether two columns of a table without merged cells, or two cells of a row, have text."""
    used: set[int] = set()
    for row in table.css("tr"):
        cells = [cell for cell in row.iter() if cell.tag in ("td", "th")]
        used.update(number for number, cell in enumerate(cells) if _has_text(cell))
        if len(used) > 1:
            return True
    return False


def _has_text(cell: Any) -> bool:
    return bool(strip_invisible(cell.text()).strip()) or any(
        (image.attributes.get("alt") or "").strip() for image in cell.css("img")
    )


@dataclass
class MergeBudget:
    """How many places the merged cells of a page may still cover; further cells are not merged."""

    places: int = 200_000


class MergedCells:
    """The places in the rows of one table that merged cells cover; their text is in the first place."""

    def __init__(self, budget: MergeBudget) -> None:
        self._budget = budget
        self._rows_below: dict[int, int] = {}  # of each column, how many further rows are covered
        self._covered: set[int] = set()  # the columns of this row that cells of the rows above cover
        self._column = 0

    def begin_row(self) -> None:
        self._covered = set(self._rows_below)
        self._rows_below = {column: rows - 1 for column, rows in self._rows_below.items() if rows > 1}
        self._column = 0

    def before_cell(self) -> int:
        """Return how many covered places come before the next cell."""
        first = self._column
        while self._column in self._covered:
            self._column += 1
        return self._column - first

    def add_cell(self, attributes: dict[str, str | None]) -> int:
        """Place a cell, and return how many further places of its row it covers."""
        columns = min(_span(attributes.get("colspan")), _MAX_COLUMN_SPAN)
        rows = min(_span(attributes.get("rowspan")), _MAX_ROW_SPAN)
        if columns * rows > 1:
            self._budget.places -= columns * rows
            if self._budget.places < 0:
                columns = rows = 1
        if rows > 1:
            self._rows_below |= dict.fromkeys(range(self._column, self._column + columns), rows - 1)
        self._column += columns
        return columns - 1

    def end_row(self) -> int:
        """Return how many covered places come after the last cell."""
        return max(0, max(self._covered, default=-1) + 1 - self._column)


def _span(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 and int(value) else 1
