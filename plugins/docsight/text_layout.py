"""Where the lines and the cells of a text end, judged by the shape of the text alone.

A line break either wraps a full line of running text, or it ends the line: in lists, tables, addresses, signatures and
headings. It is a wrap if the line is about as long as those around it, so that the next word would not have fit, and
if the lines read like sentences. Lists need further evidence, because their longest line always looks full: several
full lines in a row, or text that is wrapped at the same width elsewhere. A break beside a word such as "of" or
"van der" is a wrap in any case. One before a bullet, after a colon or beside a row of cells never is.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from operator import attrgetter
from statistics import median
from typing import NamedTuple

_MIN_WIDTH, _MAX_WIDTH = 20, 200  # of wrapped text, in characters
_MIN_WIDTH_OF_LISTS = 50  # of wrapped text that does not read like sentences
_MIN_FULL_LINES = 3  # as evidence that a list is wrapped
_MIN_FULL_SHARE = 0.7  # of the lines of a wrapped paragraph
_MIN_PROSE = 0.15  # of the words of lines that read like sentences
_TOLERANCE = 0.15  # of the width: by how much a full line may be too short, for example in proportional fonts
_LONG_WORD = 30  # characters of a word, such as a URL, that makes its line longer than the others
_NEAR = 10  # lines before and after ten others that tell the width
_MAX_ARTICLE = 3  # letters of a word with which wrapped lines often begin
_MIN_GAP = 3  # spaces between two cells

_SOFT_LINE_ENDS = " \t\r\n\x85"  # the others, such as a form feed, always end a line
_SPACES = re.compile(r"[ \t\xa0]+")
_QUOTE_MARKS = re.compile(r">[> \t\xa0]*")
_BULLETS = "-*+•·▪◦‣\u2013\u2014"
# Capital letters are not bullets: "D." is more often an initial.
_BULLET = re.compile(rf"(?:[{_BULLETS}]|#{{1,6}}|\(?\d{{1,3}}[.)]|\(?[a-z][.)]|\[\d{{1,3}}\])(?:\s+|$)")
_BULLET_STARTS, _BULLET_ENDS = frozenset(_BULLETS + "#(["), frozenset(".)")  # of most lines neither matches
_FIELD = re.compile(r"[A-Z][\w-]*(?: [\w-]+){0,3}\s*:(?:\s|$)")  # as in "Name: value"

_JOINING = "of and & the for van von der den de del la le di da du el al bin zu"
_IN_NAMES = frozenset([*_JOINING.split(), "a", "an", "at", "in", "on", "to"])
# Words that end no line of a list, and words that begin none.
_OPENING_WORDS = "Of OF And AND The THE For FOR a an as at by from in is on or that to was with"
_OPENING = frozenset([*_JOINING.split(), *_OPENING_WORDS.split()])
_CONTINUING_WORDS = "of and & van von der den de del di da du zu"
_CONTINUING = frozenset(_CONTINUING_WORDS.split())
# Frequent words that names and titles seldom contain, for lines in one letter case.
_SENTENCE_WORDS = (
    "about after all also am are as at be been before but by can could did do does from had has have he her him his "
    "how i if into is it its like me more my not now or our out she should so some than that their them then there "
    "these they this up was we were what when which who with would you your"
)
_IN_SENTENCES = frozenset(_SENTENCE_WORDS.split())
# "Tanzania, United Republic of" is a whole line of a list, although it ends in "of".
_INVERTED_TITLE = re.compile(
    r"[^\W\d_a-z][^,]*, (?:The )?(?:[^\W\d_a-z][\w'\u2019.-]* )*"
    r"(?:Federation|Kingdom|Principality|Province|Republic|State|States|Union) of(?: the)?"
)


class TextLayout(NamedTuple):
    """Offsets in characters, in ascending order."""

    line_ends: list[int]  # of the last word before each line break that is not a wrap, and of the text
    cell_ends: list[int]  # of the last word before each tab or gap in a line
    quote_marks: list[tuple[int, int]]  # of the marks before each quoted line of a mail, from start to end


class _Line(NamedTuple):
    text: str  # without quote marks, bullet and white space at either end
    end: int  # its offset in the whole text
    width: int  # characters from the quote marks to its end


_WIDTH = attrgetter("width")


def text_layout(text: str, *, may_wrap: bool = True) -> TextLayout:
    """Find the ends of lines and cells, and quote marks, in time linear in the text.

    Args:
        text: The text.
        may_wrap: Whether line breaks may be wraps; if not, each one ends its line.
    """
    layout = TextLayout([], [], [])
    ends: list[_Line] = []
    unproven: set[int] = set()  # ends of full lines that may belong to lists
    wrapped: list[int] = []  # widths of wrapped lines
    for lines in _paragraphs(text, layout):
        wraps = _wraps(lines) if may_wrap and len(lines) > 1 else [False] * (len(lines) - 1)
        for line, is_wrapped in zip(lines, [*wraps, False], strict=True):
            if is_wrapped:
                wrapped.append(line.width)
            else:
                ends.append(line)
                if is_wrapped is None:
                    unproven.add(line.end)
    if unproven and len(wrapped) >= _MIN_FULL_LINES:
        usual = median(wrapped)
        ends = [line for line in ends if line.end not in unproven or abs(line.width - usual) > _TOLERANCE * usual]
    layout.line_ends.extend(line.end for line in ends)
    return layout


def _paragraphs(text: str, layout: TextLayout) -> Iterator[list[_Line]]:
    """Yield the lines between breaks that are certainly no wraps; note quote marks and cells in the layout."""
    lines: list[_Line] = []
    start, depth = 0, 0
    is_open = False  # whether the break before the line may be a wrap
    for raw in text.splitlines(keepends=True):
        body = raw.rstrip()
        content = body.lstrip()
        width, quotes = len(body), 0
        if content[:1] == ">":
            marks = _QUOTE_MARKS.match(content)
            assert marks is not None
            quotes = marks[0].count(">")
            first = start + len(body) - len(content)
            layout.quote_marks.append((first, first + marks.end()))
            content = content[marks.end() :]
            width = len(content)
        if not content:
            start += len(raw)
            is_open = False
            continue
        has_cells = "|" in content and (content[0] == "|" or " | " in content)
        bullet = None
        if content[0] in _BULLET_STARTS or content[1:2] in _BULLET_ENDS or content[0].isdigit():
            bullet = _BULLET.match(content)
            if bullet is not None:
                content = content[bullet.end() :]
        if "\t" in body or "   " in content or "\xa0" in content:
            width += len(body.expandtabs()) - len(body)
            for gap in _SPACES.finditer(content):
                if "\t" in gap[0] or len(gap[0]) >= _MIN_GAP:
                    layout.cell_ends.append(start + len(body) - len(content) + gap.start())
                    has_cells = True
        if lines and (not is_open or has_cells or bullet is not None or quotes < depth):
            yield lines
            lines = []
        lines.append(_Line(content, start + len(body), width))
        line_end = raw[len(body) :]
        is_open = (line_end == "\n" or not line_end.strip(_SOFT_LINE_ENDS)) and not has_cells and content[-1:] != ":"
        depth = quotes
        start += len(raw)
    if lines:
        yield lines


def _wraps(lines: list[_Line]) -> list[bool | None]:
    """Return for each break between the lines of a paragraph whether it is a wrap.

    None if the line before it is full, but may be one of a list.
    """
    verdicts: list[bool | None] = []
    rooms: list[float] = []  # what the following word would leave of the width; below 0 if it would not have fit
    for n, (line, following) in enumerate(pairwise(lines)):
        if n % _NEAR == 0:
            width = _width(lines[max(0, n - _NEAR) : n + 2 * _NEAR])
        first = following.text.partition(" ")[0]
        if _INVERTED_TITLE.fullmatch(line.text) and first[:1].isupper():
            verdicts.append(False)
            rooms.append(width)
        elif line.text[line.text.rfind(" ") + 1 :] in _OPENING or first in _CONTINUING:
            verdicts.append(True)
            rooms.append(-1.0)
        else:
            room = width - line.width - 1 - len(first)
            is_full = width >= _MIN_WIDTH and line.width <= _MAX_WIDTH and room < _TOLERANCE * width
            verdicts.append(None if is_full and not _are_fields(line.text, following.text) else False)
            rooms.append(room)
    if None not in verdicts:
        return verdicts
    full = len(verdicts) - verdicts.count(False)
    is_wide = _width(lines) >= _MIN_WIDTH_OF_LISTS
    if full >= max(2, _MIN_FULL_SHARE * len(verdicts)) and _reads_like_sentences(" ".join(line.text for line in lines)):
        return [verdict is not False for verdict in verdicts]
    if is_wide and full == len(verdicts) >= _MIN_FULL_LINES and max(rooms) < 0:  # a wrapped list
        return [True] * full
    if not is_wide and len(verdicts) >= _MIN_FULL_LINES and full < len(verdicts) / 2:  # ragged
        return [verdict is True for verdict in verdicts]
    for n, (line, following) in enumerate(pairwise(lines)):
        if verdicts[n] is None:
            if not (is_wide or rooms[n] < 0) or _begin_alike(line.text, following.text):
                verdicts[n] = False
            elif _reads_like_sentences(f"{line.text} {following.text}"):
                verdicts[n] = True
            elif not is_wide:
                verdicts[n] = False
    return verdicts


def _width(lines: list[_Line]) -> int:
    """Return the width of the longest line, not counting one that is the longest because of a long word."""
    longest = max(lines, key=_WIDTH)
    if longest.width <= _LONG_WORD or max(map(len, longest.text.split())) < _LONG_WORD:
        return longest.width
    return max((line.width for line in lines if line is not longest), default=longest.width)


def _are_fields(text: str, following: str) -> bool:
    return ":" in text and ":" in following and bool(_FIELD.match(text) and _FIELD.match(following))


def _begin_alike(text: str, following: str) -> bool:
    """Return whether both lines begin with the same capitalised word, as items of a list often do."""
    first = text.partition(" ")[0]
    return len(first) > _MAX_ARTICLE and first[0].isupper() and following.startswith(first)


def _reads_like_sentences(text: str) -> bool:
    """Return whether enough of the words are ones that names and titles do not contain."""
    words = text.split()
    lower = sum(map(str.islower, words))
    if 0 < lower < len(words):
        prose = lower - sum(map(_IN_NAMES.__contains__, words))
    elif lower or text.isupper():  # letter case says nothing
        prose = sum(map(_IN_SENTENCES.__contains__, text.lower().split()))
    else:
        prose = 0
    return prose >= _MIN_PROSE * len(words)
