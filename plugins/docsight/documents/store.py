"""The output folder of a run: output files that appear together when complete, and the working folder `.docsight`."""

import json
import os
import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Self, TextIO

from docsight.documents.output.inferred_types import InferredTypes, move_to_front
from docsight.documents.output.written_files import OUTPUT_LIST, STORE_FOLDER, FileContent, WrittenFiles
from docsight.errors import ConfigError

DOCUMENTS, ERRORS, MANIFEST, REPORT = "documents.jsonl", "errors.jsonl", "manifest.jsonl", "report.html"
TABLES = {name: f"{name}.parquet" for name in ("documents", "entities", "corrections", "images")}
DOCS = "documents.spacy"
TEXT_OUTPUTS = (DOCUMENTS, ERRORS, MANIFEST, REPORT)
MARKDOWN, MARKDOWN_SUFFIX = "markdown", ".md"  # a folder, and the end of the names in it
OUTPUTS = (*TEXT_OUTPUTS, *TABLES.values(), DOCS, MARKDOWN)
AUDIT, REDACTED_TEXTS = "redactions.jsonl", "texts"  # a file and a folder of a redacted run

_LOCK = "lock"
_FOLDERS = frozenset((MARKDOWN, REDACTED_TEXTS))
_NUMBERED_DOCS = re.compile(r"documents-[0-9]+\.spacy")  # see `docs_name`

# JSON allows these raw, but Python's `splitlines` and other tools treat them as line ends.
_JSON_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


class Store:
    """The working folder of a run, `OUT/.docsight`. Only one run at a time can use it.

    Args:
        out: The output folder.
        names: The names of the files that the run will write there.

    Raises:
        ConfigError: On entering, if the folder cannot be written to, another run is using it, or one of the files
            exists and docsight did not write it.
    """

    def __init__(self, out: str | os.PathLike[str], names: Collection[str] = OUTPUTS) -> None:
        self.out = Path(out)
        self.shards = self.out / STORE_FOLDER / "shards"
        self.work = self.out / STORE_FOLDER / "work"
        self.written = WrittenFiles(self.out)
        self._names = names
        self._stack = ExitStack()

    @property
    def has_results(self) -> bool:
        return (self.out / STORE_FOLDER / OUTPUT_LIST).is_file()

    def __enter__(self) -> Self:
        self.check()  # a folder that the run is refused stays as it is
        with ExitStack() as stack:
            with write_errors(f"to {self.out}"):
                self.shards.mkdir(parents=True, exist_ok=True)
            self._lock(stack)
            self.written = WrittenFiles(self.out)  # another run may have ended in the meantime
            self.check_names()
            shutil.rmtree(self.work, ignore_errors=True)
            with write_errors(f"to {self.out}"):
                self.work.mkdir()
            stack.callback(shutil.rmtree, self.work, ignore_errors=True)
            self._stack = stack.pop_all()
        return self

    def check(self) -> None:
        """Check that a run may use the folder, without writing to it; raises the errors of `check_names`, too.

        Raises:
            ConfigError: The folder has a file or folder `.docsight` that docsight did not make.
        """
        folder = self.shards.parent
        if os.path.isfile(folder) or (folder.is_dir() and not self.shards.is_dir() and any(folder.iterdir())):
            raise ConfigError(
                f"cannot write to {folder}: docsight did not make this folder; choose another output folder"
            )
        if self.out.exists() and not self.out.is_dir():
            raise ConfigError(f"cannot write to {self.out}: it is not a folder")
        self.check_names()

    def check_names(self) -> None:
        """Check that the output files can be written without replacing a file of the user.

        Raises:
            ConfigError: One of them exists, and docsight did not write it or it was changed since.
        """
        for name in self._all_names():
            check_replaceable(self.out, name, self.written)

    def own_files(self) -> set[str]:
        """Return the real paths of the files that the run will write, and of those that an earlier one wrote."""
        names = {*self._names, *self.written.present()}
        return {os.path.realpath(self.out / name) for name in names}

    def _all_names(self) -> list[str]:
        """Return the names that the run may write; those of DocBins and in folders are not known yet.

        Of these, all that exist are returned: a file of the user among them would be taken for an output.
        """
        names = [name for name in self._names if name not in _FOLDERS]
        with write_errors(f"to {self.out}"):
            if DOCS in names and self.out.is_dir():
                names += sorted(name for name in os.listdir(self.out) if _NUMBERED_DOCS.fullmatch(name))
            for folder in _FOLDERS.intersection(self._names):
                names += _files_in(self.out, folder)
        return names

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
        self._names: dict[str, None] = {}  # in order
        self._files: dict[str, TextIO] = {}
        self._types: dict[str, InferredTypes] = {}  # of the records in each file of JSON lines
        for name in names:
            with write_errors(str(store.out / name)):
                self._files[name] = self.path(name).open("w", encoding="utf-8", newline="\n")

    @property
    def names(self) -> list[str]:
        """The names of the files; those in a folder count as one, with the name of the folder and a slash."""
        return list(dict.fromkeys(name[: name.find("/") + 1] or name for name in self._names))

    def path(self, name: str) -> Path:
        """Return where to write a file that will have this name."""
        self._names[name] = None
        return self._store.work / name

    def write_file(self, name: str, text: str, *, append: bool = False) -> None:
        """Write a text file, whose name may be a relative path, or append to one that this run wrote."""
        path = self.path(name)
        with write_errors(str(self._store.out / name)):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a" if append else "w", encoding="utf-8", newline="\n") as file:
                file.write(text)

    def write(self, name: str, text: str) -> None:
        with write_errors(str(self._store.out / name)):
            self._files[name].write(text)

    def write_json(self, name: str, record: dict[str, Any], *, line: str | None = None) -> None:
        """Write a record as a line; `line` is the same as JSON, if it is at hand."""
        text = (to_json_line(record) if line is None else line) + "\n"
        self.write(name, text)
        self._types.setdefault(name, InferredTypes()).add(record, len(text.encode()))

    def commit(self) -> list[str]:
        """Move all files into place and return their names.

        Raises:
            ConfigError: A file cannot be written, or would replace one that docsight did not write.
        """
        for name, file in self._files.items():
            with write_errors(str(self._store.out / name)):
                file.close()
                if name in self._types and (lines := self._types[name].lines_to_move()):
                    move_to_front(self.path(name), lines)
        new = {name: self._sync(name) for name in self._names}
        written = self._store.written
        for name in self._names:  # the user may have put a file there during the run
            check_replaceable(self._store.out, name, written)
        with write_errors(str(self._store.out / STORE_FOLDER / OUTPUT_LIST)):
            written.save(written.present(), new)  # a run that is killed from here on leaves files of both kinds
        self._remove_others(written)  # first: a file may have the name of a folder that is needed now
        for name in self._names:
            path = self._store.out / name
            with write_errors(str(path)):
                path.parent.mkdir(parents=True, exist_ok=True)
                os.replace(self._store.work / name, path)
        with write_errors(str(self._store.out / STORE_FOLDER / OUTPUT_LIST)):
            written.save(new)
        return self.names

    def _sync(self, name: str) -> FileContent:
        """Return the content of a finished file, after the disk has it: a power cut must not leave another one."""
        with write_errors(str(self._store.out / name)):
            with self.path(name).open("rb+") as file:
                os.fsync(file.fileno())
            return FileContent.of(self.path(name))

    def _remove_others(self, written: WrittenFiles) -> None:
        """Remove the files that an earlier run wrote and this one did not: they would not match the others."""
        for name in written:
            if name not in self._names and name in written:  # with the content that docsight wrote
                with write_errors(str(self._store.out / name)):
                    (self._store.out / name).unlink()
                for folder in Path(name).parents[:-1]:  # from the innermost
                    with suppress(OSError):  # a folder that is not empty stays
                        (self._store.out / folder).rmdir()

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


