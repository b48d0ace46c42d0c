"""Put the runs of a page in reading order: pieces of lines, then columns, then lines from top to bottom.

Text beside text is a column if it is set like running text: in lines of several words that fill most of its width.
Otherwise it is read row by row, as the cells of a table.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from docsight.documents.formats.pdf.hyphens import LINE_END_HYPHEN
from docsight.documents.formats.pdf.justified import join_justified
from docsight.documents.formats.pdf.text_columns import GutterSide, are_columns
from docsight.documents.formats.pdf.text_lines import TextLine, around
from docsight.documents.formats.pdf.text_runs import RUN_GAP, WORD_GAP, Run, join_word_boxes

_MIN_OVERLAP = 0.5  # of the heights of two runs in one line; a superscript overlaps by more
_MAX_OPEN_RUNS = 60  # that a run may continue; more lie at the same height only in damaged files
_DROP_CAP = 1.6  # the size of an initial, relative to the text beside it

_GUTTER = 0.6  # the narrowest gap between columns, in em
_MAX_DEPTH = 12  # of columns in columns
_MAX_GUTTERS = 12  # that are tried in a region
_MAX_RUNS = 5_000  # of a page whose columns are looked for
_MIN_COLUMN_LINES = 2
_MIN_COLUMN_WIDTH = 6.0  # em
_HEADING_BELOW_SIZE = 1.15  # relative to the text above it
_NUMBER_GAP = 4.0  # em, at most, from a number to the text of its item or heading
# The last four are bullets of Symbol and Wingdings, which Office leaves at private places.
LIST_BULLETS, _LIST_DASHES = "•◦▪▫‣\u2043∙●○■□➢➤✓\uf0b7\uf0a7\uf0d8\uf0fc", "-*\u2013\u2014"
_BULLET_TEXTS, _DASH_TEXTS = frozenset(LIST_BULLETS), frozenset(_LIST_DASHES)
_LIST_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)]")
HEADING_NUMBER = re.compile(r"(?:\d{1,3}|[A-Z])(?:\.\d{1,3})*\.?")


def join_runs(runs: Sequence[Run]) -> list[Run]:
    """Join the runs that continue each other in a line, such as a superscript and the words after it."""
    if len(runs) < 2:
        return list(runs)
    following: dict[int, int] = {}
    height = max(1.0, median(run.size for run in runs))
    open_runs: defaultdict[int, list[int]] = defaultdict(list)  # those not yet continued, by height
    rights = sorted(run.box[2] for run in runs)
    overlap = 0.5 * max(run.size for run in runs)
    for number in sorted(range(len(runs)), key=lambda number: runs[number].box[0]):
        run = runs[number]
        place = int((run.box[1] + run.box[3]) / (2 * height))
        left = run.box[0]
        near: list[int] = []
        if bisect_left(rights, left - RUN_GAP * run.size) < bisect_right(rights, left + overlap):  # any ends here
            near = [other for row in (place - 1, place, place + 1) for other in open_runs[row][-_MAX_OPEN_RUNS:]]
        if fits := [other for other in near if _continues(runs[other], run)]:
            before = max(fits, key=lambda other: _overlap(runs[other], run))
            following[before] = number
            for row in (place - 1, place, place + 1):
                if before in open_runs[row]:
                    open_runs[row].remove(before)
        open_runs[place].append(number)
    started = set(following.values())
    return [_chain(runs, following, first) for first in range(len(runs)) if first not in started]


def read_columns(runs: Sequence[Run]) -> list[list[TextLine]]:
    """Return the lines of a page by column, in reading order."""
    depth = _MAX_DEPTH if len(runs) <= _MAX_RUNS else 0
    return [join_justified(_lines(region)) for region in _regions(list(runs), depth) if region]


def _continues(before: Run, run: Run) -> bool:
    size = max(before.size, run.size)
    gap = run.box[0] - before.box[2]
    return -0.5 * size < gap <= RUN_GAP * min(before.size, run.size) and _overlap(before, run) >= _MIN_OVERLAP


def _overlap(one: Run, other: Run) -> float:
    shared = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    return shared / max(1e-6, min(one.box[3] - one.box[1], other.box[3] - other.box[1]))


def _chain(runs: Sequence[Run], following: dict[int, int], number: int) -> Run:
    members = [runs[number]]
    while (following_number := following.get(number)) is not None:
        number = following_number
        members.append(runs[number])
    if len(members) == 1:
        return members[0]
    text = members[0].text.removesuffix(LINE_END_HYPHEN)
    for before, run in pairwise(members):
        is_drop_cap = len(before.text) == 1 and before.size > _DROP_CAP * run.size
        is_apart = run.box[0] - before.box[2] > WORD_GAP * min(before.size, run.size) and not is_drop_cap
        text += ("-" if before.text.endswith(LINE_END_HYPHEN) else " " if is_apart else "") + (
            run.text if run is members[-1] else run.text.removesuffix(LINE_END_HYPHEN)
        )
    longest = max(members, key=lambda run: len(run.text))
    return replace(
        longest,
        text=text,
        box=around([run.box for run in members]),
        ends_bold=members[-1].ends_bold,
        words=join_word_boxes(members, text),
    )


def _regions(runs: list[Run], depth: int) -> Iterator[list[Run]]:
    """Yield the runs of each column or band between columns, in reading order."""
    split = _split_columns(runs) if depth and len(runs) >= 2 * _MIN_COLUMN_LINES else None
    if split is None:
        yield runs
        return
    for part in split:
        yield from _regions(part, depth - 1)


def _split_columns(runs: list[Run]) -> tuple[list[Run], ...] | None:
    """Return the parts above, left of, right of and below the gutter with the most lines beside it; None if none."""
    size = median([run.size for run in runs])
    runs = sorted(runs, key=lambda run: run.box[1])
    best: tuple[int, list[Run], list[Run]] | None = None
    for start, end in _gutters(runs, size):
        for left, right in _bands(runs, start, end):
            lines = min(len(left), len(right))
            if (best is None or lines > best[0]) and _is_text_beside_text(left, right, size):
                best = lines, left, right
    if best is None:
        return None
    left, right = best[1:]
    taken = {id(run) for run in (*left, *right)}
    top = min(run.box[1] for run in (*left, *right))
    rest = [run for run in runs if id(run) not in taken]
    above = [run for run in rest if run.box[1] < top]
    return above, left, right, [run for run in rest if run.box[1] >= top]


def _gutters(runs: list[Run], size: float) -> Iterator[tuple[float, float]]:
    """Yield the gaps, as left and right, before the places where most runs begin, if they have enough runs beside."""
    lefts: defaultdict[int, list[float]] = defaultdict(list)
    for run in runs:
        lefts[round(run.box[0] / size)].append(run.box[0])
    rights = sorted(run.box[2] for run in runs)
    for edges in sorted(lefts.values(), key=len, reverse=True)[:_MAX_GUTTERS]:
        edge = min(edges)
        if len(edges) < _MIN_COLUMN_LINES:
            return
        if bisect_right(rights, edge - _GUTTER * size) >= _MIN_COLUMN_LINES:
            yield edge - _GUTTER * size, edge - 0.05 * size


def _bands(runs: list[Run], start: float, end: float) -> Iterator[tuple[list[Run], list[Run]]]:
    """Yield the runs left and right of a gutter, for each stretch of the page where no run crosses it."""
    stretches: list[tuple[list[Run], list[Run]]] = []
    left: list[Run] = []
    right: list[Run] = []
    for run in runs:
        if run.box[2] <= start:
            left.append(run)
        elif run.box[0] >= end:
            right.append(run)
        elif left or right:
            stretches.append((left, right))
            left, right = [], []
    stretches.append((left, right))
    for sides in stretches:
        if all(len(side) >= _MIN_COLUMN_LINES for side in sides):
            trimmed = _trimmed(*sides)
            if all(len(side) >= _MIN_COLUMN_LINES for side in trimmed):
                yield trimmed


def _trimmed(left: list[Run], right: list[Run]) -> tuple[list[Run], list[Run]]:
    """Return both sides without what lies above the other side, or below it after a wide gap."""
    top = max(left[0].box[1], right[0].box[1])
    bottom = min(max(run.box[3] for run in left), max(run.box[3] for run in right))
    sides = [_cut_below([run for run in side if run.box[3] > top], bottom) for side in (left, right)]
    return _without_heading_below(sides[0], bottom), _without_heading_below(sides[1], bottom)


def _without_heading_below(side: list[Run], bottom: float) -> list[Run]:
    """Return a side without the heading at its end that begins below the other: it belongs to the text below both."""
    size = median([run.size for run in side]) if side else 0.0
    count = len(side)
    while count and side[count - 1].box[1] >= bottom and side[count - 1].size > _HEADING_BELOW_SIZE * size:
        count -= 1
    return side[:count]


def _cut_below(side: list[Run], bottom: float) -> list[Run]:
    """Return a side up to the first wide gap below the end of the other side."""
    reached = bottom
    for number, run in enumerate(side):
        if run.box[1] > reached + 1.5 * run.size:
            return side[:number]
        reached = max(reached, run.box[3])
    return side


def _is_text_beside_text(left: list[Run], right: list[Run], size: float) -> bool:
    sides: list[GutterSide] = []
    for runs in (left, right):
        width = max([run.box[2] for run in runs]) - min([run.box[0] for run in runs])
        lines = _lines(runs) if width >= _MIN_COLUMN_WIDTH * size else []
        if len(lines) < _MIN_COLUMN_LINES or not (side := GutterSide(lines)).may_be_column:
            return False
        sides.append(side)
    return are_columns(*sides)


def _lines(runs: list[Run]) -> list[TextLine]:
    """Return the lines of a column from top to bottom; runs beside each other are one line."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: run.box[1] + run.box[3]):
        last = rows[-1][-3:] if rows else []
        if last and run.box[1] < last[-1].box[3] and all(_overlap(other, run) >= _MIN_OVERLAP for other in last):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [_line(row) for row in rows]


