"""The fields before a Markdown text, between lines `---` (YAML) or `+++` (TOML): its title, authors and date.

Only plain values and lists of them are read, so that no parser of YAML is needed.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from docsight.documents.formats.content import Metadata
from docsight.documents.formats.metadata import make_metadata

FRONT_MATTER = re.compile(r"(?P<rule>---|\+\+\+)[ \t]*\n(?:.*\n)*?(?:(?P=rule)|\.\.\.)[ \t]*(?:\n|\Z)")
_STATED_FIELD = re.compile(r"(title|authors?|date|created)[ \t]*[:=](?:[ \t]+(.*)|$)", re.I)
_LIST_ENTRY = re.compile(r"[ \t]*-[ \t]+(?:name[ \t]*:[ \t]*)?(.+)", re.I)
_NO_VALUE = ("|", ">", "~", "null")  # the first two begin texts of several lines


def stated_fields(block: str) -> tuple[str, Metadata]:
    """Return the title, and the authors and the date, that the lines before a text state; empty if they do not."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    name = ""
    for line in block.split("\n")[1:]:
        if (field := _STATED_FIELD.match(line)) is not None:
            name = field[1].lower()
            found[name] += _values(field[2] or "")
        elif name and (entry := _LIST_ENTRY.match(line)) is not None:
            found[name] += _values(entry[1])
        elif not line[:1].isspace():
            name = ""
    date = next(iter([*found["date"], *found["created"]]), "")
    return next(iter(found["title"]), ""), make_metadata([*found["author"], *found["authors"]], date)


def _values(written: str) -> Iterator[str]:
    """Yield the values of a field: one, or those of a list in brackets."""
    written = written.strip()
    is_list = written.startswith("[") and written.endswith("]")
    for value in written[1:-1].split(",") if is_list else (written,):
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        if value and value not in _NO_VALUE:
            yield " ".join(value.split())
