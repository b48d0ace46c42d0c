"""Messages of Outlook (.msg): converted to a mail, which is read like any other."""

import datetime
import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping
from email.message import Message
from email.parser import HeaderParser
from email.utils import format_datetime, formataddr
from typing import Any

from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.mail.compressed_rtf import decompress_rtf
from docsight.documents.formats.mail.headers import HeaderPolicy
from docsight.documents.formats.mail.message import read_message
from docsight.documents.formats.office import rtf
from docsight.documents.formats.ole import open_ole, read_stream
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.charset_names import lookup_encoding
from docsight.documents.formats.text.encoding import decode
from docsight.errors import DataError

_MAX_NESTED_MESSAGES = 20
_OUTLOOK_POLICY = HeaderPolicy()
_TRANSPORT_HEADERS = ("From", "To", "Cc", "Date", "Reply-To", "Message-ID", "In-Reply-To", "References")

# Properties, by the numbers that MS-OXPROPS gives them.
_SUBJECT, _HEADERS, _BODY, _HTML_BODY, _RTF_BODY = 0x0037, 0x007D, 0x1000, 0x1013, 0x1009
_SENDER = (0x0C1A, (0x5D01, 0x0C1F))  # the name, and the addresses of which the first is taken
_REPRESENTED = (0x0042, (0x5D02, 0x0065))
_RECIPIENT = (0x3001, (0x39FE, 0x3003))
_SUBMIT_TIME, _DELIVERY_TIME = 0x0039, 0x0E06
_ID_PROPERTY, _IN_REPLY_TO, _REFERENCES = 0x1035, 0x1042, 0x1039
_RECIPIENT_TYPE, _RECIPIENT_HEADERS = 0x0C15, {1: "To", 2: "Cc"}
_CODEPAGE, _HTML_CODEPAGE = 0x3FFD, 0x3FDE
_ATTACHED_DATA, _ATTACHED_TYPE, _CONTENT_ID = 0x3701, 0x370E, 0x3712
_FILE_NAMES = (0x3707, 0x3704, 0x3001)  # the long name, the short one, and the name that Outlook shows

