"""Building a text of pieces and breaks."""

from docsight.documents.formats.text.builder import CELL, LINE, PARAGRAPH, TextBuilder


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
