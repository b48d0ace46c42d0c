"""Mails: the message with its main headers, then its attachments by their own formats."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email.feedparser import BytesFeedParser
from email.message import Message
from email.utils import parseaddr
from functools import cache
from mimetypes import MimeTypes

from docsight.documents.formats.archives.parts import check_depth, isolate_errors, prefix_parts, read_part
from docsight.documents.formats.content import DocumentImage, Metadata, ParsedDocument, PartError, Passage, SkipError
from docsight.documents.formats.mail.headers import HeaderPolicy, decode_header, header_text
from docsight.documents.formats.mail.mime_body import HEADER_ERRORS, BodyText, decode_payload, parse_body
from docsight.documents.formats.metadata import make_metadata
from docsight.documents.formats.part_names import PartNames
from docsight.documents.formats.source import Source
from docsight.errors import DataError

_TEXT_HEADERS = ("Subject", "From", "To", "Cc", "Date")  # written before the text
_EXPECTED_HEADERS = (*_TEXT_HEADERS, "Message-ID", "Received", "Return-Path", "MIME-Version", "Content-Type")
_MAIL_TYPES = ("message/rfc822", "message/global", "message/news")
_SEALED_TYPES = (
    "application/pkcs7-mime",
    "application/x-pkcs7-mime",
    "application/pgp-encrypted",
    "multipart/encrypted",
)
_BLANK_LINE = "\n\n"
_MAX_MIME_DEPTH = 50
# A byte order mark and blank lines before the headers, and the line that separates the mails of a mailbox.
_LEADING = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:[ \t]*\r?\n)*(?:>?From [^\n]*\n)?")
_MESSAGE_ID = re.compile(r"<\s*([^<>\s]+)\s*>|^([^<>\s]+)$")
_POLICY = HeaderPolicy()


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the message, then its attachments; raise `DataError` if the file is not a mail, or cannot be parsed."""
    message = parse(source.read_bytes())
    if not is_mail(message):
        raise DataError("has none of the headers of a mail")
    yield from read_message(message, source)


def is_mail(message: Message) -> bool:
    return any(name in message for name in _EXPECTED_HEADERS)


def parse(data: bytes) -> Message:
    """Parse a mail; raise `DataError` if its parts are nested too deeply, or its headers cannot be parsed."""
    parser = _MailParser(policy=_POLICY)
    data = _LEADING.sub(b"", data, count=1)
    try:
        parser.feed(data)
        return parser.close()
    except DataError:
        raise
    except HEADER_ERRORS as err:
        raise DataError(f"cannot be parsed as a mail: {err}") from err


class _MailParser(BytesFeedParser):
    """Parses mails of bounded depth, since each line is compared with the boundaries of all enclosing parts."""

    def _new_message(self) -> None:
        if len(self._msgstack) > _MAX_MIME_DEPTH:  # type: ignore[attr-defined]
            raise DataError(f"its parts are nested more than {_MAX_MIME_DEPTH} deep")
        super()._new_message()  # type: ignore[misc]


def read_message(message: Message, source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the message, then its attachments, to which the depth and the budget of the source apply."""
    body = parse_body(message)
    text, passages = _join([*_header_block(message), *body.texts])
    yield ParsedDocument(
        text=text,
        passages=passages,
        title=header_text(message, "Subject"),
        encoding=body.encoding,
        images=tuple(DocumentImage(data=data) for data in body.images),
        notes=tuple(body.notes),
        metadata=_metadata(message),
    )
    names = [_file_name(leaf, number) for number, leaf in body.attachments]
    part_names = PartNames([*names, *(_base_name(name) for name, _ in body.files)])
    for name, (_, leaf) in zip(names, body.attachments, strict=True):
        part = part_names.assign(name)
        yield from isolate_errors(part, _read_attachment(leaf, part, name, source))
    for name, data in body.files:
        name = _base_name(name) or "file"
        part = part_names.assign(name)
        yield from isolate_errors(part, read_part(source.inner(name, data), part))


def _metadata(message: Message) -> Metadata:
    name, address = parseaddr(header_text(message, "From"))
    ids = [_MESSAGE_ID.search(header_text(message, header)) for header in ("Message-ID", "In-Reply-To")]
    message_id, in_reply_to = (found[1] or found[2] if found is not None else "" for found in ids)
    return replace(
        make_metadata([name or address], header_text(message, "Date")),
        message_id=message_id,
        in_reply_to=in_reply_to,
        reply_to=parseaddr(header_text(message, "Reply-To"))[1],
    )


def _header_block(message: Message) -> Iterator[BodyText]:
    """Yield the main headers, one a line, if there are any."""
    headers = {name: value for name in _TEXT_HEADERS if (value := header_text(message, name))}
    reply_to = header_text(message, "Reply-To")
    if reply_to and parseaddr(reply_to)[1].lower() != parseaddr(headers.get("From", ""))[1].lower():
        headers["Reply-To"] = reply_to
    if text := "\n".join(f"{name}: {value}" for name, value in headers.items()):
        yield BodyText(text, (Passage(start=0, end=len(text), kind="header"),))


def _join(texts: list[BodyText]) -> tuple[str, tuple[Passage, ...]]:
    """Join texts with a blank line between them, and return their passages in the joined text."""
    passages: list[Passage] = []
    start = 0
    for text in texts:
        passages += (passage.shifted(start) for passage in text.passages)
        start += len(text.text) + len(_BLANK_LINE)
    return _BLANK_LINE.join(text.text for text in texts), tuple(passages)


def _read_attachment(leaf: Message, part: str, name: str, source: Source) -> Iterator[ParsedDocument | PartError]:
    media_type = leaf.get_content_type()
    if media_type in _MAIL_TYPES and leaf.is_multipart():
        inner = source.inner(name, b"")
        check_depth(inner)
        message: Message = leaf.get_payload(0)  # type: ignore[assignment]
        yield from prefix_parts(part, read_message(message, inner), form="mail")
        return
    if media_type in _SEALED_TYPES:
        raise SkipError(f"is {media_type}: encrypted, or signed so that only a mail program can open it")
    if leaf.get_content_maintype() == "message":
        raise SkipError(f"no reader for {media_type}")
    data, warning = decode_payload(leaf)
    # A declared text/plain means the same as a text file that the user named.
    for item in read_part(source.inner(name, data), part, named=media_type == "text/plain"):
        if warning and isinstance(item, ParsedDocument):
            item = replace(item, notes=(*item.notes, warning))
        yield item


def _file_name(leaf: Message, number: int) -> str:
    """Return the file name of an attachment, without the folders that senders may include."""
    try:
        name = decode_header(leaf.get_filename() or "")
    except HEADER_ERRORS:
        name = ""
    if name := _base_name(name):
        return name
    media_type = leaf.get_content_type()
    suffix = (
        ".eml"
        if media_type in (*_MAIL_TYPES, "text/rfc822-headers")
        else _media_types().guess_extension(media_type) or ""
    )
    return f"part-{number}{suffix}"


def _base_name(name: str) -> str:
    return name.replace("\\", "/").rstrip("/").rpartition("/")[2]


@cache
def _media_types() -> MimeTypes:
    """Return the media types built into Python, without those configured on this machine."""
    return MimeTypes()
