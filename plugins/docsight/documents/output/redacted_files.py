"""The folder of a redacted run: a text file for each document, and the audit `redactions.jsonl`."""

import os
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from docsight.documents.output.document_names import DocumentNames
from docsight.documents.output.written_files import STORE_FOLDER
from docsight.documents.store import AUDIT, MARKDOWN, REDACTED_TEXTS, Outputs, Store
from docsight.errors import ConfigError


class RedactedFolder(AbstractContextManager["RedactedFolder"]):
    """The folder of the redacted texts. As in other output folders, no file of the user is replaced or removed.

    Args:
        path: The folder.
        out: The output folder of the run, which may contain it.

    Raises:
        ConfigError: The folder is the output folder or contains it; or, on entering, it holds files that docsight did
            not write and is new to it, or has such files among the texts, or cannot be used.
    """

    def __init__(self, path: Path, out: Path) -> None:
        self.path = path
        self.store = Store(path, (AUDIT, REDACTED_TEXTS, MARKDOWN))
        _check_place(path, out)

    def __enter__(self) -> Self:
        self.check()
        self.store.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.store.__exit__(kind, error, traceback)

    def check(self) -> None:
        """Check that a run may write to the folder, without writing to it."""
        self.store.check()
        is_new = not self.store.has_results
        if is_new and self.path.is_dir() and any(name != STORE_FOLDER for name in os.listdir(self.path)):
            raise ConfigError(
                f"cannot write redacted texts to {self.path}: it holds other files; choose an empty folder"
            )


class RedactedFiles:
    """Writes the redacted texts of a run; `commit` replaces those of an earlier run.

    With many documents in one file, as in a table, each of them is a text file.
    """

    def __init__(self, folder: RedactedFolder) -> None:
        self._outputs = Outputs(folder.store, (AUDIT,))
        self._names = DocumentNames(".txt")

    def add(self, record: dict[str, Any], audit: list[dict[str, Any]]) -> None:
        self._outputs.write_file(f"{REDACTED_TEXTS}/{self._names.of(record)}", record["text"])
        for row in audit:
            self._outputs.write_json(AUDIT, row)

    def add_markdown(self, name: str, text: str, *, append: bool = False) -> None:
        """Add the Markdown of a document, or append it to that of another; `name` is a relative path."""
        self._outputs.write_file(name, text, append=append)

    def commit(self) -> None:
        self._outputs.commit()

    def close(self) -> None:
        self._outputs.close()


def _check_place(path: Path, out: Path) -> None:
    folder, results = path.resolve(), out.resolve()
    if results.is_relative_to(folder) or folder.is_relative_to(results / STORE_FOLDER):
        raise ConfigError(f"cannot write redacted texts to {path}: choose a folder that is not used for {out}")
    if folder.is_relative_to(results / MARKDOWN):
        raise ConfigError(f"cannot write redacted texts to {path}: the Markdown files of the run belong there")
