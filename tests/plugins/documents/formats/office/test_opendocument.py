"""OpenDocument files: text in order, with the kinds of its passages."""

import io
import time
import zipfile

import pytest

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.detect import format_within
from docsight.documents.formats.office import opendocument
from docsight.documents.formats.source import Source
from docsight.errors import DataError

pytest.importorskip("lxml")

SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for name, long in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("style", "style"),
        ("presentation", "presentation"),
        ("svg", "svg-compatible"),
    )
)
SPACES += ' xmlns:xlink="http://www.w3.org/1999/xlink"'
SPACES += ' xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'


def save(kind: str, body: str, **parts: str) -> bytes:
    content = f"<office:d {SPACES}><office:body><office:{kind}>{body}</office:{kind}></office:body></office:d>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("content.xml", content)
        for name, data in parts.items():
            archive.writestr(f"{name}.xml", data)
    return buffer.getvalue()


def read(data: bytes) -> ParsedDocument:
    (document,) = opendocument.read(Source(name="a.odt", data=data))
    return document


def kinds(document: ParsedDocument) -> list[tuple[str, int | None, str]]:
    return [(one.kind, one.level, document.text[one.start : one.end]) for one in document.passages]


def test_headings_paragraphs_and_lists_have_their_kinds() -> None:
    item = "<text:list-item><text:p>{}</text:p>{}</text:list-item>"
    inner = f"<text:list>{item.format('inner', '')}</text:list>"
    body = '<text:h text:outline-level="2">Head</text:h><text:p>A<text:s/><text:span>b</text:span><text:tab/>c</text:p>'
    document = read(save("text", f"{body}<text:list>{item.format('one', inner)}{item.format('two', '')}</text:list>"))
    assert kinds(document) == [
        ("heading", 2, "Head"),
        ("paragraph", None, "A b\tc"),
        ("list_item", 1, "one"),
        ("list_item", 2, "inner"),
        ("list_item", 1, "two"),
    ]


STYLES = (
    f"<office:s {SPACES}>"
    '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1" '
    'style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="a" style:num-prefix="(" '
    'style:num-suffix=")" text:start-value="3"/><text:list-level-style-bullet text:level="3"/></text:list-style>'
    '<text:outline-style><text:outline-level-style text:level="1" style:num-format="I"/>'
    '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style>'
    '<style:style style:name="Preformatted_20_Text" style:family="paragraph"/>'
    '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Preformatted_20_Text"/>'
    '<style:style style:name="P2" style:family="paragraph" style:parent-style-name="Title"/></office:s>'
)


def test_items_and_headings_have_their_numbers() -> None:
    item = "<text:list-item><text:p>{}</text:p>{}</text:list-item>"
    inner = f"<text:list>{item.format('x', '<text:list>' + item.format('deep', '') + '</text:list>')}</text:list>"
    first = f"{item.format('one', '<text:p>more</text:p>')}{item.format('', '')}{item.format('two', inner)}"
    heads = "".join(f'<text:h text:outline-level="{level}">{level}</text:h>' for level in (1, 2, 2, 1, 2))
    after = '<text:list text:style-name="L1" text:continue-numbering="true">' + item.format("four", "") + "</text:list>"
    body = f'{heads}<text:list text:style-name="L1">{first}</text:list><text:p>between</text:p>{after}'
    assert read(save("text", body, styles=STYLES)).text == (
        "I 1\n\nI.1 2\n\nI.2 2\n\nII 1\n\nII.1 2\n\n1. one\nmore\n3. two\n(c) x\ndeep\n\nbetween\n\n4. four"
    )


def test_paragraphs_have_the_kinds_of_their_styles() -> None:
    body = '<text:p text:style-name="P2">Letters</text:p><text:p text:style-name="P1">x = 1</text:p><text:p>y</text:p>'
    assert kinds(read(save("text", body, styles=STYLES))) == [
        ("heading", 1, "Letters"), ("code", None, "x = 1"), ("paragraph", None, "y"),
    ]  # fmt: skip


