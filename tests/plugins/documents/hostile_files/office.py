"""Word and PowerPoint files: XML that expands or fetches, bombs and missing parts."""

import io
import zipfile
from pathlib import Path

from .builders import (
    DRAWING,
    MEGA,
    deflated_zeros,
    docx,
    docx_parts,
    make_raw_zip,
    make_zip,
    paragraph,
    pptx,
    pptx_parts,
    relationship,
    shape,
)
from .case import CANARY_FILE, DOCUMENT, EITHER, FAILED, Cases
from .good import SENTENCE
from .ole_builder import ole

CASES = Cases()
BLIP = f'<w:p><w:r><w:drawing><a:blip xmlns:a="{DRAWING}" r:{{}}="rId5"/></w:drawing></w:r></w:p>'
WORD, POWERPOINT = {"needs": ("docx",)}, {"needs": ("pptx",)}


def laughs(levels: int = 9) -> str:
    """Make a document type whose last entity expands to ten to the power of `levels` laughs."""
    entities = '<!ENTITY l0 "lol">'
    for level in range(1, levels + 1):
        entities += f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">'
    return f"<!DOCTYPE x [{entities}]>"


def fetching(path: Path, url: str = "") -> str:
    """Make a document type with an entity that is a file on this machine, or a URL."""
    target = url or (path.parent / CANARY_FILE).resolve().as_uri()
    return f'<!DOCTYPE x [<!ENTITY l9 SYSTEM "{target}">]>'


@CASES.add("laughs.docx", EITHER, **WORD)
def laughing_word() -> bytes:
    return docx(paragraph("&l9;"), doctype=laughs())


@CASES.add("laughs.pptx", EITHER, **POWERPOINT)
def laughing_slide() -> bytes:
    return pptx(shape("&l9;"), doctype=laughs())


@CASES.add("quadratic-entity.docx", EITHER, **WORD)
def quadratic() -> bytes:
    """Uses one long entity very often, without nested entities."""
    return docx(paragraph("&a;" * 50_000), doctype=f'<!DOCTYPE x [<!ENTITY a "{"A" * 50_000}">]>')


@CASES.add_file("entity-file.docx", EITHER, **WORD)
def word_reading_files(path: Path) -> None:
    path.write_bytes(docx(paragraph("before &l9; after"), doctype=fetching(path)))


@CASES.add_file("entity-file.pptx", EITHER, **POWERPOINT)
def slide_reading_files(path: Path) -> None:
    path.write_bytes(pptx(shape("before &l9; after"), doctype=fetching(path)))


@CASES.add_file("entity-network.docx", EITHER, **WORD)
def word_calling_home(path: Path) -> None:
    path.write_bytes(docx(paragraph("&l9;"), doctype=fetching(path, "http://203.0.113.7/x.dtd")))


@CASES.add("external-dtd.docx", EITHER, **WORD)
def external_dtd() -> bytes:
    return docx(paragraph(SENTENCE), doctype='<!DOCTYPE x SYSTEM "http://203.0.113.7/x.dtd">')


