"""Open zip files, which office documents also are, without trusting what they say of themselves."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from docsight.documents.formats.source import Source
from docsight.errors import DataError

# What unpacking by the standard library raises on damaged data; lzma's error is none of these, but ours below.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OverflowError)

# The list of members is held in memory, some 15 times as large: room for half a million of them.
_MAX_DIRECTORY = 64 << 20
_ODF = b"application/vnd.oasis.opendocument."
_OFFICE = {"word/": "docx", "ppt/": "pptx"}
_UNREADABLE = {
    "xl/workbook.xml": "Excel files",
    "xl/workbook.bin": "Excel files",
    "META-INF/MANIFEST.MF": "Java archives",
    "AndroidManifest.xml": "Android packages",
    "visio/document.xml": "Visio files",
}


@contextmanager
def open_zip(source: Source) -> Iterator[zipfile.ZipFile]:
    """Open a zip file, its list of members read, for as long as it is used.

    Raises:
        DataError: It is damaged, or has too many members.
        OSError: It cannot be read.
    """
    with source.open() as file:
        try:
            archive = zipfile.ZipFile(_Bounded(file))
        except DataError:
            raise
        except (*DAMAGED, ValueError, NotImplementedError) as err:  # names that are no UTF-8; versions of zip to come
            raise DataError(f"is no zip file that can be read: {err}") from err
        with archive:
            _refuse_overlap(archive)
            yield archive


def zip_kind(source: Source) -> tuple[str | None, str]:
    """Tell what a zip file is by its members: the name of its format, or None and in words what it is instead.

    Raises:
        DataError: It is damaged.
        OSError: It cannot be read.
    """
    with open_zip(source) as archive:
        names = archive.NameToInfo
        if "[Content_Types].xml" in names:
            for folder, name in _OFFICE.items():
                if any(one.startswith(folder) for one in names):
                    return name, ""
        if "mimetype" in names and archive.infolist()[0].filename == "mimetype":
            with archive.open("mimetype") as file:
                kind = file.read(100)
            if kind.startswith(_ODF):
                return None, f"OpenDocument files ({kind[len(_ODF) :].decode('ascii', 'replace').strip()})"
            if kind.startswith(b"application/epub"):
                return None, "EPUB books"
        for name, what in _UNREADABLE.items():
            if name in names:
                return None, what
        if any(name.endswith(".dist-info/WHEEL") and name.count("/") == 1 for name in names):
            return None, "Python wheels"
    return "zip", ""


def _refuse_overlap(archive: zipfile.ZipFile) -> None:
    """Refuse members that share their packed bytes, as only bombs do."""
    packed = sum(info.compress_size for info in archive.infolist())
    room = archive.start_dir  # where the list of members begins, which all of them lie before
    if packed > room:
        raise DataError(f"its members take {packed:,} bytes and have room for {room:,}: they overlap, or it is damaged")


class _Bounded:
    """A file that is not read in larger pieces than a list of members may be, as `zipfile` takes its word for that."""

    def __init__(self, file: BinaryIO) -> None:
        self.seek, self.tell, self.seekable, self.close = file.seek, file.tell, file.seekable, file.close
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if size > _MAX_DIRECTORY:
            raise DataError(f"its list of members takes more than {_MAX_DIRECTORY >> 20} MiB: unpack it first")
        return self._file.read(size)
