"""Output files that appear only when they are whole."""

import json
import os
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from docsight.errors import ConfigError

# Allowed raw in JSON, but Python's `splitlines` and others take them for the end of a line.
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


class Outputs:
    """Files of one run in one folder, written under temporary names and put in place together.

    As a context manager: when the block ends well the files replace those of an earlier run, and when it
    raises nothing is left behind.

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
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for name in self._names:
                # Hidden and of this folder: not read as an input, and moved without a copy.
                file = self._temporary(name).open("w", encoding="utf-8", newline="\n")
                self._files[name] = self._stack.enter_context(file)
        except OSError as err:
            self._discard()
            raise ConfigError(f"cannot write to {self.folder}: {err.strerror or err}") from err
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._stack.close()
            if kind is None:
                for name in self._names:
                    os.replace(self._temporary(name), self.folder / name)
        finally:
            self._discard()

    def write(self, name: str, text: str) -> None:
        """Add text to the file that will be called `name`."""
        self._files[name].write(text)

    def write_json(self, name: str, record: dict[str, Any]) -> None:
        """Add a record as one line of JSON, readable as it stands in any script."""
        line = json.dumps(record, ensure_ascii=False, allow_nan=False).translate(_LINE_ENDS)
        self._files[name].write(line + "\n")

    def _temporary(self, name: str) -> Path:
        return self.folder / f".{name}.{os.getpid()}.tmp"

    def _discard(self) -> None:
        with suppress(OSError):
            self._stack.close()
        for name in self._names:
            with suppress(OSError):
                self._temporary(name).unlink(missing_ok=True)
