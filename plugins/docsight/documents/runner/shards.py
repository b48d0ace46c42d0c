"""The store of a run: what workers have done, in pieces that are there as a whole or not at all.

A shard is two or three files in `OUT/.docsight/shards`: `NAME.jsonl.gz` with a line for each document and each
problem, `NAME.docs` with packed Docs where these are wanted, and `NAME.json`, the index of the files it is about.
The index is put in place last: a shard without one does not exist, nor one whose files are not as long as it says.
So a run that is killed at any moment has lost no more than the shards that were being written, and the next run
begins by reading the indices.
"""

import gzip
import json
import os
import shutil
import uuid
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from docsight.documents.problem import Status
from docsight.documents.store import telling
from docsight.errors import ConfigError

_VERSION = 1
_INDEX, _LINES, _DOCS = ".json", ".jsonl.gz", ".docs"
# Text is packed to a third at the lowest level, in a hundredth of the time that reading it by networks takes.
_LEVEL = 1


@dataclass(kw_only=True)
class FileEntry:
    """What a shard has of a file: all of it, or from its item number `start` to before `next`.

    Args:
        name: The relative path of the file.
        sha256: Of its content; None where it could not be read.
        start: The number of the first of its items (documents and flawed parts), from 0.
        next: The number of the item to go on with; None where the file ends here.
        lines: How many lines it has in the shard.
        status: What became of the file; "ok" also where only some of its parts failed.
        error: The class of the error where it is not ok.
        stale: Whether its lines are not to be used, as the file changed while it was read.
        failed: How many of its parts failed or took too long.
        seconds: That it took.
    """

    name: str
    size: int
    modified: int = 0
    sha256: str | None = None
    start: int = 0
    next: int | None = None
    lines: int = 0
    status: Status = "ok"
    error: str | None = None
    message: str | None = None
    stale: bool = False
    documents: int = 0
    failed: int = 0
    skipped: int = 0
    words: int = 0
    entities: int = 0
    corrections: int = 0
    images: int = 0
    notes: int = 0
    seconds: float = 0.0


@dataclass(kw_only=True)
class Shard:
    """A shard that is complete: its name, and what it has of which files, in the order of its lines."""

    name: str
    fingerprint: str
    has_docs: bool
    entries: list[FileEntry] = field(default_factory=list)


