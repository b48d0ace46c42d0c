"""The records of `manifest.jsonl`: one for each file, and for each part that yielded no document."""

from collections.abc import Sequence
from typing import Any

from docsight.documents.problem import Problem
from docsight.documents.runner.shards import FileEntry

_MANIFEST_COUNTS = ("documents", "failed", "skipped", "words", "entities", "corrections", "images", "notes")


def file_record(
    entries: Sequence[FileEntry], *, part: str = "", modified: str | None = None, duplicate_of: str | None = None
) -> dict[str, Any]:
    """Combine what shards hold of a file into a record of `manifest.jsonl`."""
    first, last = entries[0], entries[-1]
    decisive = next((entry for entry in entries if entry.status not in ("ok", "skipped")), last)
    counted = [] if any(entry.stale for entry in entries) else entries
    return {
        "path": first.name,
        "part": part,
        "size": first.size,
        "sha256": first.sha256,
        "modified": modified,
        "duplicate_of": duplicate_of,
        "same_text_as": None,
        "near_duplicate_of": None,
        "title": first.title,
        "authors": first.authors,
        "created": first.created,
        "status": decisive.status,
        "error": decisive.error,
        "message": decisive.message,
        "seconds": round(sum(entry.seconds for entry in entries), 4),
        **{name: sum(getattr(entry, name) for entry in counted) for name in _MANIFEST_COUNTS},
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
    return file_record([entry], part=problem.part, modified=problem.modified)
