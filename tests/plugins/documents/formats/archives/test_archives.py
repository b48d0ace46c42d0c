"""Reading zip, tar, 7z, gzip, bzip2 and xz files."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from docsight.documents.formats.content import ParsedDocument, PartError, SkipError
from docsight.documents.formats.detect import find_format
from docsight.documents.formats.source import Budget, ReadOptions, Source
from docsight.errors import DataError


def zipped(members: dict[str, Any], **options: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data, **options)
    return buffer.getvalue()


def read(data: bytes, name: str = "a.zip", **options: Any) -> list[ParsedDocument | PartError]:
    chosen = ReadOptions(**options)
    source = Source(name=name, data=data, options=chosen, budget=Budget.of(chosen))
    return list(find_format(source).read(source))


def texts(items: list[ParsedDocument | PartError]) -> dict[str, str]:
    return {item.part: item.text for item in items if isinstance(item, ParsedDocument)}


def errors(items: list[ParsedDocument | PartError]) -> dict[str, str]:
    return {item.part: str(item.error) for item in items if isinstance(item, PartError)}


def test_zip_reads_members_in_the_order_of_the_archive_by_their_formats() -> None:
    items = read(zipped({"z.txt": "Zoë", "a/b.md": "# Ada", "a/README": "Read me.", "empty.txt": ""}))
    assert texts(items) == {"z.txt": "Zoë", "a/b.md": "# Ada", "a/README": "Read me.", "empty.txt": ""}
    assert [item.format for item in items if isinstance(item, ParsedDocument)] == ["text", "markdown", "text", "text"]
    assert errors(items) == {}


def test_zip_reads_nested_archives_and_mails_under_their_names() -> None:
    mail = b"From: a@example.org\nSubject: Hi\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
    mail += b"--x\n\nHello.\n--x\nContent-Disposition: attachment; filename=n.txt\n\nNote.\n--x--\n"
    inner = zipped({"b.txt": "B", "c.txt.gz": gzip.compress(b"C")})
    items = read(zipped({"inner.zip": inner, "mail.eml": mail}))
    assert texts(items) == {
        "inner.zip/b.txt": "B",
        "inner.zip/c.txt.gz/c.txt": "C",
        "mail.eml": "Subject: Hi\nFrom: a@example.org\n\nHello.",
        "mail.eml/n.txt": "Note.",
    }


def test_zip_skips_folders_and_hidden_files() -> None:
    names = ("a/", ".DS_Store", "__MACOSX/._a.txt", ".git/config.txt", "a/.x.txt")
    assert read(zipped({name: "" if name.endswith("/") else "x" for name in names})) == []


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("../../etc/passwd.txt", "../../etc/passwd.txt"),
        ("/etc/passwd.txt", "/etc/passwd.txt"),
        ("a\nb.txt", "a\nb.txt"),
        ("C:\\evil.txt", "C:\\\\evil.txt"),
        ("zwölf.txt", "zwölf.txt"),
    ],
)
def test_zip_never_uses_names_as_paths(name: str, part: str) -> None:
    assert texts(read(zipped({name: "x"}))) == {part: "x"}


def test_zip_reads_utf8_names_without_the_flag() -> None:
    data = zipped({"zwoelf.txt": "x"}).replace(b"zwoelf.txt", "zwölf.txt".encode())
    assert texts(read(data)) == {"zwölf.txt": "x"}


def test_zip_gives_members_with_the_same_name_different_parts() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for text in "123":
            archive.writestr(member := zipfile.ZipInfo("a.txt"), text)
            del archive.NameToInfo[member.filename]  # which would warn
        archive.writestr("a.txt#2", "4")
        archive.writestr("b.zip", zipped({"c.txt": "5"}))
        archive.writestr("b.zip/c.txt", "6")
    items = read(buffer.getvalue())
    assert list(texts(items).values()) == list("123456")
    assert "b.zip#2/c.txt" in texts(items)
    assert "b.zip/c.txt" in texts(items)


def test_zip_names_a_member_without_a_name() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(unnamed := zipfile.ZipInfo("x"), "Ada")
        unnamed.filename = ""
    assert list(errors(read(buffer.getvalue()))) == ["unnamed"]


def test_zip_reports_members_without_a_reader() -> None:
    items = read(zipped({"a.exe": b"MZ\0", "b.txt": "B"}))
    (error,) = (item for item in items if isinstance(item, PartError))
    assert error.part == "a.exe"
    assert isinstance(error.error, SkipError)
    assert texts(items) == {"b.txt": "B"}


def test_zip_skips_symbolic_links() -> None:
    link = zipfile.ZipInfo("link.txt")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert errors(read(buffer.getvalue())) == {"link.txt": "a symbolic link"}


def set_directory_field(data: bytes, offset: int, value: bytes) -> bytes:
    """Overwrite a field of the first member in the central directory."""
    at = data.index(b"PK\x01\x02") + offset
    return data[:at] + value + data[at + len(value) :]


def test_zip_reports_only_damaged_members() -> None:
    good = zipped({"a.txt": "Ada " * 50, "b.txt": "B"})
    cases = {
        "encrypted": set_directory_field(good, 8, b"\1\0"),
        "not supported": set_directory_field(good, 10, b"\x09\0"),
        "damaged": set_directory_field(good, 16, b"\1\2\3\4"),
        "bytes, too many": set_directory_field(good, 24, struct.pack("<I", 0xFFFFFF00)),
    }
    for reason, data in cases.items():
        items = read(data, max_bytes=1 << 20)
        assert texts(items) == {"b.txt": "B"}, reason
        assert reason in errors(items)["a.txt"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_unpacks_other_compression_methods(method: int) -> None:
    assert texts(read(zipped({"a.txt": "Ada " * 5000}, compress_type=method))) == {"a.txt": "Ada " * 5000}


def test_damaged_zip_is_an_error() -> None:
    for data in (b"", b"PK\x03\x04 and no more", b"text", zipped({"a.txt": "x"})[:-30]):
        source = Source(name="a.zip", data=data)
        with pytest.raises(DataError, match="zip file"):
            list(find_format(source).read(source))


def test_zip_limits_the_unpacked_size_of_one_member_and_of_all() -> None:
    data = zipped({"large.txt": "a" * 5000, "b.txt": "B"})
    items = read(data, max_bytes=4000)
    assert texts(items) == {"b.txt": "B"}
    assert "5,000 bytes" in errors(items)["large.txt"]
    with pytest.raises(DataError, match=r"more than 4,000 bytes.*large\.txt"):
        read(data, max_unpacked=4000)


def test_zip_does_not_trust_the_sizes_in_headers() -> None:
    data = zipped({"large.txt": "a" * 5000})
    items = read(set_directory_field(data, 24, struct.pack("<I", 10)), max_bytes=4000)
    assert "damaged" in errors(items)["large.txt"]


def test_zip_limits_the_number_of_members() -> None:
    data = zipped({f"{number}.txt": "" for number in range(20)})
    options = ReadOptions(max_parts=10)
    source = Source(name="a.zip", data=data, options=options, budget=Budget.of(options))
    items = iter(find_format(source).read(source))
    read_before = [next(items) for _ in range(10)]
    assert len(read_before) == 10
    with pytest.raises(DataError, match="more than 10 parts"):
        next(items)


def nested(levels: int) -> bytes:
    data = zipped({"a.txt": "Ada"})
    for level in range(levels):
        data = zipped({f"{level}.zip": data})
    return data


def test_zip_reads_nested_archives_up_to_the_maximum_depth() -> None:
    (part,) = texts(read(nested(3), max_depth=4))
    assert part == "2.zip/1.zip/0.zip/a.txt"
    items = read(nested(4), max_depth=3)
    assert texts(items) == {}
    assert list(errors(items)) == ["3.zip/2.zip/1.zip/0.zip"]


def test_zip_bomb_of_nested_archives_is_stopped() -> None:
    data = zipped({"0.txt": "0" * 1000})
    for _ in range(7):
        data = zipped({f"{number}.zip": data for number in range(16)})
    started = time.process_time()
    with pytest.raises(DataError, match="parts"):
        read(data)
    assert time.process_time() - started < 60


def test_zip_bomb_of_one_member_is_reported() -> None:
    data = zipped({"a.txt": b"\0" * (100 << 20), "b.txt": "B"})
    items = read(data)
    assert "bomb" in errors(items)["a.txt"]
    assert texts(items) == {"b.txt": "B"}


def test_zip_bomb_of_overlapping_members_is_rejected() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "Ada" * 1000)
        archive.filelist *= 100
    source = Source(name="a.zip", data=buffer.getvalue())
    with pytest.raises(DataError, match="overlap"):
        list(find_format(source).read(source))


def test_zip_reads_without_writing_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Iterator[None]:
        raise AssertionError("a file was opened")

    data = zipped({"a.txt": "A", "b.zip": zipped({"c.txt": "C"})})
    read(data)  # imports the readers
    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr(io, "open", refuse)
    assert len(texts(read(data))) == 2


@pytest.mark.parametrize(
    ("name", "part"),
    [("changelog.gz", "changelog"), ("a.txt.GZ", "a.txt"), ("a.txt", "a.txt"), ("NEWS.Debian.gz", "NEWS.Debian")],
)
def test_gzip_reads_the_packed_file_under_its_own_name(name: str, part: str) -> None:
    data = gzip.compress(b"Ada\n") + gzip.compress(b"Grace\n")
    assert texts(read(data, name)) == {part: "Ada\nGrace\n"}


def test_gzip_of_a_file_without_a_reader_is_skipped() -> None:
    (error,) = read(gzip.compress(b"Rar!\x1a\x07\x01" + bytes(99)), "a.rar.gz")
    assert isinstance(error, PartError)
    assert error.part == "a.rar"
    assert isinstance(error.error, SkipError)


@pytest.mark.parametrize(
    "data",
    [gzip.compress(b"Ada" * 100)[:-9], gzip.compress(b"Ada")[:-8] + bytes(8)],
    ids=["truncated", "wrong checksum"],
)
def test_damaged_gzip_is_an_error(data: bytes) -> None:
    with pytest.raises(DataError, match="damaged gzip"):
        read(data, "a.gz")


def test_gzip_limits_the_unpacked_size() -> None:
    with pytest.raises(DataError, match="more than 4,000"):
        read(gzip.compress(b"a" * 5000), "a.gz", max_bytes=4000)
    with pytest.raises(DataError, match="bomb"):
        read(gzip.compress(bytes(100 << 20)), "a.gz")


def tarred(*members: tuple[str, bytes, bytes]) -> bytes:
    """Make a tar of members: name, content and type."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data, kind in members:
            info = tarfile.TarInfo(name)
            info.size, info.type, info.linkname = len(data), kind, "/etc/hostname"
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


