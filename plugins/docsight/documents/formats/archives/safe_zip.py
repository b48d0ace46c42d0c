"""Open zip files, Office documents included, without trusting what they state about themselves."""

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from docsight.documents.formats.source import Source
from docsight.errors import DataError

# What `zipfile` raises on a damaged archive or member, or on one that it does not support: encrypted members raise
# RuntimeError, unknown compression methods its subclass NotImplementedError, names that are not UTF-8 ValueError.
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OverflowError,
    RuntimeError,
    ValueError,
)

# In memory, the directory takes about 15 times as much. The limit allows half a million members.
_MAX_DIRECTORY = 64 << 20
_ODF = b"application/vnd.oasis.opendocument."
_ODF_FORMATS = {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp"}
_OFFICE_FOLDERS = {"word/": "docx", "ppt/": "pptx"}
_WORKBOOKS = ("xl/workbook.xml", "xl/workbook.bin")
_UNSUPPORTED_MEMBERS = {
    "META-INF/MANIFEST.MF": "Java archives",
    "AndroidManifest.xml": "Android packages",
    "visio/document.xml": "Visio files",
}
_MEMBER_STEP = 1 << 20  # bytes


@contextmanager
def open_zip(source: Source, *, kind: str = "zip archive") -> Iterator[zipfile.ZipFile]:
    """Open a zip file and read its directory; messages call it a `kind`.

    Raises:
        DataError: It is damaged, its directory is too large, or its members overlap.
        OSError: It cannot be read.
    """
    with source.open() as file:
        try:
            archive = zipfile.ZipFile(_BoundedFile(file))
        except DataError:
            raise
        except ZIP_ERRORS as err:
            raise DataError(f"cannot be read as a {kind}: {err}") from err
        with archive:
            if any(info.header_offset < 0 for info in archive.infolist()):
                raise DataError(f"cannot be read as a {kind}: bytes are missing, so it is damaged")
            compressed = sum(info.compress_size for info in archive.infolist())
            available = archive.start_dir  # the directory comes after all members
            if compressed > available:  # members share their compressed bytes in decompression bombs
                raise DataError(
                    f"its members take {compressed:,} of {available:,} bytes: they overlap, or the file is damaged"
                )
            yield archive


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_bytes: int) -> bytes:
    """Read a member in chunks: a single read would unpack all of a member that understates its size.

    Raises:
        DataError: It is larger than `max_bytes`.
    """
    if member.file_size > max_bytes:  # `zipfile` returns at most the size that the directory states
        raise DataError("it is too large when unpacked (max_bytes)")
    pieces: list[bytes] = []
    with archive.open(member) as file:
        while piece := file.read(_MEMBER_STEP):
            max_bytes -= len(piece)
            if max_bytes < 0:
                raise DataError("it is too large when unpacked (max_bytes)")
            pieces.append(piece)
    return b"".join(pieces)


def read_members(source: Source, wanted: re.Pattern[str], *, kind: str, max_bytes: int) -> dict[str, bytes]:
    """Return the members of a zip file whose names match `wanted`, by name; messages call the file a `kind`.

    Args:
        source: The file.
        wanted: Searched in each name.
        kind: What the file is expected to be.
        max_bytes: The size of all of them together, when unpacked.

    Raises:
        DataError: It is damaged, encrypted or too large.
        OSError: It cannot be read.
    """
    members: dict[str, bytes] = {}
    with open_zip(source, kind=kind) as archive:
        for info in archive.infolist():
            if not wanted.search(info.filename) or info.is_dir():
                continue
            if info.flag_bits & 1:
                raise DataError(f"is encrypted; expected a {kind} without a password")
            try:
                data = read_member(archive, info, max_bytes)
            except ZIP_ERRORS as err:
                raise DataError(f"cannot be read as a {kind}: {info.filename}: {err}") from err
            max_bytes -= len(data)
            members[info.filename] = data
    return members


def zip_kind(source: Source) -> tuple[str | None, str]:
    """Detect the kind of a zip file by its members.

    Returns:
        The name of its format and "", or None and the description of a kind that no reader supports.

    Raises:
        DataError: It is damaged.
        OSError: It cannot be read.
    """
    with open_zip(source) as archive:
        names = archive.NameToInfo
        if "[Content_Types].xml" in names:
            if any(name in names for name in _WORKBOOKS):
                return "xlsx", ""
            for folder, name in _OFFICE_FOLDERS.items():
                if any(member.startswith(folder) for member in names):
                    return name, ""
        # It should come first, but programs that only edit a file may put it anywhere.
        if "mimetype" in names and ("content.xml" in names or archive.infolist()[0].filename == "mimetype"):
            try:
                with archive.open("mimetype") as file:
                    kind = file.read(100)
            except ZIP_ERRORS as err:
                raise DataError(f"cannot be read as a zip archive: mimetype: {err}") from err
            form = _ODF_FORMATS.get(kind.removeprefix(_ODF).strip().removesuffix(b"-template"))
            if kind.startswith(_ODF) and form is not None:
                return form, ""
            if kind.startswith(_ODF):
                return None, f"OpenDocument files ({kind[len(_ODF) :].decode('ascii', 'replace').strip()})"
        if "META-INF/container.xml" in names:
            return "epub", ""
        for member, description in _UNSUPPORTED_MEMBERS.items():
            if member in names:
                return None, description
        if any(name.endswith(".dist-info/WHEEL") and name.count("/") == 1 for name in names):
            return None, "Python wheels"
    return "zip", ""


class _BoundedFile:
    """A file that refuses large reads: `zipfile` reads as many bytes of the directory as the file states."""

    def __init__(self, file: BinaryIO) -> None:
        self.seek, self.tell, self.seekable, self.close = file.seek, file.tell, file.seekable, file.close
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if size > _MAX_DIRECTORY:
            raise DataError(f"its directory takes more than {_MAX_DIRECTORY >> 20} MiB: unpack it first")
        return self._file.read(size)
