"""Group the lines of a page into blocks: paragraphs, tables, and lines at the edge that may be running headers."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Literal

from docsight.documents.formats.content import Box, Kind
from docsight.documents.formats.pdf.contents_entries import ends_entry, mark_entries
from docsight.documents.formats.pdf.hyphens import LINE_END_HYPHEN
from docsight.documents.formats.pdf.monospaced import aligned_text
from docsight.documents.formats.pdf.page_text import clean
from docsight.documents.formats.pdf.reading_order import LIST_BULLETS, join_runs, read_columns
from docsight.documents.formats.pdf.table_rows import table_rows
from docsight.documents.formats.pdf.text_boxes import Rect, turn_back
from docsight.documents.formats.pdf.text_lines import TextLine, around
from docsight.documents.formats.pdf.text_runs import Run
from docsight.documents.formats.pdf.totals import join_totals, rows_with_totals

_EDGE = 0.2  # the fraction of a page's height where running headers and footers are
_EDGE_ROWS = 2  # at each end of a page
_EDGE_ROW_DISTANCE = 2.5  # of the second from the first, in heights of a line
# In em:
_WIDER_GAP = 0.3  # above the usual gap between lines
_WIDEST_LINE_GAP = 1.6  # of lines that are set far apart
_WIDEST_ROW_GAP = 4.0  # of rows of a table whose cells are below each other
_INDENT = 0.7
_SAME_MARGIN = 0.5
_FIRST_LINE_INDENT = 3.0
_OTHER_SIZE = 0.12  # a difference in size, relative, that begins another block

BULLET = re.compile(rf"[{LIST_BULLETS}\u2013\u2014*·-](?=\s)")
NUMBERED = re.compile(r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)](?=\s)")
_HYPHENS = ("-", "\u2010", "\u00ad")

Edge = Literal["header", "footer"]


@dataclass(slots=True)
class TextBlock:
    """Lines that belong together.

    Args:
        page: The number of the page, from 1.
        lines: The texts of the lines; a hyphen at the end of a line is U+FFFE.
        bbox: Where it is on the page, in points from the top left corner.
        size: The size of its font in points.
        left: Where it begins, in points.
        bold: Whether it is bold.
        monospaced: Whether its font is monospaced.
        rows: The cells of each row of a table; None if it is no table.
        row_lines: The lines of the rows of what may be a table; empty if some of its lines are no rows.
        is_entry: Whether it is an entry of a table of contents.
        edge: What it is if it is repeated on other pages; None if it cannot be.
        continues: Whether the block before it is part of the same paragraph unless one of them is repeated.
        kind: What it is in the document.
        level: Of a heading or an item of a list.
    """

    page: int
    lines: list[str]
    bbox: Box
    size: float
    left: float
    bold: bool = False
    monospaced: bool = False
    rows: list[list[str]] | None = None
    row_lines: list[TextLine] = field(default_factory=list, repr=False)
    is_entry: bool = False
    edge: Edge | None = None
    continues: bool = False
    kind: Kind = "paragraph"
    level: int | None = None

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def length(self) -> int:
        return sum(map(len, self.lines))

    def absorb(self, other: "TextBlock") -> None:
        """Append the lines of another block of the same page."""
        self.lines += other.lines
        self.bbox = around((self.bbox, other.bbox))
        self.row_lines = [*self.row_lines, *other.row_lines] if self.row_lines and other.row_lines else []
        self.rows = table_rows(self.row_lines)


def read_blocks(
    runs: dict[int, list[Run]], number: int, height: float, to_bbox: Callable[[Rect], Box]
) -> list[TextBlock]:
    """Return the blocks of a page in reading order.

    Args:
        runs: From `read_runs`.
        number: The number of the page, from 1.
        height: Of the page, in points.
        to_bbox: Converts left, top, right and bottom in pdfium's coordinates to a place on the page as it is shown.
    """
    found: list[TextBlock] = []
    for place, (turn, turned) in enumerate(runs.items()):
        columns = read_columns(join_runs(turned))
        edges = _edges([line for column in columns for line in column]) if place == 0 else {}
        gap = _usual_gap(columns)
        for column in columns:
            for group, totals, continues in join_totals(_groups(mark_entries(column), edges, gap)):
                bbox = to_bbox(turn_back(around([line.box for line in [*group, *totals]]), turn))
                if (block := _block(group, totals, number, bbox)) is not None:
                    block.continues = continues
                    block.edge = _edge(edges.get(id(group[0])), bbox, height)
                    found.append(block)
    for block, after in pairwise([*found, None]):
        if block is not None and not block.continues and (after is None or not after.continues):
            block.row_lines = []  # only needed to join rows; they would take much memory
    return found


def _edge(edge: Edge | None, bbox: Box, height: float) -> Edge | None:
    if edge is None:
        return None
    is_in_edge = bbox[3] < _EDGE * height if edge == "header" else bbox[1] > (1 - _EDGE) * height
    return edge if is_in_edge else None


def _edges(lines: Sequence[TextLine]) -> dict[int, Edge]:
    """Return the lines, by id, that may be running headers or footers: the first and the last rows of a page."""
    by_top = sorted(lines, key=lambda line: line.box[1])
    by_bottom = sorted(lines, key=lambda line: -line.box[3])
    edges: dict[int, Edge] = {id(line): "footer" for line in _first_rows(by_bottom, 3)}
    return edges | {id(line): "header" for line in _first_rows(by_top, 1)}


def _first_rows(lines: Sequence[TextLine], side: int) -> Iterator[TextLine]:
    rows = 0
    last: TextLine | None = None
    for line in lines:
        if last is None or abs(line.box[side] - last.box[side]) > 0.5 * line.height:
            rows += 1
            is_far = last is not None and abs(line.box[side] - last.box[side]) > _EDGE_ROW_DISTANCE * line.height
            if rows > _EDGE_ROWS or is_far:
                return
            last = line
        yield line


def _usual_gap(columns: Sequence[Sequence[TextLine]]) -> float:
    """Return the usual gap between lines, in em."""
    gaps = [
        (after.box[1] - before.box[3]) / max(1e-6, after.size)
        for column in columns
        for before, after in pairwise(column)
    ]
    narrow = [gap for gap in gaps if gap < _WIDEST_LINE_GAP]
    return median(narrow) if narrow else 0.0


def _groups(lines: list[TextLine], edges: dict[int, Edge], gap: float) -> Iterator[tuple[list[TextLine], bool]]:
    """Yield the lines of each block, and whether it continues the paragraph before it."""
    group = lines[:1]
    continues = False
    for number, line in enumerate(lines[1:], start=1):
        begins = _begins_block(group, line, lines[number + 1 : number + 2], gap)
        if begins or _is_at_edge(group[-1], line, edges):
            yield group, continues
            group, continues = [], not begins
        group.append(line)
    yield group, continues


def _is_at_edge(last: TextLine, line: TextLine, edges: dict[int, Edge]) -> bool:
    """Return whether one of two lines may be a running header or footer without the other."""
    if line.is_row and last.is_row and _distance(last, line) <= _WIDEST_LINE_GAP:
        return False  # of a table
    return id(line) in edges or id(last) in edges


def _begins_block(group: list[TextLine], line: TextLine, after: list[TextLine], gap: float) -> bool:
    last = group[-1]
    size = max(last.size, line.size, 1e-6)
    distance = _distance(last, line)
    if line.is_entry or last.is_entry:
        return distance > gap + _WIDER_GAP or not ends_entry(group, line)
    if line.is_row and last.is_row:
        return distance > (_WIDEST_ROW_GAP if _are_aligned(last, line) else _WIDEST_LINE_GAP)
    if line.is_row != last.is_row or distance > gap + _WIDER_GAP or distance < -1.0:
        return True
    first, other = last.runs[0], line.runs[0]
    if abs(first.font_size - other.font_size) > _OTHER_SIZE * max(first.font_size, other.font_size):
        return True
    if last.monospaced != line.monospaced and not _continues_sentence(group, line, size):
        return True
    is_other_weight = other.bold not in (first.bold, group[0].runs[0].bold) and len(other.text) > 3
    is_wrapped = not first.bold and last.runs[-1].ends_bold  # the emphasis goes on in this line
    if is_other_weight and not (other.bold and (is_wrapped or _is_within_sentence(last, line))):
        return True
    if last.monospaced and line.monospaced:
        return False
    if BULLET.match(other.text) or (NUMBERED.match(other.text) and _is_marked(group)):
        return True
    return _is_indented(group, line, after, size)


def _distance(last: TextLine, line: TextLine) -> float:
    """Return the gap between two lines, in em."""
    return (line.box[1] - last.box[3]) / max(last.size, line.size, 1e-6)


def _are_aligned(row: TextLine, other: TextLine) -> bool:
    """Return whether each cell of the row with fewer cells is above or below one of the other, in order."""
    few, many = sorted((row.runs, other.runs), key=len)
    beside = iter(many)
    return all(any(run.box[0] < cell.box[2] and cell.box[0] < run.box[2] for cell in beside) for run in few)


def _is_within_sentence(last: TextLine, line: TextLine) -> bool:
    """Return whether a line begins within a sentence, so that its first word is only emphasized."""
    return line.text[:1].islower() and not last.text.endswith((".", "!", "?", ":"))


def _continues_sentence(group: list[TextLine], line: TextLine, size: float) -> bool:
    """Return whether a line in another font continues a paragraph, as an address or a command at a line break does."""
    last = group[-1]
    shift = line.box[0] - min(before.box[0] for before in group[-2:])
    max_left_shift = _SAME_MARGIN if len(group) > 1 else _FIRST_LINE_INDENT
    if not -max_left_shift * size < shift < _SAME_MARGIN * size:
        return False
    if line.monospaced:
        return not last.text.endswith(":") and (line.text[:1].islower() or not last.text.endswith((".", "!", "?")))
    return not (len(group) > 1 and group[-2].monospaced) and not line.text[:1].isupper()


def _is_marked(group: list[TextLine]) -> bool:
    return bool(NUMBERED.match(group[0].text) or group[-1].text.endswith(":"))


def _is_indented(group: list[TextLine], line: TextLine, after: list[TextLine], size: float) -> bool:
    """Return whether a line is the first of a paragraph, set in from the lines before and after it."""
    if len(group) == 1 and (BULLET.match(group[0].text) or NUMBERED.match(group[0].text)):
        return False  # the lines of an item hang
    margin = min(line.box[0] for line in group[1:] or group)
    is_set_in = _INDENT * size < line.box[0] - margin < 6 * size
    return is_set_in and (not after or line.box[0] - after[0].box[0] > _INDENT * size)


def _block(lines: list[TextLine], totals: list[TextLine], number: int, bbox: Box) -> TextBlock | None:
    """Return the block of some lines, with the totals below them; None if they have no text."""
    left = min(line.box[0] for line in lines)
    written = [(line, text) for line in [*lines, *totals] if (text := _line_text(line, left))]
    if not written:
        return None
    texts = [text for _, text in written]
    monospaced = sum(len(text) for line, text in written if line.monospaced)
    if is_entry := lines[-1].is_entry:
        texts = [" ".join([*(text.replace("\t", " ") for text in texts[:-1]), texts[-1]])]
    longest = max([run for line in lines for run in line.runs], key=lambda run: len(run.text))
    return TextBlock(
        page=number,
        lines=texts,
        bbox=bbox,
        size=longest.font_size,
        left=lines[0].box[0],
        bold=longest.bold,
        monospaced=2 * monospaced > sum(map(len, texts)),
        rows=None if is_entry else rows_with_totals(lines, totals),
        row_lines=lines if not is_entry and not totals and all(line.is_row for line in lines) else [],
        is_entry=is_entry,
    )


def _line_text(line: TextLine, left: float) -> str:
    """Return the text of a line of a block that begins at `left`; a hyphen at its end, after a letter, is U+FFFE.

    In a monospaced font, spaces keep the letters in their columns.
    """
    if line.monospaced and not line.is_entry:
        aligned = aligned_text(line, left)
        text = clean(aligned)
        text = text and " " * (len(aligned) - len(aligned.lstrip(" "))) + text
    else:
        text = clean(line.text)
    return text[:-1] + LINE_END_HYPHEN if text.endswith(_HYPHENS) and text[-2:-1].isalpha() else text
