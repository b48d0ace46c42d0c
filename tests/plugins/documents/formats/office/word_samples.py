"""Word documents made from their XML, and what the reader makes of them, for the tests beside it."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.office import docx
from docsight.documents.formats.source import Ocr, ReadOptions, Source

library = pytest.importorskip("docx")

BODY = "<w:body>"
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
