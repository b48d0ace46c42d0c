"""Find running headers and footers: lines that are repeated at the same place of several pages, and page numbers."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from docsight.documents.formats.pdf.blocks import TextBlock

_MIN_PAGES = 3  # or all pages of a document of two
_MIN_PAGES_FRACTION = 0.3  # of the pages, for lines whose text changes while the page number in them counts
_PLACE = 4.0  # points: lines at the same place differ by less
_NUMBER = re.compile(r"\d+")
_EDGE_NUMBER = re.compile(r"^\D{0,12}?(\d{1,5})\b|\b(\d{1,5})\D{0,12}$")
_ROMAN_NUMBER = re.compile(r"\b[ivxl]+\b", re.IGNORECASE)


def find_running(blocks: Sequence[TextBlock]) -> list[TextBlock]:
    """Return the blocks at the edge of pages that are running headers, footers or page numbers, in order."""
    pages = {block.page for block in blocks}
    if len(pages) < 2:
        return []
    min_pages = min(_MIN_PAGES, len(pages))
    candidates = [block for block in blocks if block.edge is not None and len(block.lines) == 1]
    found = _repeated(candidates, min_pages) | _counting(
        candidates, max(min_pages, int(_MIN_PAGES_FRACTION * len(pages)))
    )
    chosen = [block for block in candidates if id(block) in found]
    # Where little but such lines is on the pages, they are the text.
    bodies = {block.page for block in blocks if id(block) not in found}
    touched = {block.page for block in chosen}
    return chosen if 2 * len(touched & bodies) >= len(touched) else []


def _repeated(candidates: Sequence[TextBlock], min_pages: int) -> set[int]:
    """Return the ids of the blocks whose text is the same on several pages, except for numbers that count."""
    groups: defaultdict[tuple[str | None, str, int], list[TextBlock]] = defaultdict(list)
    for block in candidates:
        text = _ROMAN_NUMBER.sub("#", _NUMBER.sub("#", block.lines[0])).casefold()
        groups[block.edge, text, round(block.bbox[1] / _PLACE)].append(block)
    return {
        id(block)
        for blocks in groups.values()
        if len({block.page for block in blocks}) >= min_pages and _numbers_agree(blocks)
        for block in blocks
    }


def _numbers_agree(blocks: Sequence[TextBlock]) -> bool:
    """Return whether each number in the blocks is the same on most pages, or counts with the pages."""
    numbers = [[int(number[:9]) for number in _NUMBER.findall(block.lines[0])] for block in blocks]
    for column in zip(*numbers, strict=False):
        same = Counter(column).most_common(1)[0][1]
        counting = Counter(number - block.page for number, block in zip(column, blocks, strict=True)).most_common(1)[0][
            1
        ]
        if 2 * max(same, counting) <= len(blocks):
            return False
    return True


def _counting(candidates: Sequence[TextBlock], min_pages: int) -> set[int]:
    """Return the ids of the blocks that begin or end with the number of the page, at the same height on many pages."""
    groups: defaultdict[tuple[str | None, int, int], list[TextBlock]] = defaultdict(list)
    for block in candidates:
        for match in _EDGE_NUMBER.finditer(block.lines[0]):
            number = int(match[1] or match[2])
            groups[block.edge, round(block.bbox[1] / _PLACE), number - block.page].append(block)
    return {
        id(block)
        for blocks in groups.values()
        if len({block.page for block in blocks}) >= min_pages
        for block in blocks
    }
