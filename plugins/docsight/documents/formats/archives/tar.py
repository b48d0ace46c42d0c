"""Tar archives: each file in them is read by its own format; nothing is written to disk."""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from docsight.documents.formats.archives.parts import charge_part, is_hidden, isolate_errors, read_part, unpack
from docsight.documents.formats.content import ParsedDocument, PartError, SkipError
from docsight.documents.formats.part_names import PartNames
from docsight.documents.formats.source import Source
from docsight.errors import DataError

# What `tarfile` raises on damaged archives; its own OSErrors have no number.
_TAR_ERRORS = (tarfile.TarError, EOFError, ValueError, OverflowError, KeyError, AssertionError, OSError)
_LINKS = {tarfile.LNKTYPE: "a hard link", tarfile.SYMTYPE: "a symbolic link"}


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the documents in the files of an archive; skip links, devices and hidden files.

    Raises:
        DataError: It is damaged.
    """
    part_names = PartNames(_names(source))
    try:
        with _open(source) as archive:
            for info in _files(archive, source):
                part = part_names.assign(info.name)
                charge_part(source, part)
                yield from isolate_errors(part, _read_member(archive, info, source, part))
        _check_end(source, archive.offset)
    except _TAR_ERRORS as err:
        if isinstance(err, DataError) or (isinstance(err, OSError) and err.errno is not None):
            raise
        raise DataError(f"is a damaged tar archive: {err}") from err


@contextmanager
def _open(source: Source) -> Iterator[tarfile.TarFile]:
    """Open an archive as a stream: it is read in small steps, and a header cannot lead back to an earlier one."""
    with source.open() as file, tarfile.open(fileobj=file, mode="r|", errors="surrogateescape") as archive:
        yield archive


def _names(source: Source) -> list[str]:
    """Return the names of the files, up to the first damaged header."""
    names: list[str] = []
    with suppress(*_TAR_ERRORS), _open(source) as archive:
        names.extend(info.name for info in _files(archive, source))
    return names


def _files(archive: tarfile.TarFile, source: Source) -> Iterator[tarfile.TarInfo]:
    """Yield the files; raise `DataError` if one states more bytes than follow, through which `tarfile` would step."""
    end = source.size + tarfile.BLOCKSIZE  # the last block may be cut
    for info in archive:
        archive.members.clear()  # type: ignore[attr-defined]  # the list grows, and only this loop would read it
        if not info.offset < archive.offset <= end:
            raise DataError(f"is a damaged tar archive: {info.name} has {info.size:,} bytes, more than follow")
        if not info.isdir() and not is_hidden(info.name):
            yield info


def _check_end(source: Source, offset: int) -> None:
    """Raise `DataError` if the block after the last file is no end mark: `tarfile` ends at a damaged header, too."""
    with source.open() as file:
        file.seek(offset)
        if file.read(tarfile.BLOCKSIZE).strip(b"\0"):
            raise DataError(f"is a damaged tar archive: the header at byte {offset:,} is not valid")


def _read_member(
    archive: tarfile.TarFile, info: tarfile.TarInfo, source: Source, part: str
) -> Iterator[ParsedDocument | PartError]:
    if not info.isreg():
        raise SkipError(_LINKS.get(info.type, "a device or another special file"))
    if info.issparse():  # it may state any size without having the bytes
        raise SkipError("a sparse file")
    if info.size > source.options.max_bytes:
        raise DataError(f"has {info.size:,} bytes, too many for one document")
    member = archive.extractfile(info)
    if member is None:
        raise DataError("has no content")
    try:
        data = unpack(member.read, source, part, packed=info.size)
    except tarfile.TarError as err:
        raise DataError(f"is cut off: {err}") from err
    if len(data) < info.size:
        raise DataError(f"is cut off after {len(data):,} of {info.size:,} bytes")
    yield from read_part(source.inner(info.name.rpartition("/")[2], data), part)
