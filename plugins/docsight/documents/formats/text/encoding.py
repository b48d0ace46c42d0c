"""Decode bytes to text when the encoding is unknown, or declared by a document that may be wrong."""

import codecs
import re

from docsight.documents.formats.text.charset_names import MULTIBYTE, SUPERSETS, decode_ascii_compatible
from docsight.documents.formats.text.charsets import MIN_MEAN_LOG_PROBABILITY, guess_encoding
from docsight.documents.formats.text.letter_model import LetterModel
from docsight.errors import DataError

# UTF-32 comes before UTF-16: the mark of little-endian UTF-32 begins with that of UTF-16.
_MARKED_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# Text has at most one control character in this many bytes: logs have NULs after a crash, Info files for their images.
_MIN_BYTES_PER_CONTROL = 100
_MIN_BYTES_PER_NUL = 20  # where no other control characters are, as in the fields of a short table
_CONTROL_BYTES = bytes((*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F))

# If no encoding fits well, text is read as Western if at most one in this many bytes is not ASCII.
_MIN_BYTES_PER_NON_ASCII = 100
_WESTERN_BELOW_CONFIDENCE, _WESTERN_CONFIDENCE = 0.7, 0.5

# Damaged UTF-8 has at least this many valid non-ASCII characters for each invalid sequence. Text in other encodings
# hardly ever contains valid UTF-8 sequences.
_MIN_VALID_PER_INVALID = 4

# Texts in UTF-16 have NULs at least in their spaces and line ends.
_UTF16_SAMPLE_BYTES = 2000
_MIN_NUL_FRACTION = 0.02
# Per character of two bytes; that of other data is below 2 * MIN_MEAN_LOG_PROBABILITY.
_MIN_UTF16_LOG_PROBABILITY = 1.5 * MIN_MEAN_LOG_PROBABILITY

