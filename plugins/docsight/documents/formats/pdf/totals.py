"""Rows below a table that only have a label and an amount, as the totals of invoices, whose other cells are merged."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from docsight.documents.formats.pdf.amounts import AMOUNT
from docsight.documents.formats.pdf.page_text import clean
from docsight.documents.formats.pdf.table_rows import LinePiece, PdfTable, find_table, words_of
from docsight.documents.formats.pdf.text_lines import TextLine

_LETTERS_OF_LABEL = re.compile(r"[^\W\d_]{2}")
_MAX_AMOUNT_WORDS = 4
_MAX_TOTAL_LABEL_CHARS = 60
_MAX_TOTALS = 6  # rows
_MIN_COLUMNS = 3
_MIN_AMOUNTS = 0.5  # of the rows, below the head, whose last cell is an amount
# In em:
_WIDEST_GAP_ABOVE = 3.0
_SAME_RIGHT_EDGE = 0.6
_OUTSIDE_TABLE = 0.6  # that a label may begin left of its table


def join_totals(
    groups: Iterable[tuple[list[TextLine], bool]],
) -> Iterator[tuple[list[TextLine], list[TextLine], bool]]:
    """Yield the lines of each block, the totals below them if they are a table, and whether it continues the last one.

    Args:
        groups: The lines of each block of a column in reading order, and whether it continues the one before.
    """
    table: PdfTable | None = None
    held: tuple[list[TextLine], list[TextLine], bool] | None = None  # a table, whose totals may follow
    for group, continues in groups:
        if held is not None:
            lines, totals, _ = held
            is_next_row = continues and all(line.is_row for line in group)  # perhaps with all cells
            if (
                table is not None
                and not is_next_row
                and len(totals) + len(group) <= _MAX_TOTALS
                and _are_totals(table, (totals or lines)[-1], group)
            ):
                totals += group
                continue
            yield held
            held = None
        count = _hidden_totals(group)
        lines, totals = group[: len(group) - count], group[len(group) - count :]
        table = find_table(lines) if _may_be_table(lines) else None
        if table is not None and _has_amounts(table):
            held = lines, totals, continues
        else:
            yield group, [], continues
    if held is not None:
        yield held


def rows_with_totals(lines: Sequence[TextLine], totals: Sequence[TextLine]) -> list[list[str]] | None:
    """Return the cells of a table and of the totals below it; None if the lines do not form columns."""
    table = find_table(lines)
    if table is None:
        return None
    return [*table.rows, *(row for line in totals if (row := total_row(table, line)) is not None)]


def _hidden_totals(lines: Sequence[TextLine]) -> int:
    """Return how many lines at the end of a block are totals that hide the columns of the table above them."""
    most = max(len(line.runs) for line in lines)
    count = 0
    for line in reversed(lines):
        if len(line.runs) >= most or most < _MIN_COLUMNS or count == _MAX_TOTALS:
            break
        count += 1
    if not 0 < count < len(lines) - 1:
        return 0
    whole = find_table(lines)
    for number in range(1, count + 1):
        table = find_table(lines[:-number])
        if table is not None and (whole is None or len(whole.columns) < len(table.columns)):
            return number if _has_amounts(table) and _are_totals(table, lines[-number - 1], lines[-number:]) else 0
    return 0


def _may_be_table(lines: Sequence[TextLine]) -> bool:
    return (
        len(lines) > 1 and all(line.is_row for line in lines) and any(len(line.runs) >= _MIN_COLUMNS for line in lines)
    )


def _are_totals(table: PdfTable, above: TextLine, lines: Sequence[TextLine]) -> bool:
    """Return whether all lines below a line of a table are totals."""
    if not all(total_row(table, line) is not None for line in lines):
        return False
    return all(_is_below(before, line) for before, line in pairwise([above, *lines]))


def _has_amounts(table: PdfTable) -> bool:
    """Return whether a table has a last column of amounts."""
    amounts = [AMOUNT.fullmatch(row[-1]) is not None for row in table.rows[1:]]
    return len(table.columns) >= _MIN_COLUMNS and bool(amounts) and sum(amounts) >= _MIN_AMOUNTS * len(amounts)


def _is_below(above: TextLine, line: TextLine) -> bool:
    """Return whether a line may be the next row below another."""
    gap = (line.box[1] - above.box[3]) / max(above.size, line.size, 1e-6)
    return -0.5 < gap <= _WIDEST_GAP_ABOVE


def total_row(table: PdfTable, line: TextLine) -> list[str] | None:
    """Return the cells of a line with a label and an amount at the right edge of the table; None for other lines.

    The label is in the column where it begins, and the other cells are empty.
    """
    words = list(words_of(line))
    edge = table.columns[-1][1]
    if (
        abs(words[-1].right - edge) > _SAME_RIGHT_EDGE * line.size
        or words[0].left < table.columns[0][0] - _OUTSIDE_TABLE * line.size
    ):
        return None
    begin = _amount_start(words)
    label = clean(" ".join(word.text for word in words[:begin]))
    if begin is None or not _LETTERS_OF_LABEL.search(label) or len(label) > _MAX_TOTAL_LABEL_CHARS:
        return None
    place = max(number for number, (left, _) in enumerate(table.columns) if number == 0 or words[0].left >= left - 1.0)
    row = [""] * len(table.columns)
    row[min(place, len(row) - 2)] = label
    row[-1] = clean(" ".join(word.text for word in words[begin:]))
    return row


def _amount_start(words: Sequence[LinePiece]) -> int | None:
    """Return the number of the first word of the amount at the end of a line; None if there is none, or no label."""
    found = None
    for begin in range(len(words) - 1, max(0, len(words) - 1 - _MAX_AMOUNT_WORDS), -1):
        is_amount = AMOUNT.fullmatch(clean(" ".join(word.text for word in words[begin:]))) is not None
        if is_amount and (found is None or _is_part_of_amount(words[begin], words[begin + 1])):
            found = begin
        elif found is not None:
            break
    return found


def _is_part_of_amount(word: LinePiece, following: LinePiece) -> bool:
    """Return whether a word is the currency before an amount, or its thousands; 20 % is a rate."""
    is_currency = not any(map(str.isdigit, word.text))
    is_thousands = word.text.lstrip("-+(").isdigit() and re.match(r"\d{3}(?!\d)", following.text) is not None
    return is_currency or (is_thousands and word.run == following.run)
