"""The output folder of a run: output files that appear together when complete, and the working folder `.docsight`."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Self, TextIO

from docsight.errors import ConfigError

STORE_FOLDER = ".docsight"  # hidden, so it is not read as an input

DOCUMENTS, ERRORS, MANIFEST, REPORT = "documents.jsonl", "errors.jsonl", "manifest.jsonl", "report.html"
TABLES = {name: f"{name}.parquet" for name in ("documents", "entities", "corrections", "images")}
DOCS = "documents.spacy"
OUTPUTS = (DOCUMENTS, ERRORS, MANIFEST, REPORT, *TABLES.values(), DOCS)

_OUTPUT_LIST = "outputs.json"  # the names of the files that the last complete run wrote
_LOCK = "lock"

# JSON allows these raw, but Python's `splitlines` and other tools treat them as line ends.
_JSON_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


class Store:
    """The working folder of a run, `OUT/.docsight`. Only one run at a time can use it.

    Raises:
        ConfigError: On entering, if the folder cannot be written to or another run is using it.
    """

    def __init__(self, out: str | os.PathLike[str]) -> None:
        self.out = Path(out)
        self.shards = self.out / STORE_FOLDER / "shards"
        self.work = self.out / STORE_FOLDER / "work"
        self._stack = ExitStack()

    @property
    def has_results(self) -> bool:
        return (self.out / STORE_FOLDER / _OUTPUT_LIST).is_file()

    def __enter__(self) -> Self:
        for name in OUTPUTS:
            if os.path.isdir(self.out / name):
                raise ConfigError(f"cannot write {self.out / name}: a folder has this name; choose another one")
        with ExitStack() as stack:
            with write_errors(f"to {self.out}"):
                self.shards.mkdir(parents=True, exist_ok=True)
            self._lock(stack)
            shutil.rmtree(self.work, ignore_errors=True)
            with write_errors(f"to {self.out}"):
                self.work.mkdir()
            stack.callback(shutil.rmtree, self.work, ignore_errors=True)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _lock(self, stack: ExitStack) -> None:
        """Take a lock that ends with the process, however it ends, and at the latest when the stack closes."""
        from filelock import FileLock, Timeout

        lock = FileLock(self.out / STORE_FOLDER / _LOCK)
        try:
            lock.acquire(blocking=False)
        except Timeout as err:
            raise ConfigError(
                f"cannot write to {self.out}: another run is using it; wait for it or choose another folder"
            ) from err
        except PermissionError as err:
            raise ConfigError(f"cannot write to {self.out}: {err.strerror}: {err.filename}") from err
        except (OSError, NotImplementedError):
            return  # the file system has no locks
        stack.callback(lock.release)


class Outputs:
    """The output files of a run. They are written to the working folder and moved into place by `commit`.

    `names` are the final names of the line-based text files; other files are written to `path(name)`.
    """

    def __init__(self, store: Store, names: tuple[str, ...]) -> None:
        self._store = store
        self.names: list[str] = []
        self._files: dict[str, TextIO] = {}
        for name in names:
            with write_errors(str(store.out / name)):
                self._files[name] = self.path(name).open("w", encoding="utf-8", newline="\n")

    def path(self, name: str) -> Path:
        """Return where to write a file that will have this name."""
        if name not in self.names:
            self.names.append(name)
        return self._store.work / name

    def write(self, name: str, text: str) -> None:
        with write_errors(str(self._store.out / name)):
            self._files[name].write(text)

    def write_json(self, name: str, record: dict[str, Any]) -> None:
        self.write(name, to_json_line(record) + "\n")

    def commit(self) -> list[str]:
        """Move all files into place and return their names."""
        for name, file in self._files.items():
            with write_errors(str(self._store.out / name)):
                file.close()
        for name in self.names:
            with write_errors(str(self._store.out / name)):
                os.replace(self._store.work / name, self._store.out / name)
        # Remove the files that an earlier run wrote and this one did not: they would not match the others.
        list_path = self._store.out / STORE_FOLDER / _OUTPUT_LIST
        old_names: list[str] = []
        with suppress(OSError, ValueError):  # missing or cut off: no file is known to be ours
            old_names = json.loads(list_path.read_text(encoding="utf-8"))
        with write_errors(str(list_path)):
            for name in old_names:
                if name not in self.names and Path(name).name == name:
                    (self._store.out / name).unlink(missing_ok=True)
            list_path.write_text(json.dumps(self.names), encoding="utf-8")
        return self.names

    def close(self) -> None:
        for file in self._files.values():
            with suppress(OSError):  # what could not be written will be removed
                file.close()


def to_json_line(record: dict[str, Any]) -> str:
    """Encode a record as JSON that is one line for every tool that splits text into lines.

    Raises:
        ValueError: The record holds a number that JSON cannot express, or a lone surrogate.
        TypeError: The record holds an object that is not plain data.
    """
    line = json.dumps(record, ensure_ascii=False, allow_nan=False).translate(_JSON_LINE_ENDS)
    line.encode()
    return line


def docs_name(number: int) -> str:
    """Return the name of the DocBin file with this number, from 0; large outputs are split into several."""
    return DOCS.replace(".", f"-{number + 1}.") if number else DOCS


@contextmanager
def write_errors(path: str) -> Iterator[None]:
    """Raise an OSError of the block as a ConfigError that names the path: a full disk's error names no file."""
    try:
        yield
    except OSError as err:
        raise ConfigError(f"cannot write {path}: {err.strerror or err}") from err
