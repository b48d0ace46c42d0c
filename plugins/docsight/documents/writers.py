"""Output files that appear only when they are whole."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from docsight.errors import ConfigError

# Allowed raw in JSON, but Python's `splitlines` and others take them for the end of a line.
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})

_PREFIX = ".docsight-"  # hidden: not read as an input
_LOCK = "lock"


class Outputs:
    """Files of one run in one folder, written to a folder within it and put in place together.

    As a context manager: when the block ends well the files replace those of an earlier run, and when it
    raises nothing is left behind. What a run that was killed has left goes at the start of the next one.

    Args:
        folder: Where the files go; made if it does not exist.
        names: The final names.
    """

    def __init__(self, folder: str | os.PathLike[str], names: tuple[str, ...]) -> None:
        self.folder = Path(folder)
        self._names = names
        self._files: dict[str, TextIO] = {}
        self._stack = ExitStack()

    @property
    def paths(self) -> set[str]:
        """The real paths of the final files."""
        return {os.path.realpath(self.folder / name) for name in self._names}

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            with _telling(f"to {self.folder}"):
                self.folder.mkdir(parents=True, exist_ok=True)
                _remove_stale(self.folder)
                work = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self.folder))
                stack.callback(shutil.rmtree, work, ignore_errors=True)
                stack.enter_context(_locked(work))
            for name in self._names:
                if (self.folder / name).is_dir():
                    raise ConfigError(f"cannot write {self.folder / name}: a folder has this name; choose another one")
                with _telling(str(self.folder / name)):
                    file = (work / name).open("w", encoding="utf-8", newline="\n")
                self._files[name] = file
                stack.callback(_close, file)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            if kind is None:
                for name, file in self._files.items():
                    with _telling(str(self.folder / name)):
                        file.close()
                for name, file in self._files.items():
                    with _telling(str(self.folder / name)):
                        os.replace(file.name, self.folder / name)

    def write(self, name: str, text: str) -> None:
        """Add text to the file that will be called `name`."""
        with _telling(str(self.folder / name)):
            self._files[name].write(text)

    def write_json(self, name: str, record: dict[str, Any]) -> None:
        """Add a record as one line of JSON, readable as it stands in any script."""
        line = json.dumps(record, ensure_ascii=False, allow_nan=False).translate(_LINE_ENDS)
        self.write(name, line + "\n")


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Tell what could not be written: errors of the disk name no file."""
    try:
        yield
    except OSError as err:
        raise ConfigError(f"cannot write {what}: {err.strerror or err}") from err


def _close(file: TextIO) -> None:
    with suppress(OSError):  # what could not be written is to be removed
        file.close()


def _remove_stale(folder: Path) -> None:
    """Remove the working folders that runs left behind; those of runs that live are locked."""
    for work in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError), (work / _LOCK).open("rb+") as file:
            _lock(file.fileno())
            shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _locked(work: Path) -> Iterator[None]:
    """Hold a lock that ends with the process, however it ends; it appears only when it is held."""
    with (work / f"{_LOCK}.new").open("wb") as file:
        with suppress(OSError):  # not every file system has locks: there, nothing is ever found stale
            _lock(file.fileno())
        os.replace(file.name, work / _LOCK)
        yield


def _lock(file: int) -> None:
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError as err:  # Windows
        raise OSError("no locks on this system") from err
    flock(file, LOCK_EX | LOCK_NB)
