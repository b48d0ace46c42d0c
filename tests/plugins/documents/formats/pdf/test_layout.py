"""PDF: reading order, words by their gaps, running lines, and the kinds of passages."""

from collections.abc import Sequence

import pytest

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.pdf import reader
from docsight.documents.formats.pdf.page_text import clean
from docsight.documents.formats.source import ReadOptions, Running, Source

pytest.importorskip("pypdfium2")

# Left, bottom, text, size, and the font: Helvetica (F1, the default), Courier (F2) or Helvetica-Bold (F3).
Text = tuple[float, float, str, float] | tuple[float, float, str, float, str]
HEIGHT = 800
BODY = "The harbour was built in the last century by an owner"


def write_pdf(*pages: Sequence[Text], rotation: int = 0) -> bytes:
    """Write texts on pages of 600 x 800 points."""
    kids = " ".join(f"{6 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        *(
            f"<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>"
            for name in ("Helvetica", "Courier", "Helvetica-Bold")
        ),
    ]
    for number, texts in enumerate(pages):
        content = "\n".join(
            f"BT /{font[0] if font else 'F1'} {size} Tf {left} {bottom} Td ({text}) Tj ET"
            for left, bottom, text, size, *font in texts
        )
        objects += [
            f"<</Type/Page/Parent 2 0 R/Rotate {rotation}/MediaBox[0 0 600 {HEIGHT}]"
            f"/Resources<</Font<</F1 3 0 R/F2 4 0 R/F3 5 0 R>>>>/Contents {7 + 2 * number} 0 R>>",
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


def test_a_heading_below_columns_follows_both() -> None:
    left = ["The harbour of Leeds was", "built in the last century", "by Maria Keller and her"]
    right = ["Prices rose in Hamburg", "after the strike, and", "the mill was closed by"]
    page = [(x, 700 - 14 * number, lines[number], 11) for number in range(3) for x, lines in ((72, left), (320, right))]
    page += [(72, 650, "Years", 16), (72, 630, f"{BODY} of a shop", 11), (72, 616, f"{BODY} of a mill", 11)]
    text = read(page).text
    assert text.index("closed by") < text.index("Years") < text.index("of a shop")


def test_text_between_tables_of_smaller_letters_has_no_headings() -> None:
    page = [(72, 700, f"{BODY} of a shop who", 11), (72, 687, "had a mill.", 11), (72, 660, "Years", 11)]
    page += [(72, 630 - 11 * number, f"{BODY} of a shop in the town of Leeds who", 9) for number in range(6)]
    assert [kind for kind, _, _ in kinds(read(page))][:2] == ["paragraph", "heading"]


def test_a_line_that_begins_with_an_emphasized_word_continues_its_sentence() -> None:
    around = [(72, 760, "Report", 11), *((72, 100 - 30 * number, f"{BODY} {number}", 11) for number in range(3))]
    page = [(72, 700, BODY, 11), (72, 687, "from Leeds", 11, "F3"), (72, 674, "who had a mill.", 11)]
    assert (f"{BODY}\nfrom Leeds\nwho had a mill.", "paragraph") in [
        (text, kind) for kind, _, text in kinds(read([*around, *page]))
    ]
    page = [(72, 700, f"{BODY}.", 11), (72, 687, "list", 11, "F3"), (72, 674, "Who had a mill?", 11)]
    assert f"{BODY}.\nlist" not in [text for _, _, text in kinds(read([*around, *page]))]


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


SPACED_ROWS = [
    ("Name", "Hours", "Paid"),
    ("Anna Smith", "8.0", "8.0"),
    ("Bo Lind", "7.5", "8.0"),
    ("Dee Ray", "6.0", ""),
]


def spaced_rows(top: int) -> list[Text]:
    """Return rows with gaps of three lines between them."""
    return [
        (left, top - 36 * number, cell, 10)
        for number, row in enumerate(SPACED_ROWS)
        for left, cell in zip((72, 220, 300), row, strict=True)
        if cell
    ]


@pytest.mark.parametrize("top", [740, 500, 160])  # at the head of the page, in the middle and at its foot
def test_rows_that_are_far_apart_are_one_table(top: int) -> None:
    table = ("table", None, "\n".join("\t".join(row).rstrip("\t") for row in SPACED_ROWS))
    assert [(kind, level, text) for kind, level, text in kinds(read(spaced_rows(top))) if kind == "table"] == [table]


def test_header_above_rows_that_are_far_apart_is_no_row() -> None:
    pages = [[(72, 770, "Kestrel Ltd", 10), (300, 770, f"{number}", 10), *spaced_rows(735)] for number in range(1, 5)]
    document = read(*pages)
    assert "Kestrel" not in document.text
    assert [kind for kind, _, _ in kinds(document)] == ["table"] * 4


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


def test_entries_of_a_table_of_contents_are_items_without_their_dots() -> None:
    dots = " . . . . . . . . . ."
    page = [
        (72, 700, "Contents", 16, "F3"),
        (72, 670, "1", 10, "F3"), (92, 670, "The harbour", 10, "F3"), (400, 670, "3", 10, "F3"),
        (92, 656, "1.1", 10), (120, 656, f"The owners{dots}", 10), (400, 656, "4", 10),
        (92, 642, "1.2", 10), (120, 642, "The mill by the river and", 10),
        (120, 628, f"all of its wheels{dots} 12", 10),
        (72, 614, f"Index{dots}xii", 10),
        *((72, 500 - 14 * line, BODY, 10) for line in range(3)),
    ]  # fmt: skip
    assert kinds(read(page))[1:5] == [
        ("list_item", 1, "1 The harbour\t3"),
        ("list_item", 2, "1.1 The owners\t4"),
        ("list_item", 2, "1.2 The mill by the river and all of its wheels\t12"),
        ("list_item", 1, "Index\txii"),
    ]


def test_a_paragraph_goes_on_at_words_that_are_set_like_code() -> None:
    page = [
        (72, 700, "Please write to the owners of the harbour of Leeds, by their address", 10),
        (72, 688, "harbour@leeds.example", 10, "F2"),
        (72, 676, "or, if they do not answer, read the pages of the harbour on the web:", 10),
        (72, 664, "leeds.example", 10, "F2"), (155, 664, "has all of them, and those of the mill.", 10),
    ]  # fmt: skip
    assert [kind for kind, _, _ in kinds(read(page))] == ["paragraph"]


def test_code_keeps_its_indents_and_gaps() -> None:
    page = [
        *((72, 700 - 12 * line, BODY, 10) for line in range(3)),
        (90, 640, "def harbour\\(\\):", 10, "F2"),
        (114, 628, "owner = 1", 10, "F2"), (198, 628, "# Keller", 10, "F2"),
        (114, 616, "return -", 10, "F2"),
        (90, 604, "harbour\\(\\)", 10, "F2"),
        *((72, 560 - 12 * line, BODY, 10) for line in range(3)),
    ]  # fmt: skip
    assert kinds(read(page))[1] == (
        "code", None, "def harbour():\n    owner = 1     # Keller\n    return -\nharbour()"
    )  # fmt: skip


def test_text_from_a_typewriter_is_no_code() -> None:
    letter = ["Dear Maria, the harbour was built in the last", "century by an owner who never came to see it."]
    page = [
        *((72, 700 - 12 * line, text, 10, "F2") for line, text in enumerate(letter)),
        (72, 640, "Jonas Hale", 10, "F2"),
        (72, 628, "12 Mill Lane, Leeds", 10, "F2"),
    ]
    assert [kind for kind, _, _ in kinds(read(page))] == ["paragraph", "paragraph"]
    prose = [(72, 500 - 12 * line, BODY, 10) for line in range(3)]
    assert [kind for kind, _, _ in kinds(read([*page, *prose]))] == ["paragraph"] * 3


def test_the_number_of_a_heading_is_on_its_line_and_not_a_cell() -> None:
    page = [
        (72, 700, "3", 10, "F3"), (92, 700, "Bugs and feedback", 10, "F3"),
        (72, 680, "3.1", 10, "F3"), (100, 680, "Known issues", 10, "F3"),
        *((72, 640 - 12 * line, BODY, 10) for line in range(3)),
    ]  # fmt: skip
    assert [(kind, text) for kind, _, text in kinds(read(page))][:2] == [
        ("heading", "3 Bugs and feedback"), ("heading", "3.1 Known issues"),
    ]  # fmt: skip


def test_a_hanging_item_is_one_passage() -> None:
    page = [
        (72, 700, "\x95 a first item of a list, which goes on", 10),
        (82, 688, "in a second line", 10),
        (72, 676, "\x95 another", 10),
    ]
    assert [kind for kind, _, _ in kinds(read(page))] == ["list_item", "list_item"]


def test_headings_of_nearly_one_size_have_one_level() -> None:
    page = [
        (72, 700, "The harbour", 16, "F3"),
        (72, 660, "The owners", 15.7, "F3"),
        (72, 630, "h 4 h", 30),
        *((72, 600 - 12 * line, BODY, 10) for line in range(3)),
    ]
    assert [(kind, level) for kind, level, _ in kinds(read(page))] == [
        ("heading", 1), ("heading", 1), ("paragraph", None), ("paragraph", None),
    ]  # fmt: skip


def test_private_letters_and_ligatures_are_plain_letters() -> None:
    assert clean("\uf731\uf739 \uf773\uf76d \ufb03x") == "19 SM ffix"


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        ("f\xa8ur", "f\xfcr"),
        ("biblioth`eque", "biblioth\xe8que"),
        ("\xb4etude adapt\xb4ee", "\xe9tude adapt\xe9e"),
        ("h\u02c6ote", "h\xf4te"),
        ("l\xb4eau", "l\xb4eau"),
        ("it\xb4s", "it\xb4s"),
        ("`else' or ``a''", "`else' or ``a''"),
    ],
)
def test_accents_that_tex_draws_before_letters_are_joined_to_them(drawn: str, text: str) -> None:
    assert clean(drawn) == text


