"""Collect the pictures of one document: each once, and no more together than memory has room for."""

import hashlib
from dataclasses import dataclass, field

from docsight.documents.formats.content import DocumentImage

MAX_BYTES = 256 << 20


@dataclass
class ImageCollector:
    """The pictures that were collected, and a note where some were left out.

    Args:
        max_bytes: The size of all of them together.
    """

    max_bytes: int = MAX_BYTES
    pictures: list[DocumentImage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _bytes: int = 0
    _seen: set[bytes] = field(default_factory=set)
    _is_full: bool = False

    @property
    def is_full(self) -> bool:
        """Whether nothing more is taken."""
        return self._is_full

    def is_new(self, data: bytes, *what: object) -> bool:
        """Tell whether bytes turn up for the first time, and remember them.

        Args:
            data: The picture as it is stored.
            what: What else makes it another picture.
        """
        name = hashlib.sha256(repr(what).encode() + data).digest()
        is_new = name not in self._seen
        self._seen.add(name)
        return is_new

    def add(self, picture: DocumentImage) -> None:
        """Keep a picture while there is room."""
        size = len(picture.data or b"")
        if self._bytes + size > self.max_bytes:
            self.close(f"its pictures have more than {self.max_bytes >> 20} MB together", page=picture.page)
        elif not self._is_full:
            self._bytes += size
            self.pictures.append(picture)

    def close(self, reason: str, *, page: int | None = None) -> None:
        """Take no more pictures, and tell why, once."""
        if not self._is_full:
            since = "" if page is None else f" from page {page} on"
            self.notes.append(f"{reason}: those that follow{since} were left out")
        self._is_full = True