def _line(runs: list[Run]) -> TextLine:
    if len(runs) == 1:
        return TextLine(runs, runs[0].box, runs[0].size)
    runs = sorted(runs, key=lambda run: run.box[0])
    joined = runs[:1]
    for run in runs[1:]:
        before = joined[-1]
        if run.box[0] - before.box[2] <= 1.0 * min(before.size, run.size):
            text = f"{before.text.removesuffix(LINE_END_HYPHEN)} {run.text}"
            is_monospaced = before.monospaced and run.monospaced
            box = around((before.box, run.box))
            words = join_word_boxes((before, run), text)
            joined[-1] = replace(
                before, text=text, box=box, monospaced=is_monospaced, ends_bold=run.ends_bold, words=words
            )
        else:
            joined.append(run)
    if (len(joined) == 2 and _is_numbered(*joined)) or (len(joined) > 1 and _has_bullet(joined)):
        mark, run = joined[:2]
        text = f"{mark.text} {run.text}"
        words = join_word_boxes((mark, run), text)
        joined[:2] = [replace(run, text=text, box=around((mark.box, run.box)), words=words)]
    longest = max(joined, key=lambda run: len(run.text))
    return TextLine(joined, around([run.box for run in joined]), longest.size)


def _has_bullet(runs: list[Run]) -> bool:
    """Return whether the first run of a line is the bullet of an item; beside several cells, a dash is one, too."""
    bullet, run = runs[:2]
    is_dash = bullet.text in _DASH_TEXTS and run.text[:1].isalpha() and len(runs) == 2
    return run.box[0] - bullet.box[2] <= _NUMBER_GAP * run.size and (bullet.text in _BULLET_TEXTS or is_dash)


def _is_numbered(number: Run, run: Run) -> bool:
    """Return whether the first of two runs in a line is the number of an item, or that of a heading in bold."""
    if run.box[0] - number.box[2] > _NUMBER_GAP * run.size or not run.text[:1].isalpha():
        return False
    is_heading = number.bold and run.bold and HEADING_NUMBER.fullmatch(number.text) is not None
    return is_heading or _LIST_NUMBER.fullmatch(number.text) is not None
