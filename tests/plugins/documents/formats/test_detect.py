"""Detecting the format of a file by its content and name."""

import bz2
import gzip
import io
import lzma
import zipfile
from pathlib import Path

import pytest

from docsight.documents.formats.content import SkipError
from docsight.documents.formats.detect import find_format, format_of, format_within
from docsight.documents.formats.source import Source
from docsight.documents.inputs import InputFile, find_files
from docsight.documents.problem import Problem

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
PAGE = b"<!-- saved -->\n<!DOCTYPE html>\n<title>Ada</title>"
XHTML = b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'
XML = b'<?xml version="1.0"?>\n<!-- a --><article>'
MAIL = b"Received: from here\n\tby there\nFrom: Ada <ada@example.org>\nDate: Mon, 1 Jan 2024 10:00:00 +0000\n\nHello.\n"
MBOX = b"From ada@example.org Mon Jan  1 10:00:00 2024\n" + MAIL
TEXT = b"A plain text, which mentions %PDF-1.7 and <html> and GIF89a.\n"


def zipped(*names: str, first: bytes = b"x") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, first)
    return buffer.getvalue()


def source(name: str, data: bytes) -> Source:
    return Source(name=name, data=data)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (PDF, "pdf"),
        (b"\n\n" + PDF, "pdf"),
        (PAGE, "html"),
        (XHTML, "html"),
        (b"\xef\xbb\xbf <HTML lang=en>", "html"),
        (XML, "xml"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "ics"),
        (b"\xef\xbb\xbfbegin:vcard\nFN:Ada\n", "vcf"),
        (b"<!-- a -->\n<!DOCTYPE svg PUBLIC 'x' 'y' [<!ENTITY a 'b'>]>\n<svg>", "svg"),
        (XML.replace(b"article", b"svg:svg"), "svg"),
        (MAIL, "mail"),
        (MBOX, "mbox"),
        (gzip.compress(b"x", mtime=0), "gzip"),
        (bz2.compress(b"x"), "bzip2"),
        (lzma.compress(b"x"), "xz"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "7z"),
        (b"a.txt" + bytes(252) + b"ustar\0", "tar"),
        (b"PAR1\x15\x04\x15", "parquet"),
        (zipped("a.txt"), "zip"),
        (zipped(), "zip"),
        (zipped("[Content_Types].xml", "word/document.xml"), "docx"),
        (zipped("[Content_Types].xml", "ppt/presentation.xml"), "pptx"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        (zipped("mimetype", first=b"application/vnd.oasis.opendocument.text"), "odt"),
        (zipped("mimetype", first=b"application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        (zipped("mimetype", first=b"application/vnd.oasis.opendocument.presentation-template"), "odp"),
        (zipped("[Content_Types].xml", "xl/workbook.bin"), "xlsx"),
        (zipped("mimetype", "META-INF/container.xml", first=b"application/epub+zip"), "epub"),
        (TEXT, "text"),
        (b"", "text"),
        ("Zoë".encode("utf-16"), "text"),
    ],
)
@pytest.mark.parametrize("file_name", ["file", "version-1.2", "README.Debian"])
def test_find_format_uses_the_content_if_the_name_has_no_suffix(file_name: str, data: bytes, name: str) -> None:
    assert find_format(source(file_name, data)).name == name


@pytest.mark.parametrize("file_name", ["a.txt", "a.md", "a.html", "a.TXT", "a.rst", "a.adoc", "a.org", "a.tex"])
@pytest.mark.parametrize(
    "data", [TEXT, PAGE, MAIL, MBOX, b"From here on, see below.\n\n", b"%PDF-1.7 is a format.", b"PK"]
)
def test_format_within_does_not_override_the_suffixes_of_text(file_name: str, data: bytes) -> None:
    assert format_within(source(file_name, data)) is None


@pytest.mark.parametrize(
    ("file_name", "data", "name"),
    [
        ("a.txt", PDF, "pdf"),
        ("a.html", gzip.compress(b"x", mtime=0), "gzip"),
        ("a.docx", zipped("a.txt"), "zip"),
        ("a.zip", zipped("[Content_Types].xml", "word/document.xml"), "docx"),
        ("a.pdf", PAGE, "html"),
        ("a.csv", PAGE, "html"),
        ("a.png", MAIL, "mail"),
        ("a.exe", PAGE, "html"),
        ("a.xls", XML, "xml"),
        ("a.xml", XML.replace(b"article", b"svg"), "svg"),
        ("a.xls", PAGE, "html"),
        ("a.doc", b"{\\rtf1\\ansi Ada}", "rtf"),
        ("a.xls", b"Ada\t1\nZoe\t2\n", "tsv"),
    ],
)
def test_format_within_overrides_other_suffixes(file_name: str, data: bytes, name: str) -> None:
    form = format_within(source(file_name, data))
    assert form is not None
    assert form.name == name


@pytest.mark.parametrize(
    ("members", "first", "reason"),
    [
        (("mimetype", "content.xml"), b"application/vnd.oasis.opendocument.graphics", "OpenDocument"),
        (("META-INF/MANIFEST.MF", "A.class"), b"", "Java"),
        (("docsight/__init__.py", "docsight-1.dist-info/WHEEL"), b"", "wheel"),
    ],
)
def test_find_format_skips_zip_files_that_are_not_archives(members: tuple[str, ...], first: bytes, reason: str) -> None:
    for file_name in ("a.zip", "a.bin", "a"):
        with pytest.raises(SkipError, match=reason):
            find_format(source(file_name, zipped(*members, first=first)))


def test_find_format_skips_zip_and_xml_files_of_programs_unless_named() -> None:
    with pytest.raises(SkipError, match=r"\.glade files"):
        find_format(source("window.glade", XML))
    assert find_format(source("window.glade", XML), named=True).name == "xml"
    with pytest.raises(SkipError, match=r"\.sob files"):
        find_format(source("gallery.sob", zipped("a.png")))
    assert find_format(source("gallery.sob", zipped("a.png")), named=True).name == "zip"
    assert find_format(source("gallery 1.2", zipped("a.png"))).name == "zip"


@pytest.mark.parametrize(
    ("file_name", "data", "reason"),
    [
        ("a", b"\x7fELF\x02\x01\x01\0", "programs"),
        ("a", b"#!/bin/sh\necho", "scripts"),
        ("a", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
        ("a", b"a\0b", "without a suffix"),
        ("a", bytes(range(1, 256)), "without a suffix"),
        ("a.py", b"import os\n", r"\.py files"),
        ("README.py", b"import os\n", r"\.py files"),
        ("a.exe", b"text", r"\.exe files"),
        ("Makefile", b"all:\n", "without a suffix"),
    ],
)
def test_find_format_skips_unsupported_kinds_and_names_them(file_name: str, data: bytes, reason: str) -> None:
    with pytest.raises(SkipError, match=reason):
        find_format(source(file_name, data))


@pytest.mark.parametrize("file_name", ["a.py", "Makefile", "a.exe", "script", "a.b"])
def test_find_format_accepts_any_named_text(file_name: str) -> None:
    assert find_format(source(file_name, b"#!/bin/sh\necho Ada\n"), named=True).name == "text"
    with pytest.raises(SkipError):
        find_format(source(file_name, b"a\0b"), named=True)


@pytest.mark.parametrize(
    "file_name",
    [
        "README",
        "LICENSE",
        "COPYING",
        "changelog",
        "NEWS.old",
        "Debian.README",
        "printf.3",
        "Dr. Who, a life",
        "LICENSE-MIT",
        "log",
        "bash.info-2",
        "manual.doc",
    ],
)
def test_find_format_accepts_text_without_a_suffix(file_name: str) -> None:
    assert find_format(source(file_name, TEXT)).name == "text"


def test_find_format_does_not_mistake_other_headers_for_a_mail() -> None:
    assert find_format(source("METADATA", b"Metadata-Version: 2.1\nName: x\nAuthor: Ada\n\nText")).name == "text"
    assert find_format(source("note", b"Date: today\nSubject: tea\n\nCome.")).name == "text"


def test_format_of_ignores_case() -> None:
    names = [format_of(Path(name)) for name in ("a.PDF", "b.Docx", "c.NDJSON", "d.xhtml", "e.tgz", "f.exe")]
    assert [form and form.name for form in names] == ["pdf", "docx", "jsonl", "html", "gzip", None]


def test_find_accepts_text_with_any_name(tmp_path: Path) -> None:
    (tmp_path / "README").write_bytes(TEXT)
    (tmp_path / "code.py").write_bytes(b"import os\n")
    (tmp_path / "data").write_bytes(b"a\0b")
    found = {item.name if isinstance(item, InputFile) else item.path: item for item in find_files(tmp_path)}
    assert isinstance(found["README"], InputFile)
    assert isinstance(found["code.py"], Problem)
    assert isinstance(found["data"], Problem)
    (named,) = find_files(tmp_path / "code.py")
    assert isinstance(named, InputFile)
    assert named.format.name == "text"
