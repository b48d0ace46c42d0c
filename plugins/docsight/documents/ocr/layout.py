"""Order the lines that text recognition found in an image, and join them as running text."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels

_MIN_ROW_OVERLAP = 0.5  # of the height of the smaller line: lines that overlap by more are in one row
_PARAGRAPH_GAP = 0.9  # of the line height: a larger gap starts a paragraph
_MIN_GUTTER = 1.0  # of the line height: the space between two columns
_MIN_LINES_PER_COLUMN = 3
_MIN_MEAN_CHARS_PER_COLUMN_LINE = 12  # table cells have fewer, and tables are read by rows
_MAX_LINES_FOR_COLUMNS = 2000  # a page with more lines is not searched for columns


@dataclass(frozen=True, kw_only=True)
class Line:
    """A recognized line of text, or a segment of one, with a confidence from 0 to 1."""

    text: str
    confidence: float
    box: Box

    @property
    def height(self) -> float:
        """The height in pixels, at least 1."""
        return max(1.0, self.box[3] - self.box[1])

    @property
    def middle(self) -> float:
        """The vertical center in pixels."""
        return (self.box[1] + self.box[3]) / 2


def text_in_reading_order(lines: Sequence[Line]) -> str:
    """Join lines: column after column, rows from top to bottom, the segments of a row from left to right."""
    return "\n\n".join(_block_text(block) for block in _blocks(list(lines)))


def _blocks(lines: list[Line]) -> list[list[Line]]:
    """Split a page into blocks in reading order: full-width lines, and the columns between them."""
    columns = _columns(lines) if len(lines) <= _MAX_LINES_FOR_COLUMNS else None
    if columns is None:
        return [lines] if lines else []
    left, right, full_width = columns
    blocks: list[list[Line]] = []
    block: list[Line] = []
    top = float("-inf")
    for separator in [*sorted(full_width, key=lambda line: line.middle), None]:
        bottom = separator.middle if separator is not None else float("inf")
        sides = [[line for line in side if top <= line.middle < bottom] for side in (left, right)]
        if all(_is_column(side) for side in sides):
            blocks += [block] if block else []
            blocks += [inner for side in sides for inner in _blocks(side)]
            block = []
        else:
            block += [line for side in sides for line in side]
        if separator is not None:
            block.append(separator)
            top = bottom
    return [*blocks, block] if block else blocks


def _columns(lines: list[Line]) -> tuple[list[Line], list[Line], list[Line]] | None:
    """Return the lines left of the gutter between two columns, right of it, and across it; None without a gutter.

    Every left edge of a line is a candidate. The best one has many lines on both sides and few across it.
    """
    best, best_score = None, _MIN_LINES_PER_COLUMN - 1
    step = max(1.0, median(line.height for line in lines) / 2) if lines else 1.0
    for edge in sorted({round(line.box[0] / step) * step for line in lines}):
        right = [line for line in lines if line.box[0] >= edge - step]
        left = [line for line in lines if line.box[2] <= edge - _MIN_GUTTER * line.height and line.box[0] < edge - step]
        across = len(lines) - len(left) - len(right)
        if (score := min(len(left), len(right)) - 2 * across) > best_score:
            best, best_score = (left, right), score
    if best is None:
        return None
    left, right = best
    in_columns = {id(line) for line in (*left, *right)}
    return left, right, [line for line in lines if id(line) not in in_columns]


def _is_column(lines: list[Line]) -> bool:
    if len(lines) < _MIN_LINES_PER_COLUMN:
        return False
    return fmean(len(line.text) for line in lines) >= _MIN_MEAN_CHARS_PER_COLUMN_LINE


def _block_text(lines: list[Line]) -> str:
    pieces: list[str] = []
    bottom = None
    for row in _rows(lines):
        top = min(line.box[1] for line in row)
        if bottom is not None:
            max_gap = _PARAGRAPH_GAP * median(line.height for line in row)
            pieces.append("\n\n" if top - bottom > max_gap else "\n")
        pieces.append(" ".join(line.text.strip() for line in sorted(row, key=lambda line: line.box[0])))
        bottom = max(line.box[3] for line in row)
    return "".join(pieces)


def _rows(lines: list[Line]) -> list[list[Line]]:
    """Group lines that are side by side, from top to bottom."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.middle):
        if rows:
            other = rows[-1][-1]
            overlap = min(line.box[3], other.box[3]) - max(line.box[1], other.box[1])
            if overlap >= _MIN_ROW_OVERLAP * min(line.height, other.height):
                rows[-1].append(line)
                continue
        rows.append([line])
    return rows
