"""Word documents: text in order, images at their positions, and malicious files."""

import datetime
import io
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from docsight.documents.formats.content import Metadata, ParsedDocument
from docsight.documents.formats.office import docx, package
from docsight.documents.formats.office.number_formats import format_number
from docsight.documents.formats.source import Ocr, ReadOptions, Source
from docsight.documents.ocr import engines
from docsight.documents.ocr.engines import RecognizedText
from docsight.errors import DataError, MissingExtraError

library = pytest.importorskip("docx")

BODY = "<w:body>"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def png(colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (80, 70), colour).save(file, "PNG")
    return file.getvalue()


def save(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def edit(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Change the parts of a package."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def with_body(body: str, *, before: str = "") -> bytes:
    """Write a document whose body is this XML."""

    def change(parts: dict[str, bytes]) -> None:
        text = parts["word/document.xml"].decode()
        head = text[: text.index(BODY) + len(BODY)]
        if before:
            head = head.replace("?>", f"?>{before}", 1)
        parts["word/document.xml"] = f"{head}{body}</w:body></w:document>".encode()

    return edit(save(library.Document()), change)


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs) + "</w:p>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def kinds(content: ParsedDocument) -> list[tuple[str, str]]:
    return [(one.kind, content.text[one.start : one.end]) for one in content.passages]


def read(data: bytes, *, ocr: Ocr = "never", **options: int) -> ParsedDocument:
    (content,) = docx.read(Source(name="a.docx", data=data, options=ReadOptions(ocr=ocr, **options)))
    assert isinstance(content, ParsedDocument)
    return content


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


def test_docx_opens_no_external_entity(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret", encoding="utf-8")
    for entity in (f'SYSTEM "{secret.as_uri()}"', f'SYSTEM "{secret}"', 'SYSTEM "http://192.0.2.1/x"'):
        content = read(with_body(paragraph("a&x;b"), before=f"<!DOCTYPE w:document [<!ENTITY x {entity}>]>"))
        assert content.text.startswith("a")
        assert "secret" not in content.text
    external = f'<!DOCTYPE w:document SYSTEM "{secret.as_uri()}">'
    assert read(with_body(paragraph("a"), before=external)).text == "a"


def test_docx_rejects_entity_expansion() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    entities = f'<!DOCTYPE w:document [<!ENTITY l0 "ha">{laughs}]>'
    with pytest.raises(DataError, match="amplification"):
        read(with_body(paragraph("a&l11;b"), before=entities))


def test_docx_limits_nesting() -> None:
    for depth in (50, 5000):
        nested = "<w:tbl><w:tr><w:tc>" * depth + paragraph("deep") + "</w:tc></w:tr></w:tbl>" * depth
        if depth == 50:
            assert read(with_body(nested)).text == "deep"
        else:
            with pytest.raises(DataError, match="cannot be read as a Word document"):
                read(with_body(nested))


def test_docx_rejects_files_too_large_when_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    data = edit(save(library.Document()), lambda parts: parts.update({"word/media/zeros.png": bytes(5_000_000)}))
    assert len(data) < 100_000
    with pytest.raises(DataError, match="too large when unpacked"):
        read(data, max_bytes=1_000_000)
    assert read(data, max_bytes=10_000_000).text == ""
    monkeypatch.setattr(package, "_MAX_XML_NODES", 1000)
    with pytest.raises(DataError, match="elements and attributes"):
        read(with_body(paragraph("a") * 1000))


def test_docx_does_not_trust_the_sizes_in_the_directory() -> None:
    data = bytearray(edit(save(library.Document()), lambda parts: parts.update({"a.png": bytes(5_000_000)})))
    true_size, stated_size = struct.pack("<I", 5_000_000), struct.pack("<I", 10)
    assert read(bytes(data.replace(true_size, stated_size))).notes in ((), ("1 damaged image was left out",))


def test_docx_rejects_other_and_damaged_files() -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)
    with pytest.raises(DataError, match="is encrypted, or from before Office 2007"):
        read(old)
    for data in (b"", b"PK\x03\x04 and no more", b"text"):
        with pytest.raises(DataError, match="cannot be read as a Word document"):
            read(data)
    for name in ("[Content_Types].xml", "word/document.xml", "_rels/.rels"):
        with pytest.raises(DataError, match=r"(not|as) a Word document"):
            read(edit(save(library.Document()), lambda parts, name=name: parts.pop(name)))  # type: ignore[misc]
    with pytest.raises(DataError, match=r"(not|as) a Word document"):
        read(edit(save(library.Document()), lambda parts: parts.update({"word/document.xml": b"<w:"})))
    pptx = pytest.importorskip("pptx")
    with pytest.raises(DataError, match=r"(not|as) a Word document"):
        read(save(pptx.Presentation()))


def test_docx_survives_damaged_properties_and_styles() -> None:
    document = library.Document()
    document.add_paragraph("Hello")
    damaged = {"docProps/core.xml": b"<a xmlns='b'/>", "word/styles.xml": b"<", "word/theme/theme1.xml": b""}
    content = read(edit(save(document), lambda parts: parts.update(damaged)))
    assert content.text == "Hello"
    (note,) = content.notes
    assert note.startswith("word/styles.xml is damaged and was not read: ")


NUMBERING = (
    '<w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerRoman"/><w:isLgl/><w:lvlText w:val="%1.%2.%3"/>'
    "</w:lvl></w:abstractNum>"
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl>'
    "</w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="0"/>'
    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>'
)


def with_numbering(body: str) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        parts["word/numbering.xml"] = f"<w:numbering {W}>{NUMBERING}</w:numbering>".encode()

    return edit(with_body(body), change)


def item(text: str, list_id: int, level: int = 0, mark: str = "") -> str:
    number = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
    return f"<w:p><w:pPr>{number}<w:rPr>{mark}</w:rPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_docx_writes_the_numbers_of_lists() -> None:
    body = paragraph("Terms") + item("Payment", 1) + item("cash", 1, 1) + item("card", 1, 1) + item("soon", 1, 2)
    body += item("", 1) + item("Delivery", 1) + item("by post", 1, 1) + item("free", 2) + item("Other", 3)
    content = read(with_numbering(body))
    assert content.text == (
        "Terms\n\n1. Payment\na) cash\nb) card\n1.2.1 soon\n3. Delivery\na) by post\nfree\n7. Other"
    )
    levels = [one.level for one in content.passages if one.kind == "list_item"]
    assert levels == [1, 2, 2, 3, 1, 2, 1, 1]
    numbered = table(row("<w:tc>" + item("x", 1) + "</w:tc>", cell("y")), row("<w:tc>" + item("z", 1) + "</w:tc>"))
    assert read(with_numbering(numbered)).text == "1. x\ty\n2. z"


def test_numbers_are_written_in_the_formats_of_word() -> None:
    wanted = {
        "decimal": "28", "decimalZero": "28", "ordinal": "28th", "lowerLetter": "bb", "upperLetter": "BB",
        "lowerRoman": "xxviii", "upperRoman": "XXVIII", "none": "", "chicago": "28",
    }  # fmt: skip
    assert {name: format_number(28, name) for name in wanted} == wanted
    assert [format_number(number, "ordinal") for number in (1, 12, 22)] == ["1st", "12th", "22nd"]
    assert format_number(0, "lowerRoman") == format_number(0, "upperLetter") == "0"


def test_docx_records_the_roles_of_paragraphs() -> None:
    document = library.Document()
    document.add_heading("Report", 0)
    document.add_heading("Scope", 2)
    for text, style in (("Said", "Quote"), ("Figure 1", "Caption"), ("one", "List Bullet"), ("two", "List Bullet 2")):
        document.add_paragraph(text, style=style)
    assert [(one.kind, one.level) for one in read(save(document)).passages] == [
        ("heading", 1), ("heading", 2), ("quote", None), ("caption", None), ("list_item", 1), ("list_item", 2),
    ]  # fmt: skip


def ended(text: str, mark: str) -> str:
    """Write a paragraph with properties of its end."""
    return f'<w:p><w:pPr><w:rPr>{mark}</w:rPr></w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def test_docx_joins_paragraphs_whose_end_was_deleted() -> None:
    deleted, hidden = "<w:del/>", "<w:vanish/>"
    body = ended("Maria ", deleted) + ended("Keller ", deleted) + paragraph("in Leeds") + paragraph("Next")
    assert kinds(read(with_body(body))) == [("paragraph", "Maria Keller in Leeds"), ("paragraph", "Next")]
    assert read(with_body(ended("Run-in. ", hidden) + paragraph("Body"))).text == "Run-in. Body"
    assert read(with_body(ended("Last", deleted) + table(row(cell("a"))) + paragraph("b"))).text == "Last\n\na\n\nb"
    removed = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:del><w:r><w:delText>x</w:delText></w:r></w:del></w:p>"
    assert read(with_numbering(item("One", 1) + removed + item("Two", 1))).text == "1. One\n2. Two"
    assert read(with_numbering(item("One", 1, mark=deleted) + item(" and a half", 1))).text == "1. One and a half"
    assert read(with_numbering(item("One.", 1, mark=hidden) + paragraph(" Text"))).text == "1. One. Text"


def test_docx_leaves_out_deleted_rows() -> None:
    rows = row(cell("a"), cell("b")) + row(cell("old"), properties="<w:del/>") + row(cell("c"), cell("d"))
    assert read(with_body(table(rows))).text == "a\tb\nc\td"


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


def field(code: str, shown: str) -> str:
    """Write a field as Word does: its code and the text that it shows lie between three marks."""
    marks = [f'<w:r><w:fldChar w:fldCharType="{name}"/></w:r>' for name in ("begin", "separate", "end")]
    code_run = f"<w:r><w:instrText>{code}</w:instrText></w:r>"
    return f"{marks[0]}{code_run}{marks[1]}<w:r><w:t>{shown}</w:t></w:r>{marks[2]}"


@pytest.mark.parametrize(
    ("markup", "target"),
    [
        ('<w:hyperlink w:anchor="part2"><w:r><w:t>here</w:t></w:r></w:hyperlink>', "#part2"),
        (field(' HYPERLINK "https://example.org/a" \\o "A tip" ', "here"), "https://example.org/a"),
        (field(' HYPERLINK \\l "part2" ', "here"), "#part2"),
        ('<w:fldSimple w:instr="HYPERLINK x.html"><w:r><w:t>here</w:t></w:r></w:fldSimple>', "x.html"),
    ],
    ids=["anchor", "field", "local field", "simple field"],
)
def test_docx_records_links(markup: str, target: str) -> None:
    text = "<w:r><w:t xml:space='preserve'>Look </w:t></w:r>"
    content = read(with_body(f"<w:p>{text}{markup}<w:r><w:t> now</w:t></w:r></w:p>"))
    assert content.text == "Look here now"
    assert content.passages[0].links == ((5, 9, target),)


def test_docx_records_the_targets_of_relationships() -> None:
    document = library.Document()
    identifier = document.part.relate_to("https://example.org", f"{RELATIONSHIPS}/hyperlink", is_external=True)
    link = f'<w:hyperlink xmlns:r="{RELATIONSHIPS}" r:id="{identifier}"><w:r><w:t>Site</w:t></w:r></w:hyperlink>'
    body = f"<w:p>{link}</w:p>"

    def change(parts: dict[str, bytes]) -> None:
        parts["word/document.xml"] = parts["word/document.xml"].replace(BODY.encode(), f"{BODY}{body}".encode())

    assert read(edit(save(document), change)).passages[0].links == ((0, 4, "https://example.org"),)


def test_docx_ends_a_link_without_an_end_with_its_part() -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>HYPERLINK "https://a.example"</w:instrText></w:r>'
    content = read(with_body(f"<w:p>{begin}<w:r><w:t>Text</w:t></w:r></w:p>"))
    assert content.passages[0].links == ((0, 4, "https://a.example"),)


def test_docx_reads_symbols_escapes_and_fractions() -> None:
    symbols = '<w:r><w:sym w:font="Symbol" w:char="F062"/><w:sym w:font="Wingdings" w:char="F0E0"/></w:r>'
    symbols += '<w:r><w:sym w:font="Unknown" w:char="F0E0"/><w:sym w:font="Arial" w:char="00E9"/></w:r>'
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    parts = "<m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den>"
    fraction = f"<m:oMath {math}><m:f>{parts}</m:f></m:oMath>"
    text = "<w:r><w:t>one_x000B_two</w:t></w:r>"
    body = "".join(f"<w:p>{content}</w:p>" for content in (symbols, text, fraction))
    assert read(with_body(body)).text == "\u03b2\u2192\xe9\n\none\ntwo\n\na/b"


def test_signs_of_formulas_are_read() -> None:
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'

    def run(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    root = f"<m:rad><m:e>{run('x')}</m:e></m:rad>"
    total = f'<m:nary><m:naryPr><m:chr m:val="\u2211"/></m:naryPr><m:sub>{run("i")}</m:sub><m:e>{root}</m:e></m:nary>'
    integral = f"<m:nary><m:e>{run('y')}</m:e></m:nary>"
    pair = (
        f'<m:d><m:dPr><m:sepChr m:val=","/><m:endChr m:val="]"/></m:dPr><m:e>{total}</m:e><m:e>{integral}</m:e></m:d>'
    )
    formula = f"<m:oMath {math}>{pair}</m:oMath>"
    assert read(with_body(f"<w:p>{formula}</w:p>")).text == "(\u2211i\u221ax,\u222by]"


@pytest.mark.parametrize("properties", ["", "<m:dPr>" + "<m:x/>" * 20_000 + "</m:dPr>"], ids=["none", "many"])
def test_formulas_with_many_parts_take_little_time(properties: str) -> None:
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    parts = "<m:e/>" * 20_000
    data = with_body(f"<w:p><m:oMath {math}><m:d>{properties}{parts}</m:d></m:oMath></w:p>")
    started = time.process_time()
    assert read(data).text == "(" + "|" * 19_999 + ")"
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("<w:checkBox/>", "\u2610"),
        ('<w:checkBox><w:default w:val="1"/></w:checkBox>', "\u2612"),
        ('<w:checkBox><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox>', "\u2610"),
        ("<w:checkBox><w:checked/></w:checkBox>", "\u2612"),
        ('<w:ddList><w:result w:val="1"/><w:listEntry w:val="no"/><w:listEntry w:val="yes"/></w:ddList>', "yes"),
        ('<w:ddList><w:listEntry w:val="no"/><w:listEntry w:val="yes"/></w:ddList>', "no"),
        ('<w:ddList><w:result w:val="7"/><w:listEntry w:val="no"/></w:ddList>', ""),
    ],
)
def test_values_of_form_fields_are_read(field: str, value: str) -> None:
    begin = f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{field}</w:ffData></w:fldChar></w:r>'
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    assert read(with_body(f"<w:p>{begin}{end}<w:r><w:t>.</w:t></w:r></w:p>")).text == f"{value}."


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
