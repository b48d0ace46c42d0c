"""The cells of a table: what stands in the same column in the lines of a block that all have wide gaps."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from docsight.documents.formats.pdf.page_text import clean
from docsight.documents.formats.pdf.text_lines import TextLine

_MIN_CELL_GAP = 0.15  # em, between the words of two columns that are close together
_MIN_DIVIDED_TABLE = 3  # rows, so that gaps between words do not fall together by chance
_MIN_WIDE_ROWS = 0.5  # of the rows, in which the gap between such columns is wide
_WIDER_THAN_SPACE = 1.25  # such a gap, relative to the narrowest one between the words of the same cells
_MIN_FILLED_ROWS = 0.5  # more than this share of the rows has words in each column beside a narrow gap


class LinePiece(NamedTuple):
    """A word, or a run of words whose places are not known.

    Args:
        left: In points.
        right: In points.
        run: The number of its run in the line.
        text: Its text.
    """

    left: float
    right: float
    run: int
    text: str


@dataclass(frozen=True, slots=True)
class PdfTable:
    """A table: the cells of its rows, and where its columns begin and end, in points."""

    rows: list[list[str]]
    columns: list[tuple[float, float]]


def table_rows(lines: Sequence[TextLine]) -> list[list[str]] | None:
    """Return the cells of the rows of a table; None if the lines do not form columns."""
    table = find_table(lines)
    return None if table is None else table.rows


def find_table(lines: Sequence[TextLine]) -> PdfTable | None:
    """Return the table of some lines; None if they do not form columns.

    Where a line has two cells close together, its words are divided where the columns of the other lines are.
    """
    if len(lines) < 2 or any(len(line.runs) < 2 for line in lines):
        return None
    by_run = [[LinePiece(run.box[0], run.box[2], n, run.text) for n, run in enumerate(line.runs)] for line in lines]
    columns = _columns(by_run)
    found = _place(by_run, columns)
    if found is None and len(lines) >= _MIN_DIVIDED_TABLE:
        by_word = [list(words_of(line)) for line in lines]
        columns = _merge(_columns(by_word, _MIN_CELL_GAP * lines[0].size), by_word)
        found = _place(by_word, columns)
    return None if found is None else PdfTable(found, columns)


def words_of(line: TextLine) -> list[LinePiece]:
    """Return the words of a line with their places."""
    pieces: list[LinePiece] = []
    for number, run in enumerate(line.runs):
        texts = run.text.split(" ")
        if run.words is None or len(run.words) != len(texts):
            pieces.append(LinePiece(run.box[0], run.box[2], number, run.text))
        else:
            edges = run.words[:, [0, 2]].tolist()
            pieces += [LinePiece(left, right, number, text) for (left, right), text in zip(edges, texts, strict=True)]
    return pieces


def _columns(rows: Sequence[Sequence[LinePiece]], min_gap: float = 0.0) -> list[tuple[float, float]]:
    """Return the stretches, left and right, between the gaps that no piece of any row covers."""
    columns: list[tuple[float, float]] = []
    for left, right in sorted((piece.left, piece.right) for row in rows for piece in row):
        if columns and left < columns[-1][1] + min_gap:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _merge(columns: list[tuple[float, float]], rows: Sequence[Sequence[LinePiece]]) -> list[tuple[float, float]]:
    """Return the columns, without gaps that are there by chance, between the words of cells."""
    merged = columns[:1]
    for column in columns[1:]:
        if _is_gap_of_columns(merged[-1], column, rows):
            merged.append(column)
        else:
            merged[-1] = (merged[-1][0], column[1])
    return merged


def _is_gap_of_columns(
    before: tuple[float, float], after: tuple[float, float], rows: Sequence[Sequence[LinePiece]]
) -> bool:
    """Return whether the gap between two columns divides no run, or is that of two columns in most rows.

    In prose, words may happen to end at the same place in all rows, but all gaps are about the same. The names in the
    first row may be as close together as words, if all other rows have a wide gap there.
    """
    wide, narrow = 0, set()  # rows in which the gap is between runs, and those in which it is within a run
    for number, row in enumerate(rows):
        for one, other in pairwise(row):
            if one.right <= before[1] and other.left >= after[0]:
                wide += one.run != other.run
                if one.run == other.run:
                    narrow.add(number)
                    is_space = other.left - one.right < _WIDER_THAN_SPACE * _space(row, one.run)
                    if is_space and number > 0:
                        return False
    if not narrow:
        return True
    are_filled = all(
        sum(any(low <= piece.left < high for piece in row) for row in rows) > _MIN_FILLED_ROWS * len(rows)
        for low, high in (before, after)
    )
    is_in_others = 0 not in narrow or wide + len(narrow) == len(rows)
    return are_filled and is_in_others and wide >= _MIN_WIDE_ROWS * (wide + len(narrow))


def _space(row: Sequence[LinePiece], run: int) -> float:
    """Return the narrowest gap between the words of a run; 0 if it has only two, whose gap is that of the columns."""
    gaps = [other.left - one.right for one, other in pairwise(row) if one.run == other.run == run]
    return min(gaps) if len(gaps) > 1 else 0.0


def _place(rows: Sequence[Sequence[LinePiece]], columns: list[tuple[float, float]]) -> list[list[str]] | None:
    """Return the text of each cell; None if two runs are in the same one."""
    if len(columns) < 2:
        return None
    lefts = [left for left, _ in columns]
    cells = []
    for row in rows:
        runs: list[list[LinePiece]] = [[] for _ in columns]
        for piece in row:
            runs[bisect_right(lefts, piece.left) - 1].append(piece)
        if any(one.run != other.run and clean(one.text) for cell in runs for one, other in pairwise(cell)):
            return None
        cells.append([clean(" ".join([piece.text for piece in cell])) for cell in runs])
    return cells
