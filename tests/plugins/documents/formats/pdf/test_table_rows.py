"""Tables of a PDF whose columns are close together."""

import numpy as np
import pytest

from docsight.documents.formats.pdf.table_rows import table_rows
from docsight.documents.formats.pdf.text_lines import TextLine, around
from docsight.documents.formats.pdf.text_runs import Run

Word = tuple[float, float, str]  # left and right in points
SIZE = 10.0


def run(*words: Word) -> Run:
    boxes = np.array([(left, 0.0, right, SIZE) for left, right, _ in words])
    text = " ".join(text for _, _, text in words)
    return Run(text, (words[0][0], 0.0, words[-1][1], SIZE), SIZE, SIZE, words=boxes)


def line(*runs: Run) -> TextLine:
    return TextLine(list(runs), around([each.box for each in runs]), SIZE)


def row(*cells: Word) -> TextLine:
    return line(*map(run, cells))


ITEMS = [
    row((0, 40, "Tiles"), (120, 130, "20"), (150, 170, "1.20"), (185, 210, "24.00")),
    row((0, 60, "Delivery"), (125, 130, "1"), (145, 170, "25.00"), (185, 210, "25.00")),
]
NAMES = line(
    run((0, 30, "Item")), run((90, 130, "Quantity"), (133, 150, "Unit"), (153, 172, "price"), (175, 210, "Sum"))
)


def test_names_of_columns_that_are_close_together_are_divided_where_the_cells_are() -> None:
    assert table_rows([NAMES, *ITEMS]) == [
        ["Item", "Quantity", "Unit price", "Sum"],
        ["Tiles", "20", "1.20", "24.00"],
        ["Delivery", "1", "25.00", "25.00"],
    ]


def test_cells_that_are_close_together_are_divided() -> None:
    close = line(run((0, 40, "Nails")), run((125, 130, "3")), run((150, 178, "1000.50"), (183, 210, "3001.50")))
    assert table_rows([*ITEMS, close]) == [
        ["Tiles", "20", "1.20", "24.00"],
        ["Delivery", "1", "25.00", "25.00"],
        ["Nails", "3", "1000.50", "3001.50"],
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [NAMES, ITEMS[0]],  # two rows may have a gap at the same place by chance
        [*ITEMS, NAMES],  # words of a line below a table are no cells
        [NAMES, NAMES, *ITEMS],  # nor are those of most lines
    ],
)
def test_words_are_not_divided_by_chance(rows: list[TextLine]) -> None:
    assert table_rows(rows) is None


def test_runs_without_the_places_of_their_words_are_not_divided() -> None:
    unknown = Run("Quantity Unit price Sum", (90, 0, 210, SIZE), SIZE, SIZE)
    assert table_rows([line(NAMES.runs[0], unknown), *ITEMS]) is None