def test_a_letter_in_the_style_of_code_is_prose() -> None:
    lines = [
        "Dear Sir,",
        "the two trees that I bought in May were dead when they arrived.",
        "tree.fell(now)",
        "Yours, Ada",
    ]
    body = "".join(f'<text:p text:style-name="P1">{line}</text:p>' for line in lines)
    found = [kind for kind, _, _ in kinds(read(save("text", body, styles=STYLES)))]
    assert found == ["paragraph", "paragraph", "code", "paragraph"]


def test_notes_and_comments_follow_the_body() -> None:
    mark = "<text:note-citation>1</text:note-citation>"
    note = f"<text:note>{mark}<text:note-body><text:p>N</text:p></text:note-body></text:note>"
    comment = "<office:annotation><text:p>C</text:p></office:annotation>"
    body = f"<text:p>before{note} after{comment}.</text:p><text:p>end</text:p>"
    assert kinds(read(save("text", body))) == [
        ("paragraph", None, "before after."),
        ("paragraph", None, "end"),
        ("footnote", None, "N"),
        ("comment", None, "C"),
    ]


def test_sheets_are_tables_with_repeated_and_empty_cells_in_place() -> None:
    cell = '<table:table-cell table:number-columns-repeated="{}">{}</table:table-cell>'
    row = cell.format(1, "<text:p>Ada</text:p>") + cell.format(2, "") + cell.format(2, "<text:p>5</text:p>")
    row = f"<table:table-row>{row}{cell.format(16000, '')}</table:table-row>"
    document = read(save("spreadsheet", f'<table:table table:name="Prices">{row}</table:table>'))
    assert document.text == "Prices\n\nAda\t\t\t5\t5"
    assert document.passages[0].kind == "heading"
    assert document.passages[1].cells is not None
    assert [document.text[a:b] for a, b in document.passages[1].cells[0][:5]] == ["Ada", "", "", "5", "5"]


def test_entities_stay_as_they_are_written() -> None:
    data = save("text", "<text:p>Ada &x; wrote</text:p>")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read("content.xml").decode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("content.xml", '<!DOCTYPE x [<!ENTITY x "long">]>' + content)
    assert read(buffer.getvalue()).text == "Ada &x; wrote"


def test_slides_are_pages_and_deleted_text_is_left_out() -> None:
    page = "<draw:page><draw:frame><text:p>{}</text:p></draw:frame></draw:page>"
    deleted = "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
    document = read(save("presentation", deleted + page.format("One") + page.format("Two")))
    assert [(one.page, document.text[one.start : one.end]) for one in document.passages] == [(1, "One"), (2, "Two")]


def test_a_damaged_file_fails_with_the_reason() -> None:
    with pytest.raises(DataError, match=r"no part content\.xml"):
        read(_zip_without_content())
    with pytest.raises(DataError, match="cannot be read"):
        read(save("text", "<text:p>"))


def _zip_without_content() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("meta.xml", "<x/>")
    return buffer.getvalue()


def test_hidden_text_is_left_out() -> None:
    style = (
        '<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>'
    )
    styles = f"<office:d {SPACES}><office:styles>{style}</office:styles></office:d>"
    body = '<text:p>A <text:span text:style-name="T1">no</text:span>b</text:p><text:p text:style-name="T1">no</text:p>'
    body += '<text:section text:display="none"><text:p>no</text:p></text:section><text:p>c</text:p>'
    assert read(save("text", body, styles=styles)).text == "A b\n\nc"


def test_links_content_controls_and_soft_hyphens() -> None:
    link = '<text:a xlink:href="http://x.org/"><text:span>li\u00adnk</text:span></text:a>'
    control = "<loext:content-control>☒</loext:content-control> yes"
    document = read(save("text", f"<text:p>A {link}.</text:p><text:p>{control}</text:p>"))
    assert document.text == "A link.\n\n☒ yes"
    assert document.passages[0].links == ((2, 6, "http://x.org/"),)


