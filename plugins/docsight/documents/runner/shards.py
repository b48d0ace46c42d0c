"""Shards: the finished work of a run, in pieces that exist completely or not at all.

A shard is two or three files in `OUT/.docsight/shards`: `NAME.jsonl.gz` with a line for each document and each
problem, `NAME.docs` with packed Docs if these are kept, and `NAME.json`, the index. The index is moved into place last.
A shard without an index does not exist, nor does one whose files differ in size from what its index states. So a run
that is killed at any moment loses only the shards that were being written, and the next run starts by reading the
indexes.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docsight.documents.analysis.duplicates import add_minhash, add_text_hash
from docsight.documents.analysis.shared_words import count_corrected
from docsight.documents.problem import FAILURES, Status
from docsight.documents.reading import Document
from docsight.errors import ConfigError

SHARD_VERSION = 4
INDEX, LINES, PACKED_DOCS = ".json", ".jsonl.gz", ".docs"
_SHARD_FILE = re.compile(r"[0-9a-f]{32}\.(json|json\.new|jsonl\.gz|docs)")  # no file of the user has such a name


@dataclass(kw_only=True)
class FileEntry:
    """What a shard holds of a file: all of it, or its items from number `start` up to `next`, exclusive."""

    name: str  # its relative path
    size: int  # of the file, in bytes
    sha256: str | None = None  # of the content; None if it could not be read
    start: int = 0
    next: int | None = None  # None if the file ends here
    lines: int = 0  # how many it has in the shard
    status: Status = "ok"  # even if some of its parts failed
    error: str | None = None
    message: str | None = None
    stale: bool = False  # its lines must not be used, because the file changed while it was read
    retry: bool = False  # the system may have caused its failure, so the next run tries again
    documents: int = 0
    failed: int = 0  # parts that failed or exceeded the time limit
    skipped: int = 0  # parts
    words: int = 0
    entities: int = 0
    corrections: int = 0  # applied
    images: int = 0
    notes: int = 0
    seconds: float = 0.0
    # Of the document that the file itself is, not one of its parts.
    title: str = ""
    authors: list[str] = field(default_factory=list)
    created: str = ""
    # Of all documents, see `analysis.duplicates` and `analysis.shared_words`.
    text_hash: str = ""
    minhash: str = ""
    corrected_words: dict[str, int] = field(default_factory=dict)  # applied corrections by unknown word

    @property
    def failures(self) -> int:
        """The number of parts that failed or exceeded the time limit, and the file itself if it did."""
        return self.failed + (self.status in FAILURES)

    def add_document(self, document: Document) -> None:
        """Keep what the manifest says about a document."""
        if not document.part:
            self.title, self.created = document.title, document.metadata.created
            self.authors = list(document.metadata.authors)
        self.text_hash = add_text_hash(self.text_hash, document.text)
        self.minhash = add_minhash(self.minhash, document.text)

    def add_corrections(self, rows: Sequence[Mapping[str, Any]], is_misspelling: Callable[[str], bool]) -> None:
        """Count the applied corrections of a document, and those of unknown words by word; see `count_corrected`."""
        self.corrections += sum(row["applied"] for row in rows)
        for word, count in count_corrected(rows, is_misspelling).items():
            self.corrected_words[word] = self.corrected_words.get(word, 0) + count


@dataclass(kw_only=True)
class Shard:
    """A complete shard; its entries are in the order of its lines."""

    name: str
    fingerprint: str
    has_docs: bool
    entries: list[FileEntry] = field(default_factory=list)


class DamagedError(ConfigError):
    """A shard does not hold what its index states. It must be removed and its work repeated."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"the shard {name} is damaged; remove it and run again")


def read_indexes(folder: Path) -> list[Shard]:
    """Read the indexes of all shards, oldest first; there are none if the folder does not exist."""
    shards: list[tuple[int, Shard]] = []
    for path in folder.glob("*" + INDEX):
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            index = json.loads(path.read_text(encoding="utf-8"))
            sizes = index.pop("sizes")
            if index.pop("version") == SHARD_VERSION and all(
                (folder / (path.stem + suffix)).stat().st_size == size for suffix, size in sizes.items()
            ):
                index["entries"] = [FileEntry(**entry) for entry in index["entries"]]
                shards.append((path.stat().st_mtime_ns, Shard(**index)))
    return [shard for _, shard in sorted(shards, key=lambda dated: dated[0])]


def scan(folder: Path) -> list[Shard]:
    """Read the indexes of all shards, oldest first, and remove the files of incomplete shards."""
    shards = read_indexes(folder)
    names = {shard.name for shard in shards}
    for path in folder.iterdir():
        if _SHARD_FILE.fullmatch(path.name) and path.name.partition(".")[0] not in names:
            path.unlink(missing_ok=True)
    return shards


def remove(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        for suffix in (INDEX, INDEX + ".new", LINES, PACKED_DOCS):  # the index first: without it there is no shard
            (folder / (name + suffix)).unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Remove all shards."""
    remove(folder, {path.name.partition(".")[0] for path in folder.iterdir() if _SHARD_FILE.fullmatch(path.name)})