FILES = (("a.txt", b"Ada", tarfile.REGTYPE), ("d/b.md", b"# Zoe", tarfile.REGTYPE), ("a.txt", b"x", tarfile.REGTYPE))


def test_tar_reads_its_files_under_unique_names() -> None:
    assert texts(read(tarred(*FILES), "a.tar")) == {"a.txt": "Ada", "d/b.md": "# Zoe", "a.txt#2": "x"}


@pytest.mark.parametrize(
    ("name", "compress"),
    [("a.tar.gz", gzip.compress), ("a.tgz", gzip.compress), ("a.tar.bz2", bz2.compress), ("a.txz", lzma.compress)],
)
def test_compressed_tar_is_read_through_its_compression(name: str, compress: Any) -> None:
    assert texts(read(compress(tarred(*FILES[:2])), name)) == {"a.tar/a.txt": "Ada", "a.tar/d/b.md": "# Zoe"}


def test_tar_skips_links_devices_and_hidden_files() -> None:
    kinds = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE)
    items = read(
        tarred(*((f"m{n}", b"", kind) for n, kind in enumerate(kinds)), (".hid", b"x", tarfile.REGTYPE)), "a.tar"
    )
    assert errors(items) == {"m0": "a symbolic link", "m1": "a hard link", "m2": "a device or another special file"}
    assert texts(items) == {}


