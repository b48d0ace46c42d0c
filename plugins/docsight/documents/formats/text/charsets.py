"""Encodings that documents declare, by Python's names."""

import codecs

# Those of the HTML standard: Python also has codecs that are none of text, or for escapes in code.
# fmt: off
_ENCODINGS = frozenset((
    "utf-8", "big5", "big5hkscs", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "iso2022_jp", "shift_jis", "cp932",
    "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "tis-620", "cp866", "cp874",
    *(f"cp{page}" for page in range(1250, 1259)),
    *(f"iso8859-{part}" for part in range(2, 17) if part != 12),
))
# fmt: on


def known_charset(name: str) -> str | None:
    """Give Python's name of a declared encoding, read as browsers read it; None where it is none of text."""
    try:
        name = codecs.lookup(name).name
    except (LookupError, ValueError):  # a NUL in a name is a ValueError
        return None
    # The HTML standard: latin-1 and ascii mean windows-1252; a declaration that can be read is not UTF-16.
    if name in ("iso8859-1", "ascii"):
        return "cp1252"
    if name.startswith(("utf-16", "utf-32")):
        return "utf-8"
    return name if name in _ENCODINGS else None
