"""The columns of the tables of an RTF file: where the cells of all of its rows end, also of those further below."""

import re
from bisect import bisect_right

_ROW_WORD = re.compile(rb"\\(?:(trowd|row|nestrow|par)(?![a-z])|cellx(-?\d{1,9}))")
_MAX_COLUMN_EDGES = 200  # of a table, of which merged cells are recognized


class RtfGrid:
    """Knows the edges of each table by where its rows begin in the file.

    Rows belong to the same table unless a paragraph ends between them.
    """

    def __init__(self, data: bytes) -> None:
        self._starts: list[int] = []
        self._edges: list[set[int]] = []  # of the table that begins there
        row: list[int] = []
        is_table_open = False
        is_in_row = False
        for found in _ROW_WORD.finditer(data):
            word, edge = found.groups()
            if edge is not None:
                row.append(int(edge))
            elif word == b"trowd":
                if not is_table_open:
                    self._starts.append(found.start())
                    self._edges.append(set())
                row, is_table_open, is_in_row = [], True, True
            elif word == b"row" and is_in_row:
                self._edges[-1].update(row)
                row, is_in_row = [], False
            elif word == b"nestrow":
                row = []
            elif word == b"par" and not is_in_row:
                is_table_open = False

    def edges_at(self, position: int) -> frozenset[int]:
        """Return where the cells of the table end that a position is in; empty if there are none, or too many."""
        number = bisect_right(self._starts, position) - 1
        edges = self._edges[number] if number >= 0 else set()
        return frozenset(edges) if len(edges) <= _MAX_COLUMN_EDGES else frozenset()
