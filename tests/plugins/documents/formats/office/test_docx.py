"""Word documents: text in order with its roles, and images at their positions."""

import datetime
import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from docsight.documents.formats.content import Metadata
from docsight.documents.ocr import engines
from docsight.documents.ocr.engines import RecognizedText
from docsight.errors import MissingExtraError

sys.path.append(str(Path(__file__).parent))

from word_samples import BODY, W, edit, kinds, paragraph, png, read, save, with_body

library = pytest.importorskip("docx")


def test_docx_reads_paragraphs_and_tables_in_order() -> None:
    document = library.Document()
    document.core_properties.title = "A  letter"
    document.core_properties.author = "Ada; Grace  Hopper"
    document.core_properties.created = datetime.datetime(2024, 1, 2, 3, 4, 5)
    document.add_heading("Letter", 1)
    document.add_paragraph("Dear Ada,").add_run(" hello.")
    for place, text in zip(document.add_table(rows=2, cols=2)._cells, "abcd", strict=True):
        place.text = text
    document.add_paragraph("first", style="List Bullet")
    document.add_paragraph("Yours\nGrace\tHopper")
    content = read(save(document))
    assert content.text == "Letter\n\nDear Ada, hello.\n\na\tb\nc\td\n\nfirst\n\nYours\nGrace\tHopper"
    assert content.metadata == Metadata(authors=("Ada", "Grace Hopper"), created="2024-01-02T03:04:05+00:00")
    assert content.title == "A letter"
    assert content.notes == content.images == ()


def test_docx_records_the_offsets_of_images() -> None:
    document = library.Document()
    document.add_paragraph("Before")
    document.add_picture(io.BytesIO(png()))
    document.add_paragraph("after")
    document.add_picture(io.BytesIO(png()))
    document.add_picture(io.BytesIO(png("blue")))
    content = read(save(document))
    assert [(one.data, one.start, one.page) for one in content.images] == [(png(), 6, None), (png("blue"), 13, None)]


def test_docx_reads_headers_and_footers_once() -> None:
    document = library.Document()
    document.sections[0].header.paragraphs[0].text = "ACME Ltd"
    document.sections[0].footer.paragraphs[0].text = "Confidential"
    document.add_paragraph("Hello")
    document.add_section().header.is_linked_to_previous = False
    document.sections[1].header.paragraphs[0].text = "ACME Ltd"
    document.add_paragraph("Bye")
    assert read(save(document)).text == "ACME Ltd\n\nHello\n\nBye\n\nConfidential"


def test_docx_puts_comments_at_the_end() -> None:
    document = library.Document()
    run = document.add_paragraph("Hello").add_run(" Ada")
    document.add_comment([run], text="Who is that?", author="Grace")
    document.add_paragraph("Bye")
    assert read(save(document)).text == "Hello Ada\n\nBye\n\nWho is that?"


def test_docx_leaves_out_deleted_and_hidden_text() -> None:
    body = (
        "<w:p><w:r><w:t>Kept</w:t></w:r><w:del><w:r><w:delText> deleted</w:delText></w:r></w:del>"
        '<w:ins><w:r><w:t xml:space="preserve"> inserted</w:t></w:r></w:ins>'
        "<w:moveFrom><w:r><w:t> moved</w:t></w:r></w:moveFrom>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t> hidden</w:t></w:r>"
        '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> PAGE </w:instrText><w:t>7</w:t></w:r>'
        "<w:r><w:t>co\u00adoperate</w:t></w:r></w:p>"
    )
    assert read(with_body(body)).text == "Kept inserted7cooperate"


def test_docx_reads_text_boxes_once_after_their_paragraph() -> None:
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = f"<w:txbxContent>{paragraph('In a box')}</w:txbxContent>"
    choice = f'<mc:AlternateContent {mc}><mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>'
    body = f"<w:p><w:r><w:t>Be</w:t></w:r><w:r>{choice}</mc:AlternateContent></w:r><w:r><w:t>fore</w:t></w:r></w:p>"
    assert read(with_body(body + paragraph("After"))).text == "Before\n\nIn a box\n\nAfter"


def test_docx_reads_macro_files_templates_and_strict_ooxml() -> None:
    document = library.Document()
    document.add_paragraph("Hello")
    document.add_picture(io.BytesIO(png()))
    data = save(document)

    def of_type(name: bytes) -> Callable[[dict[str, bytes]], None]:
        usual = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
        return lambda parts: parts.update(
            {"[Content_Types].xml": parts["[Content_Types].xml"].replace(usual, b"application/" + name + b".main+xml")}
        )

    def strict(parts: dict[str, bytes]) -> None:
        for name, part in parts.items():
            if name.endswith((".xml", ".rels")):
                for kind in (b"officeDocument", b"wordprocessingml", b"drawingml"):
                    usual = b"http://schemas.openxmlformats.org/%s/2006/" % kind
                    part = part.replace(usual, b"http://purl.oclc.org/ooxml/%s/" % kind)
                parts[name] = part

    for change in (
        of_type(b"vnd.ms-word.document.macroEnabled"),
        of_type(b"vnd.ms-word.template.macroEnabledTemplate"),
        of_type(b"vnd.openxmlformats-officedocument.wordprocessingml.template"),
        strict,
    ):
        content = read(edit(data, change))
        assert (content.text, len(content.images)) == ("Hello", 1)


