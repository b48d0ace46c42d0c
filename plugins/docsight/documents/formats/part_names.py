"""Names of files and of parts of files, as records contain them. They are never opened as paths."""

import re
from bisect import bisect_left
from collections.abc import Iterable

_UNDECODABLE = re.compile("[\ud800-\udfff]")


def printable(name: str) -> str:
    r"""Escape a name so that JSON in UTF-8 and msgpack can hold it, and different names stay different.

    Bytes that are not UTF-8 arrive as lone surrogates and are written as `\xNN`; so a backslash is doubled.
    """
    return _UNDECODABLE.sub(_escape, name.replace("\\", "\\\\"))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"


class PartNames:
    """Assigns each member of a container a unique part name, which is never a folder of another member."""

    def __init__(self, members: Iterable[str] = ()) -> None:
        self._members = sorted({printable(name) for name in members})
        self._last_number: dict[str, int] = {}  # of each name in use, the number last appended to it

    def assign(self, member: str) -> str:
        """Return the part name of the next member: its own name if that is free, otherwise with a number appended."""
        part = name = printable(member) or "unnamed"
        number = self._last_number.get(name, 1)
        while part in self._last_number or self._is_folder(part) or (part != name and self._is_member(part)):
            number += 1
            part = f"{name}#{number}"
        self._last_number[part] = 1
        self._last_number[name] = number
        return part

    def _is_member(self, name: str) -> bool:
        at = bisect_left(self._members, name)
        return at < len(self._members) and self._members[at] == name

    def _is_folder(self, name: str) -> bool:
        at = bisect_left(self._members, f"{name}/")
        return at < len(self._members) and self._members[at].startswith(f"{name}/")
