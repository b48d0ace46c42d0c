"""PDF as Word and LibreOffice write it: bullets at private places, fonts whose boxes are as low as their letters."""

import pytest

from docsight.documents.formats.pdf import text_runs
from docsight.documents.formats.pdf.blocks import read_blocks
from docsight.documents.formats.pdf.reading_order import read_columns
from docsight.documents.formats.pdf.structure import classify
from docsight.documents.formats.pdf.text_runs import Run

pytest.importorskip("pypdfium2")

_SYMBOL_BULLET = "\uf0b7"


def line(text: str, left: float, top: float) -> Run:
    return Run(text, (left, top, left + 5.0 * len(text), top + 10.0), 10.0, 11.0)


def item(text: str, top: float, gap: float = 14.0) -> list[Run]:
    return [line(_SYMBOL_BULLET, 90.0, top), line(text, 95.0 + gap, top)]


def test_a_symbol_bullet_and_its_item_are_one_line() -> None:
    (column,) = read_columns(item("Grants to food banks", 100.0))
    assert [run.text for run in column[0].runs] == [f"{_SYMBOL_BULLET} Grants to food banks"]


def test_items_with_symbol_bullets_are_items_with_their_wrapped_lines() -> None:
    prose = [line("The committee met in spring and agreed on a few points", 90.0, top) for top in (58.0, 72.0, 86.0)]
    runs = [
        *prose,
        *item("A long point that goes on for more than a line, so that", 100.0),
        line("its second line hangs", 109.0, 114.0),
        *item("Another point of the same kind, which is about as long", 128.0),
        line("as the first", 109.0, 142.0),
        *(line(run.text, 90.0, run.box[1] + 112.0) for run in prose),
    ]
    blocks = read_blocks({0: runs}, 1, 800.0, lambda rect: rect)
    classify(blocks)
    items = [block for block in blocks if block.kind == "list_item"]
    assert [len(block.lines) for block in items] == [2, 2]
    assert items[0].lines[0].startswith("• A long point")


def test_a_far_symbol_bullet_is_a_cell() -> None:
    (column,) = read_columns(item("Yes", 100.0, gap=200.0))
    assert len(column[0].runs) == 2


@pytest.mark.parametrize("height", [5.2, 7.4, 9.1])
def test_the_size_of_a_font_counts_where_its_boxes_are_as_low_as_its_letters(height: float) -> None:
    class Letters(text_runs._Letters):
        def __init__(self) -> None:
            self._handle = self._matrix_address = 0
            self._get_font_size = lambda *_: 11.0
            self._get_matrix = lambda *_: 0

    assert Letters()._font_size(0, height) == 11.0
