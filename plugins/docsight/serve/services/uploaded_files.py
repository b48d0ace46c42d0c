"""Files of a multipart body, written to a folder as they arrive. Nothing of a file is kept in memory."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import IO

from docsight.errors import DataError

_MAX_PART_NAME_BYTES = 200
_MAX_FOLDERS = 16
_MAX_PART_HEADER_BYTES = 8192
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"|?*\ud800-\udfff]")


class TooManyFilesError(DataError):
    """The body has more files than allowed."""


class UploadedFiles:
    """Parses a multipart body piece by piece; each part with a file name becomes a file in a folder.

    Args:
        boundary: The boundary between the parts, from the content type.
        folder: Where the files go. Names keep their folders, without leading out of this one.
        max_files: The number of files.
        field: The name of the parts that are files.

    Raises:
        DataError: The boundary is too long.
    """

    def __init__(self, boundary: bytes, folder: Path, *, max_files: int, field: str = "files") -> None:
        from python_multipart.exceptions import FormParserError
        from python_multipart.multipart import MultipartParser

        self.count = self.bytes = 0
        self._folder, self._max_files, self._field = folder, max_files, field
        self._names: set[str] = set()
        self._file: IO[bytes] | None = None
        self._header_name, self._header_value = bytearray(), bytearray()
        self._disposition = b""
        self._has_ended = False
        callbacks: dict[str, Callable[..., None]] = {
            "on_part_begin": self._begin_part,
            "on_header_field": self._add_to_name,
            "on_header_value": self._add_to_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._open,
            "on_part_data": self._write,
            "on_part_end": self._close,
            "on_end": self._end,
        }
        try:
            self._parser: MultipartParser = MultipartParser(boundary, callbacks)  # type: ignore[arg-type]
        except FormParserError as err:
            raise DataError(f"the Content-Type of the body is not valid: {err}") from err

    def write(self, data: bytes) -> None:
        """Parse the next bytes of the body.

        Raises:
            DataError: The body is not a valid multipart body, or a part is not a file of the expected field.
            TooManyFilesError: There are too many files.
        """
        from python_multipart.exceptions import FormParserError

        try:
            self._parser.write(data)
        except FormParserError as err:
            raise DataError(f"the body is not valid multipart/form-data: {err}") from err

    def finish(self) -> None:
        """Check that the body is complete, and that it has a file; raises the errors of `write`."""
        if not self._has_ended:
            raise DataError("the multipart body ends before its last boundary")
        if not self.count:
            raise DataError(f"the body has no file; send files in fields named {self._field!r}")

    def close(self) -> None:
        self._close()

    def _begin_part(self) -> None:
        self._disposition = b""

    def _add_to_name(self, data: bytes, start: int, end: int) -> None:
        self._add(self._header_name, data[start:end])

    def _add_to_value(self, data: bytes, start: int, end: int) -> None:
        self._add(self._header_value, data[start:end])

    def _add(self, to: bytearray, data: bytes) -> None:
        to += data
        if len(to) > _MAX_PART_HEADER_BYTES:
            raise DataError(f"a part of the body has a header of more than {_MAX_PART_HEADER_BYTES:,} bytes")

    def _end_header(self) -> None:
        if bytes(self._header_name).lower() == b"content-disposition":
            self._disposition = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def _open(self) -> None:
        from python_multipart.multipart import parse_options_header

        _, options = parse_options_header(self._disposition)
        field = options.get(b"name", b"").decode("utf-8", "replace")
        if field != self._field:
            raise DataError(f"a part of the body is named {field[:40]!r}; send files in fields named {self._field!r}")
        if b"filename" not in options:
            raise DataError(f"a part named {field!r} has no file name; send files, not values")
        if self.count >= self._max_files:
            raise TooManyFilesError(f"the body has more than {self._max_files:,} files")
        self.count += 1
        name = self._free_name(safe_name(options[b"filename"].decode("utf-8", "replace")))
        path = self._folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("xb")
        except (FileExistsError, NotADirectoryError):  # a file and a folder of the same name
            self._file = (self._folder / self._free_name(f"{self.count}-{path.name}")).open("xb")

    def _free_name(self, name: str) -> str:
        """Return a name that no other file has, on a file system that ignores case, too."""
        stem, suffix = os.path.splitext(name)
        number = 1
        while name.casefold() in self._names:
            number += 1
            name = f"{stem} ({number}){suffix}"
        self._names.add(name.casefold())
        return name

    def _write(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.write(data[start:end])
            self.bytes += end - start

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _end(self) -> None:
        self._has_ended = True


def safe_name(name: str) -> str:
    """Return a relative path that stays in its folder and that every file system accepts."""
    parts = []
    for part in name.replace("\\", "/").split("/")[-_MAX_FOLDERS:]:
        cleaned = _UNSAFE.sub("_", part).strip(" ")
        if cleaned in ("", ".", ".."):
            continue
        if cleaned.startswith("."):
            cleaned = f"_{cleaned[1:]}"  # hidden files of a folder are not read
        stem, suffix = os.path.splitext(cleaned)
        while len(f"{stem}{suffix}".encode()) > _MAX_PART_NAME_BYTES:
            stem, suffix = stem[:-1], suffix if stem else suffix[:-1]
        parts.append(f"{stem}{suffix}")
    return "/".join(parts) or "unnamed"
