"""Names of encodings that documents declare: those of the HTML standard, of mail programs and of old systems."""

import codecs
import re
from collections.abc import Mapping

# Python also has codecs that are not text encodings, or that decode escapes in code.
# fmt: off
_DECLARABLE = frozenset((
    "utf-8", "big5", "big5hkscs", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "hz", "iso2022_jp", "iso2022_kr",
    "johab", "shift_jis", "cp932", "cp949", "koi8-r", "koi8-u", "koi8_t", "mac-roman", "mac-cyrillic", "mac-greek",
    "mac-latin2", "mac-turkish", "mac-iceland", "tis-620",
    *(f"cp{page}" for page in (437, 720, 737, 775, 850, 852, 855, 857, 858, *range(860, 867), 869, 874)),
    *(f"cp{page}" for page in range(1250, 1259)),
    *(f"iso8859-{part}" for part in range(2, 17) if part != 12),
))
_ALIASES = {
    "unicode-1-1-utf-7": "utf-7", "utf8mb4": "utf-8", "x-sjis": "shift_jis", "windows-31j": "cp932", "x-gbk": "gbk",
    "x-x-big5": "big5", "cn-big5": "big5", "x-euc-cn": "gb2312", "cn-gb": "gb2312", "hz-gb-2312": "hz",
    "x-windows-949": "cp949", "windows-949": "cp949", "logical": "iso8859-8", "visual": "iso8859-8",
    "x-mac-ce": "mac-latin2", "x-mac-roman": "mac-roman", "iso-8859-8-e": "iso8859-8", "iso-8859-8-i": "iso8859-8",
}
MULTIBYTE = frozenset((
    "big5", "big5hkscs", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "hz", "iso2022_jp", "iso2022_kr", "johab",
    "shift_jis", "cp932", "cp949", "utf-7",
))
# fmt: on
# The encodings that are tried next if letters are not in one that is declared or guessed: larger ones, and those of
# Windows that are often declared as standard ones.
SUPERSETS: Mapping[str, str] = {
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "cp932": "shift_jis_2004",
    "euc_jp": "euc_jis_2004",
    "iso8859-2": "cp1250",
    "iso8859-4": "cp1257",
    "iso8859-7": "cp1253",
    "iso8859-8": "cp1255",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "iso8859-13": "cp1257",
    "iso8859-15": "cp1252",
    "tis-620": "cp874",
}  # fmt: skip
# What Python decodes 5C and 7E to in Shift JIS 2004. Documents mean ASCII there, as in paths and addresses.
_JIS_X_0201_TO_ASCII = {0xA5: "\\", 0x203E: "~"}
_CODE_PAGE = re.compile(r"(?:x-)?(?:cp|win|windows|ibm|dos|msdos|ms|oem)[-_]?(\d{3,5})")
_ISO_8859 = re.compile(r"(?:x-)?(?:iso)?[-_]?8859[-_]?(\d{1,2})")


def lookup_encoding(name: str, *, is_mail: bool = False) -> str | None:
    """Return Python's name of a declared encoding; None if it is not a text encoding.

    Args:
        name: The name, as the document states it. It is interpreted as browsers do.
        is_mail: Whether UTF-7 is allowed. In HTML it can hide scripts.
    """
    found = _codec_name(name.strip().strip("\"';").lower())
    # The HTML standard: latin-1 and ascii mean windows-1252; a declaration that can be read is not in UTF-16.
    if found in ("iso8859-1", "ascii"):
        return "cp1252"
    if found.startswith(("utf-16", "utf-32")):
        return "utf-8"
    if found == "utf-7":
        return found if is_mail else None
    return found if found in _DECLARABLE else None


def decode_ascii_compatible(data: bytes, encoding: str) -> str:
    """Decode bytes as Python does, but the backslash and the tilde of Shift JIS 2004 as such.

    Raises:
        UnicodeError: The bytes are not in this encoding.
        LookupError: Python has no such encoding.
    """
    text = data.decode(encoding)
    return text.translate(_JIS_X_0201_TO_ASCII) if encoding == "shift_jis_2004" else text


def _codec_name(name: str) -> str:
    """Return Python's name of a codec; an empty string if Python has no such codec."""
    candidates = [_ALIASES.get(name, name), name.removeprefix("x-")]
    if match := _CODE_PAGE.fullmatch(name):
        candidates.append("utf-8" if match[1] == "65001" else f"cp{match[1]}")
    if match := _ISO_8859.fullmatch(name):
        candidates.append(f"iso8859-{match[1]}")
    for candidate in candidates:
        try:
            return codecs.lookup(candidate).name
        except (LookupError, ValueError):  # ValueError: a NUL in the name
            continue
    return ""
