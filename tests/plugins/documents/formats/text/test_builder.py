"""Building a text of pieces and breaks."""

import pytest

from docsight.documents.formats.text.builder import CELL, LINE, PARAGRAPH, Block, TextBuilder


def test_text_builder_writes_the_strongest_of_several_breaks() -> None:
    builder = TextBuilder()
    builder.interrupt(PARAGRAPH)
    builder.write("a ")
    for strength in (LINE, PARAGRAPH, CELL):
        builder.interrupt(strength)
    builder.write(" b")
    builder.interrupt(PARAGRAPH)
    builder.weaken(CELL)
    assert len(builder) == len("a\n\nb")
    builder.write("c\n")
    assert builder.text() == "a\n\nb\tc"


def test_text_builder_keeps_the_whitespace_of_verbatim_text() -> None:
    builder = TextBuilder()
    builder.write_collapsed(" a\n \tb ")
    builder.write_collapsed(" c ")
    builder.interrupt(PARAGRAPH)
    builder.write("  x\n    y \n ", verbatim=True)
    builder.interrupt(LINE)
    builder.write_collapsed(" d")
    assert builder.text() == "a b c\n\n  x\n    y \n\nd"


def test_a_block_and_a_break_between_paragraphs_begin_a_passage() -> None:
    builder = TextBuilder()
    builder.block = Block(kind="heading", level=2, page=1)
    builder.write("Title")
    builder.interrupt(LINE)
    builder.block = Block(page=1)
    builder.write("a")
    builder.interrupt(LINE)
    builder.write("b")
    builder.interrupt(PARAGRAPH)
    builder.write("c ")
    text = builder.text()
    assert text == "Title\na\nb\n\nc"
    found = [(text[p.start : p.end], p.kind, p.level, p.page) for p in builder.passages()]
    assert found == [("Title", "heading", 2, 1), ("a\nb", "paragraph", None, 1), ("c", "paragraph", None, 1)]


def test_the_cells_of_a_table_keep_their_places() -> None:
    builder = TextBuilder()
    builder.write("before")
    builder.begin_table(Block(kind="table"))
    for row in (["a", "", "", "b "], ["", ""], ["", "c", ""]):
        for cell in row:
            builder.begin_cell()
            builder.interrupt(PARAGRAPH)
            builder.write(cell)
            builder.interrupt(PARAGRAPH)
            builder.end_cell()
        builder.end_row()
    builder.end_table()
    builder.write("after")
    text = builder.text()
    assert text == "before\n\na\t\t\tb\n\tc\n\nafter"
    table = list(builder.passages())[1]
    assert (text[table.start : table.end], table.kind) == ("a\t\t\tb\n\tc", "table")
    assert table.cells is not None
    assert [[text[a:b] for a, b in row] for row in table.cells] == [["a", "", "", "b"], ["", "c", ""]]


def test_paragraphs_and_tables_in_a_cell_are_lines_and_tabs_of_it() -> None:
    builder = TextBuilder()
    builder.begin_table(Block(kind="table"))
    builder.begin_cell()
    builder.write("a")
    builder.interrupt(PARAGRAPH)
    builder.begin_table(Block(kind="table"))
    for cell in ("b", "c"):
        builder.begin_cell()
        builder.write(cell)
        builder.end_cell()
    builder.end_row()
    builder.end_table()
    builder.end_cell()
    builder.begin_cell()
    builder.write("d")
    builder.end_cell()
    builder.end_row()
    builder.end_table()
    assert builder.text() == "a\nb\tc\td"
    (table,) = builder.passages()
    assert table.cells == (((0, 5), (6, 7)),)


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["\n", "a", " \t", "\u00a0b\x1c"], "a b"),
        (["a ", "  ", " b"], "a b"),
        (["a", "", " ", "b"], "a b"),
        (["a", "\u200b b"], "a b"),
    ],
)
def test_whitespace_is_collapsed_across_pieces(pieces: list[str], text: str) -> None:
    builder = TextBuilder()
    for piece in pieces:
        builder.write_collapsed(piece)
    assert builder.text() == text
