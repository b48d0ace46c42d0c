"""Patches in mails: the output of `diff` in the unified format, which is no prose."""

import re
from collections.abc import Iterator

_PATCH_BEGIN = re.compile(r"^(?:diff -|Index: \S|--- \S[^\n]*\n\+\+\+ \S[^\n]*\n@@ -\d)", re.M)
_HUNK_HEADER = re.compile(r"@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")
_PATCH_HEADER = re.compile(
    r"diff -|index [0-9a-f]+\.\.|--- \S|\+\+\+ \S|(?:new|deleted) file mode |(?:old|new) mode |"
    r"(?:dis)?similarity index |(?:rename|copy) (?:from|to) |Index: \S|={20,}\s*$|\\ No newline"
)
_PATCH_LINE = re.compile(r"([^\n]*)(?:\n|\Z)")
# The lines of the old and of the new file that a line of a patch stands for, by its first character.
_LINE_CHANGES = {
    "-": (1, 0),
    "+": (0, 1),
    " ": (1, 1),
    "\t": (1, 1),
    "": (1, 1),
    "\\": (0, 0),
}


def patch_ranges(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of each patch in a plain text; quoted patches are quotes."""
    at = 0
    while (begin := _PATCH_BEGIN.search(text, at)) is not None:
        end, has_hunk = _end_of_patch(text, begin.start())
        if has_hunk:
            yield begin.start(), end
        at = max(end, begin.end())


def _end_of_patch(text: str, start: int) -> tuple[int, bool]:
    """Return where a patch ends, and whether it has changes; the header of each states how many lines it has."""
    old = new = 0  # lines of the current hunk that follow
    end, has_hunk = start, False
    while end < len(text) and (line := _PATCH_LINE.match(text, end)) is not None:
        if old > 0 or new > 0:
            if (change := _LINE_CHANGES.get(line[1][:1])) is None:  # a mailer has wrapped the line before
                break
            old, new = old - change[0], new - change[1]
        elif hunk := _HUNK_HEADER.match(line[1]):
            old, new = (int(count) if count is not None else 1 for count in hunk.groups())
            has_hunk = True
        elif not _PATCH_HEADER.match(line[1]):
            break
        end = line.end()
    return end, has_hunk
