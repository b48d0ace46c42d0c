"""A file, or a part of a file, that failed or was skipped."""

import errno
from dataclasses import dataclass
from typing import Any, Literal

from docsight.errors import ConfigError

Status = Literal["ok", "failed", "timeout", "skipped"]
FAILURES: frozenset[Status] = frozenset(("failed", "timeout"))

# The disk or /dev/shm is full, or too many files are open. Not ENOMEM: it also comes from the memory limit of a worker.
SHORTAGES = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE))


class ShortageError(ConfigError):
    """The machine lacks something, such as disk space. That stops the run; it is not the failure of a document."""

    @classmethod
    def of(cls, error: OSError) -> "ShortageError":
        place = f" ({error.filename})" if error.filename else ""
        return cls(
            f"the machine is short of something that the run needs: {error.strerror or error}{place}; "
            "the finished work is kept, so run again to continue once there is enough"
        )


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A file, or a part of a file, that failed or was skipped.

    Args:
        path: The relative path, as in a document's provenance.
        part: The part of the file, as in a document's provenance; empty for the file itself.
        error: The name of the error's class, such as "DataError"; "Timeout" if the time limit was exceeded.
        message: A human-readable description of the error.
        skipped: Whether it was skipped, for example because no reader supports the format. That is not a failure.
        is_timeout: Whether the time limit was exceeded.
        size: The size of the file in bytes; 0 if unknown.
        modified: The time of the file's last change, as ISO 8601 in UTC; None if unknown.
    """

    path: str
    part: str = ""
    error: str
    message: str
    skipped: bool = False
    is_timeout: bool = False
    size: int = 0
    modified: str | None = None

    @property
    def status(self) -> Status:
        """The outcome, as in the manifest: "failed", "timeout" or "skipped"."""
        return "skipped" if self.skipped else "timeout" if self.is_timeout else "failed"

    @property
    def where(self) -> str:
        """The path, followed by the part in parentheses if there is one."""
        return f"{self.path} ({self.part})" if self.part else self.path

    def record(self) -> dict[str, Any]:
        """Return the problem as a line of `errors.jsonl`."""
        return {
            "path": self.path,
            "part": self.part,
            "status": self.status,
            "error": self.error,
            "message": self.message,
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Problem":
        """Restore a problem from its `record`, which holds neither the size nor the time."""
        return cls(
            path=record["path"],
            part=record["part"],
            error=record["error"],
            message=record["message"],
            skipped=record["status"] == "skipped",
            is_timeout=record["status"] == "timeout",
        )

    @classmethod
    def timeout(cls, path: str, seconds: float, *, part: str = "", kept: str = "") -> "Problem":
        """Make the problem of a document that exceeded the time limit.

        Args:
            path: The relative path.
            seconds: The limit.
            part: The part of the file.
            kept: Which results are kept, for the message; empty if none are.
        """
        message = f"took longer than {seconds:g} seconds" + (f"; {kept}" if kept else "")
        return cls(path=path, part=part, error="Timeout", message=message, is_timeout=True)

    @classmethod
    def of(cls, path: str, error: Exception, *, part: str = "", size: int = 0) -> "Problem":
        """Make the problem of a file, or of a part, that raised an error.

        Raises:
            ShortageError: Not the file caused the error: the disk is full, or too many files are open.
        """
        if isinstance(error, ShortageError):
            raise error
        if isinstance(error, OSError) and error.errno in SHORTAGES:
            raise ShortageError.of(error) from error
        default = "needs more memory than allowed" if isinstance(error, MemoryError) else "the error has no message"
        message = (error.strerror if isinstance(error, OSError) else None) or str(error) or default
        message = message.encode("utf-8", "backslashreplace").decode("utf-8")
        return cls(path=path, part=part, error=type(error).__name__, message=message, size=size)
