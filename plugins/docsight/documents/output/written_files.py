"""The record of the files that docsight wrote into a folder, so that it never replaces or removes a file of the user.

A file counts as written by docsight if it has the size and the hash of one that was recorded under its name. A file
that the user changed, or put in its place, has neither.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

STORE_FOLDER = ".docsight"  # hidden, so it is not read as an input
OUTPUT_LIST = "outputs.json"

_VERSION = 2


@dataclass(frozen=True)
class FileContent:
    """The size of a file in bytes, and the SHA-256 of its content."""

    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "FileContent":
        """Read a file; raises an OSError if that is not possible."""
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            return cls(os.fstat(file.fileno()).st_size, sha256)


@lru_cache(maxsize=16)  # by the time of the list, too: one that was written again is read again
def _recorded(folder: Path, modified: int) -> "WrittenFiles":
    return WrittenFiles(folder)


def is_written(path: Path) -> bool:
    """Return whether docsight wrote a file, into its folder or into a folder of one that is above."""
    for folder in path.parents:
        try:
            modified = (folder / STORE_FOLDER / OUTPUT_LIST).stat().st_mtime_ns
        except OSError:
            continue
        if path.relative_to(folder).as_posix() in _recorded(folder, modified):
            return True
    return False


class WrittenFiles:
    """The files that docsight wrote into a folder.

    While a run replaces files, each name has two contents, as the run may be killed in between.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[tuple[int, ...], FileContent] = {}  # by what changes with the content
        self._contents: dict[str, list[FileContent]] = {}
        self._names_of_0_1_0: list[str] = []
        path = folder / STORE_FOLDER / OUTPUT_LIST
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):  # without it, no file is ours
            content = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(content, list):
                self._names_of_0_1_0, self._time_of_0_1_0 = content, path.stat().st_mtime_ns
            elif content["version"] == _VERSION:
                self._contents = {
                    name: [FileContent(**each) for each in contents] for name, contents in content["files"].items()
                }

    def __iter__(self) -> Iterator[str]:
        """Yield the names that are recorded: relative paths of files in the folder."""
        names = [*self._contents, *self._names_of_0_1_0]
        return (name for name in names if not Path(name).is_absolute() and ".." not in Path(name).parts)

    def __contains__(self, name: str) -> bool:
        """Whether the folder has a file with this name that docsight wrote. The first time, reads the whole file."""
        path = self._folder / name
        try:
            info = path.lstat()
            if path.is_symlink() or not path.is_file() or self._is_behind_link(path):
                return False
            if name in self._names_of_0_1_0:  # docsight 0.1.0 recorded no contents, but wrote the list last
                return max(info.st_mtime_ns, info.st_ctime_ns) <= self._time_of_0_1_0
            sized = [content for content in self._contents.get(name, ()) if content.size == info.st_size]
            return bool(sized) and self._content(path) in sized
        except OSError:
            return False

    def present(self) -> dict[str, FileContent]:
        """Return the recorded files that are in the folder, with their contents."""
        return {name: self._content(self._folder / name) for name in self if name in self}

    def save(self, *alternatives: Mapping[str, FileContent]) -> None:
        """Record these files and no others; a file may have any one of the contents given for its name."""
        files: dict[str, list[dict[str, str | int]]] = {}
        for contents in alternatives:
            for name, content in contents.items():
                files.setdefault(name, []).append(asdict(content))
        path = self._folder / STORE_FOLDER / OUTPUT_LIST
        new = path.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump({"version": _VERSION, "files": files}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)

    def _is_behind_link(self, path: Path) -> bool:
        """Return whether a folder between this one and the file is a symbolic link."""
        folders = path.relative_to(self._folder).parents
        return any((self._folder / folder).is_symlink() for folder in folders if folder.name)

    def _content(self, path: Path) -> FileContent:
        info = path.stat()
        key = (info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)
        if key not in self._read:
            self._read[key] = FileContent.of(path)
        return self._read[key]
