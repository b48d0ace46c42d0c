"""Read a hostile file while watching what else the process does."""

import os
import re
import resource
import sys
import time
from dataclasses import dataclass, field

from .case import CANARY, DOCUMENT, FAILED, PARTLY, SKIPPED
from .reading import check, prepare

# What no reader does; `open` is watched apart, for writing alone.
_REFUSED = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostby",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.spawn",
)
_REFUSED += ("os.posix_spawn", "os.fork", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink")
_REFUSED += ("os.truncate", "os.chmod", "shutil.", "urllib.", "ftplib.", "http.", "smtplib.", "webbrowser.")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_seen: list[str] = []


@dataclass
class Seen:
    """What came of a file: counts, whether what was looked for was there, what was done beside reading."""

    documents: int = 0
    failed: int = 0
    skipped: int = 0
    notes: int = 0
    says: bool = False
    has_canary: bool = False
    wrong: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    seconds: float = 0.0
    megabytes: int = 0

    @property
    def outcome(self) -> str:
        """The outcome, as a case has it."""
        if self.documents:
            return PARTLY if self.failed or self.skipped or self.notes else DOCUMENT
        return FAILED if self.failed else SKIPPED if self.skipped else "nothing"


def prepare_watching() -> None:
    """Load the readers, then watch this process to its end."""
    prepare()
    sys.addaudithook(_watch)


def read_watched(path: str, says: str) -> Seen:
    """Read a file, and look for a regular expression in its texts, notes and messages."""
    from docsight.documents.formats.source import ReadOptions
    from docsight.documents.inputs import find_files
    from docsight.documents.problem import Problem
    from docsight.documents.reading import Document, read_file

    _seen.clear()
    seen = Seen()
    looked_for = re.compile(says)
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for item in find_files(path):
        for one in [item] if isinstance(item, Problem) else read_file(item, ReadOptions(ocr="never")):
            if isinstance(one, Document):
                seen.documents += 1
                seen.notes += len(one.notes)
                seen.has_canary |= CANARY in one.text
                told = (one.text, one.title, *one.notes)
                if len(seen.wrong) < 10:
                    seen.wrong += check(one)
            else:
                seen.skipped += one.skipped
                seen.failed += not one.skipped
                told = (one.message,)
            seen.says = seen.says or any(looked_for.search(text) for text in told)
            if len(seen.messages) < 3:
                seen.messages += [text[:200] for text in told[2:] or told]
    seen.seconds = time.perf_counter() - started
    seen.megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10
    seen.wrong += _seen[:10]
    return seen


def _watch(event: str, args: tuple[object, ...]) -> None:
    if event.startswith(_REFUSED):
        _seen.append(f"{event}{args!r:.100}")
    elif event == "open":
        path, _, flags = args
        if isinstance(flags, int) and flags & _WRITING and "__pycache__" not in str(path) and path != os.devnull:
            _seen.append(f"open for writing: {path!r:.100}")
