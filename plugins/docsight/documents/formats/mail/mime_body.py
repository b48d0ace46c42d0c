"""Take a mail apart: what is shown of it as text, the pictures in that, and what is attached."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from docsight.documents.formats.mail.transfer_encoding import charset, payload
from docsight.documents.formats.text.charsets import known_charset
from docsight.documents.formats.text.encoding import decode
from docsight.documents.formats.text.html import declared_charset, page_text
from docsight.errors import DocsightError

_SHOWN = ("text/plain", "text/html")
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_FLOWED = re.compile(r"(?<!\n--) \n(?![>\n])")  # RFC 3676; a quoted line stays as it is


@dataclass
class Body:
    """What a mail holds.

    Args:
        texts: The texts that a mail program shows, in order.
        encoding: How the first of them was decoded.
        pictures: The files of the pictures within these texts.
        attached: All other parts, each with its number among all, from 1.
        notes: What could not be had of the texts.
    """

    texts: list[str] = field(default_factory=list)
    encoding: str = ""
    pictures: list[bytes] = field(default_factory=list)
    attached: list[tuple[int, Message]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def take_apart(message: Message) -> Body:
    """Sort the parts of a mail; of alternatives the plain text is taken, and signatures are left out."""
    body = Body()
    for number, (leaf, is_shown, is_related) in enumerate(_leaves(message), start=1):
        kind = leaf.get_content_type()
        is_file = leaf.get_content_disposition() == "attachment" or _has_name(leaf)
        if kind in _SIGNATURES:
            continue
        if (kind in _SHOWN and not is_file) or _is_unparted(leaf):
            if is_shown:
                _add_text(body, leaf, kind)
        elif kind.startswith("image/") and (is_related or "Content-ID" in leaf):
            data, note = payload(leaf)
            body.pictures.append(data)
            body.notes += [f"a picture in it is damaged: {note}"] if note else []
        else:
            body.attached.append((number, leaf))
    return body


def _leaves(message: Message) -> Iterator[tuple[Message, bool, bool]]:
    """Yield the parts that have no parts, whether their text is shown, and whether they belong to a page."""
    stack = [(message, True, False)]
    while stack:
        node, is_shown, is_related = stack.pop()
        kind = node.get_content_type()
        children: Any = node.get_payload() if node.is_multipart() else None
        # Mails in the mail have their own turn, and so have parts that are encrypted.
        if not isinstance(children, list) or not kind.startswith("multipart/") or kind == "multipart/encrypted":
            yield node, is_shown, is_related
            continue
        related = kind == "multipart/related"
        if kind == "multipart/alternative":
            taken = _best(children)
            stack += [(one, is_shown and one is taken, is_related) for one in reversed(children)]
        else:
            stack += [(one, is_shown, is_related or related) for one in reversed(children)]


def _best(alternatives: list[Message]) -> Message | None:
    """Take the plain text unless it is blank, else the last of which a text may come."""
    for one in alternatives:
        if one.get_content_type() == "text/plain" and payload(one)[0].strip():
            return one
    texts = [one for one in alternatives if one.get_content_type() == "text/html" or one.is_multipart()]
    return texts[-1] if texts else None


def _add_text(body: Body, leaf: Message, kind: str) -> None:
    data, note = payload(leaf)
    if note:
        body.notes.append(f"its text is damaged: {note}")
    is_page = kind == "text/html"
    declared = known_charset(charset(leaf)) or (declared_charset(data) if is_page else None)
    try:
        text, encoding = decode(data, declared=None if _is_utf8(data) else declared)
        if is_page:
            text = page_text(text)[0]
    except DocsightError as err:
        body.notes.append(f"a text of it ({kind}) was not read: {err}")
        return
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if str(leaf.get_param("format", "")).lower() == "flowed":
        text = _FLOWED.sub(" ", text)
    if text := text.strip("\n"):
        body.texts.append(text)
        body.encoding = body.encoding or encoding


def _is_utf8(data: bytes) -> bool:
    """Tell UTF-8 by its bytes beyond ASCII: many mails declare it as something else, and hardly others fit."""
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _has_name(leaf: Message) -> bool:
    try:
        return bool(leaf.get_filename())
    except (TypeError, ValueError, LookupError, AttributeError):
        return False


def _is_unparted(leaf: Message) -> bool:
    """Tell a part that says it has parts, and has none: then what is there is a text."""
    return leaf.get_content_maintype() == "multipart" and not leaf.is_multipart()
