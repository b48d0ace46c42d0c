"""Text beside text: columns of text, or cells of a table."""

import random
from time import process_time

import pytest

from docsight.documents.formats.pdf.text_columns import GutterSide, are_columns, count_beside
from docsight.documents.formats.pdf.text_lines import TextLine, around
from docsight.documents.formats.pdf.text_runs import Run


def run(text: str, left: float, top: float, right: float, height: float = 10) -> Run:
    return Run(text, (left, top, right, top + height), 10, 10)


def test_lines_are_beside_others_that_overlap_and_have_any_height() -> None:
    draw = random.Random(1)

    def lines() -> list[TextLine]:
        runs = [run("Mill", 0, draw.uniform(0, 200), 40, draw.uniform(1, 40)) for _ in range(draw.randrange(9))]
        return [TextLine([one], one.box, 10) for one in runs]

    for _ in range(200):
        some, others = lines(), lines()
        middles = [(line.box[1] + line.box[3]) / 2 for line in some]
        expected = sum(any(other.box[1] < middle < other.box[3] for other in others) for middle in middles)
        assert count_beside(some, others) == expected


def test_long_columns_take_little_time() -> None:
    runs = [run("Mill", 0, 12 * row, 40) for row in range(20_000)]
    lines = [TextLine([one], one.box, 10) for one in runs]
    start = process_time()
    assert count_beside(lines, lines) == len(lines)
    assert process_time() - start < 5  # 0.1 on an idle core; minutes if each line were compared with all others


def side(left: float, *rows: str, width: float = 60, top: float = 0) -> GutterSide:
    """Return a side whose rows are cells with bars between them."""
    lines = []
    for row, text in enumerate(rows):
        cells = [
            run(cell, left + width * n, top + 15 * row, left + width * n + 5 * len(cell))
            for n, cell in enumerate(text.split("|"))
        ]
        lines.append(TextLine(cells, around([cell.box for cell in cells]), 10))
    return GutterSide(lines)


LABELS = side(0, "Work on the garden|2 days of work", "Planting of hedges|3 days of work", width=120)
TEXT = "A line of a text that goes on and on"


@pytest.mark.parametrize(
    ("left", "right", "are_two"),
    [
        (LABELS, side(400, "120.00 EUR|240.00 EUR", "14.50 EUR|43.50 EUR"), False),
        (LABELS, side(400, "Price of one|Price of all", "120.00 EUR|240.00 EUR", "14.50 EUR|9.00 EUR", top=-15), False),
        (LABELS, side(400, "120.00 EUR|240.00 EUR", "14.50 EUR|43.50 EUR", "Sum of all|283.50 EUR"), False),
        (LABELS, side(400, "Ada Lovelace of London|one day of work", "Rosa Lindt of Graz|two days of work"), True),
        (side(0, "1 000 EUR|12 EUR", "20 EUR|24 EUR"), side(400, "30 EUR|31 EUR", "40 EUR|41 EUR"), True),
        (side(0, TEXT, TEXT, TEXT), side(400, "120.00 EUR|240.00 EUR", "14.50 EUR|43.50 EUR", "1 EUR|2 EUR"), True),
        (side(0, TEXT, TEXT, TEXT), side(400, TEXT, TEXT, TEXT), True),
    ],
)
def test_amounts_beside_labels_are_cells(left: GutterSide, right: GutterSide, *, are_two: bool) -> None:
    assert left.may_be_column
    assert right.may_be_column
    assert are_columns(left, right) is are_two


def test_labels_above_text_are_beside_their_cells() -> None:
    names = "Name of the post|Sum of it all"
    labels = side(0, "Name of it", "Work on the garden", "Planting of hedges", "Please pay within 14 days.")
    assert not are_columns(labels, side(300, names, "01.03.2024|480,00 EUR or so", "02.03.2024|120,00 EUR or so"))
