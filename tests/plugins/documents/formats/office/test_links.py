"""Links in Word documents: elements around their text, fields, and relationships."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from word_samples import BODY, edit, read, save, with_body

library = pytest.importorskip("docx")

RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


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