@pytest.mark.parametrize("bullet", ["-", "\\225"])
def test_items_with_bullets_far_from_their_text_are_no_table(bullet: str) -> None:
    lines = ["Products that were bought in the harbour of the town in the last", "century", "Mills of the valley"]
    page: list[Text] = [(72, 750, f"{BODY}:", 11)]
    page += [(108, 730 - 14 * number, line, 11) for number, line in enumerate(lines)]
    page += [(90, 730, bullet, 11), (90, 702, bullet, 11)]
    sign = "-" if bullet == "-" else "\u2022"
    assert kinds(read(page))[1:] == [
        ("list_item", 1, f"{sign} {lines[0]}\n{lines[1]}"),
        ("list_item", 1, f"{sign} {lines[2]}"),
    ]


def test_a_dash_in_the_first_cell_of_a_table_is_a_cell() -> None:
    rows = [("-", "Yes please", "3"), ("+", "No", "4"), ("-", "Perhaps later", "5")]
    page = [
        (x, 700 - 20 * n, cell, 10) for n, row in enumerate(rows) for x, cell in zip((72, 90, 210), row, strict=True)
    ]
    assert kinds(read(page)) == [("table", None, "\n".join(map("\t".join, rows)))]


def test_a_table_whose_first_column_has_several_words_is_one_table() -> None:
    rows = [("Mill by the river", "8286", "41A", "all day"), ("Mill in the valley", "8284", "22A", "all night")]
    rows += [("Mill of the town", "8285", "42A", "all week"), ("Mill at the harbour", "8281", "43A", "all year")]
    lefts = (72, 210, 270, 330)
    page = [(x, 700 - 20 * n, cell, 10) for n, row in enumerate(rows) for x, cell in zip(lefts, row, strict=True)]
    assert kinds(read(page)) == [("table", None, "\n".join(map("\t".join, rows)))]


