"""The store of a run: what workers have done, in pieces that are there as a whole or not at all.

A shard is two or three files in `OUT/.docsight/shards`: `NAME.jsonl.gz` with a line for each document and each
problem, `NAME.docs` with packed Docs where these are wanted, and `NAME.json`, the index of the files it is about.
The index is put in place last: a shard without one does not exist. So a run that is killed at any moment has lost
no more than the shards that were being written, and the next run begins by reading the indices.
"""

import gzip
import json
import os
import shutil
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from docsight.documents.inputs import Status
from docsight.documents.writing import telling
from docsight.errors import ConfigError

_VERSION = 1
_INDEX, _LINES, _DOCS = ".json", ".jsonl.gz", ".docs"
# Text is packed to a third at the lowest level, in a hundredth of the time that reading it by networks takes.
_LEVEL = 1


@dataclass(kw_only=True)
class Entry:
    """What a shard has of a file: all of it, or from its item number `start` to before `next`.

    Args:
        name: The relative path of the file.
        sha256: Of its content; None where it could not be read.
        start: The number of the first of its items (documents and flawed parts), from 0.
        next: The number of the item to go on with; None where the file ends here.
        lines: How many lines it has in the shard.
        status: What became of the file; "ok" also where only some of its parts failed.
        error: The class of the error where it is not ok.
        is_void: Whether its lines are not to be used, as the file changed while it was read.
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
    is_void: bool = False
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
    entries: list[Entry] = field(default_factory=list)


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

    def add(self, line: dict[str, Any]) -> None:
        """Add a line."""
        text = json.dumps(line, ensure_ascii=False, allow_nan=False)
        self.size += len(text)
        with telling(str(self._folder)):
            self._file.write(text + "\n")

    def add_docs(self, packed: bytes, number: int) -> int:
        """Add packed Docs, `number` of them; return the number of the first in this shard."""
        first, self._docs = self._docs, self._docs + number
        if self._archive is not None:
            with telling(str(self._folder)):
                self._archive.writestr(f"{first}-{number}", packed)
        return first

    def commit(self, entries: Iterable[Entry]) -> Shard:
        """Make the shard exist."""
        self._shard.entries = list(entries)
        with telling(str(self._folder)):
            self._file.close()
            if self._archive is not None:
                self._archive.close()
            index = self._path(_INDEX + ".new")
            with index.open("w", encoding="utf-8") as file:
                json.dump({"version": _VERSION, **asdict(self._shard)}, file)
                file.flush()
                os.fsync(file.fileno())
            for path in (self._path(_LINES), self._path(_DOCS)):
                with suppress(FileNotFoundError), path.open("rb") as written:
                    os.fsync(written.fileno())
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
        self._path = folder / (shard.name + _LINES)
        self._entries = shard.entries
        self._at = 0
        self._file = gzip.open(self._path, "rt", encoding="utf-8", newline="\n")  # noqa: SIM115

    def lines(self, number: int) -> Iterator[dict[str, Any]]:
        """Yield the lines of the entry with this number; entries before it that were not asked for are passed over.

        Raises:
            ConfigError: The shard is damaged.
        """
        try:
            for entry in self._entries[self._at : number]:
                for _ in range(entry.lines):
                    next(self._file)
            self._at = number + 1
            for _ in range(self._entries[number].lines):
                yield json.loads(next(self._file))
        except (OSError, EOFError, StopIteration, ValueError) as err:
            raise ConfigError(f"{self._path} is damaged; remove it and run again") from err

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
        with suppress(OSError, ValueError, TypeError, KeyError):
            told = json.loads(path.read_text(encoding="utf-8"))
            if told.pop("version") == _VERSION:
                told["entries"] = [Entry(**entry) for entry in told["entries"]]
                shards[path.stem] = path.stat().st_mtime_ns, Shard(**told)
    for path in folder.iterdir():
        if path.name.partition(".")[0] not in shards:
            path.unlink(missing_ok=True)
    return [shard for _, shard in sorted(shards.values(), key=lambda one: one[0])]


def remove(folder: Path, names: Iterable[str]) -> None:
    """Remove shards."""
    for name in names:
        _remove(folder, name)


def read_docs(folder: Path, shard: Shard) -> Iterator[tuple[int, int, bytes]]:
    """Yield the number of the first Doc, how many there are, and the packed Docs, in order."""
    with zipfile.ZipFile(folder / (shard.name + _DOCS)) as archive:
        for name in archive.namelist():
            first, _, number = name.partition("-")
            yield int(first), int(number), archive.read(name)


def clear(folder: Path) -> None:
    """Remove all shards."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def _remove(folder: Path, name: str) -> None:
    for suffix in (_INDEX, _INDEX + ".new", _LINES, _DOCS):  # the index first: without it the rest is nothing
        (folder / (name + suffix)).unlink(missing_ok=True)
