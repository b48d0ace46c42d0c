"""The content of a mail part as bytes, and the charset that it declares."""

from email.errors import InvalidBase64CharactersDefect, InvalidBase64LengthDefect
from email.message import Message

# The padding defect is harmless: only the end marker is missing.
_BASE64_DEFECTS = (InvalidBase64CharactersDefect, InvalidBase64LengthDefect)


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


def declared_charset(leaf: Message) -> str:
    """Return the charset that a part declares; empty if it declares none."""
    try:
        return leaf.get_content_charset() or ""
    except (TypeError, ValueError, LookupError, AttributeError):  # malformed parameters
        return ""
