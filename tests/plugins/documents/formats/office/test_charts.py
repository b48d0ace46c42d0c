"""Charts in Office files: their titles and data."""

import io

import pytest

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.office import docx, pptx
from docsight.documents.formats.office.charts import chart_tables, chart_title, other_titles
from docsight.documents.formats.office.markup import parse_xml
from docsight.documents.formats.source import Source

pytest.importorskip("lxml")

NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
)


def title(text: str) -> str:
    return f"<c:title><c:tx><c:rich><a:p><a:r><a:t>{text}</a:t></a:r></a:p></c:rich></c:tx></c:title>"


def points(*texts: str) -> str:
    return "".join(f'<c:pt idx="{number}"><c:v>{text}</c:v></c:pt>' for number, text in enumerate(texts) if text)


def series(name: str, categories: str, values: str) -> str:
    return (
        f"<c:ser><c:tx><c:strRef><c:f>A1</c:f><c:strCache>{points(name)}</c:strCache></c:strRef></c:tx>"
        f"<c:cat><c:strRef><c:f>A2</c:f><c:strCache>{categories}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>B2</c:f><c:numCache>{values}</c:numCache></c:numRef></c:val></c:ser>"
    )


def chart(content: str, *, named: str = "") -> bytes:
    inner = f"{title(named) if named else ''}<c:plotArea><c:barChart>{content}</c:barChart></c:plotArea>"
    return f"<c:chartSpace {NAMESPACES}><c:chart>{inner}</c:chart></c:chartSpace>".encode()


def test_series_are_columns_and_missing_values_are_empty() -> None:
    years = points("2022", "2023")
    root = parse_xml(chart(series("Graz", years, points("1.5", "2.5")) + series("Leeds", years, points("", "4"))))
    assert list(chart_tables(root)) == [[["", "Graz", "Leeds"], ["2022", "1.5", ""], ["2023", "2.5", "4"]]]


def test_series_with_other_categories_are_another_table() -> None:
    content = series("Graz", points("2022"), points("1")) + series("Leeds", points("North"), points("2"))
    tables = list(chart_tables(parse_xml(chart(content))))
    assert tables == [[["", "Graz"], ["2022", "1"]], [["", "Leeds"], ["North", "2"]]]


def test_innermost_categories_name_the_rows() -> None:
    levels = f"<c:lvl>{points('May', 'June')}</c:lvl><c:lvl>{points('2023')}</c:lvl>"
    content = series("Graz", "", points("1", "2")).replace(
        "<c:strRef><c:f>A2</c:f><c:strCache></c:strCache></c:strRef>",
        f"<c:multiLvlStrRef><c:multiLvlStrCache>{levels}</c:multiLvlStrCache></c:multiLvlStrRef>",
    )
    assert list(chart_tables(parse_xml(chart(content)))) == [[["", "Graz"], ["May", "1"], ["June", "2"]]]


def test_titles_of_axes_follow() -> None:
    root = parse_xml(chart(f"<c:catAx>{title('Year')}</c:catAx>", named="Roofs"))
    assert (chart_title(root), other_titles(root), list(chart_tables(root))) == ("Roofs", ["Year"], [])


def test_chart_on_a_slide_is_a_caption_and_a_table_without_a_note_on_its_workbook() -> None:
    library = pytest.importorskip("pptx")
    pytest.importorskip("xlsxwriter")
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    presentation = library.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "Growth"
    data = CategoryChartData()
    data.categories = ["2022", "2023"]
    data.add_series("Graz", (1.5, 2.5))
    frame = slide.shapes.add_chart(XL_CHART_TYPE.LINE, 0, 2_000_000, 4_000_000, 3_000_000, data)
    frame.chart.has_title = True
    frame.chart.chart_title.text_frame.text = "Roofs of Graz"
    file = io.BytesIO()
    presentation.save(file)
    (document,) = pptx.read(Source(name="a.pptx", data=file.getvalue()))
    assert isinstance(document, ParsedDocument)
    assert [(each.kind, document.text[each.start : each.end]) for each in document.passages] == [
        ("heading", "Growth"),
        ("caption", "Roofs of Graz"),
        ("table", "\tGraz\n2022\t1.5\n2023\t2.5"),
    ]
    assert document.notes == ()


def test_text_after_a_chart_in_a_paragraph_is_text() -> None:
    library = pytest.importorskip("docx")
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    word = library.Document()
    content = chart(series("Graz", points("2022"), points("1")), named="Roofs")
    kind = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
    part = Part(PackURI("/word/charts/chart1.xml"), kind, content, word.part.package)
    name = word.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    paragraph = word.add_paragraph("Before")
    relationships = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    paragraph.add_run()._r.append(parse_xml(f'<c:chart {NAMESPACES} {relationships} r:id="{name}"/>'.encode()))
    paragraph.add_run("after.")
    file = io.BytesIO()
    word.save(file)
    (document,) = docx.read(Source(name="a.docx", data=file.getvalue()))
    assert isinstance(document, ParsedDocument)
    assert [(each.kind, document.text[each.start : each.end]) for each in document.passages] == [
        ("paragraph", "Before"),
        ("caption", "Roofs"),
        ("table", "\tGraz\n2022\t1"),
        ("paragraph", "after."),
    ]
