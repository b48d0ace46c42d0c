"""Zip archives: each member by its own format, in the order of the archive, and nothing is ever written."""

import lzma
import stat
import zipfile
from collections.abc import Iterator

from docsight.documents.formats.archives.parts import BudgetExceededError, charge_part, read_part, unpack
from docsight.documents.formats.archives.safe_zip import DAMAGED, open_zip
from docsight.documents.formats.content import ParsedDocument, PartError, SkipError
from docsight.documents.formats.labels import Labels
from docsight.documents.formats.source import Source
from docsight.errors import DataError

_STEP = 1 << 20
# `zipfile` unpacks by these methods all that it reads at once, which may be some thousand times as much.
_SMALL_STEP = 4096
_UNBOUNDED = (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the documents in the members, and a flaw for each that cannot be read; hidden files are passed over."""
    with open_zip(source) as archive:
        members = [info for info in archive.infolist() if not _is_passed_over(info.filename)]
        labels = Labels(_name(info) for info in members)
        for info in members:
            name = _name(info)
            part = labels.give(name)
            charge_part(source, part)
            try:
                data = _unpack(archive, info, source, part)
            except BudgetExceededError:
                raise
            except (DataError, OSError, SkipError) as err:
                yield PartError(part=part, error=err)
            else:
                yield from read_part(source.inner(name.rpartition("/")[2], data), part)


def _is_passed_over(name: str) -> bool:
    """Tell whether a member is a folder, or a file that systems leave in folders."""
    return name.endswith("/") or any(
        (one.startswith(".") and one.strip(".")) or one == "__MACOSX" for one in name.split("/")
    )


def _name(info: zipfile.ZipInfo) -> str:
    """Give the name of a member; where its encoding is not told and UTF-8 fits, that is what most programs write."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: Source, part: str) -> bytes:
    if stat.S_ISLNK(info.external_attr >> 16):
        raise SkipError("a symbolic link")
    if info.flag_bits & 0x1:
        raise DataError("is encrypted; unpack the archive with its password first")
    if info.file_size > source.options.max_bytes:  # `zipfile` gives no more than a member says that it has
        raise DataError(f"would unpack to {info.file_size:,} bytes, too many to be read as one document")
    step = _SMALL_STEP if info.compress_type in _UNBOUNDED else _STEP
    try:
        with archive.open(info) as member:
            return unpack(member.read, source, part, packed=info.compress_size, step=step)
    except MemoryError as err:  # by LZMA, a header of some bytes may ask for 4 GB
        raise DataError("needs more memory to be unpacked than there is") from err
    except NotImplementedError as err:
        raise DataError(f"is packed by a method that is not supported: {err}") from err
    except DataError:
        raise
    except (*DAMAGED, lzma.LZMAError, RuntimeError, ValueError, OSError) as err:
        if isinstance(err, OSError) and err.errno is not None:  # others come from damaged bzip2
            raise
        raise DataError(f"is damaged: {err}") from err
