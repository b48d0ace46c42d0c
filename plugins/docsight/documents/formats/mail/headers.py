"""Headers of mails: words decoded whatever mailers did to them, and bounds that the standard library lacks."""

import binascii
import re
from email.message import Message
from email.policy import Compat32
from typing import Any

from docsight.documents.formats.text.charsets import known_charset
from docsight.documents.formats.text.encoding import decode
from docsight.errors import DocsightError

_FOLDS = re.compile(r"[\r\n]+[ \t]*")
# Two words of these with nothing but space between them belong together; RFC 2047 has 75 characters for one.
_WORD = r"=\?([^?\s]{1,64})\?([bBqQ])\?([^?\r\n]{0,2048})\?="
_WORDS = re.compile(_WORD)
_BETWEEN = re.compile(rf"(?<=\?=)\s{{1,80}}(?={_WORD})")
_MAX_PARAMETERS = 100  # the time for a header grows with the square of their number
_MAX_VALUE = 16 << 10
_LONG_NUMBERS = re.compile(r"\*\d{5,}")  # of the pieces of a parameter; too many digits are an error in Python


class HeaderPolicy(Compat32):
    """Keeps headers as they were written, and those that say how to read the mail within bounds."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Split a header; of one with parameters, keep the first of them."""
        name, value = super().header_source_parse(sourcelines)
        if name.lower().startswith("content-"):
            value = ";".join(value[:_MAX_VALUE].split(";", _MAX_PARAMETERS)[:_MAX_PARAMETERS])
            value = _LONG_NUMBERS.sub("*9999", value)
        return name, value

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """Give the value as it is; bytes beyond ASCII stay lone surrogates."""
        return value


def header(message: Message, name: str) -> str:
    """Give a header of a mail in words, on one line; empty where it has none."""
    value = message.get(name)
    return decoded_words(str(value)) if value is not None else ""


def decoded_words(value: str) -> str:
    """Decode the words of a header: RFC 2047, bytes of any encoding, folded lines."""
    text = value if value.isascii() else _from_bytes(value.encode("utf-8", "surrogateescape"))
    text = _BETWEEN.sub("", _FOLDS.sub(" ", text))
    pieces: list[str] = []
    at, held, charset = 0, b"", ""
    for word in _WORDS.finditer(text):
        between = text[at : word.start()]
        data = _word_bytes(word[2], word[3])
        # Mailers cut within characters: what lies side by side in one encoding is decoded together.
        if between or word[1].lower() != charset:
            pieces += _from_bytes(held, charset), between
            held, charset = b"", word[1].lower()
        held += data if data is not None else word[0].encode()
        at = word.end()
    pieces += _from_bytes(held, charset), text[at:]
    return " ".join("".join(pieces).split())


def _word_bytes(kind: str, encoded: str) -> bytes | None:
    if kind in "qQ":
        return binascii.a2b_qp(encoded.encode("utf-8"), header=True)
    try:
        return binascii.a2b_base64(encoded.encode("utf-8") + b"==")
    except binascii.Error:
        return None


def _from_bytes(data: bytes, charset: str = "") -> str:
    try:
        return decode(data, declared=known_charset(charset.partition("*")[0]))[0]  # RFC 2231 appends the language
    except DocsightError:
        return data.decode("cp1252", "replace").replace("\0", "\ufffd")
