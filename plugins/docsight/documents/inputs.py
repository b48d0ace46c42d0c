"""Find the files to read, each once: named files, and those in folders in sorted order."""

import datetime
import glob
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from docsight.documents.formats import Format
from docsight.documents.formats.content import SkipError
from docsight.documents.formats.detect import find_format, format_of
from docsight.documents.formats.lock_files import lock_file_reason
from docsight.documents.formats.part_names import printable
from docsight.documents.formats.source import Source
from docsight.documents.output.written_files import is_written
from docsight.documents.problem import Problem
from docsight.documents.store import AUDIT, MARKDOWN_SUFFIX, OUTPUTS, REDACTED_TEXTS
from docsight.errors import ConfigError, DataError, MissingExtraError
from docsight.redaction.key_file import is_key_file

StrOrBytesPath = str | bytes | os.PathLike[str] | os.PathLike[bytes]
Paths = StrOrBytesPath | Iterable[StrOrBytesPath]


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """A file that has a reader.

    Args:
        name: Its relative path, as in the records.
        format: The format of its suffix, or of its content if the suffix is unknown. Reading checks the content again.
        size: In bytes.
        modified: The time of its last change, as ISO 8601 in UTC.
    """

    path: Path
    name: str
    format: Format
    size: int
    modified: str | None = None


def decode_paths(paths: Paths) -> list[str]:
    """Convert one or several paths to strings; raises the errors of `decode_path`."""
    if isinstance(paths, str | bytes | os.PathLike):
        return [decode_path(paths)]
    if not isinstance(paths, Iterable):
        raise ConfigError(f"paths must be a path or several, not {paths!r}")
    return [decode_path(path) for path in paths]


def decode_path(path: StrOrBytesPath) -> str:
    """Convert a path to a string.

    Raises:
        ConfigError: It is not a path, is empty, or has characters that a path cannot have.
    """
    if not isinstance(path, str | bytes | os.PathLike):
        raise ConfigError(f"expected a path, found {path!r}")
    name = os.fsdecode(path)
    if not name:
        raise ConfigError('a path is empty; the working folder is "."')
    try:
        encoded = os.fsencode(name)
    except UnicodeEncodeError as err:
        raise ConfigError(f"{name!r} is not a valid path: {err.reason}") from err
    if b"\0" in encoded:
        raise ConfigError(f"{name!r} is not a valid path: it has a NUL character")
    return name


def find_files(paths: Paths, *, exclude: Collection[str] = ()) -> Iterator[InputFile | Problem]:
    """Yield every file that has a reader once, and a problem for every other file.

    Folders are walked lazily. Hidden files in them are skipped. Links are followed, but not in cycles. The name of a
    file is its path relative to the input folder or, with several inputs, to their deepest common folder. So no two
    files have the same name.

    Args:
        paths: Files, folders and glob patterns, one or several.
        exclude: Real paths of files to skip.
    """
    starts = [Path(os.path.abspath(path)) for pattern in decode_paths(paths) for path in _expand(pattern)]
    root = _common_folder(starts)
    seen = set(exclude)
    for start in starts:
        if os.path.realpath(start) in exclude:
            yield Problem.of(_name(start, root), DataError("this run writes to it; choose another output folder"))
        for path, error in _walk(start, seen):
            name = _name(path, root)
            if error is not None:
                yield Problem.of(name, error)
            else:
                yield _describe(path, name, explicit=path == start)


def read_list(path: StrOrBytesPath) -> list[str]:
    """Read a list of paths from a Parquet file (`.parquet`) with a column "path", or from text with one path per line.

    Raises:
        ConfigError: The list cannot be read, or has no column "path".
        MissingExtraError: It is a Parquet file, and pyarrow is not installed.
    """
    name = decode_path(path)
    try:
        if not name.endswith(".parquet"):
            lines = Path(name).read_text(encoding="utf-8-sig").split("\n")
            return [line.removesuffix("\r") for line in lines if line.strip()]
        try:
            from pyarrow import ArrowException, parquet
        except ImportError as err:
            raise MissingExtraError("Reading a list of paths from Parquet", "documents") from err
        try:
            column = parquet.read_table(name, columns=["path"])["path"]
            return [str(item) for item in column.to_pylist() if item is not None]
        except (ArrowException, KeyError) as err:
            raise ConfigError(f'{name} is not a Parquet file with a column "path": {err}') from err
    except (OSError, UnicodeError) as err:
        raise ConfigError(f"cannot read the list {name}: {getattr(err, 'strerror', None) or err}") from err


def _expand(path: str) -> list[str]:
    """Return the sorted matches of a glob pattern, or the path itself if it exists or matches nothing."""
    if os.path.lexists(path) or not glob.has_magic(path):
        return [path]
    return sorted(glob.glob(path, recursive=True)) or [path]  # reported as missing later


def _common_folder(paths: list[Path]) -> Path | None:
    """Return the deepest folder that has all paths in it; None if there is none, as on different drives."""
    folders = [path if os.path.isdir(path) else path.parent for path in paths]
    try:
        return Path(os.path.commonpath(folders)) if folders else None
    except ValueError:
        return None


def _name(path: Path, root: Path | None) -> str:
    name = path.relative_to(root) if root is not None else path
    return printable(name.as_posix())


def _walk(start: Path, seen: set[str]) -> Iterator[tuple[Path, OSError | None]]:
    """Yield the files below a path in sorted order, without those whose real paths were seen before."""
    stack = [start]
    while stack:
        path = stack.pop()
        real = os.path.realpath(path)
        if real in seen:
            continue
        seen.add(real)
        if not os.path.isdir(path):
            yield path, None
            continue
        try:
            names = sorted(name for name in os.listdir(path) if not name.startswith("."))
        except OSError as err:
            yield path, err
        else:
            stack.extend(path / name for name in reversed(names))


def _describe(path: Path, name: str, *, explicit: bool) -> InputFile | Problem:
    """Return the file at a path. A file without a reader is an error if the user named it, and skipped in a folder."""
    size, modified = 0, None
    try:
        info = path.stat()
        size, modified = info.st_size, _iso_time(info.st_mtime)
        if not stat.S_ISREG(info.st_mode):  # opening a pipe waits for a writer
            raise SkipError("not a regular file")
        if not explicit and _may_be_output(path) and is_written(path):
            raise SkipError("written by docsight")
        if is_key_file(path, size):
            raise SkipError("the key file of a redaction")
        if (reason := lock_file_reason(path.name, size)) is not None:  # a pattern such as *.docx names it, too
            return Problem(path=name, error="Skipped", message=reason, skipped=True, size=size, modified=modified)
        format = format_of(path) or find_format(Source.of(path), named=explicit)
    except SkipError as err:
        error = DataError.__name__ if explicit else "Skipped"
        return Problem(path=name, error=error, message=str(err), skipped=not explicit, modified=modified)
    except OSError as err:
        return Problem.of(name, err, size=size)
    return InputFile(path=path, name=name, format=format, size=size, modified=modified)


def _may_be_output(path: Path) -> bool:
    """Return whether an output of docsight may have this path, which is quicker to find out than whether it is one."""
    return path.name in (*OUTPUTS, AUDIT) or path.suffix == MARKDOWN_SUFFIX or REDACTED_TEXTS in path.parts


def _iso_time(seconds: float) -> str | None:
    """Write seconds since 1970 as a time; None if the year is out of range."""
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return None
