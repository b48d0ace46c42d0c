"""The values of the form fields of a page, as runs at their places."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple

from docsight.documents.formats.pdf.text_runs import Rect, Run

_USUAL_SIZE = 10.0  # points, on a page without text
_FIELD_LINE = 1.2  # from line to line, in em
_FIELD_LETTER = 0.5  # em, about the width of a letter


class FieldValue(NamedTuple):
    """The value of a form field, and its place: left, top, right and bottom in pdfium's coordinates."""

    text: str
    box: Rect


def field_runs(values: Iterable[FieldValue], others: Sequence[Run]) -> list[Run]:
    """Return the lines of values as runs of text that is not turned, in the usual size of the other runs of the page.

    Fields state a size for the program that fills them in, which is mostly automatic.
    """
    usual = median([run.font_size for run in others]) if others else _USUAL_SIZE
    return [run for value in values for run in _lines_of(value, usual)]


def _lines_of(value: FieldValue, usual: float) -> Iterable[Run]:
    left, top, right, bottom = value.box
    lines = value.text.split("\n")
    height = (top - bottom) / len(lines)
    size = max(1.0, min(usual, height))
    is_one = len(lines) == 1 and height <= 3 * size  # a value of one line stands in the middle of its field
    begin = -(top + bottom) / 2 - size / 2 if is_one else -top
    for number, line in enumerate(lines):
        if line.strip():
            y = begin + number * min(height, _FIELD_LINE * size)
            end = max(left + 1.0, min(right, left + _FIELD_LETTER * size * len(line)))
            yield Run(line.strip(), (left, y, end, y + size), size, size)
