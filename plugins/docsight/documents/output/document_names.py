"""The names of the files that are written for single documents."""

import hashlib
import os
from pathlib import PurePosixPath
from typing import Any

_MAX_NAME_BYTES = 200


class DocumentNames:
    """Gives each document a name of its own: a relative path that cannot leave its folder.

    Parts lie in a folder with the name of their file. If a name is taken, the id of the document is added.

    Args:
        suffix: The end of each name.
    """

    def __init__(self, suffix: str) -> None:
        self._suffix = suffix
        self._files: set[str] = set()  # in lower case, for file systems that ignore it
        self._folders: set[str] = set()

    def of(self, record: dict[str, Any]) -> str:
        """Return the name for a document, given its record."""
        parts = [*PurePosixPath(record["path"]).parts, *PurePosixPath(record["part"]).parts]
        names = [_safe(part) for part in parts] or ["_"]
        for number, folder in enumerate(names[:-1]):
            if "/".join(names[: number + 1]).lower() in self._files:
                names[number] = f"{folder}-{record['id']}"
        name = "/".join(names) + self._suffix
        if name.lower() in self._files or name.lower() in self._folders:
            name = f"{'/'.join(names)}-{record['id']}{self._suffix}"
        self._files.add(name.lower())
        self._folders.update("/".join(names[:number]).lower() for number in range(1, len(names)))
        return name


def _safe(name: str) -> str:
    return "_" if name in ("/", ".", "..") else _shortened(name.replace("\0", "_").replace(os.sep, "_"))


def _shortened(name: str) -> str:
    encoded = name.encode("utf-8", "backslashreplace")
    if len(encoded) <= _MAX_NAME_BYTES:
        return encoded.decode()
    digest = hashlib.sha256(encoded).hexdigest()[:12]
    return f"{encoded[: _MAX_NAME_BYTES - 13].decode(errors='ignore')}-{digest}"
