"""Names of files and of parts of files, as records hold them: labels, never paths that are opened."""

import re
from bisect import bisect_left
from collections.abc import Iterable

_SURROGATE = re.compile("[\ud800-\udfff]")


def printable(name: str) -> str:
    r"""Write a name so that JSON in UTF-8 and msgpack can hold it, and no two names become one.

    Bytes that are no UTF-8 come as lone surrogates. They are written as \xNN, so that a backslash must become two.
    """
    return _SURROGATE.sub(_escape_byte, name.replace("\\", "\\\\"))


def _escape_byte(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"


class Labels:
    """Gives each member of a container a label of its own, and none that begins as a path in another member.

    Args:
        names: The names of all members, as far as they are known.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = sorted({printable(name) for name in names})
        self._given: set[str] = set()
        self._last: dict[str, int] = {}

    def give(self, name: str) -> str:
        """Label the next member, by its name where that is free, else with a number behind it."""
        wanted = printable(name) or "unnamed"
        if wanted not in self._given and not self._is_folder(wanted):
            self._given.add(wanted)
            return wanted
        number = self._last.get(wanted, 1)
        while True:
            number += 1
            label = f"{wanted}#{number}"
            if label not in self._given and not self._is_name(label) and not self._is_folder(label):
                break
        self._last[wanted] = number
        self._given.add(label)
        return label

    def _is_name(self, label: str) -> bool:
        at = bisect_left(self._names, label)
        return at < len(self._names) and self._names[at] == label

    def _is_folder(self, label: str) -> bool:
        at = bisect_left(self._names, f"{label}/")
        return at < len(self._names) and self._names[at].startswith(f"{label}/")
