"""Rows of totals below a table of a PDF, whose other cells are merged."""

import numpy as np
import pytest

from docsight.documents.formats.pdf.text_lines import TextLine, around
from docsight.documents.formats.pdf.text_runs import Run
from docsight.documents.formats.pdf.totals import join_totals, rows_with_totals

Word = tuple[float, float, str]  # left and right in points
SIZE = 10.0


def line(row: int, *cells: list[Word]) -> TextLine:
    runs = []
    for words in cells:
        boxes = np.array([(left, row * 15.0, right, row * 15.0 + SIZE) for left, right, _ in words])
        box = (words[0][0], row * 15.0, words[-1][1], row * 15.0 + SIZE)
        runs.append(Run(" ".join(text for _, _, text in words), box, SIZE, SIZE, words=boxes))
    return TextLine(runs, around([run.box for run in runs]), SIZE)


TABLE = [
    line(0, [(0, 30, "Item")], [(90, 130, "Quantity")], [(150, 172, "Price")], [(185, 210, "Sum")]),
    line(1, [(0, 40, "Tiles")], [(120, 130, "20")], [(150, 170, "1.20")], [(185, 210, "24.00")]),
    line(2, [(0, 60, "Delivery")], [(125, 130, "1")], [(145, 170, "25.00")], [(185, 210, "25.00")]),
]
ROWS = [["Item", "Quantity", "Price", "Sum"], ["Tiles", "20", "1.20", "24.00"], ["Delivery", "1", "25.00", "25.00"]]
TOTAL = line(3, [(155, 175, "Total"), (180, 210, "49.00")])


def blocks(*groups: list[TextLine]) -> list[tuple[int, list[list[str]] | None]]:
    """Return the number of lines and the rows of each block."""
    joined = join_totals((group, False) for group in groups)
    return [(len(lines) + len(totals), rows_with_totals(lines, totals)) for lines, totals, _ in joined]


@pytest.mark.parametrize(
    ("total", "row"),
    [
        (TOTAL, ["", "", "Total", "49.00"]),
        (
            line(3, [(110, 125, "VAT"), (127, 135, "20"), (137, 145, "%")], [(185, 210, "9.80")]),
            ["", "VAT 20 %", "", "9.80"],
        ),
        (
            line(3, [(0, 60, "Gesamtbetrag")], [(175, 205, "1.334,20"), (206, 210, "€")]),
            ["Gesamtbetrag", "", "", "1.334,20 €"],
        ),
        (line(3, [(147, 165, "Total"), (167, 180, "EUR"), (185, 210, "49.00")]), ["", "", "Total", "EUR 49.00"]),
    ],
)
def test_a_line_with_a_label_and_an_amount_is_a_row_of_the_table_above(total: TextLine, row: list[str]) -> None:
    assert blocks(TABLE, [total], [line(5, [(0, 80, "Thank you.")])]) == [(4, [*ROWS, row]), (1, None)]


def test_a_total_that_hides_columns_is_a_row() -> None:
    total = line(3, [(100, 175, "Total amount due")], [(185, 210, "49.00")])
    assert blocks([*TABLE, total]) == [(4, [*ROWS, ["", "Total amount due", "", "49.00"]])]


@pytest.mark.parametrize(
    "other",
    [
        line(3, [(0, 80, "Pay within"), (82, 210, "14 days.")]),  # no amount
        line(3, [(100, 130, "Total"), (132, 160, "49.00")]),  # not below the amounts
        line(3, [(190, 210, "49.00")]),  # no label
        line(9, [(155, 175, "Total"), (180, 210, "49.00")]),  # far below
    ],
)
def test_other_lines_are_no_rows(other: TextLine) -> None:
    assert blocks(TABLE, [other]) == [(3, ROWS), (1, None)]


def test_a_table_without_amounts_has_no_totals() -> None:
    names = [line(n, [(0, 40, "Ada")], [(90, 130, "Bob")], [(185, 210, "Carl")]) for n in range(3)]
    assert [count for count, _ in blocks(names, [TOTAL])] == [3, 1]
