"""From bytes to text when nobody says which encoding."""

import codecs

from docsight.errors import DataError, MissingExtraError

# UTF-32 stands before UTF-16: the mark of little-endian UTF-16 begins that of UTF-32.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# Guessing costs time with the length, and the first part of a file tells as much as all of it.
_GUESS_BYTES = 256 * 1024

# Not guessed: UTF-16 and UTF-32 without a mark nearly always have NUL bytes, and EBCDIC takes all for text.
_NEVER = ["utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le", "utf_7"]
_NEVER += ["cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140"]
# Nor those that hardly any file is in, for which short texts of the common ones are often taken.
_NEVER += ["cp720", "cp737", "cp775", "cp856", "cp857", "cp858", "cp860", "cp861", "cp862", "cp863", "cp864", "cp865"]
_NEVER += ["cp869", "cp1006", "cp1125", "cp1258", "hp_roman8", "hz", "johab", "kz1048", "ptcp154", "koi8_t"]
_NEVER += ["mac_arabic", "mac_croatian", "mac_farsi", "mac_greek", "mac_iceland", "mac_latin2", "mac_romanian"]
_NEVER += ["mac_turkish"]

# A text may have one control in so many bytes: logs have NULs after a crash, Info files for their pictures.
_BYTES_FOR_A_CONTROL = 100

# Where nothing fits, one in so many bytes may be beyond ASCII for the text to be read as if it were western.
_ASCII_FOR_A_WESTERN = 100
_CONTROLS = bytes((*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F))

# Of the characters beyond ASCII, as many must be right for each that is wrong, for a text to be damaged UTF-8.
# In the other encodings hardly any such sequence of bytes happens to be UTF-8.
_RIGHT_FOR_A_WRONG = 4


def decode(data: bytes, *, declared: str | None = None) -> tuple[str, str]:
    """Decode bytes by their mark, the declared encoding, UTF-8, damaged UTF-8, or a guess, in this order.

    Args:
        data: The content of a whole file.
        declared: The encoding that the file names itself, if it does. One that does not fit is passed over.

    Returns:
        The text without its byte order mark, and the encoding by Python's name; of damaged UTF-8 also how many
        bytes U+FFFD stands for, or how many NUL bytes were left out.

    Raises:
        DataError: The bytes are no text.
        MissingExtraError: The bytes are neither marked, declared nor UTF-8, and the guesser is not installed.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _refuse_nul(_decode_marked(data, encoding)), encoding
    if b"\x00" in data:
        return _without_nul(data)
    for name in filter(None, (declared, "utf-8")):
        if (text := _try(data, name)) is not None:
            return text, name
    return _repair(data) or _guess(data)


def _decode_marked(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as err:
        raise DataError(f"begins as {encoding} but is not: byte {err.start} cannot be decoded") from err


def _without_nul(data: bytes) -> tuple[str, str]:
    """Decode UTF-8 in which a few NUL bytes are, and leave them out."""
    controls = _count_controls(data)
    text = _try(data.replace(b"\0", b""), "utf-8") if controls * _BYTES_FOR_A_CONTROL <= len(data) else None
    if text is None:
        raise DataError("holds NUL bytes: a binary file, or UTF-16 without its byte order mark")
    count = data.count(b"\0")
    return text, f"utf-8 ({count} NUL {'byte' if count == 1 else 'bytes'} left out)"


def _count_controls(data: bytes) -> int:
    return len(data) - len(data.translate(None, _CONTROLS))  # found one by one, those of a large file take minutes


def _refuse_nul(text: str) -> str:
    if "\x00" in text:
        raise DataError("holds NUL characters: a binary file")
    return text


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _repair(data: bytes) -> tuple[str, str] | None:
    """Decode UTF-8 in which a few sequences are invalid; None where they are more than that."""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd") - data.count("\ufffd".encode())
    right = len(text) - len(text.encode("ascii", "ignore")) - wrong
    if right < wrong * _RIGHT_FOR_A_WRONG:
        return None
    replaced = len(data) - len(data.decode("utf-8", "ignore").encode())
    return text, f"utf-8 ({replaced} {'byte' if replaced == 1 else 'bytes'} replaced)"


def _guess(data: bytes) -> tuple[str, str]:
    try:
        from charset_normalizer import from_bytes
    except ImportError as err:
        raise MissingExtraError("Reading text that is not UTF-8", "documents") from err
    # The tail is left out at a line's end, where no multi-byte character is cut.
    sample = data if len(data) <= _GUESS_BYTES else data[: data.rfind(b"\n", 0, _GUESS_BYTES) + 1 or _GUESS_BYTES]
    matches = from_bytes(sample, cp_exclusion=_NEVER)
    best = matches.best()
    if best is None:
        if (text := _read_as_western(data)) is not None:
            return text, "cp1252"
        raise DataError("is in no encoding that could be recognised: probably a binary file")
    # Short western texts fit many encodings about equally well: then the one that is by far the most common.
    likely = [one for one in matches if one.chaos <= best.chaos + 0.03 and one.coherence >= best.coherence - 0.05]
    alike = {name for one in likely for name in (one.encoding, *one.could_be_from_charset)}
    encoding = "cp1252" if "cp1252" in alike else best.encoding
    text = _try(data, encoding)
    if text is None:
        raise DataError(f"looks like {encoding}, but cannot be decoded as such")
    return text, encoding


def _read_as_western(data: bytes) -> str | None:
    """Decode what is nearly all ASCII, such as code with a few strange bytes; None for anything else."""
    beyond = sum(data.count(byte) for byte in range(0x80, 0x100))
    if beyond * _ASCII_FOR_A_WESTERN > len(data) or _count_controls(data):
        return None
    return _try(data, "cp1252")