def test_docx_notes_what_it_left_out() -> None:
    document = library.Document()
    document.add_paragraph("Hello")
    document.add_picture(io.BytesIO(png()))

    def change(parts: dict[str, bytes]) -> None:
        del parts["word/media/image1.png"]
        parts["word/embeddings/sheet.xlsx"] = b"?"
        text = parts["word/document.xml"].decode()
        link = f'<w:p {W}><w:r><w:drawing><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        link += 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:link="rId99"/>'
        link += "</w:drawing></w:r></w:p>"
        parts["word/document.xml"] = text.replace(BODY, BODY + link).encode()

    content = read(edit(save(document), change))
    assert content.text == "Hello"
    assert content.notes == (
        "1 embedded file was not read",
        "1 part is missing",
        "1 linked image was not read",
    )


def test_docx_appends_the_text_of_images_if_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    document = library.Document()
    document.add_paragraph("Hello")
    document.add_picture(io.BytesIO(png()))
    data = save(document)
    monkeypatch.setattr(engines, "installed", lambda: ["rapidocr"])
    monkeypatch.setattr(engines, "recognize", lambda image: RecognizedText(text=f"{image.size}", confidence=0.75))
    assert read(data, ocr="auto").text == "Hello"
    content = read(data, ocr="always")
    assert content.text == "Hello\n\n(80, 70)"
    assert [(one.start, one.end, one.confidence) for one in content.passages] == [(0, 5, None), (7, 15, 0.75)]
    monkeypatch.setattr(engines, "installed", lambda: [])
    with pytest.raises(MissingExtraError, match="ocr"):
        read(data, ocr="always")


def test_docx_records_the_roles_of_paragraphs() -> None:
    document = library.Document()
    document.add_heading("Report", 0)
    document.add_heading("Scope", 2)
    for text, style in (("Said", "Quote"), ("Figure 1", "Caption"), ("one", "List Bullet"), ("two", "List Bullet 2")):
        document.add_paragraph(text, style=style)
    assert [(one.kind, one.level) for one in read(save(document)).passages] == [
        ("heading", 1), ("heading", 2), ("quote", None), ("caption", None), ("list_item", 1), ("list_item", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("Dear Sir,", "the two trees that I bought in May were dead when they arrived."), ["paragraph", "paragraph"]),
        (("The value is set by the first line, and read by the last one.", "x = 1", "y = f(x)" * 20), ["code"] * 3),
    ],
)
def test_paragraphs_in_the_style_of_code_are_prose_if_most_of_their_text_is(
    lines: tuple[str, ...], expected: list[str]
) -> None:
    document = library.Document()
    document.styles.add_style("Preformatted Text", 1)
    for line in lines:
        document.add_paragraph(line, style="Preformatted Text")
    assert [kind for kind, _ in kinds(read(save(document)))] == expected


def test_docx_records_headers_footers_notes_and_comments() -> None:
    document = library.Document()
    run = document.add_paragraph("Body").runs[0]
    document.add_comment(run, text="Check this")
    document.sections[0].header.paragraphs[0].text = "Above"
    document.sections[0].footer.paragraphs[0].text = "Below"
    assert kinds(read(save(document))) == [
        ("header", "Above"),
        ("paragraph", "Body"),
        ("comment", "Check this"),
        ("footer", "Below"),
    ]


@pytest.mark.parametrize(
    ("description", "text"),
    [
        ("A mill by the river", "See A mill by the river here"),
        ("A mill. Description automatically generated with low confidence", "See A mill. here"),
        ("C:\\Users\\Ada\\mill 1.png", "See here"),
        ("pictures/mill.png", "See here"),
        ("How to export the file as report.svg", "See How to export the file as report.svg here"),
        ("", "See here"),
    ],
)
def test_alternative_texts_of_pictures_are_read(description: str, text: str) -> None:
    space = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    drawing = f'<w:drawing><wp:inline {space}><wp:docPr id="1" name="p" descr="{description}"/></wp:inline></w:drawing>'
    run = f"<w:r><w:t xml:space='preserve'>See </w:t></w:r><w:r>{drawing}</w:r><w:r><w:t>here</w:t></w:r>"
    assert read(with_body(f"<w:p>{run}</w:p>")).text == text