@CASES.add_file("parameter-entity.docx", EITHER, **WORD)
def parameter_entity(path: Path) -> None:
    target = (path.parent / CANARY_FILE).resolve().as_uri()
    path.write_bytes(docx(paragraph("x"), doctype=f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{target}"> %p;]>'))


@CASES.add("external-image.docx", DOCUMENT, "Ada Lovelace", **WORD)
def external_image() -> bytes:
    relations = relationship("rId5", "image", "http://203.0.113.7/track.png", "External")
    relations += relationship("rId6", "attachedTemplate", "http://203.0.113.7/t.dotm", "External")
    return docx(paragraph(SENTENCE) + BLIP.format("link"), relations=relations)


@CASES.add("file-image.docx", DOCUMENT, "Ada Lovelace", **WORD)
def image_on_the_machine() -> bytes:
    relations = relationship("rId5", "image", "file:///etc/hosts", "External")
    return docx(paragraph(SENTENCE) + BLIP.format("embed"), relations=relations)


def bomb_inside(parts: dict[str, bytes], name: str) -> bytes:
    """Make an Office file in which one part unpacks to 10 GB."""
    size = 10_000 * MEGA
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            if part != name:
                archive.writestr(part, data)
        info = zipfile.ZipInfo(name)
        packed = deflated_zeros(size, wrapped=False)
        info.compress_type, info.file_size, info.compress_size, info.CRC = zipfile.ZIP_DEFLATED, size, len(packed), 0
        info.header_offset = file.tell()
        file.write(info.FileHeader(zip64=True) + packed)
        archive.start_dir = file.tell()
        archive.filelist.append(info)
        archive.NameToInfo[name] = info
    return file.getvalue()


@CASES.add("bomb-document.docx", FAILED, **WORD)
def word_bomb() -> bytes:
    return bomb_inside(docx_parts(paragraph("x")), "word/document.xml")


@CASES.add("bomb-media.docx", EITHER, **WORD)
def word_media_bomb() -> bytes:
    return bomb_inside(docx_parts(paragraph(SENTENCE)), "word/media/image1.png")


@CASES.add("bomb-slide.pptx", FAILED, **POWERPOINT)
def slide_bomb() -> bytes:
    return bomb_inside(pptx_parts(shape("x")), "ppt/slides/slide1.xml")


@CASES.add("no-document-part.docx", EITHER, **WORD)
def without_document() -> bytes:
    parts = docx_parts("")
    del parts["word/document.xml"]
    return make_zip(parts)


@CASES.add("relation-to-itself.docx", EITHER, **WORD)
def relation_loop() -> bytes:
    parts = docx_parts(paragraph(SENTENCE), relations=relationship("rId7", "header", "document.xml"))
    return make_zip(parts)


@CASES.add("no-types.docx", EITHER, **WORD)
def without_types() -> bytes:
    parts = docx_parts(paragraph(SENTENCE))
    del parts["[Content_Types].xml"]
    return make_zip(parts)


@CASES.add("million-empty-paragraphs.docx", EITHER, **WORD, slow=True)
def million_paragraphs() -> bytes:
    return docx(b"<w:p/>" * 1_000_000)


@CASES.add("many-empty-paragraphs.docx", EITHER, **WORD)
def many_paragraphs() -> bytes:
    return docx(b"<w:p/>" * 50_000)


@CASES.add("one-long-paragraph.docx", DOCUMENT, "Ada", **WORD)
def many_runs() -> bytes:
    return docx(b"<w:p>" + b"<w:r><w:t>Ada </w:t></w:r>" * 50_000 + b"</w:p>")


@CASES.add("nested-tables.docx", EITHER, **WORD)
def nested_tables() -> bytes:
    depth = 3000
    return docx("<w:tbl><w:tr><w:tc>" * depth + paragraph("deep") + "</w:tc></w:tr></w:tbl>" * depth)


@CASES.add("nested-50-tables.docx", DOCUMENT, "deep", **WORD)
def some_nested_tables() -> bytes:
    depth = 50
    return docx("<w:tbl><w:tr><w:tc>" * depth + paragraph("deep") + "<w:p/></w:tc></w:tr></w:tbl>" * depth + "<w:p/>")


@CASES.add("wide-span.docx", EITHER, **WORD)
def wide_span() -> bytes:
    """Has a cell that spans two thousand million columns; libraries return it once for each."""
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr>{paragraph("Ada")}</w:tc>'
    return docx(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>")


@CASES.add("nested-groups.pptx", EITHER, **POWERPOINT)
def nested_groups() -> bytes:
    depth = 3000
    group = '<p:grpSp><p:nvGrpSpPr><p:cNvPr id="3" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
    return pptx(group * depth + shape("deep") + "</p:grpSp>" * depth)


@CASES.add("deep-xml.docx", EITHER, **WORD)
def deep_xml() -> bytes:
    return docx("<w:p>" * 100_000)


@CASES.add("broken-xml.docx", FAILED, **WORD)
def broken_xml() -> bytes:
    return docx("<w:p><w:r><w:t>never ended")


@CASES.add("no-xml.docx", FAILED, **WORD)
def no_xml() -> bytes:
    return make_zip(docx_parts("") | {"word/document.xml": b"\x00\xff" * 500})


@CASES.add("traversing-part.docx", EITHER, **WORD)
def traversing_part() -> bytes:
    parts = docx_parts(paragraph(SENTENCE), relations=relationship("rId8", "image", "../../../../etc/hosts"))
    return make_zip(parts | {"../../escaped.xml": b"<x/>"})


CASES.add_bytes("old-or-encrypted.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), FAILED, "crypt|old|Word")
CASES.add_bytes(
    "old-or-encrypted.pptx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), FAILED, "crypt|old|PowerPoint"
)
CASES.add_bytes("truncated.docx", docx(paragraph(SENTENCE))[:-100], FAILED)
CASES.add_bytes("text-called.docx", b"This is no Word file.", EITHER)
CASES.add_bytes("zip-called.docx", make_zip({"a.txt": b"x"}), EITHER)
CASES.add_bytes(
    "overlapping.docx",
    make_raw_zip(b"word/document.xml", deflated_zeros(10 * MEGA, wrapped=False), 10 * MEGA, entries=500),
    EITHER,
)
# Read by LibreOffice, if it is installed.
CASES.add_bytes("garbage.doc", ole({"WordDocument": b"\xec\xa5" + b"\xff" * 5000}))
CASES.add_bytes("macro.doc", ole({"WordDocument": b"\xec\xa5" * 300, "Macros/VBA/dir": b"Shell"}))
CASES.add_bytes("-env:UserInstallation=file:.ppt", ole({"PowerPoint Document": b"\xff" * 500}))
