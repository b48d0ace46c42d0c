"""Open zip files, Office documents included, without trusting what they state about themselves."""

import lzma
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
_OFFICE_FOLDERS = {"word/": "docx", "ppt/": "pptx"}
_UNSUPPORTED_MEMBERS = {
    "xl/workbook.xml": "Excel files",
    "xl/workbook.bin": "Excel files",
    "META-INF/MANIFEST.MF": "Java archives",
    "AndroidManifest.xml": "Android packages",
    "visio/document.xml": "Visio files",
}


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
            compressed = sum(info.compress_size for info in archive.infolist())
            available = archive.start_dir  # the directory comes after all members
            if compressed > available:  # members share their compressed bytes in decompression bombs
                raise DataError(
                    f"its members take {compressed:,} of {available:,} bytes: they overlap, or the file is damaged"
                )
            yield archive


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
            for folder, name in _OFFICE_FOLDERS.items():
                if any(member.startswith(folder) for member in names):
                    return name, ""
        if "mimetype" in names and archive.infolist()[0].filename == "mimetype":
            with archive.open("mimetype") as file:
                kind = file.read(100)
            if kind.startswith(_ODF):
                return None, f"OpenDocument files ({kind[len(_ODF) :].decode('ascii', 'replace').strip()})"
            if kind.startswith(b"application/epub"):
                return None, "EPUB books"
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
