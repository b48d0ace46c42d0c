"""Mailboxes: the mails one after another, each with its attachments; the file may be of any length."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from docsight.documents.formats.archives.parts import isolate_errors, prefix_parts
from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.mail.message import is_mail, parse, read_message
from docsight.documents.formats.source import Source
from docsight.errors import DataError

_MAX_LINE_PIECE_BYTES = 1 << 20
# The line between two mails has a date. Programs quote a line that begins with "From " by prefixing it with ">".
_SEPARATOR = re.compile(rb"From [^\n]*\b\d{1,2}:\d\d\b[^\n]*\b\d{4}\b")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.M)


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the mails, numbered from 1, each followed by its attachments."""
    with source.open() as file:
        if not _begins_with_separator(file):
            yield from _read_single(source)
            return
        for number, data in enumerate(_split(file, source.options.max_bytes), start=1):
            yield from isolate_errors(str(number), _read_mail(data, str(number), source))


def _begins_with_separator(file: BinaryIO) -> bool:
    """Return whether the first line that is not blank separates mails, or there is none; then rewind the file."""
    lines = iter(lambda: file.readline(_MAX_LINE_PIECE_BYTES), b"")
    first = next((line for line in lines if line.strip()), b"From ")
    file.seek(0)
    return first.removeprefix(b"\xef\xbb\xbf").startswith(b"From ")


def _read_single(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the mail of a mailbox that is one mail, without the line that separates mails."""
    message = parse(source.read_bytes())
    if not is_mail(message):
        raise DataError("expected a mailbox, which begins with 'From ', or a mail")
    yield from read_message(message, source)


def _read_mail(data: bytes | None, part: str, source: Source) -> Iterator[ParsedDocument | PartError]:
    if data is None:
        raise DataError(f"has more than {source.options.max_bytes:,} bytes, too many for one mail")
    message = parse(_QUOTED_FROM.sub(rb"\1", data))
    yield from prefix_parts(part, read_message(message, source.inner(f"{part}.eml", b"")), form="mail")


def _split(file: BinaryIO, max_bytes: int) -> Iterator[bytes | None]:
    """Yield the mails of a mailbox, and None for each that is too large."""
    lines = iter(lambda: file.readline(_MAX_LINE_PIECE_BYTES), b"")
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        return
    mail = bytearray()
    is_too_large = False
    is_after_blank = is_line_start = True
    for line in lines:
        if is_line_start and is_after_blank and _SEPARATOR.match(line):
            yield None if is_too_large else bytes(mail)
            mail.clear()
            is_too_large = False
        elif not is_too_large:
            mail += line
            if is_too_large := len(mail) > max_bytes:
                mail.clear()
        is_after_blank = is_line_start and not line.strip(b"\r\n")
        is_line_start = line.endswith(b"\n")
    yield None if is_too_large else bytes(mail)
