"""PowerPoint: slides as pages, their shapes in order, tables, groups, charts, notes and images."""

import io
import zipfile
from typing import Any

import pytest
from PIL import Image

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.office import pptx
from docsight.documents.formats.office.markup import A, P
from docsight.documents.formats.office.slide_order import reading_order
from docsight.documents.formats.source import ReadOptions, Source
from docsight.errors import DataError

library = pytest.importorskip("pptx")

INCH = 914_400
BLANK, TITLE = 6, 0


def png(colour: str = "red") -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (80, 70), colour).save(file, "PNG")
    file.seek(0)
    return file


def add_slide(presentation: Any, *boxes: tuple[str, int, int], layout: int = BLANK) -> Any:
    """Add a slide with text boxes, given as text and inches from the top and the left."""
    slide = presentation.slides.add_slide(presentation.slide_layouts[layout])
    for text, top, left in boxes:
        slide.shapes.add_textbox(left * INCH, top * INCH, INCH, INCH).text_frame.text = text
    return slide


def save(presentation: Any) -> bytes:
    file = io.BytesIO()
    presentation.save(file)
    return file.getvalue()


def edit(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """Replace bytes in a part of a package."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(file, "w") as changed:
        for one in archive.namelist():
            part = archive.read(one)
            changed.writestr(one, part.replace(old, new) if one == name else part)
    return file.getvalue()


def read(data: bytes, **options: int) -> ParsedDocument:
    (content,) = pptx.read(Source(name="a.pptx", data=data, options=ReadOptions(ocr="never", **options)))
    assert isinstance(content, ParsedDocument)
    return content


def pages(content: ParsedDocument) -> list[tuple[int | None, str]]:
    return [(one.page, content.text[one.start : one.end]) for one in content.passages]


def test_pptx_reads_slides_as_pages_and_shapes_from_top_to_bottom() -> None:
    presentation = library.Presentation()
    presentation.core_properties.title = "Talk"
    add_slide(presentation, ("right", 1, 5), ("bottom", 3, 0), ("left", 1, 1))
    add_slide(presentation)
    add_slide(presentation, ("One\nTwo", 1, 1))
    content = read(save(presentation))
    assert content.text == "left\n\nright\n\nbottom\n\nOne\nTwo"
    assert pages(content) == [(1, "left"), (1, "right"), (1, "bottom"), (3, "One"), (3, "Two")]
    assert content.passages[1].bbox == (360.0, 72.0, 432.0, 144.0)
    assert (content.title, content.notes) == ("Talk", ())


def test_pptx_takes_positions_of_placeholders_from_the_layout() -> None:
    presentation = library.Presentation()
    slide = add_slide(presentation, ("footer", 6, 0), layout=TITLE)
    slide.placeholders[1].text_frame.text = "Subtitle"
    slide.shapes.title.text_frame.text = "Title"
    content = read(save(presentation))
    assert content.text == "Title\n\nSubtitle\n\nfooter"
    assert [passage.kind for passage in content.passages] == ["heading", "paragraph", "paragraph"]


def test_pptx_reads_tables_groups_charts_and_notes() -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    presentation = library.Presentation()
    slide = add_slide(presentation, ("Start", 0, 0))
    table = slide.shapes.add_table(2, 2, 0, INCH, INCH, INCH).table
    for number, cell in enumerate(table.iter_cells()):
        cell.text = f"c{number}\nx" if number == 3 else f"c{number}"
    group = slide.shapes.add_group_shape()
    for text, top in (("lower", 4), ("upper", 3)):
        group.shapes.add_textbox(0, top * INCH, INCH, INCH).text_frame.text = text
    data = CategoryChartData()
    data.categories = ["East", "West"]
    data.add_series("Sales", (1, 2))
    slide.shapes.add_chart(XL_CHART_TYPE.PIE, 0, 5 * INCH, INCH, INCH, data)
    slide.notes_slide.notes_text_frame.text = "Say hello"
    content = read(save(presentation))
    text = "Start\n\nc0\tc1\nc2\tc3\nx\n\nupper\n\nlower\n\n\tSales\nEast\t1\nWest\t2\n\nSay hello"
    assert content.text == text
    assert [(one.page, one.kind) for one in content.passages] == [
        (1, kind) for kind in ("paragraph", "table", "paragraph", "paragraph", "table", "speaker_note")
    ]
    assert content.passages[-1].bbox is None
    assert content.notes == ()


def test_pptx_leaves_the_further_places_of_merged_cells_empty() -> None:
    presentation = library.Presentation()
    table = add_slide(presentation).shapes.add_table(3, 3, 0, 0, INCH, INCH).table
    for number, cell in enumerate(table.iter_cells()):
        cell.text = str(number)
    table.cell(0, 0).merge(table.cell(0, 1))
    table.cell(1, 2).merge(table.cell(2, 2))
    table.cell(2, 0).text = ""
    assert read(save(presentation)).text == "0\n1\t\t2\n3\t4\t5\n8\n\t7"


def test_pptx_records_page_bbox_and_offset_of_images() -> None:
    presentation = library.Presentation()
    add_slide(presentation, ("First", 0, 0))
    slide = add_slide(presentation, ("Above", 0, 0), ("below", 5, 0))
    slide.shapes.add_picture(png(), INCH, 2 * INCH, 3 * INCH, INCH)
    add_slide(presentation).shapes.add_picture(png(), 0, 0)
    (image,) = read(save(presentation)).images
    assert (image.data, image.page, image.bbox) == (png().getvalue(), 2, (72.0, 144.0, 288.0, 216.0))
    assert image.start == len("First\n\nAbove")


def test_pptx_reads_slide_shows_and_templates() -> None:
    presentation = library.Presentation()
    add_slide(presentation, ("Hello", 0, 0))
    usual = b"openxmlformats-officedocument.presentationml.presentation.main"
    for kind in (
        b"openxmlformats-officedocument.presentationml.slideshow.main",
        b"openxmlformats-officedocument.presentationml.template.main",
        b"ms-powerpoint.slideshow.macroEnabled.main",
    ):
        assert read(edit(save(presentation), "[Content_Types].xml", usual, kind)).text == "Hello"


def test_pptx_reads_one_of_alternative_shapes() -> None:
    presentation = library.Presentation()
    add_slide(presentation, ("Hello", 0, 0))
    mc = b'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    data = edit(save(presentation), "ppt/slides/slide1.xml", b"<p:sp>", mc + b'<mc:Choice Requires="p14"><p:sp>')
    data = edit(data, "ppt/slides/slide1.xml", b"</p:sp>", b"</p:sp></mc:Choice></mc:AlternateContent>")
    assert read(data).text == "Hello"


def test_pptx_stops_at_max_pages() -> None:
    presentation = library.Presentation()
    for number in range(4):
        add_slide(presentation, (f"Slide {number}", 0, 0))
    content = read(save(presentation), max_pages=2)
    assert content.text == "Slide 0\n\nSlide 1"
    assert content.notes == ("it has 4 slides: those after 2 were left out (max_pages)",)


def test_pptx_limits_nested_groups() -> None:
    presentation = library.Presentation()
    add_slide(presentation, ("Hello", 0, 0))
    for depth in (100, 5000):
        data = edit(save(presentation), "ppt/slides/slide1.xml", b"<p:sp>", b"<p:grpSp>" * depth + b"<p:sp>")
        data = edit(data, "ppt/slides/slide1.xml", b"</p:sp>", b"</p:sp>" + b"</p:grpSp>" * depth)
        if depth == 100:
            assert read(data).text == "Hello"
        else:
            with pytest.raises(DataError, match="cannot be read as a PowerPoint presentation"):
                read(data)


def test_pptx_opens_no_external_entity() -> None:
    presentation = library.Presentation()
    add_slide(presentation, ("Hello", 0, 0))
    for entity in (b'SYSTEM "file:///etc/passwd"', b'SYSTEM "http://192.0.2.1/x"'):
        old, new = b"?>", b"?><!DOCTYPE x [<!ENTITY e " + entity + b">]>"
        data = edit(save(presentation), "ppt/slides/slide1.xml", old, new)
        assert read(edit(data, "ppt/slides/slide1.xml", b"Hello", b"Hello&e;")).text == "Hello"


def test_pptx_rejects_other_and_damaged_files() -> None:
    with pytest.raises(DataError, match="is encrypted, or from before Office 2007"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100))
    docx = pytest.importorskip("docx")
    for data in (b"text", save(docx.Document())):
        with pytest.raises(DataError, match=r"(not|as) a PowerPoint presentation"):
            read(data)
    presentation = library.Presentation()
    add_slide(presentation, ("Hello", 0, 0))
    with pytest.raises(DataError, match=r"(not|as) a PowerPoint presentation"):
        read(edit(save(presentation), "ppt/slides/slide1.xml", b"<", b"<<"))


def test_pptx_reads_the_title_and_then_each_column() -> None:
    presentation = library.Presentation()
    boxes = (("b1", 2, 5), ("a2", 3, 1), ("a1", 2, 1), ("b2", 3, 5), ("above", 0, 3))
    add_slide(presentation, *boxes, layout=5).shapes.title.text_frame.text = "Title"
    assert read(save(presentation)).text == "Title\n\nabove\n\na1\n\na2\n\nb1\n\nb2"


def test_pptx_decodes_escapes_and_removes_invisible_characters() -> None:
    presentation = library.Presentation()
    add_slide(presentation, ("one!two co\u00adop\u200berate", 0, 0))
    data = edit(save(presentation), "ppt/slides/slide1.xml", b"one!two", b"one_x000B_two _x005F_x0041_")
    assert read(data).text == "one\ntwo _x0041_ cooperate"


def test_pptx_records_titles_lists_and_their_levels() -> None:
    presentation = library.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "Plan"
    frame = slide.placeholders[1].text_frame
    frame.text = "First"
    inner = frame.add_paragraph()
    inner.text, inner.level = "Inner", 1
    add_slide(presentation, ("Only a box", 0, 0))
    content = read(save(presentation))
    assert [(one.kind, one.level, content.text[one.start : one.end]) for one in content.passages] == [
        ("heading", 1, "Plan"),
        ("list_item", 1, "First"),
        ("list_item", 2, "Inner"),
        ("paragraph", None, "Only a box"),
    ]


def test_pptx_writes_the_numbers_of_lists() -> None:
    presentation = library.Presentation()
    slide = add_slide(presentation, ("One", 0, 0))
    frame = slide.shapes[0].text_frame
    frame.add_paragraph().text = "Two"
    for paragraph in frame.paragraphs:
        numbers = paragraph._p.get_or_add_pPr().makeelement(f"{A}buAutoNum", {"type": "alphaLcParenR"})
        paragraph._p.get_or_add_pPr().append(numbers)
    assert read(save(presentation)).text == "a) One\nb) Two"


P188 = "http://schemas.microsoft.com/office/powerpoint/2018/8/main"
OLD_COMMENTS = f'<p:cmLst xmlns:p="{P[1:-1]}"><p:cm><p:text>Old?\nYes</p:text></p:cm><p:cm><p:text/></p:cm></p:cmLst>'
NEW_COMMENTS = (
    f'<c:cmLst xmlns:c="{P188}" xmlns:a="{A[1:-1]}"><c:cm>'
    "<c:replyLst><c:reply><c:txBody><a:p><a:r><a:t>Reply</a:t></a:r></a:p></c:txBody></c:reply></c:replyLst>"
    "<c:txBody><a:bodyPr/><a:p><a:r><a:t>New?</a:t></a:r></a:p></c:txBody></c:cm></c:cmLst>"
)


@pytest.mark.parametrize(
    ("comments", "texts"), [(OLD_COMMENTS, ["Old?\nYes"]), (NEW_COMMENTS, ["New?", "Reply"])], ids=["old", "new"]
)
def test_pptx_reads_comments_after_the_notes_of_their_slide(comments: str, texts: list[str]) -> None:
    from pptx.opc.package import Part
    from pptx.opc.packuri import PackURI

    presentation = library.Presentation()
    slide = add_slide(presentation, ("One", 0, 0))
    slide.notes_slide.notes_text_frame.text = "Note"
    package = presentation.part.package
    part = Part(PackURI("/ppt/comments/comment1.xml"), "application/xml", package, comments.encode())
    slide.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments")
    add_slide(presentation, ("Two", 0, 0))
    content = read(save(presentation))
    assert [(one.kind, one.page, content.text[one.start : one.end]) for one in content.passages] == [
        ("paragraph", 1, "One"),
        ("speaker_note", 1, "Note"),
        *(("comment", 1, text) for text in texts),
        ("paragraph", 2, "Two"),
    ]


def test_pptx_counts_no_empty_paragraphs() -> None:
    presentation = library.Presentation()
    frame = add_slide(presentation, ("One", 0, 0)).shapes[0].text_frame
    frame.add_paragraph()
    frame.add_paragraph().text = "Two"
    for paragraph in frame.paragraphs:
        properties = paragraph._p.get_or_add_pPr()
        properties.append(properties.makeelement(f"{A}buAutoNum", {"type": "arabicPeriod"}))
    assert read(save(presentation)).text == "1. One\n2. Two"


def test_pptx_reads_signs_of_symbol_fonts() -> None:
    presentation = library.Presentation()
    run = add_slide(presentation, ("\uf0e0 so \uf0fc", 0, 0)).shapes[0].text_frame.paragraphs[0].runs[0]
    assert read(save(presentation)).text == "\uf0e0 so \uf0fc"  # of an unknown font
    properties = run._r.get_or_add_rPr()
    properties.append(properties.makeelement(f"{A}sym", {"typeface": "Wingdings"}))
    assert read(save(presentation)).text == "\u2192 so \u2713"


def test_pptx_records_links_and_notes_hidden_slides() -> None:
    presentation = library.Presentation()
    slide = add_slide(presentation, ("See ", 0, 0))
    run = slide.shapes[0].text_frame.paragraphs[0].add_run()
    run.text = "this page"
    run.hyperlink.address = "https://example.org"
    slide._element.set("show", "0")
    content = read(save(presentation))
    assert content.passages[0].links == ((4, 13, "https://example.org"),)
    assert content.notes == ("slide 1 is hidden",)


def test_pptx_reads_tables_in_placeholders() -> None:
    presentation = library.Presentation()
    slide = add_slide(presentation)
    frame = slide.shapes.add_table(1, 1, 0, 0, 100, 100)
    frame.table.cell(0, 0).text = "Cell"
    properties = frame._element.nvGraphicFramePr.nvPr
    properties.append(properties.makeelement(f"{P}ph", {"type": "tbl", "idx": "1"}))
    assert [one.kind for one in read(save(presentation)).passages] == ["table"]


def test_columns_of_boxes_stay_together_above_a_wide_shape() -> None:
    columns = [(0, 0, 40, 9), (50, 0, 90, 9), (0, 11, 40, 20), (50, 11, 90, 20)]
    assert reading_order([*columns, (0, 30, 90, 40)]) == [0, 2, 1, 3, 4]


def test_boxes_beside_each_other_are_read_from_the_left_if_one_begins_slightly_higher() -> None:
    boxes = [(60, 40, 80, 60), (30, 39, 50, 60), (0, 40, 20, 60)]
    around = (0, 0, 90, 90)  # so that no cut is possible
    assert reading_order([*boxes, around]) == [3, 2, 1, 0]
