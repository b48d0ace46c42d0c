"""Output files that appear only when they are whole, and the folder beside them in which a run keeps its work."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Self, TextIO

from docsight.errors import ConfigError

STORE = ".docsight"  # hidden: not read as an input

DOCUMENTS, ERRORS, MANIFEST, REPORT = "documents.jsonl", "errors.jsonl", "manifest.jsonl", "report.html"
TABLES = {name: f"{name}.parquet" for name in ("documents", "entities", "corrections", "images")}
DOCS = "documents.spacy"
OUTPUTS = (DOCUMENTS, ERRORS, MANIFEST, REPORT, *TABLES.values(), DOCS)
_LIST = "outputs.json"  # of the names that the last run has written
FORMATS = ("jsonl", "parquet", "spacy")

# Allowed raw in JSON, but Python's `splitlines` and others take them for the end of a line.
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


class Store:
    """The folder in which a run keeps its work, `OUT/.docsight`; one run at a time.

    Args:
        out: The folder of the results; made if it does not exist.

    Raises:
        ConfigError: On entering: it cannot be written to, or another run is at work there.
    """

    def __init__(self, out: str | os.PathLike[str]) -> None:
        self.out = Path(out)
        self.shards = self.out / STORE / "shards"
        self.work = self.out / STORE / "work"
        self._stack = ExitStack()

    @property
    def has_results(self) -> bool:
        """Whether an earlier run was completed here."""
        return (self.out / STORE / _LIST).is_file()

    def __enter__(self) -> Self:
        for name in OUTPUTS:
            if os.path.isdir(self.out / name):
                raise ConfigError(f"cannot write {self.out / name}: a folder has this name; choose another one")
        with ExitStack() as stack:
            with telling(f"to {self.out}"):
                self.shards.mkdir(parents=True, exist_ok=True)
                lock = stack.enter_context((self.out / STORE / "lock").open("wb"))
            _lock(lock.fileno(), self.out)
            shutil.rmtree(self.work, ignore_errors=True)
            with telling(f"to {self.out}"):
                self.work.mkdir()
            stack.callback(shutil.rmtree, self.work, ignore_errors=True)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


class Outputs:
    """Files of one run, written beside their places and put there together, by `commit`.

    Args:
        store: Of the run.
        names: The final names of files of text lines; others are made at `path(name)`.
    """

    def __init__(self, store: Store, names: tuple[str, ...]) -> None:
        self._store = store
        self.names: list[str] = []
        self._stack = ExitStack()
        self._files: dict[str, TextIO] = {}
        for name in names:
            path = self.path(name)
            with telling(str(store.out / name)):
                file = path.open("w", encoding="utf-8", newline="\n")
            self._stack.callback(_close, file)
            self._files[name] = file

    def path(self, name: str) -> Path:
        """Say where to write a file that will have this name."""
        if name not in self.names:
            self.names.append(name)
        return self._store.work / name

    def write(self, name: str, text: str) -> None:
        """Add text to a file."""
        with telling(str(self._store.out / name)):
            self._files[name].write(text)

    def write_json(self, name: str, record: dict[str, Any]) -> None:
        """Add a record as one line of JSON, readable as it stands in any script."""
        line = json.dumps(record, ensure_ascii=False, allow_nan=False).translate(_LINE_ENDS)
        self.write(name, line + "\n")

    def commit(self) -> list[str]:
        """Put all files in their places and return their names."""
        for name, file in self._files.items():
            with telling(str(self._store.out / name)):
                file.close()
        for name in self.names:
            with telling(str(self._store.out / name)):
                os.replace(self._store.work / name, self._store.out / name)
        self._remove_old()
        return self.names

    def _remove_old(self) -> None:
        """Remove what an earlier run wrote and this one did not: it would not fit to the rest any more."""
        list_of_names = self._store.out / STORE / _LIST
        before: list[str] = []
        with suppress(OSError, ValueError):  # none, or cut off: then nothing is known to be ours
            before = json.loads(list_of_names.read_text(encoding="utf-8"))
        with telling(str(list_of_names)):
            for name in before:
                if name not in self.names and Path(name).name == name:
                    (self._store.out / name).unlink(missing_ok=True)
            list_of_names.write_text(json.dumps(self.names), encoding="utf-8")

    def close(self) -> None:
        """Close what is open."""
        self._stack.close()


def docs_name(number: int) -> str:
    """Name a file of Docs, the first by the number 0: there are several where one would be too large."""
    return DOCS.replace(".", f"-{number + 1}.") if number else DOCS


@contextmanager
def telling(what: str) -> Iterator[None]:
    """Tell what could not be written: errors of the disk name no file."""
    try:
        yield
    except OSError as err:
        raise ConfigError(f"cannot write {what}: {err.strerror or err}") from err


def _close(file: TextIO) -> None:
    with suppress(OSError):  # what could not be written is to be removed
        file.close()


def _lock(file: int, out: Path) -> None:
    """Take a lock that ends with the process, however it ends."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:  # Windows
        return
    try:
        flock(file, LOCK_EX | LOCK_NB)
    except BlockingIOError as err:
        raise ConfigError(
            f"cannot write to {out}: another run is at work there; wait for it or choose another folder"
        ) from err
    except OSError:
        return  # not every file system has locks