class DamagedError(ConfigError):
    """A shard does not hold what its index says; it is to be removed, and what it held to be done again.

    Args:
        name: Of the shard.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"the shard {name} is damaged; remove it and run again")


class ShardWriter:
    """Writes a shard; nothing of it exists before `commit`.

    Args:
        folder: The folder of all shards.
        fingerprint: What the results depend on.
        with_docs: Whether Docs are kept, too.
    """

    def __init__(self, folder: Path, *, fingerprint: str, with_docs: bool = False) -> None:
        self.size = 0  # characters written so far
        self._folder = folder
        self._shard = Shard(name=uuid.uuid4().hex, fingerprint=fingerprint, has_docs=with_docs)
        self._docs = 0
        with telling(str(folder)):
            self._file = gzip.open(self._path(_LINES), "wt", encoding="utf-8", compresslevel=_LEVEL)  # noqa: SIM115
            self._archive = zipfile.ZipFile(self._path(_DOCS), "w") if with_docs else None

    def add(self, line: str) -> None:
        """Add a line, as `dumps` makes it."""
        self.size += len(line)
        with telling(str(self._folder)):
            self._file.write(line + "\n")

    def add_docs(self, packed: bytes, number: int) -> int:
        """Add packed Docs, `number` of them; return the number of the first in this shard."""
        first, self._docs = self._docs, self._docs + number
        if self._archive is not None:
            with telling(str(self._folder)):
                self._archive.writestr(f"{first}-{number}", packed)
        return first

    def commit(self, entries: Iterable[FileEntry]) -> Shard:
        """Make the shard exist."""
        self._shard.entries = list(entries)
        with telling(str(self._folder)):
            self._file.close()
            if self._archive is not None:
                self._archive.close()
            sizes = {}
            for suffix in (_LINES, *([_DOCS] if self._archive is not None else [])):
                with self._path(suffix).open("rb") as written:  # an error, where another run has removed it
                    os.fsync(written.fileno())
                    sizes[suffix] = os.fstat(written.fileno()).st_size
            index = self._path(_INDEX + ".new")
            with index.open("w", encoding="utf-8") as file:
                json.dump({"version": _VERSION, "sizes": sizes, **asdict(self._shard)}, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(index, self._path(_INDEX))
        return self._shard

    def discard(self) -> None:
        """Give up, and remove what was written."""
        with suppress(OSError):  # what a full disk has not taken is to be removed
            self._file.close()
        if self._archive is not None:
            with suppress(OSError, ValueError):
                self._archive.close()
        _remove(self._folder, self._shard.name)

    def _path(self, suffix: str) -> Path:
        return self._folder / (self._shard.name + suffix)


class ShardReader:
    """Reads the lines of a shard, entry by entry, in their order.

    Args:
        folder: The folder of all shards.
        shard: Which one.
    """

    def __init__(self, folder: Path, shard: Shard) -> None:
        self._name = shard.name
        self._entries = shard.entries
        self._at = 0
        try:
            self._file = gzip.open(folder / (shard.name + _LINES), "rt", encoding="utf-8", newline="\n")  # noqa: SIM115
        except OSError as err:
            raise DamagedError(self._name) from err

    def lines(self, number: int) -> Iterator[dict[str, Any]]:
        """Yield the lines of the entry with this number; to read them in their order is fastest.

        Raises:
            DamagedError: The shard is damaged.
        """
        try:
            if number < self._at:  # the order of the files was another one then
                self._file.seek(0)
                self._at = 0
            for entry in self._entries[self._at : number]:
                for _ in range(entry.lines):
                    next(self._file)
            self._at = number + 1
            for _ in range(self._entries[number].lines):
                yield json.loads(next(self._file))
            if number + 1 == len(self._entries) and self._file.read(1):  # with the end its sum is checked
                raise ValueError("there is more than its index says")
        except (OSError, EOFError, StopIteration, TypeError, ValueError, zlib.error) as err:
            raise DamagedError(self._name) from err

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def scan(folder: Path) -> list[Shard]:
    """Read the indices of all shards, oldest first, and remove what never became a shard."""
    shards: dict[str, tuple[int, Shard]] = {}
    for path in folder.glob("*" + _INDEX):
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            told = json.loads(path.read_text(encoding="utf-8"))
            is_ours = told.pop("version") == _VERSION
            sizes = told.pop("sizes")
            if is_ours and all(
                (folder / (path.stem + suffix)).stat().st_size == size for suffix, size in sizes.items()
            ):
                told["entries"] = [FileEntry(**entry) for entry in told["entries"]]
                shards[path.stem] = path.stat().st_mtime_ns, Shard(**told)
    for path in folder.iterdir():
        if path.name.partition(".")[0] not in shards:
            path.unlink(missing_ok=True)
    return [shard for _, shard in sorted(shards.values(), key=lambda one: one[0])]


def dumps(line: dict[str, Any]) -> str:
    """Write a line.

    Raises:
        ValueError: It has a number that JSON has not, or half a character.
        TypeError: It has what is no plain data.
    """
    text = json.dumps(line, ensure_ascii=False, allow_nan=False)
    text.encode()
    return text


def remove(folder: Path, names: Iterable[str]) -> None:
    """Remove shards."""
    for name in names:
        _remove(folder, name)


def read_docs(folder: Path, shard: Shard) -> Iterator[tuple[int, int, bytes]]:
    """Yield the number of the first Doc, how many there are, and the packed Docs, in order.

    Raises:
        DamagedError: The shard is damaged.
    """
    try:
        with zipfile.ZipFile(folder / (shard.name + _DOCS)) as archive:
            for name in archive.namelist():
                first, _, number = name.partition("-")
                yield int(first), int(number), archive.read(name)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as err:
        raise DamagedError(shard.name) from err


def clear(folder: Path) -> None:
    """Remove all shards."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def _remove(folder: Path, name: str) -> None:
    for suffix in (_INDEX, _INDEX + ".new", _LINES, _DOCS):  # the index first: without it the rest is nothing
        (folder / (name + suffix)).unlink(missing_ok=True)
