"""Read a hostile file while an audit hook records everything else that the process does."""

import os
import re
import resource
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from .case import CANARY, DOCUMENT, FAILED, PARTLY, SKIPPED
from .checks import check_document, load_readers

# No reader does this. `open` is audited separately, for writing only.
_FORBIDDEN_EVENTS = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostby",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.spawn",
)
_FORBIDDEN_EVENTS += (
    "os.posix_spawn",
    "os.fork",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
)
_FORBIDDEN_EVENTS += ("os.truncate", "os.chmod", "shutil.", "urllib.", "ftplib.", "http.", "smtplib.", "webbrowser.")
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_CONVERTERS = ("soffice", "libreoffice")
_CONVERSION_FOLDER = re.compile(rf"(?:.* |.*=file://)?{re.escape(tempfile.gettempdir())}/docsight-\w+")
_violations: list[str] = []


@dataclass
class Observation:
    """The result of reading a file.

    Args:
        documents: How many documents it gave.
        failed: How many parts failed.
        skipped: How many parts were skipped.
        notes: How many notes its documents have.
        says: Whether the expected expression was found.
        has_canary: Whether the canary is in a text.
        wrong: Invalid documents, and forbidden actions of the process.
        messages: The first messages and notes.
        seconds: The time it took.
        megabytes: The memory it took beyond that of the process before.
    """

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
        """The outcome, as in `Case`."""
        if self.documents:
            return PARTLY if self.failed or self.skipped or self.notes else DOCUMENT
        return FAILED if self.failed else SKIPPED if self.skipped else "nothing"


def load_readers_and_audit() -> None:
    """Import the readers, then audit this process until it ends."""
    load_readers()
    sys.addaudithook(_audit)


def read_audited(path: str, says: str) -> Observation:
    """Read a file, and search its texts, notes and messages for a regular expression."""
    from docsight.documents.formats.source import ReadOptions
    from docsight.documents.inputs import find_files
    from docsight.documents.problem import Problem
    from docsight.documents.reading import Document, read_file

    _violations.clear()
    observed = Observation()
    expected = re.compile(says)
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for file in find_files(path):
        for item in [file] if isinstance(file, Problem) else read_file(file, ReadOptions(ocr="never")):
            if isinstance(item, Document):
                observed.documents += 1
                observed.notes += len(item.notes)
                observed.has_canary |= CANARY in item.text
                texts = (item.text, item.title, *item.notes)
                if len(observed.wrong) < 10:
                    observed.wrong += check_document(item)
            else:
                observed.skipped += item.skipped
                observed.failed += not item.skipped
                texts = (item.message,)
            observed.says = observed.says or any(expected.search(text) for text in texts)
            if len(observed.messages) < 3:
                observed.messages += [text[:200] for text in texts[2:] or texts]
    observed.seconds = time.perf_counter() - started
    observed.megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10
    observed.wrong += _violations[:10]
    return observed


def _audit(event: str, args: tuple[object, ...]) -> None:
    if _is_conversion(event, args):
        return
    if event.startswith(_FORBIDDEN_EVENTS):
        _violations.append(f"{event}{args!r:.100}")
    elif event == "open":
        path, _, flags = args
        if isinstance(flags, int) and flags & _WRITE_FLAGS and "__pycache__" not in str(path) and path != os.devnull:
            _violations.append(f"open for writing: {path!r:.100}")


def _is_conversion(event: str, args: tuple[object, ...]) -> bool:
    """Return whether LibreOffice converts a file, in a temporary folder that is removed afterwards."""
    if event == "subprocess.Popen":
        program, command = str(args[0]), " ".join(map(str, args[1])) if isinstance(args[1], list) else ""
        return Path(program).name in _CONVERTERS and _CONVERSION_FOLDER.search(command) is not None
    if not args or not event.startswith(("open", "os.", "shutil.")):
        return False
    folder, path = "", os.fsdecode(args[0]) if isinstance(args[0], str | bytes) else ""
    if event in ("os.remove", "os.rmdir") and isinstance(args[1], int) and args[1] >= 0:  # relative to a descriptor
        folder = os.readlink(f"/proc/self/fd/{args[1]}")
    return _CONVERSION_FOLDER.match(os.path.join(folder, path)) is not None
