"""The lines of reStructuredText that begin something."""

import re
from collections.abc import Sequence

from docsight.documents.formats.markup.markup_writer import indent_of
from docsight.documents.formats.markup.rst_lists import NUMBER
from docsight.documents.formats.markup.rst_tables import is_grid

ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1+$")
EXPLICIT_MARKUP = re.compile(r"\.\.(?: |$)")
ANONYMOUS_TARGET = re.compile(r"__ |__$")
NOTE_DEFINITION = re.compile(r"\.\. +\[(#?[\w.:+-]*|\*)\] ?")
RST_BULLET = re.compile(r"[-*+•‣\u2043](?: +|$)")
RST_FIELD = re.compile(r":(?![: ])([^:\n]{1,80})(?<! ):(?: +|$)")
RST_OPTION = re.compile(r"(?:-{1,2}|/)\w[\w=,\[\]<> /-]{0,60}?(?:  +|$)")
SESSION_PROMPT = ">>> "


def is_term(lines: Sequence[str], at: int) -> bool:
    """Return whether a line is a term, with its definition below it."""
    following = lines[at + 1] if at + 1 < len(lines) else ""
    return indent_of(following) > 0 and not lines[at].endswith("::")


def is_plain(line: str) -> bool:
    """Return whether a line, which is not blank, begins no block with a mark of its own."""
    if line.startswith((" ", "| ", SESSION_PROMPT)) or EXPLICIT_MARKUP.match(line) or RST_BULLET.match(line):
        return False
    return not (NUMBER.match(line) or RST_FIELD.match(line) or ADORNMENT.match(line) or is_grid(line))
