"""Small files with known content for `document_peers.py`, and how their text is meant."""

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """A file, and patterns of its text; whitespace is collapsed, except that tabs and bars separate cells.

    Args:
        label: What is tested.
        content: Makes the bytes of the file.
        wanted: Patterns that the text must have.
        unwanted: Patterns that it must not have.
    """

    label: str
    content: Callable[[], bytes]
    wanted: Sequence[str] = ()
    unwanted: Sequence[str] = ()

    def is_read(self, text: str) -> bool:
        text = re.sub(r"[ \n\r]+", " ", text)
        return all(re.search(one, text) for one in self.wanted) and not any(
            re.search(one, text) for one in self.unwanted
        )


def _pdf(*pages: str) -> bytes:
    """Write pages by their content streams; font F1 is Helvetica, with the ligature fi as the character 1."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[1/fi]>>>>",
    ]
    for number, content in enumerate(pages):
        resources = f"/MediaBox[0 0 400 600]/Resources<</Font<</F1 3 0 R>>>>/Contents {5 + 2 * number} 0 R"
        objects += [
            f"<</Type/Page/Parent 2 0 R{resources}>>",
            f"<</Length {len(content)}>>\nstream\n{content}\nendstream",
        ]
    out, offsets = "%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    end = f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF\n"
    return f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode("latin-1")


def _line(text: str, left: int = 40, top: int = 500) -> str:
    return f"BT /F1 10 Tf {left} {top} Td ({text}) Tj ET\n"


def _lines(*texts: str) -> str:
    return "".join(_line(text, top=500 - 14 * number) for number, text in enumerate(texts))


def _columns() -> bytes:
    left = (
        "North winds rose over the",
        "harbour before the first",
        "boats had left the quay",
        "and turned to the east.",
    )
    right = (
        "South of the river the old",
        "mills stood empty, and no",
        "smoke was seen above the",
        "roofs of their yards.",
    )
    rows = zip(left, right, strict=True)
    drawn = [
        _line(one, 40, 500 - 14 * row) + _line(other, 210, 500 - 14 * row) for row, (one, other) in enumerate(rows)
    ]
    return _pdf("".join(drawn))


def _running() -> bytes:
    bodies = ("The committee met in", "spring and agreed on", "a new plan for all the", "harbours of the north.")
    return _pdf(
        *(
            _line("Yearly Report", 150, 570) + _line(body, 40, 300) + _line(str(number), 200, 20)
            for number, body in enumerate(bodies, start=7)
        )
    )


def _docx(change: Callable[[Any], None]) -> bytes:
    from docx import Document

    document = Document()
    change(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _with_xml(xml: str) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        body = document.element.body
        body.insert(0, parse_xml(f"<w:p {nsdecls('w')}>{xml}</w:p>"))

    return change


def _with_table(document: Any) -> None:
    for cell, text in zip(document.add_table(1, 3).rows[0].cells, ("Paper", "", "5"), strict=True):
        cell.text = text


def _with_numbers(document: Any) -> None:
    for text in ("First", "Second"):
        document.add_paragraph(text, style="List Number")


def _with_header(document: Any) -> None:
    document.add_paragraph("Body")
    document.sections[0].header.paragraphs[0].text = "Letterhead"


def _with_comment(document: Any) -> None:
    document.add_comment(document.add_paragraph("Body").runs[0], text="Remark")


def _pptx() -> bytes:
    from pptx import Presentation
    from pptx.util import Inches

    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    boxes = ((5, 2, "Gamma"), (5, 3, "Delta"), (1, 2, "Alpha"), (1, 3, "Beta"))
    for left, top, text in boxes:
        slide.shapes.add_textbox(Inches(left), Inches(top), Inches(3), Inches(0.8)).text_frame.text = text
    slide.shapes.title.text = "Heading"
    slide.notes_slide.notes_text_frame.text = "Spoken"
    file = io.BytesIO()
    presentation.save(file)
    return file.getvalue()


def _html(body: str) -> Callable[[], bytes]:
    return lambda: f"<!DOCTYPE html><html><head><title>Page</title></head><body>{body}</body></html>".encode()


def _mail(content: str, headers: str = "Content-Type: text/plain; charset=utf-8") -> Callable[[], bytes]:
    return lambda: (
        f"From: a@example.org\nTo: b@example.org\nSubject: Hello\nMIME-Version: 1.0\n{headers}\n\n{content}".encode()
    )


_RUN = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>"
_ALTERNATIVE = (
    "--x\nContent-Type: text/plain\n\nThis message needs an HTML viewer.\n"
    "--x\nContent-Type: text/html\n\n<p>The boat leaves at nine.</p>\n--x--\n"
)

CASES = {
    "hyphen.pdf": Case(
        "PDF: a word broken at a line end",
        lambda: _pdf(_lines("They met at an inter-", "national fair.")),
        ["international"],
    ),
    "compound.pdf": Case(
        "PDF: the hyphen of a compound at a line end",
        lambda: _pdf(_lines("It was a long-", "term plan.")),
        ["long-term plan"],
    ),
    "ligature.pdf": Case("PDF: a ligature", lambda: _pdf(_lines("A \x01gure of wood")), ["A figure of"]),
    "columns.pdf": Case("PDF: columns drawn row by row", _columns, ["over the harbour before", "old mills stood"]),
    "running.pdf": Case(
        "PDF: running headers and page numbers left out", _running, ["met in spring and"], ["Report.*Report"]
    ),
    "cells.docx": Case(
        "Word: an empty cell keeps its place", lambda: _docx(_with_table), [r"Paper\s*[|\t]\s*[|\t]\s*5"]
    ),
    "numbers.docx": Case("Word: numbers of a list", lambda: _docx(_with_numbers), [r"1\\?\. First", r"2\\?\. Second"]),
    "deleted.docx": Case(
        "Word: deleted text left out",
        lambda: _docx(_with_xml(_RUN.format("New") + "<w:del><w:r><w:delText>Gone</w:delText></w:r></w:del>")),
        ["New"],
        ["Gone"],
    ),
    "hidden.docx": Case(
        "Word: hidden text left out",
        lambda: _docx(_with_xml(_RUN.format("Seen") + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>Unseen</w:t></w:r>")),
        ["Seen"],
        ["Unseen"],
    ),
    "header.docx": Case("Word: the header", lambda: _docx(_with_header), ["Letterhead", "Body"]),
    "comment.docx": Case("Word: a comment", lambda: _docx(_with_comment), ["Remark"]),
    "order.pptx": Case("PowerPoint: title first, then columns", _pptx, ["Heading.*Alpha.*Beta.*Gamma.*Delta"]),
    "notes.pptx": Case("PowerPoint: speaker notes", _pptx, ["Spoken"]),
    "hidden.html": Case(
        "HTML: hidden text left out",
        _html("<style>.off{display:none}</style><p>Seen</p><p class=off>Ghost</p><p hidden>Ghost</p>"),
        ["Seen"],
        ["Ghost"],
    ),
    "soft.html": Case("HTML: soft hyphens removed", _html("<p>a har\u00adbour wall</p>"), ["a harbour wall"]),
    "cells.html": Case(
        "HTML: an empty cell keeps its place",
        _html("<table><tr><th>A<th>B<th>C<tr><td>Paper<td><td>5</table>"),
        [r"Paper\s*[|\t]\s*[|\t]\s*5"],
    ),
    "alt.html": Case(
        "HTML: the alternative text of an image", _html('<p><img src="a.png" alt="A red barn"></p>'), ["A red barn"]
    ),
    "stub.eml": Case(
        "mail: a stub of plain text beside HTML",
        _mail(_ALTERNATIVE, 'Content-Type: multipart/alternative; boundary="x"'),
        ["boat leaves at nine"],
        ["needs an HTML viewer"],
    ),
    "flowed.eml": Case(
        "mail: flowed lines joined, DelSp",
        _mail("A harb \nour wall", "Content-Type: text/plain; format=flowed; delsp=yes"),
        ["A harbour wall"],
    ),
    "subject.eml": Case("mail: subject and sender", _mail("Text"), ["Hello", "a@example.org", "Text"]),
}
