"""Collect the images of one document: each image once, within a limit on memory."""

import hashlib
from dataclasses import dataclass, field

from docsight.documents.formats.content import DocumentImage

_MAX_COLLECTED_BYTES = 256 << 20


@dataclass
class ImageCollector:
    images: list[DocumentImage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_full: bool = False
    _bytes: int = 0
    _seen: set[bytes] = field(default_factory=set)

    def is_new(self, data: bytes, *properties: object) -> bool:
        """Return whether an image differs from all before in its stored data or properties, and remember it."""
        digest = hashlib.sha256(repr(properties).encode() + data).digest()
        is_new = digest not in self._seen
        self._seen.add(digest)
        return is_new

    def add(self, image: DocumentImage) -> None:
        """Keep an image if it is within the limit; after the first one beyond it, keep no more."""
        if self.is_full:
            return
        size = len(image.data or b"")
        if self._bytes + size > _MAX_COLLECTED_BYTES:
            self.is_full = True
            where = "" if image.page is None else f" from page {image.page} onward"
            limit = f"{_MAX_COLLECTED_BYTES >> 20} MB"
            self.notes.append(f"its images take more than {limit} in total: the remaining images{where} were left out")
            return
        self._bytes += size
        self.images.append(image)
