"""The body of a mail: its visible text, the images in that text, and the attachments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import InvalidBase64CharactersDefect, InvalidBase64LengthDefect
from email.message import Message
from typing import Any, NamedTuple

from docsight.documents.formats.content import Passage
from docsight.documents.formats.mail.flowed import join_flowed
from docsight.documents.formats.mail.quotes import mark_quotes, role_of, text_passages
from docsight.documents.formats.mail.reports import REPORT_TYPES, report_passages, report_text
from docsight.documents.formats.mail.stub import MAX_STUB_CHARS, is_stub
from docsight.documents.formats.mail.uuencode import split_uuencoded
from docsight.documents.formats.text.charset_names import lookup_encoding
from docsight.documents.formats.text.encoding import decode, normalize_newlines, try_decode
from docsight.documents.formats.text.html import declared_encoding, read_page
from docsight.documents.formats.text.invisible import strip_invisible
from docsight.documents.formats.text.plain_lists import mark_lists
from docsight.errors import DocsightError

_BODY_TYPES = ("text/plain", "text/html")
_SIGNATURE_TYPES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_INLINE_IMAGE = re.compile(r"\[cid:[^\]\s]{1,300}\]")  # what Outlook writes where the page has an image
# The padding defect is harmless: only the end marker is missing.
_BASE64_DEFECTS = (InvalidBase64CharactersDefect, InvalidBase64LengthDefect)
# What the standard library raises for malformed headers.
HEADER_ERRORS = (ValueError, LookupError, AttributeError, TypeError)


class BodyText(NamedTuple):
    """A text of a body, and its passages."""

    text: str
    passages: tuple[Passage, ...]


@dataclass
class MimeBody:
    """The texts and images that a mail program displays, in order, with warnings about them, and the attachments."""

    texts: list[BodyText] = field(default_factory=list)
    encoding: str = ""  # of the first text
    images: list[bytes] = field(default_factory=list)
    attachments: list[tuple[int, Message]] = field(default_factory=list)  # each with its number among all parts, from 1
    files: list[tuple[str, bytes]] = field(default_factory=list)  # encoded within the text; their names and bytes
    notes: list[str] = field(default_factory=list)


def parse_body(message: Message) -> MimeBody:
    """Classify the parts of a mail; prefer plain text to its alternatives, and leave out signatures."""
    body = MimeBody()
    for number, (leaf, is_displayed, is_related) in enumerate(_leaves(message), start=1):
        media_type = leaf.get_content_type()
        is_file = leaf.get_content_disposition() == "attachment" or _has_file_name(leaf)
        if media_type in _SIGNATURE_TYPES:
            continue
        is_empty_multipart = media_type.startswith("multipart/") and not leaf.is_multipart()  # its content is text
        if (media_type in _BODY_TYPES and not is_file) or is_empty_multipart:
            if is_displayed:
                _add_text(body, leaf, media_type)
        elif media_type in REPORT_TYPES and not is_file:
            if text := report_text(leaf):
                body.texts.append(BodyText(text, tuple(report_passages(text))))
        elif media_type.startswith("image/") and (is_related or "Content-ID" in leaf):
            data, warning = decode_payload(leaf)
            body.images.append(data)
            body.notes += [f"an image in it is damaged: {warning}"] if warning else []
        else:
            body.attachments.append((number, leaf))
    return body


def _leaves(message: Message) -> Iterator[tuple[Message, bool, bool]]:
    """Yield each leaf part, whether its text is displayed, and whether it belongs to an HTML page."""
    stack = [(message, True, False)]
    while stack:
        node, is_displayed, is_related = stack.pop()
        media_type = node.get_content_type()
        children: Any = node.get_payload() if node.is_multipart() else None
        # Nested mails and encrypted parts count as attachments.
        if (
            not isinstance(children, list)
            or not media_type.startswith("multipart/")
            or media_type == "multipart/encrypted"
        ):
            yield node, is_displayed, is_related
        elif media_type == "multipart/alternative":
            chosen = _choose(children)
            stack += [(child, is_displayed and child is chosen, is_related) for child in reversed(children)]
        else:
            is_related = is_related or media_type == "multipart/related"
            stack += [(child, is_displayed, is_related) for child in reversed(children)]


def _choose(alternatives: list[Message]) -> Message | None:
    """Choose the plain text unless it is blank or a stub, otherwise the last alternative that may contain text."""
    textual = [node for node in alternatives if node.get_content_type() == "text/html" or node.is_multipart()]
    for leaf in alternatives:
        if leaf.get_content_type() == "text/plain" and (data := decode_payload(leaf)[0]).strip():
            if textual and _is_stub(leaf, data, textual[-1]):
                break
            return leaf
    return textual[-1] if textual else None


def _is_stub(leaf: Message, data: bytes, alternative: Message) -> bool:
    if len(data) > MAX_STUB_CHARS:
        return False
    page = next((part for part in alternative.walk() if part.get_content_type() == "text/html"), None)
    if page is None:
        return False
    try:
        plain, _ = _decode_text(leaf, data, False)
        source, _ = _decode_text(page, decode_payload(page)[0], True)
        return is_stub(strip_invisible(plain), read_page(source).text)
    except DocsightError:  # reported if the part is chosen
        return False


def _add_text(body: MimeBody, leaf: Message, media_type: str) -> None:
    is_html = media_type == "text/html"
    data, warning = decode_payload(leaf)
    if warning:
        body.notes.append(f"its text is damaged: {warning}")
    try:
        text, encoding = _decode_text(leaf, data, is_html)
        if is_html:
            page = read_page(text, role_of)
            text, passages = page.text, tuple(mark_quotes(page.text, page.passages))
            body.notes += page.notes
    except DocsightError as err:
        body.notes.append(f"a text in it ({media_type}) was not read: {err}")
        return
    if not is_html:
        text = _plain_text(body, leaf, text)
        passages = tuple(mark_lists(text, text_passages(text)))
    if text:
        body.texts.append(BodyText(text, passages))
        body.encoding = body.encoding or encoding


def _plain_text(body: MimeBody, leaf: Message, text: str) -> str:
    """Return a plain text without what its format adds; files that are encoded in it are added to the body."""
    text = normalize_newlines(text)
    if str(leaf.get_param("format", "")).lower() == "flowed":
        text = join_flowed(text, delete_space=str(leaf.get_param("delsp", "")).lower() == "yes")
    text, files = split_uuencoded(text)
    body.files += files
    return _INLINE_IMAGE.sub("", strip_invisible(text)).strip("\n")


def _decode_text(leaf: Message, data: bytes, is_html: bool) -> tuple[str, str]:
    """Decode the bytes of a text, and return it with its encoding."""
    declared = lookup_encoding(_declared_charset(leaf), is_mail=True) or (declared_encoding(data) if is_html else None)
    # Many mails declare another charset for UTF-8, and text in other encodings is hardly ever valid UTF-8.
    is_utf8 = not data.isascii() and try_decode(data, "utf-8") is not None
    return decode(data, declared=None if is_utf8 else declared)


def _has_file_name(leaf: Message) -> bool:
    try:
        return bool(leaf.get_filename())
    except HEADER_ERRORS:
        return False


def decode_payload(leaf: Message) -> tuple[bytes, str]:
    """Decode the transfer encoding of a part; return the bytes and, if the encoding is damaged, a warning."""
    before = len(leaf.defects)
    try:
        data = leaf.get_payload(decode=True)
    except (TypeError, ValueError):  # the standard library uses the charset even if there is no such charset
        leaf.del_param("charset")
        data = leaf.get_payload(decode=True)
    damaged = any(isinstance(defect, _BASE64_DEFECTS) for defect in leaf.defects[before:])
    return data if isinstance(data, bytes) else b"", "its base64 is damaged" if damaged else ""


def _declared_charset(leaf: Message) -> str:
    try:
        return leaf.get_content_charset() or ""
    except HEADER_ERRORS:
        return ""
