"""Lines of a column of a page, whose pieces are runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from docsight.documents.formats.pdf.text_boxes import Rect
from docsight.documents.formats.pdf.text_runs import Run


@dataclass(slots=True)
class TextLine:
    """A line of a column, or a row of a table, whose cells are its runs."""

    runs: list[Run]
    box: Rect
    size: float  # the height of most of its letters
    is_entry: bool = False  # of a table of contents

    @property
    def text(self) -> str:
        return "\t".join([run.text for run in self.runs])

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    @property
    def monospaced(self) -> bool:
        return all(run.monospaced for run in self.runs)

    @property
    def is_row(self) -> bool:
        """Whether it may be a row of a table; gaps in code are spaces."""
        return len(self.runs) > 1 and not self.monospaced


def around(boxes: Sequence[Rect]) -> Rect:
    """Return the box around boxes."""
    if len(boxes) == 1:
        return boxes[0]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
