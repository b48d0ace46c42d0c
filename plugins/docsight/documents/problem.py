"""A file, or a part of one, that failed or was skipped."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "failed", "timeout", "skipped"]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A file from which nothing, or not all, could be had.

    Args:
        path: The relative path, as in a document's provenance.
        part: The part of the file, as in a document's provenance; empty for the file itself.
        error: The class of the error.
        message: What is wrong, for a person.
        skipped: Whether the file was passed over, as nothing reads its kind or it is our report: no failure.
        is_timeout: Whether it took longer than it was given.
        size: The size of the file in bytes, 0 if unknown.
    """

    path: str
    part: str = ""
    error: str
    message: str
    skipped: bool = False
    is_timeout: bool = False
    size: int = 0

    @property
    def status(self) -> Status:
        """What became of the file, in the manifest's word: failed, timeout or skipped."""
        return "skipped" if self.skipped else "timeout" if self.is_timeout else "failed"

    @property
    def where(self) -> str:
        """Name the file, and the part if it is one, for a person."""
        return f"{self.path} ({self.part})" if self.part else self.path

    @classmethod
    def of(cls, path: str, error: Exception, *, part: str = "", skipped: bool = False, size: int = 0) -> "Problem":
        """Describe an error that a file caused."""
        silent = "wants more memory than it may have" if isinstance(error, MemoryError) else "it told no more"
        message = (error.strerror if isinstance(error, OSError) else None) or str(error) or silent
        message = message.encode("utf-8", "backslashreplace").decode("utf-8")
        return cls(path=path, part=part, error=type(error).__name__, message=message, skipped=skipped, size=size)
