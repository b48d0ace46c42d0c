"""Zip archives: each member is read by its own format, in the order of the archive; nothing is written to disk."""

import stat
import zipfile
from collections.abc import Iterator

from docsight.documents.formats.archives.parts import (
    UNPACK_STEP_BYTES,
    charge_part,
    is_hidden,
    isolate_errors,
    read_part,
    unpack,
)
from docsight.documents.formats.archives.safe_zip import ZIP_ERRORS, open_zip
from docsight.documents.formats.content import ParsedDocument, PartError, SkipError
from docsight.documents.formats.part_names import PartNames
from docsight.documents.formats.source import Source
from docsight.errors import DataError

# With these methods, `zipfile` unpacks everything it reads at once, which can become a thousand times as large.
_UNBOUNDED_METHODS = (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_UNBOUNDED_STEP_BYTES = 4096


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the documents in the members, and an error for each member that cannot be read; skip hidden files."""
    with open_zip(source) as archive:
        members = [info for info in archive.infolist() if not is_hidden(info.filename)]
        part_names = PartNames(_name(info) for info in members)
        for info in members:
            part = part_names.assign(_name(info))
            charge_part(source, part)
            yield from isolate_errors(part, _read_member(archive, info, source, part))


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member; without an encoding flag, UTF-8 if valid, as most programs write it."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _read_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: Source, part: str
) -> Iterator[ParsedDocument | PartError]:
    if stat.S_ISLNK(info.external_attr >> 16):
        raise SkipError("a symbolic link")
    if info.flag_bits & 0x1:
        raise DataError("is encrypted; unpack the archive with its password first")
    if info.file_size > source.options.max_bytes:  # `zipfile` reads at most as many bytes as the header states
        raise DataError(f"would unpack to {info.file_size:,} bytes, too many for one document")
    step = _UNBOUNDED_STEP_BYTES if info.compress_type in _UNBOUNDED_METHODS else UNPACK_STEP_BYTES
    try:
        with archive.open(info) as member:
            data = unpack(member.read, source, part, packed=info.compress_size, step=step)
    except MemoryError as err:  # an LZMA header of a few bytes can request 4 GB
        raise DataError("needs more memory to unpack than is available") from err
    except NotImplementedError as err:
        raise DataError(f"uses a compression method that is not supported: {err}") from err
    except DataError:
        raise
    except (*ZIP_ERRORS, OSError) as err:
        if isinstance(err, OSError) and err.errno is not None:  # those without come from damaged bzip2
            raise
        raise DataError(f"is damaged: {err}") from err
    yield from read_part(source.inner(_name(info).rpartition("/")[2], data), part)
