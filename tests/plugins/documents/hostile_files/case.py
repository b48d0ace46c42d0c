"""A hostile file: its name, its content and the expected outcome of reading it."""

import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CANARY = "CANARY-7f3a"  # the content of files that no document may include; must never occur in a document's text
CANARY_FILE = ".canary.txt"  # beside the corpus, and hidden so that it is not read as a document

DOCUMENT = "document"  # at least one document and no problem
FAILED = "failed"  # a problem and no document
SKIPPED = "skipped"  # only problems that are not failures
PARTLY = "partly"  # documents and problems, or documents with notes
EITHER = "either"  # anything, as long as reading ends


@dataclass(frozen=True, kw_only=True)
class Case:
    """A hostile file.

    Args:
        name: The path in the corpus.
        make: Writes the file to the path that it is given.
        outcome: The expected outcome of reading the file.
        says: A regular expression that must match in the texts, the notes or the messages.
        processed: The expected outcome of `docsight process` if it differs, since only that decodes images.
        needs: The packages that the expected outcome depends on.
        slow: Whether the file takes many seconds or hundreds of megabytes.
        shown: The name in the records if it differs.
    """

    name: str
    make: Callable[[Path], None]
    outcome: str = EITHER
    says: str = ""
    processed: str = ""
    needs: tuple[str, ...] = ()
    slow: bool = False
    shown: str = ""

    @property
    def path_shown(self) -> str:
        """The path in the records."""
        return self.shown or self.name.replace("\\", "\\\\")

    @property
    def is_exact(self) -> bool:
        """Whether all packages that the expected outcome depends on are installed."""
        return all(importlib.util.find_spec(name) for name in self.needs)

    def write(self, folder: Path) -> None:
        """Write the file below a folder."""
        path = folder / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.make(path)


class Cases(list[Case]):
    """Cases in the order of their declaration."""

    def add(self, name: str, outcome: str = EITHER, says: str = "", **options: object) -> Callable[..., Callable]:
        """Return a decorator for a function that returns the content of the file `name`."""

        def declare(function: Callable[[], bytes]) -> Callable[[], bytes]:
            self.append(
                Case(name=name, make=lambda path: _write(path, function()), outcome=outcome, says=says, **options)
            )
            return function

        return declare

    def add_file(self, name: str, outcome: str = EITHER, says: str = "", **options: object) -> Callable[..., Callable]:
        """Return a decorator for a function that creates the file `name` at the path that it is given."""

        def declare(function: Callable[[Path], None]) -> Callable[[Path], None]:
            self.append(Case(name=name, make=function, outcome=outcome, says=says, **options))
            return function

        return declare

    def add_bytes(self, name: str, data: bytes, outcome: str = EITHER, says: str = "", **options: object) -> None:
        """Add a file with this content."""
        self.append(Case(name=name, make=lambda path: _write(path, data), outcome=outcome, says=says, **options))


def _write(path: Path, data: bytes) -> None:
    with open(os.fsencode(path), "wb") as file:
        file.write(data)
