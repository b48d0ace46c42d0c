"""Parts of containers: unpacked within bounds, and read as the registry has it."""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from docsight.documents.formats.content import ParsedDocument, PartError, SkipError
from docsight.documents.formats.detect import find_format
from docsight.documents.formats.source import Source
from docsight.errors import DataError

# What a part of an archive takes of the budget for parts grows so with each archive that it lies in: archives of
# archives multiply what is in them, and hardly an honest one is deeper than two.
_PRICE_OF_DEPTH = 4

# No text is packed so well, and more than this is unpacked before it is asked.
_MAX_RATIO = 500
_RATIO_ASKED_FROM = 64 << 20


class BudgetExceededError(DataError):
    """The parts of a file took more than one file may cost; nothing more is read of it."""


def read_part(source: Source, part: str, *, named: bool = False) -> Iterator[ParsedDocument | PartError]:
    """Yield the documents of a part by the format that it has, under its own name.

    Args:
        source: The part.
        part: Its name in the container, which the names of its own parts are appended to.
        named: Whether text is read as such whatever its suffix.

    Raises:
        BudgetExceededError: The whole file costs too much.
    """
    try:
        limit = source.options.max_depth
        if source.depth > limit:
            raise DataError(f"lies in more than {limit} containers, one in the other, and was not read")
        form = find_format(source, named=named)
        if source.budget.skipping and not form.has_parts:
            yield PartError(part=part, error=SkipError("was read before"))
            return
        yield from under(part, form.read(source), form=form.name)
    except BudgetExceededError:
        raise
    except Exception as err:  # noqa: BLE001 - whatever a reader stumbles over, it costs this part only
        yield PartError(part=part, error=err)


def under(part: str, items: Iterable[ParsedDocument | PartError], *, form: str) -> Iterator[ParsedDocument | PartError]:
    """Put what a part holds under its name; what has no format of its own has that of the part."""
    for item in items:
        name = f"{part}/{item.part}" if item.part else part
        if isinstance(item, PartError):
            yield replace(item, part=name)
        else:
            yield replace(item, part=name, format=item.format or form)


def charge_part(source: Source, part: str) -> None:
    """Take a part of an archive from the budget.

    Raises:
        BudgetExceededError: The budget is spent.
    """
    source.budget.parts -= _PRICE_OF_DEPTH ** min(source.depth, 16)
    if source.budget.parts < 0:
        raise BudgetExceededError(
            f"has more than {source.options.max_parts:,} parts, those in nested archives counted several times; "
            f"nothing was read from {part} on"
        )


def unpack(read: Callable[[int], bytes], source: Source, part: str, *, packed: int, step: int = 1 << 20) -> bytes:
    """Unpack a part of an archive step by step, whatever its header says of its size.

    Args:
        read: Gives at most so many bytes, none at the end.
        source: The archive.
        part: The name of the part.
        packed: The size of the packed part, in bytes.
        step: How many bytes to read at once.

    Raises:
        DataError: The part is larger than the options allow, or packed as no document is.
        BudgetExceededError: All parts together are too large.
    """
    limit = source.options.max_bytes
    unpacked = io.BytesIO()
    while chunk := read(step):
        size = unpacked.tell() + len(chunk)
        source.budget.bytes -= len(chunk)
        if source.budget.bytes < 0:
            raise BudgetExceededError(
                f"unpacks to more than {source.options.max_unpacked:,} bytes, or than any file but a bomb; nothing was "
                f"read from {part} on"
            )
        if size > limit:
            raise DataError(f"unpacks to more than {limit:,} bytes, too many to be read as one document")
        if size > max(_RATIO_ASKED_FROM, _MAX_RATIO * packed):
            raise DataError(f"unpacks to more than {_MAX_RATIO} times its {packed:,} bytes: a decompression bomb")
        try:
            unpacked.write(chunk)
        except MemoryError as err:
            raise DataError(f"unpacks to more than {size:,} bytes, for which there is no memory") from err
    return unpacked.getvalue()
