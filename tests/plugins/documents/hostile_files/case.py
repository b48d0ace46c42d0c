"""A hostile file: its name, how it is made, and what must come of it."""

import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CANARY = "CANARY-7f3a"  # stands in files that no document may draw in; must never be in a document's text
CANARY_FILE = ".canary.txt"  # beside the corpus's files, hidden so that it is no document of its own

DOCUMENT = "document"  # at least one document, and no problem
FAILED = "failed"  # a problem, and no document
SKIPPED = "skipped"  # passed over
PARTLY = "partly"  # documents and problems, or documents with a note
EITHER = "either"  # reading ends: that is all


@dataclass(frozen=True, kw_only=True)
class Case:
    """A hostile file.

    Args:
        name: Its path in the corpus.
        make: Writes it; given the path.
        outcome: What reading it gives.
        says: A regular expression found in the texts, the notes or the messages.
        processed: What `docsight process` gives, where that is not the same: pictures are decoded only there.
        needs: The packages without which the outcome is another.
        slow: Whether it takes many seconds or hundreds of megabytes.
        shown: Its name in the records, where that is not `name`.
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
        """Whether all is installed that the outcome depends on."""
        return all(importlib.util.find_spec(name) for name in self.needs)

    def write(self, folder: Path) -> None:
        """Write the file below a folder."""
        path = folder / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.make(path)


class Cases(list[Case]):
    """Cases in the order in which they were declared."""

    def add(self, name: str, outcome: str = EITHER, says: str = "", **options: object) -> Callable[..., Callable]:
        """Decorate a function that returns the bytes of the file `name`."""

        def declare(function: Callable[[], bytes]) -> Callable[[], bytes]:
            self.append(
                Case(name=name, make=lambda path: _write(path, function()), outcome=outcome, says=says, **options)
            )
            return function

        return declare

    def place(self, name: str, outcome: str = EITHER, says: str = "", **options: object) -> Callable[..., Callable]:
        """Decorate a function that is given the path, and makes whatever is to be there."""

        def declare(function: Callable[[Path], None]) -> Callable[[Path], None]:
            self.append(Case(name=name, make=function, outcome=outcome, says=says, **options))
            return function

        return declare

    def given(self, name: str, data: bytes, outcome: str = EITHER, says: str = "", **options: object) -> None:
        """Declare a file of these bytes."""
        self.append(Case(name=name, make=lambda path: _write(path, data), outcome=outcome, says=says, **options))


def _write(path: Path, data: bytes) -> None:
    with open(os.fsencode(path), "wb") as file:
        file.write(data)
