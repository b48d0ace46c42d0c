"""Justified lines whose words look like the cells of a table."""

import pytest

from docsight.documents.formats.pdf.hyphens import LINE_END_HYPHEN
from docsight.documents.formats.pdf.justified import join_justified
from docsight.documents.formats.pdf.text_lines import TextLine, around
from docsight.documents.formats.pdf.text_runs import Run


def line(top: float, *pieces: tuple[float, float, str]) -> TextLine:
    """Return a line of runs of 10 points, each with its left and right edge."""
    runs = [Run(text, (left, top, right, top + 10), 10, 10) for left, right, text in pieces]
    return TextLine(runs, around([run.box for run in runs]), 10)


TEXT = (0, 200, "the mill was closed by its owner")


@pytest.mark.parametrize(
    "pieces", [[(0, 85, "Tired"), (115, 200, "men")], [(0, 40, "a"), (80, 120, "b"), (160, 200, "c")]]
)
def test_words_with_equal_gaps_beside_a_line_of_text_are_joined(pieces: list[tuple[float, float, str]]) -> None:
    joined = join_justified([line(0, TEXT), line(12, *pieces)])
    assert [one.text for one in joined] == [TEXT[2], " ".join(text for _, _, text in pieces)]


def test_a_line_above_another_that_was_joined_is_joined_too() -> None:
    lines = [
        line(0, (0, 80, "Neighbours"), (110, 200, "understood")),
        line(12, (0, 80, "Hamburg"), (110, 197.5, f"Altona{LINE_END_HYPHEN}")),
        line(24, TEXT),
    ]
    joined = join_justified(lines)
    assert [one.text for one in joined[:2]] == ["Neighbours understood", f"Hamburg Altona{LINE_END_HYPHEN}"]


@pytest.mark.parametrize(
    "row",
    [
        [(0, 40, "Paper"), (60, 100, "two"), (190, 200, "5")],  # unequal gaps
        [(0, 90, "Paper"), (110, 180, "5")],  # narrower than the text
        [(0, 90, "Fine paper"), (110, 200, "5")],  # a cell of two words
    ],
)
def test_rows_of_a_table_stay_rows(row: list[tuple[float, float, str]]) -> None:
    lines = [line(0, TEXT), line(12, *row)]
    assert join_justified(lines) == lines
    rows = [line(12 * number, (0, 90, "Paper"), (110, 200, "5")) for number in range(3)]
    assert join_justified(rows) == rows
