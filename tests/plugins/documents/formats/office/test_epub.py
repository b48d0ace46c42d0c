"""EPUB books: chapters in reading order."""

import io
import zipfile

import pytest

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.office import epub
from docsight.documents.formats.source import Source
from docsight.errors import DataError

pytest.importorskip("lxml")
pytest.importorskip("selectolax")

ITEM = '<item id="{0}" href="{1}" media-type="application/xhtml+xml"/>'
PACKAGE = (
    '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<metadata><dc:title>The\n letters</dc:title><dc:creator>Ada</dc:creator><dc:date>2024-01-02</dc:date></metadata>"
    f"<manifest>{ITEM.format('a', 'text/a%20b.xhtml')}{ITEM.format('z', 'z.xhtml')}"
    '<item id="i" href="i.png" media-type="image/png"/></manifest>'
    '<spine><itemref idref="z"/><itemref idref="a"/><itemref idref="unknown"/></spine></package>'
)


def save(**parts: str) -> bytes:
    members = {
        "META-INF/container.xml": '<c><rootfile full-path="O/p.opf"/></c>',
        "O/p.opf": PACKAGE,
        "O/z.xhtml": "<html><head><title/><script src='x'/></head><body><h2>Z</h2><p>A <a id='b'/>b</p></body></html>",
        "O/text/a b.xhtml": "<?xml version='1.0' encoding='iso-8859-1'?><body><ul><li>caf\xe9</li></ul></body>",
        "O/i.png": "picture",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in (members | parts).items():
            archive.writestr(name, data.encode("latin-1"))
    return buffer.getvalue()


def read(data: bytes) -> ParsedDocument:
    (document,) = epub.read(Source(name="a.epub", data=data))
    return document


def test_chapters_are_joined_in_the_order_of_the_spine() -> None:
    document = read(save())
    assert document.title == "The letters"
    assert (document.metadata.authors, document.metadata.created) == (("Ada",), "2024-01-02")
    assert document.text == "Z\n\nA b\n\ncaf\xe9"
    kinds = [(one.kind, document.text[one.start : one.end]) for one in document.passages]
    assert kinds == [("heading", "Z"), ("paragraph", "A b"), ("list_item", "caf\xe9")]
    assert [image.data for image in document.images] == [b"picture"]


def test_encrypted_fonts_do_not_matter_but_encrypted_chapters_do() -> None:
    encryption = '<e><CipherReference URI="{}"/></e>'
    assert read(save(**{"META-INF/encryption.xml": encryption.format("O/font.otf")})).text
    with pytest.raises(DataError, match="encrypted"):
        read(save(**{"META-INF/encryption.xml": encryption.format("O/z.xhtml")}))


def test_a_damaged_package_fails_with_the_reason() -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read(save(**{"O/p.opf": "<package>"}))