# In no text; where a declared encoding has them, the text is in another one, mostly of Windows.
_C1_CONTROL = re.compile("[\x80-\x84\x86-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Encoding(str):
    """The name of an encoding.

    Args:
        name: Python's name.
        confidence: The probability from 0 to 1 that the text is right, if the encoding was guessed.
    """

    __slots__ = ("confidence",)

    confidence: float | None

    def __new__(cls, name: str, confidence: float | None = None) -> "Encoding":
        encoding = super().__new__(cls, name)
        encoding.confidence = confidence
        return encoding


def decode(data: bytes, *, declared: str | None = None) -> tuple[str, Encoding]:
    """Decode bytes by their byte order mark, UTF-8, the declared encoding, damaged UTF-8 or a guess, in this order.

    Args:
        data: The content of a whole file.
        declared: The encoding that the file itself declares. One that does not fit is ignored.

    Returns:
        The text without its byte order mark, and Python's name of the encoding. For damaged UTF-8 the name is followed
        by how many bytes were replaced by U+FFFD, or how many NUL bytes were left out.

    Raises:
        DataError: The bytes are not text.
    """
    for mark, encoding in _MARKED_ENCODINGS:
        if data.startswith(mark):
            return _decode_marked(data, encoding), Encoding(encoding)
    if b"\x00" in data:
        is_utf16 = data.count(b"\0") >= _MIN_NUL_FRACTION * len(data)
        return (_decode_utf16(data) if is_utf16 else None) or _decode_without_nul(data)
    for name in _certain_encodings(data, declared):
        if (text := try_decode(data, name)) is not None and (name == "utf-8" or not _C1_CONTROL.search(text)):
            return text, Encoding(name)
    return _repair(data) or _guess(data)


def _certain_encodings(data: bytes, declared: str | None) -> list[str]:
    """Return the encodings that need no guess, in the order in which they are tried.

    Text in an encoding with one byte per character is hardly ever valid UTF-8, so UTF-8 comes before these.
    """
    if b"\x1b$" in data:
        return ["iso2022_jp", "iso2022_kr", "utf-8"]
    names = [name for name in (declared, SUPERSETS.get(declared or "")) if name]
    at = 0 if not data.isascii() and declared not in MULTIBYTE else len(names)
    return [*names[:at], "utf-8", *names[at:]]


def normalize_newlines(text: str) -> str:
    r"""Replace `\r\n` and `\r` by `\n`, as Python's `open` does."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def replace_surrogates(text: str) -> tuple[str, int]:
    """Replace lone surrogates by U+FFFD; return the text and how many there were."""
    return _SURROGATE.subn("\ufffd", text)


def try_decode(data: bytes, encoding: str) -> str | None:
    """Decode bytes, or return None if they are not in this encoding."""
    try:
        return decode_ascii_compatible(data, encoding)
    except (UnicodeError, LookupError):
        return None


def _decode_marked(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as err:
        raise DataError(f"has a {encoding} byte order mark, but byte {err.start} cannot be decoded") from err
    if "\x00" in text:
        raise DataError("contains NUL characters: a binary file")
    return text


def _decode_utf16(data: bytes) -> tuple[str, Encoding] | None:
    """Decode UTF-16 that has no byte order mark; return None for anything else."""
    if len(data) % 2:
        return None
    sample = data[:_UTF16_SAMPLE_BYTES]
    for encoding in ("utf-16-le", "utf-16-be"):
        start, text = sample.decode(encoding, "replace"), try_decode(data, encoding)
        is_text = LetterModel.load().log_probability(start) > _MIN_UTF16_LOG_PROBABILITY * len(start)
        if is_text and text is not None and "\x00" not in text:
            return text, Encoding(encoding)
    return None


def _decode_without_nul(data: bytes) -> tuple[str, Encoding]:
    """Decode UTF-8 that contains a few NUL bytes, and leave them out."""
    controls, count = _count_controls(data), data.count(b"\0")
    are_few = controls * _MIN_BYTES_PER_CONTROL <= len(data) or controls == count <= len(data) // _MIN_BYTES_PER_NUL
    text = try_decode(data.replace(b"\0", b""), "utf-8") if are_few else None
    if text is None:
        raise DataError("contains NUL bytes: a binary file")
    return text, Encoding(f"utf-8 ({count} NUL {'byte' if count == 1 else 'bytes'} left out)")


def _count_controls(data: bytes) -> int:
    # A loop or a regular expression would take minutes for a large file.
    return len(data) - len(data.translate(None, _CONTROL_BYTES))


def _repair(data: bytes) -> tuple[str, Encoding] | None:
    """Decode UTF-8 with a few invalid sequences; return None if there are more than a few."""
    text = data.decode("utf-8", "replace")
    invalid = text.count("\ufffd") - data.count("\ufffd".encode())
    valid = len(text) - len(text.encode("ascii", "ignore")) - invalid
    if valid < invalid * _MIN_VALID_PER_INVALID:
        return None
    replaced = len(data) - len(data.decode("utf-8", "ignore").encode())
    return text, Encoding(f"utf-8 ({replaced} {'byte' if replaced == 1 else 'bytes'} replaced)")


def _guess(data: bytes) -> tuple[str, Encoding]:
    guess = guess_encoding(data) if _count_controls(data) * _MIN_BYTES_PER_CONTROL <= len(data) else None
    is_uncertain = guess is None or guess.confidence < _WESTERN_BELOW_CONFIDENCE
    if is_uncertain and (text := _decode_as_western(data)) is not None:
        return text, Encoding("cp1252", _WESTERN_CONFIDENCE)
    if guess is not None:
        return guess.text, Encoding(guess.encoding, guess.confidence)
    if (decoded := _decode_utf16(data)) is not None:  # without spaces and line ends, as a line of Japanese
        return decoded
    raise DataError("has an unknown encoding: probably a binary file")


def _decode_as_western(data: bytes) -> str | None:
    """Decode data that is nearly all ASCII, such as code with a few strange bytes; return None for anything else."""
    non_ascii = sum(data.count(byte) for byte in range(0x80, 0x100))
    if non_ascii * _MIN_BYTES_PER_NON_ASCII > len(data) or _count_controls(data):
        return None
    return try_decode(data, "cp1252")
