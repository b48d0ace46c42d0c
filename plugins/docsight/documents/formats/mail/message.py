"""Mails: the message with its main headers, then its attachments by their own formats."""

from collections.abc import Iterator
from dataclasses import replace
from email.feedparser import BytesFeedParser
from email.message import Message
from functools import cache
from mimetypes import MimeTypes

from docsight.documents.formats.archives.parts import BudgetExceededError, read_part, under
from docsight.documents.formats.content import DocumentImage, ParsedDocument, PartError, SkipError
from docsight.documents.formats.labels import Labels
from docsight.documents.formats.mail.headers import HeaderPolicy, decoded_words, header
from docsight.documents.formats.mail.mime_body import Body, take_apart
from docsight.documents.formats.mail.transfer_encoding import payload
from docsight.documents.formats.source import Source
from docsight.errors import DataError

_SHOWN = ("Subject", "From", "To", "Cc", "Date")
_EXPECTED = (*_SHOWN, "Message-ID", "Received", "Return-Path", "MIME-Version", "Content-Type")
_MAILS = ("message/rfc822", "message/global", "message/news")
_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted", "multipart/encrypted")
_MAX_NESTING = 50
_POLICY = HeaderPolicy()


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the message, then its attachments.

    Raises:
        DataError: It is no mail, or cannot be taken apart.
    """
    message = parse(source.read_bytes())
    if not any(name in message for name in _EXPECTED):
        raise DataError("has none of the headers of a mail")
    yield from read_message(message, source)


def parse(data: bytes) -> Message:
    """Parse a mail.

    Raises:
        DataError: It nests too deeply, or its headers cannot be read.
    """
    parser = _Parser(policy=_POLICY)
    try:
        parser.feed(data)
        return parser.close()
    except DataError:
        raise
    except (ValueError, LookupError, AttributeError, TypeError) as err:
        raise DataError(f"is no mail that can be read: {err}") from err


class _Parser(BytesFeedParser):
    """Parses mails of bounded depth: each line is compared with the boundaries of all parts that it lies in."""

    def _new_message(self) -> None:
        if len(self._msgstack) > _MAX_NESTING:  # type: ignore[attr-defined]
            raise DataError(f"its parts nest more than {_MAX_NESTING} deep")
        super()._new_message()  # type: ignore[misc]


def read_message(message: Message, source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the message, then its attachments, and those of mails in it.

    Args:
        message: A mail.
        source: What it came from; how deep that lies counts for the attachments.
    """
    body: Body = take_apart(message)
    head = [f"{name}: {value}" for name in _SHOWN if (value := header(message, name))]
    yield ParsedDocument(
        text="\n\n".join(filter(None, ("\n".join(head), *body.texts))),
        title=header(message, "Subject"),
        encoding=body.encoding,
        images=tuple(DocumentImage(data=data) for data in body.pictures),
        notes=tuple(body.notes),
    )
    names = [_name(leaf, number) for number, leaf in body.attached]
    labels = Labels(names)
    for name, (_, leaf) in zip(names, body.attached, strict=True):
        part = labels.give(name)
        kind = leaf.get_content_type()
        try:
            if kind in _MAILS and leaf.is_multipart():
                inner = source.inner(name, b"")
                if inner.depth > source.options.max_depth:
                    raise DataError(f"lies in more than {source.options.max_depth} mails, and was not read")
                yield from under(part, read_message(leaf.get_payload(0), inner), form="mail")  # type: ignore[arg-type]
                continue
            data, damage = _attachment(leaf, kind)
        except BudgetExceededError:
            raise
        except Exception as err:  # noqa: BLE001 - whatever is wrong with an attachment, the others are not concerned
            yield PartError(part=part, error=err)
        else:
            # A mail program that calls it text/plain is a person's word for it.
            for found in read_part(source.inner(name, data), part, named=kind == "text/plain"):
                if damage and isinstance(found, ParsedDocument):
                    found = replace(found, notes=(*found.notes, damage))
                yield found


def _attachment(leaf: Message, kind: str) -> tuple[bytes, str]:
    if kind in _SEALED:
        raise SkipError(f"is sealed as {kind}: encrypted, or signed so that only a mail program opens it")
    if leaf.get_content_maintype() == "message":
        raise SkipError(f"no reader for {kind}")
    return payload(leaf)


def _name(leaf: Message, number: int) -> str:
    """Name an attachment by its file, without the folders that senders may write there."""
    try:
        name = decoded_words(leaf.get_filename() or "")
    except (ValueError, LookupError, TypeError, AttributeError):  # of the standard library, on odd parameters
        name = ""
    name = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return name or f"part-{number}{_suffix(leaf.get_content_type())}"


def _suffix(kind: str) -> str:
    return ".eml" if kind in _MAILS else _types().guess_extension(kind) or ""


@cache
def _types() -> MimeTypes:
    """Know the types that Python knows, not those of this machine."""
    return MimeTypes()
