"""Lists in plain text: which lines of a paragraph begin an item."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from docsight.documents.formats.content import Passage
from docsight.text_layout import text_layout

_LIST_LINE = re.compile(r"[^\n]+")
_MARKER = re.compile(
    r"^[ \t]*+(?:(?P<bullet>[-*+•·▪◦‣●○■□\u2013]|o)|\(?(?P<number>\d{1,3}|[a-zA-Z])[.)])[ \t]++(?=[^\n]*[^\W\d_])",
    re.M,
)
_COMMENT_START = re.compile(r"^[ \t]*/\*", re.M)  # in comments of programs, each line begins with an asterisk
_TAB_SIZE = 8
_UNCERTAIN_BULLETS = ("-", "\u2013", "o")  # also begin lines of a dialogue, a signature or a text
_FIRST_NUMBERS = ("0", "1", "a", "A", "i", "I")
_MIN_UNCERTAIN_ITEMS = 2


class _ListLine(NamedTuple):
    """A line; `marker` is None if it begins no item."""

    start: int  # after its indent
    end: int
    indent: int
    marker: re.Match[str] | None

    @property
    def bullet(self) -> str:
        return (self.marker and self.marker["bullet"]) or ""

    @property
    def number(self) -> str:
        return (self.marker and self.marker["number"]) or ""


def mark_lists(text: str, passages: Iterable[Passage]) -> Iterator[Passage]:
    """Yield the passages of a plain text; paragraphs that are lists are divided into their items.

    The level of an item follows the indents of the items before it. A list may go on after blank lines.
    """
    blocks = list(passages)
    if _MARKER.search(text) is None:
        yield from blocks
        return
    line_ends = frozenset(text_layout(text).line_ends)
    lines = [_lines(text, block) if block.kind == "paragraph" else [] for block in blocks]
    known_bullets = _bullets(lines, line_ends)
    indents: list[int] = []  # of the open lists, from the outermost
    last: _ListLine | None = None  # the last item of the list directly before
    for block, here, following in zip(blocks, lines, [*lines[1:], []], strict=True):
        items, stop = _find_items(here, last, following[:1], line_ends, known_bullets)
        if not items or items[0]:
            if not here or not indents or here[0].indent <= indents[0]:
                indents.clear()
                last = None
            yield replace(block, end=here[items[0] - 1].end) if items else block
        for at, next_at in zip(items, [*items[1:], stop], strict=bool(items)):
            while indents and indents[-1] >= here[at].indent:
                indents.pop()
            indents.append(here[at].indent)
            last = here[at]
            yield replace(block, start=last.start, end=here[next_at - 1].end, kind="list_item", level=len(indents))
        if items and stop < len(here):
            indents.clear()
            last = None
            yield replace(block, start=here[stop].start, end=block.end)


def _bullets(lines: Sequence[Sequence[_ListLine]], line_ends: frozenset[int]) -> set[str]:
    """Return the bullets of the lists that have several items in one paragraph."""
    found = ((each, _find_items(each, None, [], line_ends)[0]) for each in lines)
    return {each[items[0]].bullet for each, items in found if len(items) > 1}


def _lines(text: str, block: Passage) -> list[_ListLine]:
    """Return the lines of a paragraph; none of them begins an item in a comment of a program."""
    is_comment = _COMMENT_START.search(text, block.start, block.end) is not None
    lines = []
    for line in _LIST_LINE.finditer(text, block.start, block.end):
        if content := line[0].strip():
            indent = line[0][: len(line[0]) - len(line[0].lstrip())]
            start = line.start() + len(indent)
            marker = None if is_comment else _MARKER.match(line[0])
            lines.append(_ListLine(start, start + len(content), len(indent.expandtabs(_TAB_SIZE)), marker))
    return lines


def _find_items(
    lines: Sequence[_ListLine],
    last: _ListLine | None,
    following: Sequence[_ListLine],
    line_ends: frozenset[int],
    known_bullets: Collection[str] = (),
) -> tuple[list[int], int]:
    """Return the numbers of the lines that begin items, and that of the line at which the list ends.

    Args:
        lines: Of a paragraph.
        last: The last item of the list directly before the paragraph.
        following: The first line of the next paragraph.
        line_ends: Where lines end that are not only wrapped.
        known_bullets: Those of other lists of the text.
    """
    first = next((at for at, line in enumerate(lines) if line.marker is not None), len(lines))
    if first == len(lines):
        return [], 0
    base = lines[first]
    items = [first]
    stop = first + 1
    last_by_indent = {base.indent: base}
    while stop < len(lines):
        line = lines[stop]
        if _begins_item(line, last_by_indent.get(line.indent), base):
            items.append(stop)
            last_by_indent = {indent: item for indent, item in last_by_indent.items() if indent < line.indent}
            last_by_indent[line.indent] = line
        elif line.indent <= base.indent and (line.marker is not None or lines[stop - 1].end in line_ends):
            break
        stop += 1
    count = sum(lines[at].indent == base.indent for at in items)
    is_diff = {"+", "-"} <= {line.bullet for line in lines if line.indent == base.indent}
    is_hanging = stop > first + 1 and all(line.indent > base.indent for line in lines[first + 1 : stop])
    if is_diff:
        return [], 0
    if count >= _MIN_UNCERTAIN_ITEMS or (last is not None and first == 0 and _is_next(base, last)):
        return items, stop
    if first:
        is_list = bool(base.bullet) and base.indent > lines[first - 1].indent
    else:
        is_begun = bool(following) and _is_next(following[0], base)
        is_list = is_begun or (is_hanging and (bool(base.bullet) or base.number in _FIRST_NUMBERS))
        is_certain = base.bullet not in _UNCERTAIN_BULLETS or base.bullet in known_bullets
        is_list = is_list or (bool(base.bullet) and is_certain)
    return (items, stop) if is_list else ([], 0)


def _begins_item(line: _ListLine, last: _ListLine | None, base: _ListLine) -> bool:
    """Return whether a line begins an item of the list of `base`, or of a list within it.

    Args:
        line: A line below `base`.
        last: The last item with the same indent.
        base: The first item.
    """
    if line.marker is None or line.indent < base.indent:
        return False
    if last is not None:
        return _is_next(line, last)
    return bool(line.bullet) or line.number in _FIRST_NUMBERS


def _is_next(line: _ListLine, last: _ListLine) -> bool:
    """Return whether a line begins the next item after the last one of a list."""
    if line.marker is None or line.indent != last.indent:
        return False
    return line.bullet == last.bullet if last.bullet else _follows(last.number, line.number)


def _follows(number: str, following: str) -> bool:
    if number.isdigit() and following.isdigit():
        return int(following) == int(number) + 1
    is_letter = number.isalpha() and following.isalpha()
    return is_letter and ord(following) == ord(number) + 1
