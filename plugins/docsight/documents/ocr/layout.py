"""Put lines that were found on a picture into the order in which one reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels

_SAME_ROW = 0.5  # of the lower line's height that must lie beside the other
_PARAGRAPH = 0.9  # of a line's height: a larger gap ends a paragraph
_GUTTER = 1.0  # of a line's height: the least gap between two columns
_FEWEST = 3  # lines of a column
_SHORTEST = 12  # characters of a column's lines on the average: the cells of a table have fewer, and are read by rows
_MOST = 2000  # lines that are looked at for columns


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line, or a stretch of one, that was read on a picture, and how sure it is, from 0 to 1."""

    text: str
    confidence: float
    box: Box

    @property
    def height(self) -> float:
        """Its height in pixels, at least one."""
        return max(1.0, self.box[3] - self.box[1])

    @property
    def middle(self) -> float:
        """The height on the page at which its middle stands."""
        return (self.box[1] + self.box[3]) / 2


def arrange(lines: Sequence[Line]) -> str:
    """Join the text of lines: columns one after another, rows from the top, stretches of a row from the left."""
    return "\n\n".join(_join(block) for block in _blocks(list(lines)))


def _blocks(lines: list[Line]) -> list[list[Line]]:
    """Cut a page into blocks to be read one after another: between lines as wide as the page, columns."""
    columns = _columns(lines) if len(lines) <= _MOST else None
    if columns is None:
        return [lines] if lines else []
    left, right, across = columns
    blocks: list[list[Line]] = []
    together: list[Line] = []
    above = float("-inf")
    for bar in [*sorted(across, key=lambda line: line.middle), None]:
        below = bar.middle if bar is not None else float("inf")
        sides = [[line for line in side if above <= line.middle < below] for side in (left, right)]
        if all(_is_column(side) for side in sides):
            blocks += [together] if together else []
            blocks += [block for side in sides for block in _blocks(side)]
            together = []
        else:
            together += [line for side in sides for line in side]
        if bar is not None:
            together.append(bar)
            above = below
    return [*blocks, together] if together else blocks


def _columns(lines: list[Line]) -> tuple[list[Line], list[Line], list[Line]] | None:
    """Find where two columns part: the lines left of it, right of it and across; None where the page has one.

    Every left edge of a line may be that of a column; it is the one that parts most and that fewest lie across.
    """
    best, most = None, _FEWEST - 1
    step = max(1.0, median(line.height for line in lines) / 2) if lines else 1.0
    for edge in sorted({round(line.box[0] / step) * step for line in lines}):
        right = [line for line in lines if line.box[0] >= edge - step]
        left = [line for line in lines if line.box[2] <= edge - _GUTTER * line.height and line.box[0] < edge - step]
        across = len(lines) - len(left) - len(right)
        if (worth := min(len(left), len(right)) - 2 * across) > most:
            best, most = (edge, left, right), worth
    if best is None:
        return None
    _, left, right = best
    sides = {id(line) for line in (*left, *right)}
    return left, right, [line for line in lines if id(line) not in sides]


def _is_column(lines: list[Line]) -> bool:
    return len(lines) >= _FEWEST and fmean(len(line.text) for line in lines) >= _SHORTEST


def _join(lines: list[Line]) -> str:
    pieces: list[str] = []
    floor = None
    for row in _rows(lines):
        top = min(line.box[1] for line in row)
        if floor is not None:
            pieces.append("\n\n" if top - floor > _PARAGRAPH * median(line.height for line in row) else "\n")
        pieces.append(" ".join(line.text.strip() for line in sorted(row, key=lambda line: line.box[0])))
        floor = max(line.box[3] for line in row)
    return "".join(pieces)


def _rows(lines: list[Line]) -> list[list[Line]]:
    """Group the lines that stand beside each other, from the top."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.middle):
        if rows:
            other = rows[-1][-1]
            shared = min(line.box[3], other.box[3]) - max(line.box[1], other.box[1])
            if shared >= _SAME_ROW * min(line.height, other.height):
                rows[-1].append(line)
                continue
        rows.append([line])
    return rows
