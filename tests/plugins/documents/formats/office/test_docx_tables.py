"""Tables of Word documents: their cells, merged cells, and what is in a cell."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from word_samples import cell, kinds, paragraph, read, row, table, with_body


def test_docx_keeps_the_places_of_empty_cells() -> None:
    rows = (row(cell("Item"), cell(""), cell("Note"), cell("Count")), row(cell("Paper"), cell(""), cell(""), cell("5")))
    content = read(with_body(paragraph("Before") + table(*rows) + paragraph("after")))
    assert kinds(content) == [
        ("paragraph", "Before"),
        ("table", "Item\t\tNote\tCount\nPaper\t\t\t5"),
        ("paragraph", "after"),
    ]
    cells = content.passages[1].cells
    assert cells is not None
    assert [[content.text[start:end] for start, end in one] for one in cells] == [
        ["Item", "", "Note", "Count"],
        ["Paper", "", "", "5"],
    ]


def test_docx_leaves_the_further_places_of_merged_cells_empty() -> None:
    first, further = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = (
        row(cell("Prices", '<w:gridSpan w:val="3"/>'), cell("Year")),
        row(cell("Paper", first), cell("A4"), cell("1"), cell("2024")),
        row(cell("old", further), cell("A3"), cell("2"), cell("2025")),
        row(cell("wide", '<w:hMerge w:val="restart"/>'), cell("", "<w:hMerge/>"), cell("3"), cell("x")),
        row(cell("late"), cell("y"), properties='<w:gridBefore w:val="2"/>'),
    )
    expected = "Prices\t\t\tYear\nPaper\tA4\t1\t2024\n\tA3\t2\t2025\nwide\t\t3\tx\n\t\tlate\ty"
    assert read(with_body(table(*rows))).text == expected


def test_docx_limits_the_places_of_merged_cells() -> None:
    for span in ("999999999", "9" * 30, "-5", "x"):
        rows = row(cell("a", f'<w:gridSpan w:val="{span}"/>'), cell("b")) * 1000
        content = read(with_body(table(rows)))
        assert content.text.count("b") == 1000
        assert len(content.text) < 300_000


def test_docx_writes_tables_in_cells_into_the_cell() -> None:
    inner = f"<w:tc>{paragraph('in')}{table(row(cell('x'), cell('y')))}{paragraph('out')}</w:tc>"
    content = read(with_body(table(row(inner, cell("b")))))
    assert kinds(content) == [("table", "in\nx\ty\nout\tb")]


def test_docx_leaves_out_deleted_rows() -> None:
    rows = row(cell("a"), cell("b")) + row(cell("old"), properties="<w:del/>") + row(cell("c"), cell("d"))
    assert read(with_body(table(rows))).text == "a\tb\nc\td"