def output_names(formats: Collection[str]) -> tuple[str, ...]:
    """Return the names of the files that a run with these output formats writes; DocBins may be split."""
    optional = {"jsonl": [DOCUMENTS], "parquet": TABLES.values(), "spacy": [DOCS], "markdown": [MARKDOWN]}
    unwanted = {name for format, names in optional.items() if format not in formats for name in names}
    return tuple(name for name in OUTPUTS if name not in unwanted)


def check_replaceable(out: Path, name: str, written: WrittenFiles) -> None:
    """Check that nothing has this name in a folder, or a file that docsight wrote.

    Raises:
        ConfigError: A folder, a link or a file of the user is there.
    """
    path = out / name
    if not os.path.lexists(path) or name in written:
        return
    if os.path.isdir(path) and not os.path.islink(path):
        if any(own.startswith(f"{name}/") for own in written):
            return  # it holds outputs of an earlier run; if it holds anything else, it cannot be replaced
        raise ConfigError(f"cannot write {path}: a folder has this name; choose another one")
    reason = "it was changed since docsight wrote it" if name in set(written) else "docsight did not write it"
    if not os.path.isfile(out / STORE_FOLDER / OUTPUT_LIST):
        reason = f"no record in {out / STORE_FOLDER} says that docsight wrote it"
    raise ConfigError(
        f"{path} exists and {reason}, so it is not replaced; move it away, or choose another output folder"
    )


def _files_in(out: Path, folder: str) -> list[str]:
    """Return the names of the files in a folder of `out` in order; a symbolic link to a folder counts as a file."""
    if (out / folder).is_symlink() or not (out / folder).is_dir():
        return [folder] if os.path.lexists(out / folder) else []
    names: list[str] = []
    for root, folders, files in os.walk(out / folder):
        links = [name for name in folders if os.path.islink(os.path.join(root, name))]
        names += ((Path(root) / name).relative_to(out).as_posix() for name in [*files, *links])
    return sorted(names)


@contextmanager
def write_errors(path: str) -> Iterator[None]:
    """Raise an OSError of the block as a ConfigError that names the path: a full disk's error names no file."""
    try:
        yield
    except OSError as err:
        raise ConfigError(f"cannot write {path}: {err.strerror or err}") from err
