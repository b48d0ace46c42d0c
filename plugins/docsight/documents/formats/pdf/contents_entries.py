"""Find the entries of a table of contents: titles with dot leaders and page numbers."""

import re
from collections.abc import Sequence
from dataclasses import replace

from docsight.documents.formats.pdf.reading_order import HEADING_NUMBER
from docsight.documents.formats.pdf.text_lines import TextLine

_MAX_ENTRY_CHARS = 500
_MIN_LEADER_DOTS = 2  # in a line that may have a leader; most lines have fewer
_LEADER = re.compile(r"(?:[ \t]*[.\u00b7]){4,}|(?:[ \t]*\u2026){2,}")
_PAGE = re.compile(r"[ \t]*((?:[A-Z]{1,2}[-.]?)?\d{1,5}|[ivxlc]{1,8})")
_SECTION_NUMBER = re.compile(rf"{HEADING_NUMBER.pattern}\s")
_MAX_WRAPPED_LINES = 2
_MAX_ENTRY_DISTANCE = 2.5  # from an entry to the next, in heights of a line


def mark_entries(lines: Sequence[TextLine]) -> list[TextLine]:
    """Return the lines of a column with those that are entries joined to one run: the title, a tab and the page.

    Lines without dots that end with a page number are entries, too, if they are next to one.
    """
    marked = [_with_leader(line) or line for line in lines]
    for step, numbers in ((-1, range(1, len(marked))), (1, range(len(marked) - 2, -1, -1))):
        for number in numbers:
            line, other = marked[number], marked[number + step]
            if not other.is_entry or len(line.runs) < 2 or not _PAGE.fullmatch(line.runs[-1].text):
                continue
            if step * (other.box[1] - line.box[1]) < _MAX_ENTRY_DISTANCE * line.height:
                marked[number] = _entry(line, " ".join(run.text for run in line.runs[:-1]), line.runs[-1].text)
    return marked


def ends_entry(group: Sequence[TextLine], line: TextLine) -> bool:
    """Return whether a line is the end of an entry whose title begins in the lines before."""
    return (
        line.is_entry
        and len(group) <= _MAX_WRAPPED_LINES
        and not any(before.is_entry for before in group)
        and _SECTION_NUMBER.match(group[0].text) is not None
        and _SECTION_NUMBER.match(line.text) is None
    )


def _with_leader(line: TextLine) -> TextLine | None:
    text = line.text
    dots = text.count(".") + text.count("\u00b7") + text.count("\u2026")
    if dots < _MIN_LEADER_DOTS or len(text) > _MAX_ENTRY_CHARS:
        return None
    leader = _LEADER.search(text)
    page = None if leader is None else _PAGE.fullmatch(text, leader.end())
    if leader is None or page is None or not (title := text[: leader.start()].strip()):
        return None
    return _entry(line, title, page[1])


def _entry(line: TextLine, title: str, page: str) -> TextLine:
    first = line.runs[0]
    text = f"{' '.join(title.split())}\t{page.strip()}"
    return TextLine(
        [replace(first, text=text, box=line.box, size=line.size, words=None)], line.box, line.size, is_entry=True
    )
