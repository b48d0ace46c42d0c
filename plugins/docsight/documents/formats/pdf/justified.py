"""Lines of justified text whose words are so far apart that they look like the cells of a table."""

from dataclasses import replace
from itertools import pairwise

from docsight.documents.formats.pdf.hyphens import LINE_END_HYPHEN
from docsight.documents.formats.pdf.text_lines import TextLine, around
from docsight.documents.formats.pdf.text_runs import join_word_boxes

_MAX_WORD_GAP = 4.0  # em
_MAX_GAP_DIFFERENCE = 0.15  # em, between the gaps of a line
_MAX_EDGE_DIFFERENCE = 0.3  # em, between lines of the same width
_HYPHEN_WIDTH = 0.3  # em, by which the box of a line is too narrow for a hyphen at its end
_MIN_TEXT_WORDS = 4  # in a line that is certainly text


def join_justified(lines: list[TextLine]) -> list[TextLine]:
    """Join the words of lines with equal gaps that are as wide as the line of text above or below them.

    In a table the rows beside a row are rows, too.
    """
    if not any(_is_spread(line) for line in lines):
        return lines
    joined = list(lines)
    texts = {number for number, line in enumerate(lines) if _is_text(line)}
    for order in (range(len(lines)), reversed(range(len(lines)))):
        for number in order:
            line = joined[number]
            beside = texts.intersection((number - 1, number + 1))
            if _is_spread(line) and any(_are_as_wide(joined[other], line) for other in beside):
                joined[number] = _joined(line)
                texts.add(number)
    return joined


def _is_text(line: TextLine) -> bool:
    return len(line.runs) == 1 and len(line.text.split()) >= _MIN_TEXT_WORDS


def _is_spread(line: TextLine) -> bool:
    runs = line.runs
    if len(runs) < 2 or any(" " in run.text for run in runs):
        return False
    gaps = [after.box[0] - before.box[2] for before, after in pairwise(runs)]
    return max(gaps) <= _MAX_WORD_GAP * line.size and max(gaps) - min(gaps) <= _MAX_GAP_DIFFERENCE * line.size


def _are_as_wide(line: TextLine, other: TextLine) -> bool:
    """Return whether two lines begin and end at the same places."""
    rights = [each.box[2] + _HYPHEN_WIDTH * each.size * each.text.endswith(LINE_END_HYPHEN) for each in (line, other)]
    tolerance = _MAX_EDGE_DIFFERENCE * line.size
    return abs(line.box[0] - other.box[0]) <= tolerance and abs(rights[0] - rights[1]) <= tolerance


def _joined(line: TextLine) -> TextLine:
    text = " ".join(run.text for run in line.runs)
    longest = max(line.runs, key=lambda run: len(run.text))
    box = around([run.box for run in line.runs])
    return TextLine([replace(longest, text=text, box=box, words=join_word_boxes(line.runs, text))], line.box, line.size)
