"""Headings of Org: their levels and titles, without the states, priorities and tags of tasks."""

import re
from collections.abc import Iterable
from typing import NamedTuple

_STARS = re.compile(r"(\*+) +(\S.*)")
_TAGS = re.compile(r"(?:^| +):([\w@#%:]+):$")
_PRIORITY = re.compile(r"\[#\w{1,2}\](?: +|$)")
_DEFINED_STATES = re.compile(r"#\+(?:seq_|typ_)?todo:(.*)", re.I)
_SHORTCUT = re.compile(r"\([^()]*\)$")  # DONE(d!)
# Those of other writers' Emacs, which most files rely on without defining them.
_USUAL_STATES = frozenset((
    "TODO", "DONE", "NEXT", "STARTED", "WAITING", "WAIT", "HOLD", "SOMEDAY", "DELEGATED", "CANCELLED", "CANCELED",
    "INPROGRESS", "IN-PROGRESS", "PROJ",
))  # fmt: skip
_COMMENT_MARK = "COMMENT"
_NOT_EXPORTED_TAG = "noexport"


class OrgHeading(NamedTuple):
    """A heading; `is_exported` is whether a finished document shows it and what is below it."""

    level: int
    title: str
    is_exported: bool


def is_heading(line: str) -> bool:
    return line.startswith("*") and _STARS.match(line) is not None


def states_of(lines: Iterable[str]) -> frozenset[str]:
    """Return the states that a task may have, with those that the lines of a file define."""
    defined = (found[1] for line in lines if (found := _DEFINED_STATES.match(line)) is not None)
    return _USUAL_STATES.union(_SHORTCUT.sub("", word) for words in defined for word in words.split() if word != "|")


def parse_heading(line: str, states: frozenset[str]) -> OrgHeading | None:
    """Return the heading that a line is; None for other lines."""
    if not line.startswith("*") or (found := _STARS.match(line)) is None:
        return None
    stars, title = found.groups()
    tags = _TAGS.search(title)
    if tags is not None:
        title = title[: tags.start()]
    word, _, rest = title.partition(" ")
    if word in states and rest.strip():
        title = rest.lstrip()
    title = _PRIORITY.sub("", title, count=1) if title.startswith("[#") else title
    word, _, rest = title.partition(" ")
    is_hidden = word == _COMMENT_MARK or (tags is not None and _NOT_EXPORTED_TAG in tags[1].split(":"))
    return OrgHeading(len(stars), title.strip(), not is_hidden)
