"""Gzip, bzip2 and xz: one packed file, read by its own format."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
from io import BufferedIOBase
from pathlib import PurePath
from typing import BinaryIO

from docsight.documents.formats.archives.parts import charge_part, read_part, unpack
from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.part_names import PartNames
from docsight.documents.formats.source import Source
from docsight.errors import DataError

_UNPACKED_SUFFIXES = {".gz": "", ".bz2": "", ".xz": "", ".lzma": "", ".svgz": ".svg"}
_UNPACKED_SUFFIXES |= dict.fromkeys((".tgz", ".tbz", ".tbz2", ".txz"), ".tar")
_BZIP2, _XZ = b"BZh", b"\xfd7zXZ"


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the documents in the packed file, under its name without `.gz`, `.bz2` or `.xz`."""
    suffix = _UNPACKED_SUFFIXES.get(source.suffix)
    name = source.name if suffix is None else PurePath(source.name).stem + suffix
    part = PartNames().assign(name)
    charge_part(source, part)
    kind, open_packed = _unpacker(source.head(len(_XZ)))
    try:
        with source.open() as file, open_packed(file) as packed:
            data = unpack(packed.read, source, part, packed=source.size)
    except MemoryError as err:  # a header of a few bytes can request 4 GB
        raise DataError("needs more memory to unpack than is available") from err
    except DataError:
        raise
    except (zlib.error, lzma.LZMAError, EOFError, OSError) as err:
        if isinstance(err, OSError) and err.errno is not None:  # those without come from damaged gzip and bzip2
            raise
        raise DataError(f"is a damaged {kind} file: {err}") from err
    yield from read_part(source.inner(name, data), part)


def _unpacker(head: bytes) -> tuple[str, Callable[[BinaryIO], BufferedIOBase]]:
    if head.startswith(_BZIP2):
        return "bzip2", bz2.BZ2File
    if head.startswith(_XZ):
        return "xz", lzma.LZMAFile
    return "gzip", lambda file: gzip.GzipFile(fileobj=file)
