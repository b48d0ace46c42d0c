"""Gzip: one packed file, read by its own format."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import PurePath

from docsight.documents.formats.archives.parts import charge_part, read_part, unpack
from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.part_names import PartNames
from docsight.documents.formats.source import Source
from docsight.errors import DataError

_UNPACKED_SUFFIXES = {".gz": "", ".tgz": ".tar", ".svgz": ".svg"}


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the documents in the packed file, under its name without `.gz`."""
    suffix = _UNPACKED_SUFFIXES.get(source.suffix)
    name = source.name if suffix is None else PurePath(source.name).stem + suffix
    part = PartNames().assign(name)
    charge_part(source, part)
    try:
        with source.open() as file, gzip.GzipFile(fileobj=file) as packed:
            data = unpack(packed.read, source, part, packed=source.size)
    except (gzip.BadGzipFile, zlib.error, EOFError) as err:
        raise DataError(f"is a damaged gzip file: {err}") from err
    yield from read_part(source.inner(name, data), part)