_FIXED_PROPERTIES = "__properties_version1.0"
_ENTRY_BYTES = 16  # of a property of fixed size
_UNIX_EPOCH = 116_444_736_000_000_000  # in units of 100 nanoseconds since 1601


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the message, then its attachments.

    Raises:
        DataError: It is damaged.
        MissingExtraError: olefile is not installed.
    """
    with open_ole(source, feature="Reading Outlook messages") as ole:
        folders: defaultdict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
        for *folder, name in ole.listdir(streams=True, storages=True):
            folders[tuple(folder)][name.lower()] = name
        message = _message(_Storage(ole, source, folders, ()), depth=0)
    yield from read_message(message, source)


class _Storage:
    """The properties of a message, a recipient or an attachment.

    Args:
        ole: The open file.
        source: The same file.
        folders: The names in each folder of the file, by their small letters.
        path: That of its folder.
    """

    def __init__(
        self, ole: Any, source: Source, folders: Mapping[tuple[str, ...], dict[str, str]], path: tuple[str, ...]
    ) -> None:
        self._ole, self._source, self._folders, self._path = ole, source, folders, path
        self._names = folders.get(path, {})
        self._fixed = self._fixed_properties()
        codepage = self.integer(_CODEPAGE)
        self._encoding = lookup_encoding(f"cp{codepage}") if codepage else None

    def text(self, number: int) -> str:
        """Return a text; empty if it is missing."""
        if (data := self._stream(number, "001f")) is not None:
            return data.decode("utf-16-le", "replace").rstrip("\0")
        if (data := self._stream(number, "001e")) is not None:
            return decode(data.rstrip(b"\0"), declared=self._encoding)[0]
        return ""

    def binary(self, number: int) -> bytes | None:
        return self._stream(number, "0102")

    def integer(self, number: int) -> int:
        """Return an integer of 32 bits; 0 if it is missing."""
        return int.from_bytes(self._fixed.get(number, b"")[:4], "little")

    def time(self, number: int) -> datetime.datetime | None:
        value = int.from_bytes(self._fixed.get(number, b""), "little")
        seconds = (value - _UNIX_EPOCH) // 10_000_000
        try:
            return datetime.datetime.fromtimestamp(seconds, datetime.UTC) if value else None
        except (ValueError, OverflowError, OSError):  # of a damaged date
            return None

    def inner(self, prefix: str) -> "list[_Storage]":
        """Return the storages in this one whose names begin like this, in order."""
        names = sorted(name for lower, name in self._names.items() if lower.startswith(prefix))
        return [_Storage(self._ole, self._source, self._folders, (*self._path, name)) for name in names]

    def _stream(self, number: int, kind: str) -> bytes | None:
        name = self._names.get(f"__substg1.0_{number:04x}{kind}")
        return None if name is None else read_stream(self._ole, "/".join((*self._path, name)), self._source)

    def _fixed_properties(self) -> dict[int, bytes]:
        """Return the properties of fixed size, 8 bytes each."""
        if _FIXED_PROPERTIES not in self._names:
            return {}
        data = read_stream(self._ole, "/".join((*self._path, self._names[_FIXED_PROPERTIES])), self._source)
        # The header before the entries has another size in each kind of storage.
        start = len(data) % _ENTRY_BYTES or (2 * _ENTRY_BYTES if not self._path else 0)
        entries = (data[at : at + _ENTRY_BYTES] for at in range(start, len(data), _ENTRY_BYTES))
        return {struct.unpack_from("<H", entry, 2)[0]: entry[8:] for entry in entries if len(entry) == _ENTRY_BYTES}


def _message(storage: _Storage, depth: int) -> Message:
    """Convert a message, with the messages attached to it."""
    if depth > _MAX_NESTED_MESSAGES:
        raise DataError(f"has more than {_MAX_NESTED_MESSAGES} messages attached to each other")
    message = _part("multipart/mixed")
    message.set_payload([_body(storage), *_attachments(storage, depth)])
    for name, value in _headers(storage).items():
        message[name] = value
    return message


def _headers(storage: _Storage) -> dict[str, str]:
    """Return the headers that came with the mail; for those that are missing, what Outlook recorded."""
    transported = HeaderParser(policy=_OUTLOOK_POLICY).parsestr(storage.text(_HEADERS).lstrip())
    headers = {"Subject": storage.text(_SUBJECT)}
    headers |= {name: str(transported[name]) for name in _TRANSPORT_HEADERS if name in transported}
    recorded = {
        "From": _address(storage, _REPRESENTED) or _address(storage, _SENDER),
        **_recipients(storage),
        "Message-ID": storage.text(_ID_PROPERTY),
        "In-Reply-To": storage.text(_IN_REPLY_TO),
        "References": storage.text(_REFERENCES),
    }
    if (sent := storage.time(_SUBMIT_TIME) or storage.time(_DELIVERY_TIME)) is not None:
        recorded["Date"] = format_datetime(sent)
    headers = recorded | headers
    return {name: value for name, value in headers.items() if value}


def _recipients(storage: _Storage) -> dict[str, str]:
    addresses: dict[str, list[str]] = {name: [] for name in _RECIPIENT_HEADERS.values()}
    for recipient in storage.inner("__recip_version1.0_"):
        if (name := _RECIPIENT_HEADERS.get(recipient.integer(_RECIPIENT_TYPE) & 15)) is not None:
            addresses[name].append(_address(recipient, _RECIPIENT))
    return {name: ", ".join(filter(None, one)) for name, one in addresses.items()}


def _address(storage: _Storage, properties: tuple[int, tuple[int, ...]]) -> str:
    """Return a name with its address; addresses that only one Exchange server knows are left out."""
    name = storage.text(properties[0])
    address = next((text for number in properties[1] if "@" in (text := storage.text(number))), "")
    return formataddr((name if name != address else "", address)) if address else name


def _body(storage: _Storage) -> Message:
    """Return the body as plain text and as HTML; as RTF only if it has neither."""
    text, html = storage.text(_BODY), storage.binary(_HTML_BODY) or storage.text(_HTML_BODY).encode("utf-8", "replace")
    if not text.strip() and not html and (packed := storage.binary(_RTF_BODY)) is not None:
        return _rtf_body(packed)
    body = _part("multipart/alternative")
    codepage = storage.integer(_HTML_CODEPAGE)
    charset = lookup_encoding("utf-8" if codepage == 65001 else f"cp{codepage}")
    body.set_payload(
        [
            _part("text/plain; charset=utf-8", text.encode("utf-8", "replace")),
            *([_part(f"text/html; charset={charset}" if charset else "text/html", html)] if html else []),
        ]
    )
    return body


def _rtf_body(packed: bytes) -> Message:
    """Return the text of a body in RTF; one that is damaged becomes an attachment, so that only it fails."""
    try:
        document = next(rtf.read(Source(name="body.rtf", data=decompress_rtf(packed))))
    except DataError:
        part = _part("application/rtf", packed)
        part.add_header("Content-Disposition", "attachment", filename="body.rtf")
        return part
    return _part("text/plain; charset=utf-8", document.text.encode("utf-8", "replace"))


def _attachments(storage: _Storage, depth: int) -> Iterator[Message]:
    for attachment in storage.inner("__attach_version1.0_"):
        name = next((text for number in _FILE_NAMES if (text := attachment.text(number))), "")
        data = attachment.binary(_ATTACHED_DATA)
        inner = attachment.inner(f"__substg1.0_{_ATTACHED_DATA:04x}000d")
        if data is None and inner:
            part = _part("message/rfc822")
            part.set_payload([_message(inner[0], depth + 1)])
        elif data is None:
            part = _part("message/external-body")  # only a link to a file
        else:
            media_type = attachment.text(_ATTACHED_TYPE)
            part = _part(media_type if _is_file_type(media_type) else "application/octet-stream", data)
        if name:
            part.add_header("Content-Disposition", "attachment", filename=name)
        if content_id := attachment.text(_CONTENT_ID):
            part["Content-ID"] = content_id
        yield part


def _is_file_type(media_type: str) -> bool:
    return "/" in media_type and media_type.isascii() and not media_type.startswith(("multipart/", "message/"))


def _part(media_type: str, data: bytes = b"") -> Message:
    part = Message(policy=_OUTLOOK_POLICY)
    part["Content-Type"] = media_type
    part.set_payload(data.decode("ascii", "surrogateescape"))
    return part
