"""Parts of containers: unpacked within the budget of the file, and read by their own formats."""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from docsight.documents.formats.content import ParsedDocument, PartError, SkipError
from docsight.documents.formats.detect import find_format
from docsight.documents.formats.source import MAX_UNPACK_RATIO, Source
from docsight.errors import DataError

UNPACK_STEP_BYTES = 1 << 20

# The charge for a part is multiplied by this for each enclosing archive. Nested archives multiply their content,
# and legitimate ones are hardly ever nested more than two deep.
_CHARGE_PER_DEPTH = 4

# The ratio of a single part is not checked below this size.
_MIN_BYTES_FOR_RATIO = 64 << 20


class BudgetExceededError(DataError):
    """The parts of a file exceed its budget; the rest of the file is not read."""


def read_part(source: Source, part: str, *, named: bool = False) -> Iterator[ParsedDocument | PartError]:
    """Yield the documents of a part, read by its own format; if `named`, text is plain text whatever its suffix.

    Raises:
        BudgetExceededError: The whole file exceeds its budget.
    """
    return isolate_errors(part, _read_part(source, part, named=named))


def _read_part(source: Source, part: str, *, named: bool) -> Iterator[ParsedDocument | PartError]:
    check_depth(source)
    form = find_format(source, named=named)
    if source.budget.skipping and not form.has_parts:
        yield PartError(part=part, error=SkipError("was read before"))
    else:
        yield from prefix_parts(part, form.read(source), form=form.name)


def isolate_errors(part: str, items: Iterable[ParsedDocument | PartError]) -> Iterator[ParsedDocument | PartError]:
    """Yield the items of a part, and a `PartError` for any exception, so that the other parts are still read.

    Raises:
        BudgetExceededError: The whole file exceeds its budget.
    """
    try:
        yield from items
    except BudgetExceededError:
        raise
    except Exception as err:  # noqa: BLE001 - any failure of a reader is confined to this part
        yield PartError(part=part, error=err)


def prefix_parts(
    part: str, items: Iterable[ParsedDocument | PartError], *, form: str
) -> Iterator[ParsedDocument | PartError]:
    """Prefix the part names of items with that of the enclosing part; `form` is the format of items without one."""
    for item in items:
        name = f"{part}/{item.part}" if item.part else part
        if isinstance(item, PartError):
            yield replace(item, part=name)
        else:
            yield replace(item, part=name, format=item.format or form)


def is_hidden(name: str) -> bool:
    """Return whether a member is a folder, or a file that operating systems leave in folders."""
    return name.endswith("/") or any(
        (segment.startswith(".") and segment.strip(".")) or segment == "__MACOSX" for segment in name.split("/")
    )


def check_depth(source: Source) -> None:
    """Raise `DataError` for a part nested in too many containers."""
    if source.depth > source.options.max_depth:
        raise DataError(f"is nested in more than {source.options.max_depth} containers, and was not read (max_depth)")


def charge_part(source: Source, part: str) -> None:
    """Deduct a part of an archive from the budget; raise `BudgetExceededError` if it is exhausted."""
    source.budget.parts -= _CHARGE_PER_DEPTH ** min(source.depth, 16)
    if source.budget.parts < 0:
        raise BudgetExceededError(
            f"has more than {source.options.max_parts:,} parts (those of nested archives count several times); "
            f"reading stopped before {part}"
        )


def unpack(
    read: Callable[[int], bytes], source: Source, part: str, *, packed: int, step: int = UNPACK_STEP_BYTES
) -> bytes:
    """Unpack a part of an archive in chunks, without trusting the size in its header.

    Args:
        read: Returns at most the given number of bytes, and none at the end.
        source: The archive.
        part: The name of the part.
        packed: The size of the packed part, in bytes.
        step: The number of bytes to read at once.

    Raises:
        DataError: The part is larger than the options allow, or its compression ratio is that of a bomb.
        BudgetExceededError: All parts together are too large.
    """
    limit = source.options.max_bytes
    unpacked = io.BytesIO()
    while chunk := read(step):
        size = unpacked.tell() + len(chunk)
        source.budget.bytes -= len(chunk)
        if source.budget.bytes < 0:
            raise BudgetExceededError(
                f"unpacks to more than {source.options.max_unpacked:,} bytes, or is a decompression bomb; "
                f"reading stopped before {part}"
            )
        if size > limit:
            raise DataError(f"unpacks to more than {limit:,} bytes, too many for one document")
        if size > max(_MIN_BYTES_FOR_RATIO, MAX_UNPACK_RATIO * packed):
            raise DataError(f"unpacks to more than {MAX_UNPACK_RATIO} times its {packed:,} bytes: a decompression bomb")
        try:
            unpacked.write(chunk)
        except MemoryError as err:
            raise DataError(f"unpacks to more than {size:,} bytes, more than the available memory") from err
    return unpacked.getvalue()
