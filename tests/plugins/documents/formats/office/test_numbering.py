"""The numbers of lists in Word documents, and the paragraphs that a deleted or hidden end joins."""

import sys
from pathlib import Path

from docsight.documents.formats.office.number_formats import format_number

sys.path.append(str(Path(__file__).parent))

from word_samples import W, cell, edit, kinds, paragraph, read, row, table, with_body

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
