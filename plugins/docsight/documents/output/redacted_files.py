"""The folder of a redacted run: a text file for each document, and the audit `redactions.jsonl`."""

import shutil
from pathlib import Path
from typing import Any

from docsight.documents.output.document_names import DocumentNames
from docsight.documents.store import Store, to_json_line, write_errors
from docsight.errors import ConfigError

AUDIT = "redactions.jsonl"


def check_redacted_folder(folder: Path) -> None:
    """Raise a ConfigError if a folder holds anything that an earlier run did not write."""
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"cannot write redacted texts to {folder}: a file has this name")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / AUDIT).is_file():
        raise ConfigError(f"cannot write redacted texts to {folder}: it holds other files; choose an empty folder")


class RedactedFiles:
    """Writes the redacted texts of a run; `commit` replaces the folder of an earlier run.

    With many documents in one file, as in a table, each of them is a text file.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self._folder = folder
        self._work = store.work / "redacted"
        self._names = DocumentNames(".txt")
        with write_errors(str(folder)):
            self._work.mkdir()
            self._audit = (self._work / AUDIT).open("w", encoding="utf-8", newline="\n")

    def add(self, record: dict[str, Any], audit: list[dict[str, Any]]) -> None:
        self._write(f"texts/{self._names.of(record)}", record["text"])
        with write_errors(str(self._folder)):
            for row in audit:
                self._audit.write(to_json_line(row) + "\n")

    def add_markdown(self, name: str, text: str) -> None:
        """Add the Markdown of a document; `name` is a relative path."""
        self._write(name, text)

    def commit(self) -> None:
        with write_errors(str(self._folder)):
            self._audit.close()
            if self._folder.is_dir():
                shutil.rmtree(self._folder)
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(self._work, self._folder)

    def close(self) -> None:
        self._audit.close()

    def _write(self, name: str, text: str) -> None:
        path = self._work / name
        with write_errors(str(self._folder)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
