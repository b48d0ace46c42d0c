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
    """Assigns each member of a container a unique part name, which is never a folder of another member.

    Args:
        members: The names of all members, as far as they are known.
    """

    def __init__(self, members: Iterable[str] = ()) -> None:
        self._members = sorted({printable(name) for name in members})
        self._assigned: set[str] = set()
        self._last_number: dict[str, int] = {}

    def assign(self, member: str) -> str:
        """Return the part name of the next member: its own name if that is free, otherwise with a number appended."""
        name = printable(member) or "unnamed"
        if name not in self._assigned and not self._is_folder(name):
            self._assigned.add(name)
            return name
        number = self._last_number.get(name, 1)
        while True:
            number += 1
            numbered = f"{name}#{number}"
            if numbered not in self._assigned and not self._is_member(numbered) and not self._is_folder(numbered):
                break
        self._last_number[name] = number
        self._assigned.add(numbered)
        return numbered

    def _is_member(self, name: str) -> bool:
        at = bisect_left(self._members, name)
        return at < len(self._members) and self._members[at] == name

    def _is_folder(self, name: str) -> bool:
        at = bisect_left(self._members, f"{name}/")
        return at < len(self._members) and self._members[at].startswith(f"{name}/")
