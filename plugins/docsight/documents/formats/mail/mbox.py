"""Mailboxes: each mail with its attachments, one after the other, however long the file is."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from docsight.documents.formats.archives.parts import BudgetExceededError, under
from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.mail.message import parse, read_message
from docsight.documents.formats.source import Source
from docsight.errors import DataError

_LINE_BYTES = 1 << 20
# A line between mails has a date. A line of a mail that begins so got a sign in front, by which it is told.
_BETWEEN = re.compile(rb"From [^\n]*\b\d{1,2}:\d\d\b[^\n]*\b\d{4}\b")
_QUOTED = re.compile(rb"^>(>*From )", re.M)


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the mails, numbered from 1, each followed by its attachments."""
    with source.open() as file:
        for number, data in enumerate(_mails(file, source.options.max_bytes), start=1):
            part = str(number)
            try:
                if data is None:
                    raise DataError(f"has more than {source.options.max_bytes:,} bytes, too many for a mail")
                message = parse(_QUOTED.sub(rb"\1", data))
                yield from under(part, read_message(message, source.inner(f"{part}.eml", b"")), form="mail")
            except BudgetExceededError:
                raise
            except Exception as err:  # noqa: BLE001 - whatever is wrong with a mail, the others are not concerned
                yield PartError(part=part, error=err)


def _mails(file: BinaryIO, limit: int) -> Iterator[bytes | None]:
    """Split a mailbox; None stands for a mail that is too large."""
    lines = _lines(file)
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        return
    if not first.startswith(b"From "):
        raise DataError(f"expected a mailbox, which begins with 'From ', found {first[:40]!r}")
    mail = bytearray()
    is_too_large = False
    was_blank = begins = True
    for line in lines:
        if begins and was_blank and _BETWEEN.match(line):
            yield None if is_too_large else bytes(mail)
            mail.clear()
            is_too_large = False
        elif not is_too_large:
            mail += line
            if is_too_large := len(mail) > limit:
                mail.clear()
        was_blank = begins and not line.strip(b"\r\n")
        begins = line.endswith(b"\n")
    yield None if is_too_large else bytes(mail)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines, long ones in pieces."""
    while line := file.readline(_LINE_BYTES):
        yield line
