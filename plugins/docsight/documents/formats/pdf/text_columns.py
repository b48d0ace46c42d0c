"""Whether the text on both sides of a gutter is columns of text, or the cells of a table.

Text beside text is a column if it is set like running text: in lines of several words that fill most of its width.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from statistics import median

from docsight.documents.formats.pdf.amounts import AMOUNT
from docsight.documents.formats.pdf.text_lines import TextLine, around

_MIN_COLUMN_WORDS = 2.5  # on average in a line
_MIN_FILL = 0.5  # the width of a typical line, relative to its column
_MIN_ROWS = 0.5  # the fraction of the lines of a table that have several cells
_MIN_BESIDE = 0.8  # the fraction of the lines of a table's column that are beside a line of the other columns
_MIN_WITHIN = 0.6  # the fraction of them that are no lower than the last line of the other columns
_MIN_AMOUNT_LINES = 0.8  # the fraction of the lines below the head of a side that has only amounts
_PROSE_FILL, _PROSE_WORDS = 0.85, 5.0
_WORD_TEXT = re.compile(r"\S*\w\S*")
_NO_AMOUNT = frozenset("-*\u2013\u2014")


@dataclass(frozen=True)
class GutterSide:
    """The lines beside a gutter, from top to bottom; there is at least one."""

    lines: list[TextLine]

    @cached_property
    def words(self) -> float:
        """The words of a line, on average."""
        return sum([len(_WORD_TEXT.findall(run.text)) for line in self.lines for run in line.runs]) / len(self.lines)

    @cached_property
    def fill(self) -> float:
        """The width of a typical line, relative to all of them."""
        left, _, right, _ = around([line.box for line in self.lines])
        return median([line.box[2] - line.box[0] for line in self.lines]) / max(right - left, 1e-6)

    @cached_property
    def has_rows(self) -> bool:
        """Whether most of its lines may be rows of a table."""
        return sum([len(line.runs) > 1 for line in self.lines]) > _MIN_ROWS * len(self.lines)

    @property
    def may_be_column(self) -> bool:
        return self.words >= _MIN_COLUMN_WORDS and self.fill >= _MIN_FILL

    @property
    def is_prose(self) -> bool:
        return self.words >= _PROSE_WORDS and self.fill >= _PROSE_FILL


def are_columns(left: GutterSide, right: GutterSide) -> bool:
    """Return whether both sides of a gutter are columns of text, and not of one table."""
    return left.may_be_column and right.may_be_column and not _are_one_table(left, right)


def _are_one_table(left: GutterSide, right: GutterSide) -> bool:
    """Return whether one side is a column of a table, and the other has the cells beside it.

    Where both sides have cells, they are two tables, unless the gap between them is like those between cells, or only
    one of them has labels: the other one has the amounts of its rows.
    """
    if not (left.has_rows or right.has_rows):
        return False
    if _has_amounts_of(left, right) or _has_amounts_of(right, left):
        return True
    if left.has_rows and right.has_rows:
        return _has_gap_of_cells(left, right) and count_beside(left.lines, right.lines) == len(left.lines)
    column, cells = (left, right) if right.has_rows else (right, left)
    if column.is_prose:
        return False
    within = _within(column.lines, cells.lines)  # the others are text above or below the table
    is_beside = count_beside(column.lines, cells.lines) >= _MIN_BESIDE * len(within)
    return is_beside and len(within) >= _MIN_WITHIN * len(column.lines)


def _has_gap_of_cells(left: GutterSide, right: GutterSide) -> bool:
    """Return whether the gutter between sides of as many lines is no wider than the widest gap between their cells."""
    lines = [*left.lines, *right.lines]
    gaps = [after.box[0] - before.box[2] for line in lines for before, after in pairwise(line.runs)]
    gutter = min(line.box[0] for line in right.lines) - max(line.box[2] for line in left.lines)
    return len(left.lines) == len(right.lines) and gutter <= max(gaps)


def _has_amounts_of(side: GutterSide, other: GutterSide) -> bool:
    """Return whether a side has only amounts, below their head, beside the rows or the labels of the other one."""
    if other.is_prose and not other.has_rows:
        return False
    rows = [line for line in other.lines if len(line.runs) > 1] if other.has_rows else other.lines
    beside = _within(side.lines, rows)
    are_amounts = [_are_amounts(line) for line in beside]
    below_head = are_amounts[are_amounts.index(True) :] if any(are_amounts) else []
    return (
        len(below_head) >= _MIN_ROWS * len(beside)
        and sum(below_head) >= _MIN_AMOUNT_LINES * len(below_head)
        and sum(map(_are_amounts, other.lines)) < _MIN_ROWS * len(other.lines)
        and count_beside(beside, rows) >= _MIN_BESIDE * len(beside)
    )


def _are_amounts(line: TextLine) -> bool:
    return all(run.text in _NO_AMOUNT or AMOUNT.fullmatch(run.text) is not None for run in line.runs)


def _within(lines: Sequence[TextLine], others: Sequence[TextLine]) -> list[TextLine]:
    """Return the lines that have their middle between the top of the first of the others and the bottom of the last."""
    top, bottom = others[0].box[1], others[-1].box[3]
    return [line for line in lines if top < (line.box[1] + line.box[3]) / 2 < bottom]


def count_beside(lines: Sequence[TextLine], others: Sequence[TextLine]) -> int:
    """Return how many lines have their middle beside one of the others."""
    others = sorted(others, key=lambda line: line.box[1])
    tops = [line.box[1] for line in others]
    reached = list(accumulate((line.box[3] for line in others), max))  # the bottom of those down to each
    middles = [(line.box[1] + line.box[3]) / 2 for line in lines]
    above = [(bisect_left(tops, middle), middle) for middle in middles]
    return sum(count > 0 and reached[count - 1] > middle for count, middle in above)