def test_cut_tar_keeps_the_documents_before_the_cut() -> None:
    archive = tarred(*FILES)
    source = Source(name="a.tar", data=archive[:1200])
    items = find_format(source).read(source)
    first = next(items)
    assert isinstance(first, ParsedDocument)
    assert first.text == "Ada"
    with pytest.raises(DataError, match="damaged tar archive"):
        list(items)


def test_7z_reads_its_files() -> None:
    library = pytest.importorskip("py7zr")
    buffer = io.BytesIO()
    with library.SevenZipFile(buffer, "w") as archive:
        archive.writestr("Ada", "a.txt")
        archive.writestr("# Zoe", "d/b.md")
    assert texts(read(buffer.getvalue(), "a.7z")) == {"a.txt": "Ada", "d/b.md": "# Zoe"}
    with pytest.raises(DataError, match="too many for one archive"):
        read(buffer.getvalue(), "a.7z", max_bytes=5)


@pytest.mark.parametrize(("kind", "compress"), [("bzip2", bz2.compress), ("xz", lzma.compress)])
def test_packed_file_is_read_under_its_name_and_fails_if_it_is_cut(kind: str, compress: Any) -> None:
    packed = compress(b"Ada " * 100)
    assert texts(read(packed, f"n.txt.{'bz2' if kind == 'bzip2' else kind}")) == {"n.txt": "Ada " * 100}
    with pytest.raises(DataError, match=f"damaged {kind} file"):
        read(packed[:-6])


def test_zip_that_lacks_bytes_is_rejected() -> None:
    data = zipped({"mimetype": "text", "a.txt": "Ada"})
    source = Source(name="a.zip", data=data[:40] + data[41:])
    with pytest.raises(DataError, match="bytes are missing"):
        list(find_format(source).read(source))
