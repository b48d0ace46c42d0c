"""Files that old mailers wrote into the text of a mail with uuencode."""

import binascii
import re

_BLOCK = re.compile(r"^begin [0-7]{3,4} (\S[^\n]*)\n((?:[ -`]{1,90}\n)*?)(?:[`  ]\n)?end[ \t]*$", re.M)


def split_uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the text without the encoded files, and their names and bytes; damaged files stay in the text."""
    files: list[tuple[str, bytes]] = []

    def take(block: re.Match[str]) -> str:
        try:
            data = b"".join(map(_decode_line, block[2].splitlines()))
        except binascii.Error:
            return block[0]
        files.append((block[1].strip(), data))
        return ""

    return (_BLOCK.sub(take, text), files) if "\nbegin " in f"\n{text}" else (text, files)


def _decode_line(line: str) -> bytes:
    size = (ord(line[0]) - ord(" ")) & 63  # in bytes
    return binascii.a2b_uu(line[: 1 + (size * 4 + 2) // 3])  # some encoders append a checksum
