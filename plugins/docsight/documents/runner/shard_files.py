r"""Write and read the files of a shard.

The lines of `NAME.jsonl.gz` are documents and problems, in the order in which they were read. A document is
`DETAILS\tRECORD`: what merging needs besides the record, and the record as it will be in `documents.jsonl`. A
problem is only its record. JSON has no raw tab, so the first tab is the boundary.
"""

import gzip
import json
import os
import uuid
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from docsight.documents.problem import Problem
from docsight.documents.runner.shards import (
    INDEX,
    LINES,
    PACKED_DOCS,
    SHARD_VERSION,
    DamagedError,
    FileEntry,
    Shard,
    remove,
)
from docsight.documents.store import to_json_line, write_errors

# The lowest level compresses text to a third, in a hundredth of the time that the models take.
_GZIP_LEVEL = 1


@dataclass(frozen=True, kw_only=True)
class DocumentLine:
    """A document in a shard."""

    text: str  # the record as JSON, as in `documents.jsonl`
    record: dict[str, Any]  # the same, decoded
    words: int  # separated by white space
    thumbnails: dict[str, str]  # data URIs of images, by the id of the image
    docs: list[int]  # the numbers of the document's Docs among those of the shard
    audit: list[dict[str, Any]]  # what a redaction replaced


def dump_document(
    record: dict[str, Any],
    *,
    words: int,
    thumbnails: dict[str, str] | None = None,
    docs: list[int] | None = None,
    audit: list[dict[str, Any]] | None = None,
) -> str:
    """Encode a document as a line; raises the errors of `to_json_line`."""
    details: dict[str, Any] = {"words": words}
    if thumbnails:
        details["thumbnails"] = thumbnails
    if docs:
        details["docs"] = docs
    if audit:
        details["audit"] = audit
    return f"{json.dumps(details)}\t{to_json_line(record)}"


def dump_problem(problem: Problem) -> str:
    return to_json_line(problem.record())


def parse_line(line: str) -> DocumentLine | Problem:
    """Decode a line. Any other text raises a ValueError, TypeError or KeyError."""
    head, tab, text = line.rstrip("\n").partition("\t")
    details = json.loads(head)
    if not tab:
        return Problem.from_record(details)
    return DocumentLine(
        text=text,
        record=json.loads(text),
        words=details["words"],
        thumbnails=details.get("thumbnails", {}),
        docs=details.get("docs", []),
        audit=details.get("audit", []),
    )


class ShardWriter:
    """Writes a shard, which does not exist before `commit`; `with_docs` says whether Docs are kept, too."""

    def __init__(self, folder: Path, *, fingerprint: str, with_docs: bool = False) -> None:
        self.size = 0  # characters written so far
        self._folder = folder
        self._shard = Shard(name=uuid.uuid4().hex, fingerprint=fingerprint, has_docs=with_docs)
        self._docs = 0
        with write_errors(str(folder)):
            self._file = gzip.open(self._path(LINES), "wt", encoding="utf-8", compresslevel=_GZIP_LEVEL)  # noqa: SIM115
            self._archive = zipfile.ZipFile(self._path(PACKED_DOCS), "w") if with_docs else None

    def add(self, line: str) -> None:
        self.size += len(line)
        with write_errors(str(self._folder)):
            self._file.write(line + "\n")

    def add_docs(self, packed: bytes, count: int) -> int:
        """Add this many packed Docs and return the number of the first in this shard."""
        first, self._docs = self._docs, self._docs + count
        if self._archive is not None:
            with write_errors(str(self._folder)):
                self._archive.writestr(f"{first}-{count}", packed)
        return first

    def commit(self, entries: Iterable[FileEntry]) -> Shard:
        """Write the index, so that the shard exists."""
        self._shard.entries = list(entries)
        with write_errors(str(self._folder)):
            self._file.close()
            if self._archive is not None:
                self._archive.close()
            sizes = {}
            for suffix in (LINES, *([PACKED_DOCS] if self._archive is not None else [])):
                with self._path(suffix).open("rb") as written:  # fails if another run has removed it
                    os.fsync(written.fileno())
                    sizes[suffix] = os.fstat(written.fileno()).st_size
            index = self._path(INDEX + ".new")
            with index.open("w", encoding="utf-8") as file:
                json.dump({"version": SHARD_VERSION, "sizes": sizes, **asdict(self._shard)}, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(index, self._path(INDEX))
        return self._shard

    def discard(self) -> None:
        with suppress(OSError):  # what could not be written will be removed
            self._file.close()
        if self._archive is not None:
            with suppress(OSError, ValueError):
                self._archive.close()
        remove(self._folder, [self._shard.name])

    def _path(self, suffix: str) -> Path:
        return self._folder / (self._shard.name + suffix)


class ShardReader:
    """Reads the lines of a shard, entry by entry. A damaged or missing shard raises a DamagedError."""

    def __init__(self, folder: Path, shard: Shard) -> None:
        self._name = shard.name
        self._entries = shard.entries
        self._next_entry = 0
        try:
            self._file = gzip.open(folder / (shard.name + LINES), "rt", encoding="utf-8", newline="\n")  # noqa: SIM115
        except OSError as err:
            raise DamagedError(self._name) from err

    def lines(self, number: int) -> Iterator[DocumentLine | Problem]:
        """Yield the lines of the entry with this number. Reading the entries in order is fastest."""
        try:
            if number < self._next_entry:  # the files were in another order when the shard was written
                self._file.seek(0)
                self._next_entry = 0
            for entry in self._entries[self._next_entry : number]:
                for _ in range(entry.lines):
                    next(self._file)
            self._next_entry = number + 1
            for _ in range(self._entries[number].lines):
                yield parse_line(next(self._file))
            if number + 1 == len(self._entries) and self._file.read(1):  # reading to the end verifies the checksum
                raise ValueError("there are more lines than the index states")
        except (OSError, EOFError, StopIteration, KeyError, TypeError, ValueError, zlib.error) as err:
            raise DamagedError(self._name) from err

    def close(self) -> None:
        self._file.close()


def read_docs(folder: Path, shard: Shard) -> Iterator[tuple[int, int, bytes]]:
    """Yield packed Docs in order, each with its first number and its count; raises the errors of `ShardReader`."""
    try:
        with zipfile.ZipFile(folder / (shard.name + PACKED_DOCS)) as archive:
            for name in archive.namelist():
                first, _, count = name.partition("-")
                yield int(first), int(count), archive.read(name)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as err:
        raise DamagedError(shard.name) from err
