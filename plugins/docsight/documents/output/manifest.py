"""The records of `manifest.jsonl`: one for each file, and one for each part of a file that yielded no document."""

from collections.abc import Sequence
from typing import Any

from docsight.documents.problem import Problem
from docsight.documents.runner.shards import FileEntry

_COUNTS = ("documents", "failed", "skipped", "words", "entities", "corrections", "images", "notes")


def file_record(entries: Sequence[FileEntry], *, part: str = "") -> dict[str, Any]:
    """Combine what shards hold of a file into one record."""
    first, last = entries[0], entries[-1]
    decisive = next((entry for entry in entries if entry.status not in ("ok", "skipped")), last)
    counted = [] if any(entry.stale for entry in entries) else entries
    return {
        "path": first.name,
        "part": part,
        "size": first.size,
        "sha256": first.sha256,
        "status": decisive.status,
        "error": decisive.error,
        "message": decisive.message,
        "seconds": round(sum(entry.seconds for entry in entries), 4),
        **{name: sum(getattr(entry, name) for entry in counted) for name in _COUNTS},
    }


def problem_record(problem: Problem) -> dict[str, Any]:
    """Return the record of a file that was not read, or of a part that yielded no document."""
    entry = FileEntry(
        name=problem.path,
        size=0 if problem.part else problem.size,
        status=problem.status,
        error=problem.error,
        message=problem.message,
    )
    return file_record([entry], part=problem.part)
