"""Decode bytes to text when the encoding is unknown, or declared by a document that may be wrong."""

import codecs
import re

from docsight.errors import DataError, MissingExtraError

# UTF-32 comes before UTF-16: the mark of little-endian UTF-32 begins with that of UTF-16.
_MARKED_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# Those of the HTML standard. Python also has codecs that are not text encodings, or that decode escapes in code.
# fmt: off
_DECLARABLE = frozenset((
    "utf-8", "big5", "big5hkscs", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "iso2022_jp", "shift_jis", "cp932",
    "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "tis-620", "cp866", "cp874",
    *(f"cp{page}" for page in range(1250, 1259)),
    *(f"iso8859-{part}" for part in range(2, 17) if part != 12),
))

# The guesser excludes UTF-16 and UTF-32, which nearly always have NUL bytes where they have no mark, and EBCDIC, in
# which all bytes are text.
_NOT_GUESSED = [
    "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le", "utf_7",
    "cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140",
    # Hardly any file has one of these, and short texts in common encodings are often mistaken for them.
    "cp720", "cp737", "cp775", "cp856", "cp857", "cp858", "cp860", "cp861", "cp862", "cp863", "cp864", "cp865",
    "cp869", "cp1006", "cp1125", "cp1258", "hp_roman8", "hz", "johab", "kz1048", "ptcp154", "koi8_t",
    "mac_arabic", "mac_croatian", "mac_farsi", "mac_greek", "mac_iceland", "mac_latin2", "mac_romanian", "mac_turkish",
]
# fmt: on
# The time for a guess grows with the length, and the beginning of a file is as informative as all of it.
_MAX_GUESS_BYTES = 256 * 1024

# Text has at most one control character in this many bytes: logs have NULs after a crash, Info files for their images.
_MIN_BYTES_PER_CONTROL = 100
_CONTROL_BYTES = bytes((*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F))

# If no encoding fits, text is read as Western if at most one in this many bytes is not ASCII.
_MIN_BYTES_PER_NON_ASCII = 100

# Damaged UTF-8 has at least this many valid non-ASCII characters for each invalid sequence. Text in other encodings
# hardly ever contains valid UTF-8 sequences.
_MIN_VALID_PER_INVALID = 4

_SURROGATE = re.compile("[\ud800-\udfff]")


def lookup_encoding(name: str) -> str | None:
    """Return Python's name of a declared encoding, interpreted as browsers do; None if it is not a text encoding."""
    try:
        name = codecs.lookup(name).name
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return None
    # The HTML standard: latin-1 and ascii mean windows-1252; a declaration that can be read is not in UTF-16.
    if name in ("iso8859-1", "ascii"):
        return "cp1252"
    if name.startswith(("utf-16", "utf-32")):
        return "utf-8"
    return name if name in _DECLARABLE else None


def decode(data: bytes, *, declared: str | None = None) -> tuple[str, str]:
    """Decode bytes by their byte order mark, the declared encoding, UTF-8, damaged UTF-8 or a guess, in this order.

    Args:
        data: The content of a whole file.
        declared: The encoding that the file itself declares. One that does not fit is ignored.

    Returns:
        The text without its byte order mark, and Python's name of the encoding. For damaged UTF-8 the name is followed
        by how many bytes were replaced by U+FFFD, or how many NUL bytes were left out.

    Raises:
        DataError: The bytes are not text.
        MissingExtraError: The encoding must be guessed, and the guesser is not installed.
    """
    for mark, encoding in _MARKED_ENCODINGS:
        if data.startswith(mark):
            return _decode_marked(data, encoding), encoding
    if b"\x00" in data:
        return _decode_without_nul(data)
    for name in filter(None, (declared, "utf-8")):
        if (text := try_decode(data, name)) is not None:
            return text, name
    return _repair(data) or _guess(data)


def normalize_newlines(text: str) -> str:
    r"""Replace `\r\n` and `\r` by `\n`, as Python's `open` does."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def replace_surrogates(text: str) -> tuple[str, int]:
    """Replace lone surrogates by U+FFFD; return the text and how many there were."""
    return _SURROGATE.subn("\ufffd", text)


def try_decode(data: bytes, encoding: str) -> str | None:
    """Decode bytes, or return None if they are not in this encoding."""
    try:
        return data.decode(encoding)
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


def _decode_without_nul(data: bytes) -> tuple[str, str]:
    """Decode UTF-8 that contains a few NUL bytes, and leave them out."""
    controls = _count_controls(data)
    text = try_decode(data.replace(b"\0", b""), "utf-8") if controls * _MIN_BYTES_PER_CONTROL <= len(data) else None
    if text is None:
        raise DataError("contains NUL bytes: a binary file, or UTF-16 without a byte order mark")
    count = data.count(b"\0")
    return text, f"utf-8 ({count} NUL {'byte' if count == 1 else 'bytes'} left out)"


def _count_controls(data: bytes) -> int:
    # A loop or a regular expression would take minutes for a large file.
    return len(data) - len(data.translate(None, _CONTROL_BYTES))


def _repair(data: bytes) -> tuple[str, str] | None:
    """Decode UTF-8 with a few invalid sequences; return None if there are more than a few."""
    text = data.decode("utf-8", "replace")
    invalid = text.count("\ufffd") - data.count("\ufffd".encode())
    valid = len(text) - len(text.encode("ascii", "ignore")) - invalid
    if valid < invalid * _MIN_VALID_PER_INVALID:
        return None
    replaced = len(data) - len(data.decode("utf-8", "ignore").encode())
    return text, f"utf-8 ({replaced} {'byte' if replaced == 1 else 'bytes'} replaced)"


def _guess(data: bytes) -> tuple[str, str]:
    try:
        from charset_normalizer import from_bytes
    except ImportError as err:
        raise MissingExtraError("Reading text that is not UTF-8", "documents") from err
    # The sample ends at a line's end, which is not within a multi-byte character.
    sample = data
    if len(data) > _MAX_GUESS_BYTES:
        sample = data[: data.rfind(b"\n", 0, _MAX_GUESS_BYTES) + 1 or _MAX_GUESS_BYTES]
    matches = from_bytes(sample, cp_exclusion=_NOT_GUESSED)
    best = matches.best()
    if best is None:
        if (text := _decode_as_western(data)) is not None:
            return text, "cp1252"
        raise DataError("has an unknown encoding: probably a binary file")
    # Short western texts fit many encodings about equally well; cp1252 is by far the most common of these.
    likely = [
        match for match in matches if match.chaos <= best.chaos + 0.03 and match.coherence >= best.coherence - 0.05
    ]
    names = {name for match in likely for name in (match.encoding, *match.could_be_from_charset)}
    encoding = "cp1252" if "cp1252" in names else best.encoding
    text = try_decode(data, encoding)
    if text is None:
        raise DataError(f"looks like {encoding}, but cannot be decoded as such")
    return text, encoding


def _decode_as_western(data: bytes) -> str | None:
    """Decode data that is nearly all ASCII, such as code with a few strange bytes; return None for anything else."""
    non_ascii = sum(data.count(byte) for byte in range(0x80, 0x100))
    if non_ascii * _MIN_BYTES_PER_NON_ASCII > len(data) or _count_controls(data):
        return None
    return try_decode(data, "cp1252")