def test_slides_have_titles_and_a_note_names_those_that_are_hidden() -> None:
    hidden = '<style:drawing-page-properties presentation:visibility="hidden"/>'
    style = f'<style:style style:name="dp1" style:family="drawing-page">{hidden}</style:style>'
    styles = f"<office:d {SPACES}><office:styles>{style}</office:styles></office:d>"
    box = "<draw:frame{}><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    notes = box.format(' presentation:class="page-number"', "1") + box.format("", "Note")
    page = box.format(' presentation:class="title"', "Title") + box.format("", "Text")
    body = f"<draw:page>{page}<presentation:notes>{notes}</presentation:notes></draw:page>"
    document = read(save("presentation", f'{body}<draw:page draw:style-name="dp1">{page}</draw:page>', styles=styles))
    assert kinds(document) == [
        ("heading", 1, "Title"),
        ("paragraph", None, "Text"),
        ("speaker_note", None, "Note"),
        ("heading", 1, "Title"),
        ("paragraph", None, "Text"),
    ]
    assert document.notes == ("slide 2 is hidden",)


def test_text_around_a_text_box_keeps_its_kind() -> None:
    box = '<draw:frame><draw:text-box><text:p text:style-name="Caption">A mill</text:p></draw:text-box></draw:frame>'
    document = read(save("text", f"<text:p>{box}The river.</text:p>"))
    assert [(each.kind, document.text[each.start : each.end]) for each in document.passages] == [
        ("caption", "A mill"),
        ("paragraph", "The river."),
    ]


def test_the_template_of_an_index_is_no_text() -> None:
    source = "<text:table-of-content-source><text:index-title-template>Contents</text:index-title-template>"
    title = "<text:index-title><text:p>Contents</text:p></text:index-title>"
    index = f"{source}</text:table-of-content-source><text:index-body>{title}<text:p>Mills</text:p></text:index-body>"
    assert read(save("text", f"<text:table-of-content>{index}</text:table-of-content>")).text == "Contents\n\nMills"


def test_headers_with_only_counted_fields_are_left_out() -> None:
    unknown = "<text:p><text:sheet-name>???</text:sheet-name> (<text:title>???</text:title>)</text:p>"
    page = "<text:p>Page <text:page-number>1</text:page-number> / <text:page-count>9</text:page-count></text:p>"
    kept = "<text:p>Mills of the valley, page <text:page-number>1</text:page-number></text:p>"
    margins = f"<style:header>{unknown}</style:header><style:footer>{page}</style:footer>"
    styles = f"<office:s {SPACES}>{margins}<style:footer>{kept}</style:footer></office:s>"
    assert read(save("text", "<text:p>Text</text:p>", styles=styles)).text == "Text\n\nMills of the valley, page 1"


@pytest.mark.parametrize(
    ("margin", "text"),
    [
        ("Page {} of {}", ""),
        ("Seite {} von {}", ""),
        ("\u7b2c {} \u9875 / \u5171 {} \u9875", ""),
        ("- {} -", ""),
        ("Confidential {}", "Confidential 1"),
        ("+49 30 123456, {}", "+49 30 123456, 1"),
        ("Page 7, {}", "Page 7, 1"),
        ("\u79d8\u5bc6\u306e\u6587\u66f8 {}", "\u79d8\u5bc6\u306e\u6587\u66f8 1"),
    ],
)
def test_a_footer_is_left_out_only_if_it_counts_pages(margin: str, text: str) -> None:
    field = "<text:page-number>1</text:page-number>"
    footer = f"<style:footer><text:p>{margin.replace('{}', field)}</text:p></style:footer>"
    document = read(save("text", "<text:p>Text</text:p>", styles=f"<office:s {SPACES}>{footer}</office:s>"))
    assert document.text == f"Text\n\n{text}".strip()


def test_a_file_whose_type_is_not_its_first_member_is_recognized() -> None:
    buffer = io.BytesIO(save("spreadsheet", ""))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    form = format_within(Source(name="a.zip", data=buffer.getvalue()))
    assert form is not None
    assert form.name == "ods"


