"""A job: documents that are being processed, and where their results are."""

import json
import secrets
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from docsight.documents.runner.progress import Progress

JobState = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED: frozenset[JobState] = frozenset(("done", "failed", "cancelled"))
INPUT, RESULTS, REDACTED, RECORD = "input", "results", "redacted", "job.json"


@dataclass
class JobRecord:
    """A job and its folder, which has `input`, `results`, and `redacted` for a redacted run.

    Args:
        folder: Named after the id.
        redact: Whether names and ids are taken out.
        files: The number of files.
        bytes: Their size.
        created: Seconds since the epoch.
        state: What it is doing.
        ended: When it ended, in seconds since the epoch; None while it has not.
        error: Why it failed.
        progress: The last progress, as a dict.
        secret: What gives access to the report without the API key.
    """

    folder: Path
    redact: bool = False
    files: int = 0
    bytes: int = 0
    created: float = field(default_factory=time.time)
    state: JobState = "queued"
    ended: float | None = None
    error: str | None = None
    progress: dict[str, Any] | None = None
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED

    @property
    def input(self) -> Path:
        return self.folder / INPUT

    @property
    def results(self) -> Path:
        return self.folder / RESULTS

    @property
    def redacted(self) -> Path:
        return self.folder / REDACTED

    def report(self, progress: Progress) -> None:
        remaining = progress.remaining
        self.progress = {
            "fraction": round(progress.fraction, 4),
            "documents": progress.documents,
            "failed": progress.failed,
            "words": progress.words,
            "seconds": round(progress.seconds, 2),
            "remaining": None if remaining is None else round(remaining, 1),
        }

    def save(self) -> None:
        """Write the record to its folder, so that a later server finds the job."""
        values = asdict(self) | {"folder": self.id}
        temporary = self.folder / f"{RECORD}.new"
        temporary.write_text(json.dumps(values), encoding="utf-8")
        temporary.replace(self.folder / RECORD)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the record of a folder; raises an OSError or a ValueError if it has none."""
        values = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        try:
            return cls(**(values | {"folder": folder}))
        except TypeError as err:
            raise ValueError(f"{folder / RECORD} is not the record of a job: {err}") from err


def new_job(root: Path, *, redact: bool) -> JobRecord:
    """Make a job with a new folder, whose name cannot be guessed."""
    job = JobRecord(root / secrets.token_hex(16), redact=redact)
    job.input.mkdir(parents=True)
    return job
