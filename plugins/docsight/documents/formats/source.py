"""The input of a reader: a file, or a part of a file in memory; and its limits."""

import io
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal, get_args

from docsight import option_checks
from docsight.errors import DataError

Ocr = Literal["auto", "never", "always"]
Running = Literal["drop", "keep"]

# No document compresses better than this.
MAX_UNPACK_RATIO = 500
# All parts of a file together may always unpack to this size, however small the file is.
_UNPACKED_BYTES_ALWAYS_ALLOWED = 1 << 30

_READ_STEP_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How documents are read, and the limits for one file.

    Args:
        ocr: Which images to read text in: "auto" for scanned pages and image files if an OCR package is installed,
            "always" for every image, "never" for none.
        running: What to do with running headers, footers and page numbers of PDFs: "drop" leaves them out of the text,
            "keep" keeps them as passages.
        text_column: The column of tables that holds the text; None to choose it by its name.
        max_bytes: The maximum size of a file that is read as a whole, and of an unpacked part of an archive, in bytes.
        max_unpacked: The maximum size of all unpacked parts of one file together, in bytes.
        max_parts: The maximum number of parts in one file, at all depths.
        max_depth: The maximum number of containers, such as archives and mails, nested in each other.
        max_pages: The maximum number of pages of one document.

    Raises:
        ConfigError: An option has an invalid value.
    """

    ocr: Ocr = "auto"
    running: Running = "drop"
    text_column: str | None = None
    max_bytes: int = 1 << 30
    max_unpacked: int = 16 << 30
    max_parts: int = 1_000_000
    max_depth: int = 8
    max_pages: int = 20_000

    def __post_init__(self) -> None:
        option_checks.choice("ocr", self.ocr, get_args(Ocr))
        option_checks.choice("running", self.running, get_args(Running))
        if self.text_column is not None:
            option_checks.text("text_column", self.text_column)
        for name in ("max_bytes", "max_unpacked", "max_parts", "max_depth", "max_pages"):
            object.__setattr__(self, name, option_checks.integer(name, getattr(self, name), minimum=0))


@dataclass(kw_only=True)
class Budget:
    """What remains of the limits for one file; all containers in it share one budget.

    While `skipping`, parts that are one document are charged but not read, and a `PartError` takes the place of each.
    A resumed run sets it until it reaches parts that have not been read before.
    """

    bytes: int  # that its parts may still unpack to
    parts: int
    skipping: bool = False

    @classmethod
    def of(cls, options: ReadOptions) -> "Budget":
        return cls(bytes=options.max_unpacked, parts=options.max_parts)


@dataclass(frozen=True, kw_only=True)
class Source:
    """The bytes of a document, at a path or in memory; `name` is the file name, whose suffix matters."""

    name: str
    path: Path | None = None
    data: bytes | None = field(default=None, repr=False)
    options: ReadOptions = field(default_factory=ReadOptions)
    depth: int = 0  # the number of containers it is nested in
    budget: Budget = field(default_factory=lambda: Budget.of(ReadOptions()))

    @classmethod
    def of(cls, path: Path, options: ReadOptions | None = None, budget: Budget | None = None) -> "Source":
        options = options or ReadOptions()
        source = cls(name=path.name, path=path, options=options, budget=budget or Budget.of(options))
        with suppress(OSError):  # reported when the file is opened
            source.budget.bytes = min(source.budget.bytes, source.bomb_size)
        return source

    def inner(self, name: str, data: bytes) -> "Source":
        """Return the source for a part of this one; it shares the budget."""
        return Source(name=name, data=data, options=self.options, depth=self.depth + 1, budget=self.budget)

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix.lower()

    @property
    def size(self) -> int:
        """The size in bytes."""
        if self.data is not None:
            return len(self.data)
        return 0 if self.path is None else self.path.stat().st_size

    @property
    def bomb_size(self) -> int:
        """The size in bytes that only a decompression bomb exceeds when unpacked."""
        return max(_UNPACKED_BYTES_ALWAYS_ALLOWED, MAX_UNPACK_RATIO * self.size)

    def open(self) -> BinaryIO:
        """Open the bytes; the caller closes the file."""
        if self.path is not None:
            return self.path.open("rb")
        return io.BytesIO(self.data or b"")

    def head(self, size: int) -> bytes:
        with self.open() as file:
            return file.read(size)

    def path_or_bytes(self) -> str | bytes:
        """Return the path of a readable file, or all bytes if they are in memory or the path is not valid Unicode.

        Neither pdfium nor `Doc.to_bytes` accepts such a path.

        Raises:
            DataError: There are more bytes than the options allow.
            OSError: The file cannot be read.
        """
        if self.path is None:
            return self.read_bytes()
        with self.open():
            pass  # an unreadable file fails here, not with a vague error of the library that gets the path
        path = os.fspath(self.path)
        try:
            path.encode("utf-8")
        except UnicodeEncodeError:
            return self.read_bytes()
        return path

    def read_bytes(self) -> bytes:
        """Return all bytes.

        Raises:
            DataError: There are more than the options allow.
            OSError: The file cannot be read.
        """
        if self.data is not None:
            return self.data
        limit = self.options.max_bytes
        # Python allocates as much memory as a read requests, so this requests no more than the file has.
        if (size := self.size) > limit:
            raise DataError(f"has {size:,} bytes, too many for one document (at most {limit:,})")
        with self.open() as file:
            data = file.read(size + 1)
            while size < len(data) <= limit:  # the file has grown, or does not report its size
                size = len(data)
                data += file.read(min(_READ_STEP_BYTES, limit + 1 - size))
        if len(data) > limit:
            raise DataError(f"has more than {limit:,} bytes, too many for one document")
        return data