def test_formulas_are_read() -> None:
    fraction = "<mfrac><mi>a</mi><msqrt><mn>2</mn></msqrt></mfrac>"
    formula = f"<semantics><mrow>{fraction}<mo>+</mo><mfenced><mi>b</mi></mfenced></mrow><annotation>x</annotation>"
    math = f'<math xmlns="http://www.w3.org/1998/Math/MathML">{formula}</semantics></math>'
    frame = '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'
    data = save("text", f"<text:p>So {frame} holds.</text:p>", **{"Object 1/content": math})
    assert read(data).text == "So a/\u221a2+(b) holds."


def test_formulas_are_found_by_any_name_and_without_a_part() -> None:
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>{}</mi></math>'
    linked = '<draw:frame><draw:object xlink:href="./Formel 1"/></draw:frame>'
    inline = f"<draw:frame><draw:object>{math.format('b')}</draw:object></draw:frame>"
    missing = '<draw:frame><draw:object xlink:href="./Chart 1"/></draw:frame>'
    body = f"<text:p>So {linked} is {inline}{missing}.</text:p>"
    data = save("text", body, **{"Formel 1/content": math.format("a"), "Unused/content": math.format("c")})
    assert read(data).text == "So a is b."


def test_a_damaged_formula_is_noted() -> None:
    frame = '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'
    document = read(save("text", f"<text:p>So {frame}.</text:p>", **{"Object 1/content": "<math"}))
    assert document.text == "So ."
    assert document.notes == ("a damaged formula or chart was left out",)


def test_charts_are_captions_and_tables() -> None:
    cells = [["", "Graz"], ["2023", "2.5"]]
    rows = "".join(
        f"<table:table-row>{''.join(f'<table:table-cell><text:p>{cell}</text:p></table:table-cell>' for cell in row)}"
        "</table:table-row>"
        for row in cells
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("chart", "table", "text")
    )
    chart = (
        f"<document {spaces}><chart:chart><chart:title><text:p>Roofs</text:p></chart:title>"
        f"<table:table>{rows}</table:table></chart:chart></document>"
    )
    frame = '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'
    document = read(save("text", f"<text:p>Before {frame}after</text:p>", **{"Object 1/content": chart}))
    assert [(each.kind, document.text[each.start : each.end]) for each in document.passages] == [
        ("paragraph", "Before"),
        ("caption", "Roofs"),
        ("table", "\tGraz\n2023\t2.5"),
        ("paragraph", "after"),
    ]


def test_alternative_texts_of_pictures_are_read() -> None:
    frame = '<draw:frame><draw:image xlink:href="x"/><svg:title>a</svg:title><svg:desc>A mill</svg:desc></draw:frame>'
    titled = "<draw:frame><svg:title>Boats</svg:title></draw:frame>"
    assert read(save("text", f"<text:p>See {frame} and {titled}.</text:p>")).text == "See A mill and Boats ."
    named = "<draw:frame><svg:title>logo.png</svg:title></draw:frame>"
    assert read(save("text", f"<text:p>See {named} here</text:p>")).text == "See here"


def test_the_text_of_a_frame_within_a_frame_is_read() -> None:
    inner = "<draw:frame><svg:title>in</svg:title><svg:desc>inner</svg:desc></draw:frame>"
    outer = (
        f"<draw:frame><draw:text-box><text:p>{inner}</text:p></draw:text-box><svg:title>outer</svg:title></draw:frame>"
    )
    assert read(save("text", f"<text:p>{outer}</text:p>")).text.split() == ["inner", "outer"]


def test_many_titles_of_a_frame_take_little_time() -> None:
    data = save("text", f"<text:p><draw:frame>{'<svg:title>a</svg:title>' * 20_000}</draw:frame></text:p>")
    started = time.process_time()
    assert read(data).text.count("a") == 20_000
    assert time.process_time() - started < 3
