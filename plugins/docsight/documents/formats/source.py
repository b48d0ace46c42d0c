"""What a reader reads: a file, or a part of another one that is held in memory."""

import io
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal

from docsight.errors import DataError

Ocr = Literal["auto", "never", "always"]

_STEP = 1 << 20

# All parts of a file together are unpacked to so many times its size, or to this: more is in bombs alone.
_MAX_RATIO = 500
_ANY_MAY_UNPACK_TO = 1 << 30


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How documents are read, and what one file may cost.

    Args:
        ocr: Whether text in pictures is read: of scanned pages and picture files ("auto"), never, or of every picture.
        text_column: The column of tables that holds the text; None to go by its name.
        max_bytes: Of a file that is read as a whole, and of one part of an archive when unpacked.
        max_unpacked: Of all parts of one file together, in bytes.
        max_parts: In one file, at all depths.
        max_depth: How many containers may lie in each other.
        max_pages: Of one document.
    """

    ocr: Ocr = "auto"
    text_column: str | None = None
    max_bytes: int = 1 << 30
    max_unpacked: int = 16 << 30
    max_parts: int = 1_000_000
    max_depth: int = 8
    max_pages: int = 20_000


@dataclass(kw_only=True)
class Budget:
    """What the containers of one file may still cost, shared by all of them.

    Args:
        bytes: Of all parts when unpacked.
        parts: How many there may be.
        skipping: Whether the parts that come now were read before, and are only counted: whoever sets it goes on
            behind them. A part that is one document is not read again, and a flaw stands in its place.
    """

    bytes: int
    parts: int
    skipping: bool = False

    @classmethod
    def of(cls, options: ReadOptions) -> "Budget":
        """Start with what the options allow."""
        return cls(bytes=options.max_unpacked, parts=options.max_parts)


@dataclass(frozen=True, kw_only=True)
class Source:
    """The bytes of a document, by a path or in memory.

    Args:
        name: The name of the file, which its suffix is taken from.
        depth: How many containers it lies in.
        budget: What the containers in it may cost.
    """

    name: str
    path: Path | None = None
    data: bytes | None = field(default=None, repr=False)
    options: ReadOptions = field(default_factory=ReadOptions)
    depth: int = 0
    budget: Budget = field(default_factory=lambda: Budget.of(ReadOptions()))

    @classmethod
    def of(cls, path: Path, options: ReadOptions | None = None, budget: Budget | None = None) -> "Source":
        """Make the source that a file on the disk is."""
        options = options or ReadOptions()
        source = cls(name=path.name, path=path, options=options, budget=budget or Budget.of(options))
        with suppress(OSError):  # whoever opens it is told
            source.budget.bytes = min(source.budget.bytes, source.bomb_size)
        return source

    def inner(self, name: str, data: bytes) -> "Source":
        """Make the source that a part of this one is; the budget is shared."""
        return Source(name=name, data=data, options=self.options, depth=self.depth + 1, budget=self.budget)

    @property
    def suffix(self) -> str:
        """The suffix of the name, in lower case, with its dot."""
        return Path(self.name).suffix.lower()

    @property
    def size(self) -> int:
        """The number of bytes."""
        if self.data is not None:
            return len(self.data)
        return 0 if self.path is None else self.path.stat().st_size

    @property
    def bomb_size(self) -> int:
        """The number of bytes from which on only a decompression bomb unpacks."""
        return max(_ANY_MAY_UNPACK_TO, _MAX_RATIO * self.size)

    def open(self) -> BinaryIO:
        """Open the bytes; the caller closes them."""
        if self.path is not None:
            return self.path.open("rb")
        return io.BytesIO(self.data or b"")

    def head(self, size: int) -> bytes:
        """Return the first bytes."""
        with self.open() as file:
            return file.read(size)

    def read_bytes(self) -> bytes:
        """Return all bytes.

        Raises:
            DataError: There are more than the options allow.
            OSError: The file cannot be read.
        """
        if self.data is not None:
            return self.data
        limit = self.options.max_bytes
        # Not more than there is: Python takes the memory for all that it is asked for.
        if (size := self.size) > limit:
            raise DataError(f"has {size:,} bytes, too many to be read as one document (at most {limit:,})")
        with self.open() as file:
            data = file.read(size + 1)
            while size < len(data) <= limit:  # it has grown, or is of those that tell no size
                size = len(data)
                data += file.read(min(_STEP, limit + 1 - size))
        if len(data) > limit:
            raise DataError(f"has more than {limit:,} bytes, too many to be read as one document")
        return data
