r"""The lines of a shard, one for each document and each problem, in the order in which they were read.

A document is `DETAILS\tRECORD`: what merging needs besides the record, and the record as it will stand in
`documents.jsonl`. A problem is its record alone. JSON has no raw tab, so the first tab is the boundary.
"""

import json
from dataclasses import dataclass
from typing import Any

from docsight.documents.problem import Problem
from docsight.documents.store import to_json_line


@dataclass(frozen=True, kw_only=True)
class DocumentLine:
    """A document in a shard.

    Args:
        text: The record as JSON, as it stands in `documents.jsonl`.
        record: The same, decoded.
        words: The number of words, separated by white space.
        thumbnails: Data URIs of images, by the id of the image.
        docs: The numbers of the document's Docs among those of the shard.
    """

    text: str
    record: dict[str, Any]
    words: int
    thumbnails: dict[str, str]
    docs: list[int]


def dump_document(
    record: dict[str, Any], *, words: int, thumbnails: dict[str, str] | None = None, docs: list[int] | None = None
) -> str:
    """Encode a document as a line.

    Raises:
        ValueError: The record holds a number that JSON cannot express, or half of a surrogate pair.
        TypeError: The record holds an object that is not plain data.
    """
    details: dict[str, Any] = {"words": words}
    if thumbnails:
        details["thumbnails"] = thumbnails
    if docs:
        details["docs"] = docs
    return f"{json.dumps(details)}\t{to_json_line(record)}"


def dump_problem(problem: Problem) -> str:
    """Encode a problem as a line."""
    return to_json_line(problem.record())


def parse_line(line: str) -> DocumentLine | Problem:
    """Decode a line.

    Raises:
        ValueError, TypeError, KeyError: It is not a line of a shard.
    """
    head, tab, text = line.rstrip("\n").partition("\t")
    if not tab:
        return Problem.from_record(json.loads(head))
    details = json.loads(head)
    return DocumentLine(
        text=text,
        record=json.loads(text),
        words=details["words"],
        thumbnails=details.get("thumbnails", {}),
        docs=details.get("docs", []),
    )
