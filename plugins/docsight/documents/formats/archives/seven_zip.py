"""7z archives: each file in them is read by its own format; nothing is written to disk."""

import io
import lzma
import struct
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any

from docsight.documents.formats.archives.parts import charge_part, is_hidden, isolate_errors, read_part, unpack
from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.part_names import PartNames
from docsight.documents.formats.source import Source
from docsight.errors import DataError, MissingExtraError

# What py7zr raises besides its own errors on damaged archives; OSErrors of damaged bzip2 have no number.
_DAMAGE = (
    lzma.LZMAError, zlib.error, struct.error, EOFError, OSError, ValueError, TypeError, LookupError, AttributeError,
    AssertionError, OverflowError, RuntimeError, MemoryError,
)  # fmt: skip
_MAX_HEADER_BYTES = 64 << 20


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the documents in the files of an archive; skip links and hidden files.

    The files are compressed together, so all of them are unpacked before the first is read.

    Raises:
        DataError: It is damaged or encrypted, or its files take more than `max_bytes` together.
        MissingExtraError: py7zr is not installed.
    """
    try:
        import py7zr
    except ImportError as err:
        raise MissingExtraError("Reading 7z archives", "documents") from err
    _check_header(source)
    try:
        with source.open() as file, py7zr.SevenZipFile(file) as archive:
            if archive.needs_password():
                raise DataError("is encrypted; unpack the archive with its password first")
            wanted = _regular_files(archive, source)
            unpacked = _unpacked_members(archive, wanted, source)
    except DataError:
        raise
    except (py7zr.exceptions.ArchiveError, *_DAMAGE) as err:
        if isinstance(err, OSError) and err.errno is not None:
            raise
        raise DataError(f"cannot be read as a 7z archive: {err or type(err).__name__}") from err
    part_names = PartNames(wanted)
    for name, data in unpacked.items():
        part = part_names.assign(name)
        charge_part(source, part)
        yield from isolate_errors(part, _read_member(name, data, source, part))


def _check_header(source: Source) -> None:
    """Check the position and the size of the header, which py7zr reads at once."""
    head = source.head(32)
    if len(head) < 32:
        raise DataError("cannot be read as a 7z archive: it has no header")
    offset, size = struct.unpack_from("<QQ", head, 12)
    if size > _MAX_HEADER_BYTES or 32 + offset + size > source.size:
        raise DataError("cannot be read as a 7z archive: its header is not in the file")


def _regular_files(archive: Any, source: Source) -> list[str]:
    infos = [info for info in archive.files if not info.is_directory and not is_hidden(info.filename)]
    wanted = [info.filename for info in infos if not info.is_symlink and not info.is_junction and not info.is_socket]
    size = sum(info.uncompressed for info in archive.files)
    if size > min(source.options.max_bytes, source.bomb_size):
        raise DataError(f"unpacks to {size:,} bytes, too many for one archive of this format")
    return wanted


def _unpacked_members(archive: Any, wanted: list[str], source: Source) -> dict[str, bytes]:
    """Unpack files in memory; an archive that understates their sizes raises `DataError`."""
    from py7zr.io import Py7zIO, WriterFactory

    buffers: dict[str, Any] = {}
    left = source.options.max_bytes

    class Buffer(Py7zIO):
        def __init__(self) -> None:
            self._file = io.BytesIO()

        def write(self, data: bytes | bytearray) -> int:
            nonlocal left
            left -= len(data)
            if left < 0:
                raise DataError("unpacks to more bytes than it states")
            return self._file.write(data)

        def size(self) -> int:
            return self._file.getbuffer().nbytes

        def getvalue(self) -> bytes:
            return self._file.getvalue()

        def seek(self, offset: int, whence: int = 0) -> int:
            return self._file.seek(offset, whence)

        def read(self, size: int | None = None) -> bytes:
            return self._file.read(size)

        def flush(self) -> None:
            self._file.flush()

    class Buffers(WriterFactory):
        def create(self, filename: str) -> Buffer:
            buffers[filename] = buffer = Buffer()
            return buffer

    archive.extract(targets=wanted, factory=Buffers())
    return {name: buffers[name].getvalue() for name in wanted if name in buffers}


def _read_member(name: str, data: bytes, source: Source, part: str) -> Iterator[ParsedDocument | PartError]:
    data = unpack(partial(io.BytesIO(data).read), source, part, packed=len(data))
    yield from read_part(source.inner(name.rpartition("/")[2], data), part)
