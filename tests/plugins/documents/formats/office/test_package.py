"""Malicious and damaged Word files."""

import struct
import sys
from pathlib import Path

import pytest

from docsight.documents.formats.office import package
from docsight.errors import DataError

sys.path.append(str(Path(__file__).parent))

from word_samples import edit, paragraph, read, save, with_body

library = pytest.importorskip("docx")


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
