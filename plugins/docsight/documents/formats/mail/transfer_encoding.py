"""Payloads of the parts of a mail, as bytes."""

from email.errors import InvalidBase64CharactersDefect, InvalidBase64LengthDefect
from email.message import Message

# Not the defect of padding: what is missing there is only the sign of the end.
_DAMAGE = (InvalidBase64CharactersDefect, InvalidBase64LengthDefect)


def payload(leaf: Message) -> tuple[bytes, str]:
    """Decode a part from its encoding for transfer; also say what is wrong with that, where it is."""
    before = len(leaf.defects)
    try:
        data = leaf.get_payload(decode=True)
    except (TypeError, ValueError):  # the standard library tries the charset, even where it is none
        leaf.del_param("charset")
        data = leaf.get_payload(decode=True)
    damaged = any(isinstance(one, _DAMAGE) for one in leaf.defects[before:])
    return data if isinstance(data, bytes) else b"", "its base64 is damaged" if damaged else ""


def charset(leaf: Message) -> str:
    """Give the encoding that a part declares; empty where it declares none."""
    try:
        return leaf.get_content_charset() or ""
    except (TypeError, ValueError, LookupError, AttributeError):  # odd parameters
        return ""