def test_an_emphasis_that_is_wrapped_does_not_end_its_paragraph() -> None:
    page: list[Text] = [(72, 700 - 14 * number, BODY, 11) for number in range(9) if number not in (4, 5)]
    page += [(72, 644, "built it with the Form of", 11), (191, 644, "Mill Owners and", 11, "F3")]
    page += [(72, 630, "Harbour Masters of the Valley", 11, "F3"), (235, 630, "which everybody signs in the", 11)]
    assert [kind for kind, _, _ in kinds(read(page))] == ["paragraph"]


def test_values_of_form_fields_stand_where_their_fields_are() -> None:
    labels = [
        (72, 700, "Name:", 11),
        (72, 660, "City:", 11),
        (72, 600, "Please sign below, and send the form to us.", 11),
    ]
    fields = " ".join(
        f"<</Type/Annot/Subtype/Widget/FT/Tx/T(f{bottom})/V({value})/Rect[150 {bottom} 350 {bottom + 20}]>>"
        for bottom, value in ((655, "Graz"), (695, "Rosa Lindt"))
    )
    data = write_pdf(labels).replace(b"/Rotate 0", f"/Rotate 0/Annots[{fields}]".encode())
    (document,) = reader.read(Source(name="a.pdf", data=data, options=ReadOptions(ocr="never")))
    assert isinstance(document, ParsedDocument)
    assert document.text.startswith("Name:\tRosa Lindt\nCity:\tGraz\n\nPlease sign")
