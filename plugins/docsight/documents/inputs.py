"""Find the files to read: explicit ones, and those in folders, in sorted order and each once."""

import glob
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from docsight.documents.formats import Format
from docsight.documents.formats.content import SkipError
from docsight.documents.formats.detect import find_format, format_of
from docsight.documents.formats.labels import printable
from docsight.documents.formats.source import Source
from docsight.documents.problem import Problem
from docsight.documents.store import OUTPUTS, STORE
from docsight.errors import ConfigError, DataError, MissingExtraError

StrOrBytesPath = str | bytes | os.PathLike[str] | os.PathLike[bytes]
Paths = StrOrBytesPath | Iterable[StrOrBytesPath]


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """A file that a reader exists for; `name` is its relative path and `size` is in bytes.

    Its format is that of its suffix; the content decides where the suffix tells nothing, and again when it is read.
    """

    path: Path
    name: str
    format: Format
    size: int


def decode_paths(paths: Paths) -> list[str]:
    """Make one path or several a list.

    Raises:
        ConfigError: One of them cannot be a path.
    """
    return [decode_path(path) for path in ([paths] if isinstance(paths, str | bytes | os.PathLike) else paths)]


def decode_path(path: StrOrBytesPath) -> str:
    """Give a path as a string, whatever it comes as.

    Raises:
        ConfigError: It is empty, or has characters that no path has.
    """
    name = os.fsdecode(path)
    if not name:
        raise ConfigError('a path is empty; the working folder is "."')
    try:
        encoded = os.fsencode(name)
    except UnicodeEncodeError as err:
        raise ConfigError(f"{name!r} is no path: {err.reason}") from err
    if b"\0" in encoded:
        raise ConfigError(f"{name!r} is no path: a path has no NUL character")
    return name


def find_files(paths: Paths, *, exclude: Collection[str] = ()) -> Iterator[InputFile | Problem]:
    """Yield every readable file in the paths once, and a problem for every other.

    Folders are walked lazily. Hidden files in them are left out, links are followed but never in circles.
    The relative path of a file starts at the folder given; of several inputs, at the deepest folder that
    holds them all, so that no two files share one.

    Args:
        paths: Files, folders and glob patterns, one or several.
        exclude: Real paths of files to leave out.
    """
    given = [Path(os.path.abspath(path)) for one in decode_paths(paths) for path in _expand(one)]
    root = _common_folder(given)
    seen = set(exclude)
    for start in given:
        if os.path.realpath(start) in exclude:
            message = "is written by this very run; choose another folder for the results"
            yield Problem(path=_name(start, root), error=DataError.__name__, message=message)
        for path, error in _walk(start, seen):
            name = _name(path, root)
            if error is not None:
                yield Problem.of(name, error)
            else:
                yield _describe(path, name, explicit=path == start)


def read_list(path: StrOrBytesPath) -> list[str]:
    """Read paths from a list: a Parquet file with a column "path", or a text file with one a line.

    Raises:
        ConfigError: The list cannot be read, or has no such column.
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
            return [
                str(one) for one in parquet.read_table(name, columns=["path"])["path"].to_pylist() if one is not None
            ]
        except (ArrowException, KeyError) as err:
            raise ConfigError(f'{name} is no Parquet file with a column "path": {err}') from err
    except (OSError, UnicodeError) as err:
        raise ConfigError(f"cannot read the list {name}: {getattr(err, 'strerror', None) or err}") from err


def _expand(path: str) -> list[str]:
    """Give what a glob pattern matches, in sorted order; what exists, or matches nothing, stays as it is."""
    if os.path.lexists(path) or not glob.has_magic(path):
        return [path]
    return sorted(glob.glob(path, recursive=True)) or [path]  # which is told to be missing


def _common_folder(given: list[Path]) -> Path | None:
    """Find the deepest folder that holds all; None where there is none, as on two drives."""
    folders = [path if os.path.isdir(path) else path.parent for path in given]
    try:
        return Path(os.path.commonpath(folders)) if folders else None
    except ValueError:
        return None


def _name(path: Path, root: Path | None) -> str:
    name = path.relative_to(root) if root is not None else path
    return printable(name.as_posix())


def _walk(start: Path, seen: set[str]) -> Iterator[tuple[Path, OSError | None]]:
    """Yield the files below a path in sorted order; what was seen before, by its real path, is left out."""
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
    """Tell what a path is; what nothing reads is an error where it was named, and skipped in a folder."""
    try:
        info = path.stat()
    except OSError as err:
        return Problem.of(name, err)
    if not stat.S_ISREG(info.st_mode):  # a pipe that is opened waits for a writer
        return _passed_over(name, "not a regular file", explicit=explicit)
    if path.name in OUTPUTS and (path.parent / STORE).is_dir() and not explicit:
        return _passed_over(name, "written by docsight", explicit=False)
    form = format_of(path)
    if form is None:
        try:
            form = find_format(Source.of(path), named=explicit)
        except SkipError as err:
            return _passed_over(name, str(err), explicit=explicit)
        except OSError as err:
            return Problem.of(name, err, size=info.st_size)
    return InputFile(path=path, name=name, format=form, size=info.st_size)


def _passed_over(name: str, reason: str, *, explicit: bool) -> Problem:
    return Problem(path=name, error=DataError.__name__ if explicit else "Skipped", message=reason, skipped=not explicit)
