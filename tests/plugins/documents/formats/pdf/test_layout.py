"""PDF: reading order, words by their gaps, running lines, and the kinds of passages."""

from collections.abc import Sequence

import pytest

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.pdf import reader
from docsight.documents.formats.source import ReadOptions, Running, Source

pytest.importorskip("pypdfium2")

Text = tuple[float, float, str, float]  # left, bottom, text, size
HEIGHT = 800
BODY = "The harbour was built in the last century by an owner"


def write_pdf(*pages: Sequence[Text], rotation: int = 0) -> bytes:
    """Write texts in Helvetica on pages of 600 x 800 points."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for number, texts in enumerate(pages):
        content = "\n".join(f"BT /F1 {size} Tf {left} {bottom} Td ({text}) Tj ET" for left, bottom, text, size in texts)
        objects += [
            f"<</Type/Page/Parent 2 0 R/Rotate {rotation}/MediaBox[0 0 600 {HEIGHT}]/Resources<</Font<</F1 3 0 R>>>>"
            f"/Contents {5 + 2 * number} 0 R>>",
            f"<</Length {len(content)}>>\nstream\n{content}\nendstream",
        ]
    body = "".join(f"{number} 0 obj\n{one}\nendobj\n" for number, one in enumerate(objects, start=1))
    return f"%PDF-1.7\n{body}trailer\n<</Root 1 0 R>>\n%%EOF\n".encode("latin-1")


def read(*pages: Sequence[Text], running: Running = "drop", rotation: int = 0) -> ParsedDocument:
    options = ReadOptions(ocr="never", running=running)
    (document,) = reader.read(Source(name="a.pdf", data=write_pdf(*pages, rotation=rotation), options=options))
    assert isinstance(document, ParsedDocument)
    return document


def kinds(document: ParsedDocument) -> list[tuple[str, int | None, str]]:
    return [(one.kind, one.level, document.text[one.start : one.end]) for one in document.passages]


def test_columns_drawn_row_by_row_are_read_one_after_the_other() -> None:
    left = ["The harbour of Leeds was", "built in the last century", "by Maria Keller and her"]
    right = ["Prices rose in Hamburg", "after the strike, and", "the mill was closed by"]
    page = [(x, 700 - 14 * number, lines[number], 11) for number in range(3) for x, lines in ((72, left), (320, right))]
    assert read(page).text == "\n".join(left) + "\n" + "\n".join(right)


def test_superscripts_stay_on_their_line() -> None:
    page = [(72, 700, "The mill closed", 10), (138.7, 704, "3", 7), (145.4, 700, "in Leeds.", 10)]
    assert read(page).text == "The mill closed3 in Leeds."


def test_tight_words_are_split_at_their_gaps() -> None:
    page = [(72, 700, "Tight", 11), (98.6, 700, "words", 11), (129.5, 700, "placed", 11)]
    assert read(page).text == "Tight words placed"


def test_spaced_letters_are_joined() -> None:
    assert read([(72, 700, "C O N T E N T S", 14)]).text == "CONTENTS"


def test_running_lines_are_left_out_or_kept_as_passages() -> None:
    pages = [
        [(72, 770, "Annual report", 11), (72, 600, f"{BODY} {name}.", 11), (280, 20, f"Page {number} of 3", 11)]
        for number, name in enumerate(("Keller", "Hale", "Duval"), start=1)
    ]
    document = read(*pages)
    assert document.text == "\n\n".join(f"{BODY} {name}." for name in ("Keller", "Hale", "Duval"))
    assert document.notes == ("6 running headers, footers and page numbers were left out (running)",)
    kept = read(*pages, running="keep")
    assert [kind for kind, _, _ in kinds(kept)] == ["header", "paragraph", "footer"] * 3


def test_words_broken_at_the_end_of_a_page_are_joined_past_the_footer() -> None:
    pages = [
        [(72, 100, "The council approved the manage-", 11), (280, 30, "Page 1 of 2", 11)],
        [(72, 700, "ment plan of Maria.", 11), (280, 30, "Page 2 of 2", 11)],
    ]
    document = read(*pages)
    assert document.text == "The council approved the management plan of Maria."
    assert [one.page for one in document.passages] == [1, 2]


def test_passages_have_kinds_and_levels() -> None:
    page = [
        (72, 700, "The harbour of Leeds", 20),
        (72, 660, "History", 15),
        *((72, 630 - 14 * line, BODY, 10) for line in range(3)),
        (72, 560, "- a first item", 10),
        (90, 546, "- an inner item", 10),
        (72, 500, "Figure 1. The old mill", 10),
        (72, 60, "1 From the archive of the town", 7),
    ]
    assert [(kind, level) for kind, level, _ in kinds(read(page))] == [
        ("heading", 1), ("heading", 2), ("paragraph", None), ("list_item", 1), ("list_item", 2), ("caption", None),
        ("footnote", None),
    ]  # fmt: skip


def test_aligned_rows_are_a_table_with_its_empty_cells() -> None:
    rows = [("Name", "City", "Mill"), ("Jonas", "", "Harlow"), ("Maria", "Hamburg", "Kestrel")]
    page = [
        (x, 500 - 18 * number, cell, 10)
        for number, row in enumerate(rows)
        for x, cell in zip((72, 172, 272), row, strict=True)
        if cell
    ]
    document = read(page)
    (table,) = document.passages
    assert table.kind == "table"
    assert [tuple(document.text[start:end] for start, end in row) for row in table.cells or ()] == rows


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_rotated_pages_have_their_text_in_order(rotation: int) -> None:
    assert read([(72, 700, "first line", 11), (72, 686, "second line", 11)], rotation=rotation).text == (
        "first line\nsecond line"
    )


def test_bounding_boxes_are_in_points_from_the_top_left_corner() -> None:
    (passage,) = read([(72, 700, "One line", 10)]).passages
    assert passage.bbox == pytest.approx((72, 91, 108, 103), abs=2)
