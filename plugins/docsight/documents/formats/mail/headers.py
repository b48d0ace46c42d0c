"""Mail headers: decoded despite common errors of mailers, within limits that the standard library lacks."""

import binascii
import re
from email.message import Message
from email.policy import Compat32
from typing import Any

from docsight.documents.formats.text.charset_names import lookup_encoding
from docsight.documents.formats.text.encoding import decode
from docsight.errors import DocsightError

_FOLDS = re.compile(r"[\r\n]+[ \t]*")
# Encoded words separated only by whitespace belong together. RFC 2047 limits one to 75 characters.
_ENCODED_WORD = r"=\?([^?\s]{1,64})\?([bBqQ])\?([^?\r\n]{0,2048})\?="
_ENCODED_WORDS = re.compile(_ENCODED_WORD)
_SPACE_BETWEEN_WORDS = re.compile(rf"(?<=\?=)\s{{1,80}}(?={_ENCODED_WORD})")
_MAX_PARAMETERS = 100  # the time to parse a header grows with the square of their number
_MAX_HEADER_CHARS = 16 << 10
_LONG_NUMBERS = re.compile(r"\*\d{5,}")  # numbers of a parameter's pieces; Python raises if there are too many digits


class HeaderPolicy(Compat32):
    """Keeps headers as written, but limits those that describe the content."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if name.lower().startswith("content-"):
            value = ";".join(value[:_MAX_HEADER_CHARS].split(";", _MAX_PARAMETERS)[:_MAX_PARAMETERS])
            value = _LONG_NUMBERS.sub("*9999", value)
        return name, value

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return value  # non-ASCII bytes stay lone surrogates


def header_text(message: Message, name: str) -> str:
    """Return a header as decoded text on one line; empty if the message does not have it."""
    value = message.get(name)
    return decode_header(str(value)) if value is not None else ""


def decode_header(value: str) -> str:
    """Decode the value of a header: encoded words (RFC 2047), raw bytes in any encoding, and folded lines."""
    text = value if value.isascii() else _decode_bytes(value.encode("utf-8", "surrogateescape"))
    text = _SPACE_BETWEEN_WORDS.sub("", _FOLDS.sub(" ", text))
    pieces: list[str] = []
    at, pending, charset = 0, b"", ""
    for word in _ENCODED_WORDS.finditer(text):
        before = text[at : word.start()]
        data = _word_bytes(word[2], word[3])
        # Mailers split words within characters, so adjacent words in the same charset are decoded together.
        if before or word[1].lower() != charset:
            pieces += _decode_bytes(pending, charset), before
            pending, charset = b"", word[1].lower()
        pending += data if data is not None else word[0].encode()
        at = word.end()
    pieces += _decode_bytes(pending, charset), text[at:]
    return " ".join("".join(pieces).split())


def _word_bytes(kind: str, encoded: str) -> bytes | None:
    if kind in "qQ":
        return binascii.a2b_qp(encoded.encode("utf-8"), header=True)
    try:
        return binascii.a2b_base64(encoded.encode("utf-8") + b"==")
    except binascii.Error:
        return None


def _decode_bytes(data: bytes, charset: str = "") -> str:
    try:
        name = charset.partition("*")[0]  # RFC 2231 appends the language
        return decode(data, declared=lookup_encoding(name, is_mail=True))[0]
    except DocsightError:
        return data.decode("cp1252", "replace").replace("\0", "\ufffd")
